"""A whole store in one file, and back: for backups, for moving between SQLite and PostgreSQL, for handing data over.

A ZIP archive: `backup.json` (shape of the database, rows and sha256 of each part), `tables/NAME.jsonl`, and the files
of jobs under `jobs/`. Rows are plain JSON: moments in ISO 8601, bytes in base64. It holds everything, hashes of
passwords too: keep it as the store itself is kept.
"""

import base64
import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Integer, LargeBinary, Table, func, insert, select, text, update

from api.store import audit
from api.store.engine import Store
from api.store.tables import METADATA, SESSIONS, Moment
from detector.errors import SigapError

SCHEMA = "backup/1"
_BATCH = 1_000
_NOT_KEPT = frozenset({SESSIONS.name, "devices", "throttles"})  # of visits that are over when a backup is restored


class BackupError(SigapError):
    """A backup can't be made or restored; the store is as it was."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a backup holds: rows of each table, and files of jobs."""

    made_at: str
    revision: str
    rows: Mapping[str, int]
    files: int


def backup(store: Store, jobs: Path, target: Path, now: datetime) -> Told:
    """Write everything to `target`, which appears whole or not at all. The database is read as of one moment.

    Raises:
        BackupError: `target` is there already.
    """
    if target.exists():
        raise BackupError(f"{target} is there already")
    part = target.with_name(target.name + ".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive, store.reading() as connection:
        if store.dialect == "postgresql":
            connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        parts, rows = {}, {}
        for table in METADATA.sorted_tables:
            if table.name not in _NOT_KEPT:
                name = f"tables/{table.name}.jsonl"
                rows[table.name], parts[name] = _dump(connection, table, archive, name)
        files = [path for path in sorted(jobs.rglob("*")) if path.is_file() and not path.is_symlink()]
        for path in files:
            name = f"jobs/{path.relative_to(jobs).as_posix()}"
            archive.write(path, name)
            with path.open("rb") as stream:
                parts[name] = hashlib.file_digest(stream, "sha256").hexdigest()
        told = Told(now.isoformat(timespec="seconds"), _revision(connection), rows, len(files))
        about = {"schema": SCHEMA, "made_at": told.made_at, "revision": told.revision, "rows": rows, "sha256": parts}
        archive.writestr("backup.json", json.dumps(about, indent=1))
    part.replace(target)
    return told


def restore(store: Store, jobs: Path, source: Path) -> Told:
    """Fill an empty store from a backup, all in one transaction; the record's chain must hold afterwards.

    Raises:
        BackupError: the file is no backup, was changed, has another shape, or the store or the folder is not empty.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            about = json.loads(archive.read("backup.json"))
            if about.get("schema") != SCHEMA:
                raise BackupError(f"{source}: not a {SCHEMA}")
            store.migrate()
            with store.writing() as connection:
                _check_empty(connection, about, jobs)
                for table in METADATA.sorted_tables:
                    name = f"tables/{table.name}.jsonl"
                    if name in about["sha256"]:
                        _fill(connection, table, archive, name, about)
                broken = audit.verify(connection)
                if broken is not None:
                    raise BackupError(f"entry {broken.number} of the record is {broken.reason}")
                files = [name for name in about["sha256"] if name.startswith("jobs/")]
                for name in files:
                    _unpack(archive, name, about["sha256"][name], jobs)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise BackupError(f"{source}: {error}") from error
    return Told(about["made_at"], about["revision"], about["rows"], len(files))


def _dump(connection: Connection, table: Table, archive: zipfile.ZipFile, name: str) -> tuple[int, str]:
    digest, count = hashlib.sha256(), 0
    query = select(table).order_by(*table.primary_key.columns)
    with archive.open(name, "w", force_zip64=True) as stream:
        for row in connection.execution_options(yield_per=_BATCH).execute(query):
            line = json.dumps({key: _plain(value) for key, value in row._mapping.items()}, ensure_ascii=False)
            data = line.encode() + b"\n"
            digest.update(data)
            stream.write(data)
            count += 1
    return count, digest.hexdigest()


def _fill(connection: Connection, table: Table, archive: zipfile.ZipFile, name: str, about: Mapping[str, Any]) -> None:
    digest, rows = hashlib.sha256(), 0
    own = [column for column in table.columns if any(key.column.table is table for key in column.foreign_keys)]
    late: list[dict[str, Any]] = []  # rows that point within their table, perhaps to one that is not there yet
    batch: list[dict[str, Any]] = []
    for line in _lines(archive, name, digest):
        row = {column.name: _back(column, line[column.name]) for column in table.columns}
        if any(row[column.name] is not None for column in own):
            late.append({f"b_{key.name}": row[key.name] for key in (*table.primary_key.columns, *own)})
            row |= {column.name: None for column in own}
        batch.append(row)
        rows += 1
        if len(batch) >= _BATCH:
            connection.execute(insert(table), batch)
            batch = []
    if batch:
        connection.execute(insert(table), batch)
    for values in late:
        where = [column == values[f"b_{column.name}"] for column in table.primary_key.columns]
        connection.execute(update(table).where(*where).values({one.name: values[f"b_{one.name}"] for one in own}))
    if digest.hexdigest() != about["sha256"][name] or rows != about["rows"][table.name]:
        raise BackupError(f"{name} was changed")
    key = next(iter(table.primary_key.columns))
    if connection.dialect.name == "postgresql" and key.name == "id" and isinstance(key.type, Integer):
        sequence = func.pg_get_serial_sequence(table.name, "id")
        highest = select(func.coalesce(func.max(key), 0) + 1).scalar_subquery()
        connection.execute(select(func.setval(sequence, highest, False)))


def _lines(archive: zipfile.ZipFile, name: str, digest: Any) -> Iterator[dict[str, Any]]:
    with archive.open(name) as stream:
        for line in stream:
            digest.update(line)
            yield json.loads(line)


def _check_empty(connection: Connection, about: Mapping[str, Any], jobs: Path) -> None:
    revision = _revision(connection)
    if about["revision"] != revision:
        raise BackupError(f"the backup has shape {about['revision']}, this store {revision}")
    for table in METADATA.sorted_tables:
        if connection.execute(select(func.count()).select_from(table)).scalar_one():
            raise BackupError(f"the store is not empty: {table.name} has rows")
    if jobs.is_dir() and any(jobs.iterdir()):
        raise BackupError(f"{jobs} is not empty")


def _unpack(archive: zipfile.ZipFile, name: str, sha256: str, jobs: Path) -> None:
    target = (jobs / name.removeprefix("jobs/")).resolve()
    if not target.is_relative_to(jobs.resolve()):
        raise BackupError(f"{name} leads out of the folder of jobs")
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with archive.open(name) as stream, target.open("wb") as file:
        while data := stream.read(1 << 20):
            digest.update(data)
            file.write(data)
    if digest.hexdigest() != sha256:
        raise BackupError(f"{name} was changed")


def _revision(connection: Connection) -> str:
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    return value


def _back(column: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, Moment):
        return datetime.fromisoformat(value)
    return base64.b64decode(value) if isinstance(column.type, LargeBinary) else value
