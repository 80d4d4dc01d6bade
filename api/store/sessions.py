"""Who is signed in where. Only sha256 of a cookie is stored: who reads the database can sign in as nobody."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, or_, select, update
from sqlalchemy.engine import Row

from api.security.person import Person
from api.store.tables import DEVICES, PEOPLE, SESSIONS

_DEVICES_OF_ONE = 20  # browsers of one person that are remembered; the oldest goes first
_DEVICE_DAYS = 365


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in that stands. `mark` tells it from the person's others and opens nothing."""

    mark: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Signed:
    """Who a cookie belongs to, and since when."""

    person: Person
    must_change: bool
    seen_at: datetime


def hash_of(token: str) -> str:
    """What is stored of a cookie."""
    return hashlib.sha256(token.encode()).hexdigest()


def begin(connection: Connection, person_id: int, now: datetime, lasts: timedelta, idle: timedelta) -> str:
    """Begin a session and take out those that have ended. Returns the cookie's value: 256 random bits."""
    connection.execute(delete(SESSIONS).where(or_(SESSIONS.c.expires_at <= now, SESSIONS.c.seen_at <= now - idle)))
    token = secrets.token_urlsafe(32)
    connection.execute(
        SESSIONS.insert().values(
            token_hash=hash_of(token), person_id=person_id, created_at=now, seen_at=now, expires_at=now + lasts
        )
    )
    return token


def signed(connection: Connection, token: str, now: datetime, idle: timedelta) -> Signed | None:
    """Who is signed in with this cookie; None for a stranger, an ended session, or an account that was disabled."""
    row = connection.execute(
        select(PEOPLE.c.id, PEOPLE.c.login, PEOPLE.c.name, PEOPLE.c.role, PEOPLE.c.must_change, SESSIONS.c.seen_at)
        .join_from(SESSIONS, PEOPLE)
        .where(
            SESSIONS.c.token_hash == hash_of(token),
            SESSIONS.c.expires_at > now,
            SESSIONS.c.seen_at > now - idle,
            PEOPLE.c.disabled_at.is_(None),
        )
    ).first()
    return Signed(Person(row.id, row.login, row.name, row.role), row.must_change, row.seen_at) if row else None


def touch(connection: Connection, token: str, now: datetime) -> None:
    """Note that the session is in use."""
    connection.execute(update(SESSIONS).where(SESSIONS.c.token_hash == hash_of(token)).values(seen_at=now))


def of(connection: Connection, person_id: int, now: datetime, idle: timedelta) -> list[Session]:
    """The sessions of a person that stand, the one in use most lately first."""
    rows = connection.execute(
        select(SESSIONS)
        .where(SESSIONS.c.person_id == person_id, SESSIONS.c.expires_at > now, SESSIONS.c.seen_at > now - idle)
        .order_by(SESSIONS.c.seen_at.desc(), SESSIONS.c.token_hash)
    )
    return [_session(row) for row in rows]


def mark_of(token: str) -> str:
    """The mark of the session of this cookie."""
    return hash_of(token)[:16]


def end(connection: Connection, token: str) -> None:
    """End the session of this cookie."""
    connection.execute(delete(SESSIONS).where(SESSIONS.c.token_hash == hash_of(token)))


def end_all(connection: Connection, person_id: int, but: str = "") -> int:
    """End a person's sessions, all but the one of the cookie `but`; returns how many."""
    query = delete(SESSIONS).where(SESSIONS.c.person_id == person_id)
    if but:
        query = query.where(SESSIONS.c.token_hash != hash_of(but))
    return connection.execute(query).rowcount


def knows_device(connection: Connection, token: str, login: str) -> bool:
    """Whether the owner of `login` has signed in before in the browser that holds this cookie."""
    query = select(PEOPLE.c.id).join_from(DEVICES, PEOPLE)
    found = connection.execute(query.where(DEVICES.c.token_hash == hash_of(token), PEOPLE.c.login == login))
    return bool(token) and found.first() is not None


def remember_device(connection: Connection, person_id: int, token: str, now: datetime) -> str:
    """Remember the browser of a person who just signed in.

    Returns the cookie's value: `token` where it is known as theirs, else a new one.
    """
    mine = DEVICES.c.person_id == person_id
    if token:
        known = update(DEVICES).where(DEVICES.c.token_hash == hash_of(token), mine).values(seen_at=now)
        if connection.execute(known).rowcount:
            return token
    token = secrets.token_urlsafe(32)
    connection.execute(DEVICES.insert().values(token_hash=hash_of(token), person_id=person_id, seen_at=now))
    newest = select(DEVICES.c.token_hash).where(mine).order_by(DEVICES.c.seen_at.desc()).limit(_DEVICES_OF_ONE)
    stale = or_(DEVICES.c.token_hash.not_in(newest), DEVICES.c.seen_at <= now - timedelta(days=_DEVICE_DAYS))
    connection.execute(delete(DEVICES).where(mine, stale))
    return token


def forget_devices(connection: Connection, person_id: int) -> None:
    """Forget the browsers of a person."""
    connection.execute(delete(DEVICES).where(DEVICES.c.person_id == person_id))


def _session(row: Row[Any]) -> Session:
    values: Sequence[Any] = (row.token_hash[:16], row.created_at, row.seen_at, row.expires_at)
    return Session(*values)
