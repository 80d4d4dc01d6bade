"""The record of who did what: append-only, each row chained to the one before by sha256.

A row that was changed, taken out or slipped in breaks every hash after it; `verify` says where. The chain proves order
and wholeness against everyone but somebody who rewrites all of it: print the newest hash now and then, and keep it
elsewhere.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select
from sqlalchemy.engine import Row

from api.listing import Page, Window
from api.store.tables import AUDIT

START = "0" * 64
COUNTED_TO = 10_000  # entries of a search; beyond that there are "more than"


@dataclass(frozen=True, slots=True)
class Entry:
    """One deed. `details` never hold the text of an ad."""

    number: int
    at: datetime
    actor: str
    action: str
    object: str
    details: Mapping[str, Any]
    hash: str


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for; "" or None: anything.

    Attributes:
        actor: a login, "system", or "key:NAME".
        action: an action, "keep.ad", or its verb alone, "keep".
        object: an object, "ad:17", or its kind alone, "ad".
        since, before: moments, the first within and the second beyond.
    """

    actor: str = ""
    action: str = ""
    object: str = ""
    since: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Break:
    """The first entry at which the chain does not hold."""

    number: int
    reason: str


def record(
    connection: Connection,
    at: datetime,
    actor: str,
    action: str,
    object: str,  # noqa: A002
    **details: Any,
) -> Entry:
    """Append one entry, inside the transaction of the deed itself: both are kept or neither.

    Args:
        connection: a writing transaction.
        at: the moment, with a time zone.
        actor: a login, "system", or "key:NAME".
        action: "verb.noun" in lower case, such as "keep.ad".
        object: what it was done to, such as "ad:17".
        details: JSON values.
    """
    if connection.dialect.name == "postgresql":  # writers queue here; SQLite's writer lock does the same
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(5161991)")
    last = connection.execute(select(AUDIT.c.number, AUDIT.c.hash).order_by(AUDIT.c.number.desc()).limit(1)).first()
    number, previous = (last.number + 1, last.hash) if last else (1, START)
    text = json.dumps(details, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    sealed = _hash(previous, number, at, actor, action, object, text)
    connection.execute(
        AUDIT.insert().values(
            number=number,
            at=at,
            actor=actor,
            action=action,
            object=object,
            details=text,
            previous=previous,
            hash=sealed,
        )
    )
    return Entry(number, at, actor, action, object, details, sealed)


def verify(connection: Connection) -> Break | None:
    """Walk the whole chain; None where it holds."""
    previous = START
    rows = connection.execute(select(AUDIT).order_by(AUDIT.c.number)).yield_per(1000)
    for number, row in enumerate(rows, start=1):
        if row.number != number:
            return Break(number, "missing")
        if row.previous != previous:
            return Break(number, "not chained to the one before")
        if row.hash != _hash(previous, number, row.at, row.actor, row.action, row.object, row.details):
            return Break(number, "changed")
        previous = row.hash
    return None


def newest(connection: Connection) -> Entry | None:
    """The newest entry, whose hash seals all before it; None in an empty record."""
    row = connection.execute(select(AUDIT).order_by(AUDIT.c.number.desc()).limit(1)).first()
    return _entry(row) if row else None


def holds(connection: Connection, hash_: str) -> int | None:
    """The number of the entry with a hash that was noted elsewhere; None where it is gone.

    The chain by itself cannot tell that its newest end was cut off.
    """
    return connection.execute(select(AUDIT.c.number).where(AUDIT.c.hash == hash_)).scalar()


def find(connection: Connection, search: Search, window: Window) -> Page[Entry]:
    """The entries that are looked for, the newest first."""
    some = _where(select(AUDIT.c.number), search).limit(COUNTED_TO)
    total = connection.execute(select(func.count()).select_from(some.subquery())).scalar_one()
    query = _where(select(AUDIT), search).order_by(AUDIT.c.number.desc()).limit(window.size).offset(window.offset)
    return Page([_entry(row) for row in connection.execute(query)], window, total, COUNTED_TO)


def every(connection: Connection, search: Search) -> Iterator[Entry]:
    """All entries that are looked for, the oldest first, a few in memory at a time."""
    query = _where(select(AUDIT), search).order_by(AUDIT.c.number)
    return map(_entry, connection.execution_options(stream_results=True).execute(query).yield_per(1000))


def _where(query: Select[Any], search: Search) -> Select[Any]:
    if search.actor:
        query = query.where(AUDIT.c.actor == search.actor)
    for column, wanted, mark in ((AUDIT.c.action, search.action, "."), (AUDIT.c.object, search.object, ":")):
        if wanted and mark in wanted:
            query = query.where(column == wanted)
        elif wanted:
            query = query.where(column.startswith(wanted + mark, autoescape=True))
    if search.since is not None:
        query = query.where(AUDIT.c.at >= search.since)
    if search.before is not None:
        query = query.where(AUDIT.c.at < search.before)
    return query


def entries(connection: Connection, object: str | None = None, newest: int = 100) -> Iterator[Entry]:  # noqa: A002
    """The newest entries, of one object or of all."""
    query = select(AUDIT).order_by(AUDIT.c.number.desc()).limit(newest)
    if object is not None:
        query = query.where(AUDIT.c.object == object)
    return map(_entry, connection.execute(query))


def _entry(row: Row[Any]) -> Entry:
    return Entry(row.number, row.at, row.actor, row.action, row.object, json.loads(row.details), row.hash)


def _hash(previous: str, number: int, at: datetime, *fields: str) -> str:
    moment = at.isoformat(timespec="microseconds")
    return hashlib.sha256("\x1f".join([previous, str(number), moment, *fields]).encode()).hexdigest()
