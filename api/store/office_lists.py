"""Lists that an admin loaded: each file as it came, its date and origin, and which ones are in force."""

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, func, select, update

from api.security.person import Person
from api.store import audit
from api.store.tables import OFFICE_LISTS
from detector.lists.files import read_file
from detector.lists.office_list import OfficeList

LARGEST_FILE = 32 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Loaded:
    """One list as the store keeps it, without its content."""

    id: int
    kind: str
    as_of: str
    origin: str
    file_name: str
    sha256: str
    entries: int
    loaded_at: datetime
    retired_at: datetime | None


def load(
    connection: Connection,
    content: bytes,
    file_name: str,
    kind: str,
    as_of: str,
    origin: str,
    person: Person,
    now: datetime,
) -> int:
    """Keep a list; its id.

    Raises:
        ListError: the file is no such list; nothing is kept.
    """
    parsed = parse(content, file_name, kind, as_of, origin)
    values = {
        "kind": kind,
        "as_of": as_of,
        "origin": parsed.origin,
        "file_name": file_name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "content": content,
        "entries": len(parsed.entries),
        "loaded_at": now,
        "loaded_by": person.id,
    }
    id_ = connection.execute(OFFICE_LISTS.insert().values(values).returning(OFFICE_LISTS.c.id)).scalar_one()
    audit.record(
        connection, now, person.login, "load.list", f"list:{id_}", kind=kind, as_of=as_of, sha256=values["sha256"]
    )
    return int(id_)


def retire(connection: Connection, list_id: int, person: Person, now: datetime) -> bool:
    """Take a list out of force; it stays on record, for results that were checked against it."""
    found = connection.execute(
        update(OFFICE_LISTS)
        .where(OFFICE_LISTS.c.id == list_id, OFFICE_LISTS.c.retired_at.is_(None))
        .values(retired_at=now)
        .returning(OFFICE_LISTS.c.id)
    ).scalar()
    if found is None:
        return False
    audit.record(connection, now, person.login, "retire.list", f"list:{list_id}")
    return True


def all_of(connection: Connection) -> list[Loaded]:
    """Every list, those in force first, the newest first."""
    columns = [OFFICE_LISTS.c[name] for name in Loaded.__dataclass_fields__]
    query = select(*columns).order_by(
        OFFICE_LISTS.c.retired_at.is_not(None),
        OFFICE_LISTS.c.kind,
        OFFICE_LISTS.c.as_of.desc(),
        OFFICE_LISTS.c.id.desc(),
    )
    return [Loaded(*row) for row in connection.execute(query)]


def content_of(connection: Connection, list_id: int) -> tuple[str, bytes] | None:
    """The name and the bytes of a list's file."""
    row = connection.execute(
        select(OFFICE_LISTS.c.file_name, OFFICE_LISTS.c.content).where(OFFICE_LISTS.c.id == list_id)
    ).first()
    return None if row is None else (row.file_name, row.content)


def version(connection: Connection) -> tuple[int, int]:
    """A mark that changes whenever a list is loaded or retired."""
    row = connection.execute(
        select(func.coalesce(func.max(OFFICE_LISTS.c.id), 0), func.count(OFFICE_LISTS.c.retired_at))
    ).one()
    return int(row[0]), int(row[1])


def in_force(connection: Connection) -> Sequence[OfficeList]:
    """The lists that claims are checked against, parsed from the files that were loaded."""
    rows = connection.execute(
        select(OFFICE_LISTS).where(OFFICE_LISTS.c.retired_at.is_(None)).order_by(OFFICE_LISTS.c.id)
    )
    return tuple(parse(row.content, row.file_name, row.kind, row.as_of, row.origin) for row in rows)


def parse(content: bytes, file_name: str, kind: str, as_of: str, origin: str) -> OfficeList:
    """The list in the bytes of a file; only the end of its name is believed.

    Raises:
        ListError: the file is no such list.
    """
    suffix = Path(file_name).suffix.lower()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"list{suffix if suffix in ('.csv', '.tsv', '.xlsx') else ''}"
        path.write_bytes(content)
        return read_file(path, kind, as_of, origin, name=file_name)
