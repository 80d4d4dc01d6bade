"""How often signing in has failed: counts per account, per address and per browser, in a table of bounded size."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from api.store.tables import THROTTLES

QUIET = timedelta(days=1)  # after so long without an attempt the count starts again
MOST = 20_000  # keys that are held; the one that is quiet longest goes first
_FIRST = 1.0  # seconds
_LONGEST = 900.0  # seconds


def delay_s(failures: int, free: int) -> float:
    """Seconds before the next attempt, after `failures` of which the first `free - 1` cost nothing.

    It doubles from one second to a quarter of an hour and never beyond: nobody is locked out for good.
    """
    return 0.0 if failures < free else min(_FIRST * 2.0 ** min(failures - free, 20), _LONGEST)


def key_of(kind: str, value: str) -> str:
    """The key under which attempts are counted; it tells neither login nor address."""
    return hashlib.sha256(f"{kind}:{value}".encode()).hexdigest()


def wait_s(connection: Connection, keys: Sequence[str], now: datetime) -> float:
    """Seconds until an attempt may be made under all of `keys`; 0 where it may be made now."""
    until = connection.execute(select(func.max(THROTTLES.c.locked_until)).where(THROTTLES.c.key.in_(keys))).scalar()
    return max(0.0, (until - now).total_seconds()) if until else 0.0


def take(connection: Connection, free: Mapping[str, int], now: datetime) -> tuple[float, list[str]]:
    """Count an attempt as failed before it is made, so that a hundred at the same time count as a hundred.

    Args:
        connection: a writing transaction.
        free: for each key, at which failure the delay begins.
        now: the moment of the attempt.

    Returns: (seconds to wait, none of the attempt being counted; or 0.0, the keys whose delay begins with it).
    """
    _make_room(connection, now)
    for key in sorted(free):  # in one order everywhere, so that two attempts never wait for each other
        _insert(connection, key, now)
    rows = connection.execute(
        select(THROTTLES).where(THROTTLES.c.key.in_(free)).order_by(THROTTLES.c.key).with_for_update()
    ).all()
    wait = max((row.locked_until - now).total_seconds() for row in rows)
    if wait > 0:
        return wait, []
    crossed = []
    for row in rows:
        failures = row.failures + 1
        delay = delay_s(failures, free[row.key])
        if failures == free[row.key]:
            crossed.append(row.key)
        connection.execute(
            update(THROTTLES)
            .where(THROTTLES.c.key == row.key)
            .values(failures=failures, seen_at=now, locked_until=now + timedelta(seconds=delay))
        )
    return 0.0, crossed


def forgive(connection: Connection, whole: Sequence[str], one: Sequence[str], now: datetime) -> None:
    """Take back the count of an attempt that was right.

    Args:
        connection: a writing transaction.
        whole: keys that start again: the account's own.
        one: keys that had this attempt counted and keep the others: an address, where one who guesses may own an
            account, too.
        now: the moment of the attempt.
    """
    connection.execute(delete(THROTTLES).where(THROTTLES.c.key.in_(whole)))
    connection.execute(
        update(THROTTLES)
        .where(THROTTLES.c.key.in_(one), THROTTLES.c.failures > 0)
        .values(failures=THROTTLES.c.failures - 1, locked_until=now)
    )


def _insert(connection: Connection, key: str, now: datetime) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    values = {"key": key, "failures": 0, "locked_until": now, "seen_at": now}
    connection.execute(dialect.insert(THROTTLES).values(values).on_conflict_do_nothing())


def _make_room(connection: Connection, now: datetime) -> None:
    connection.execute(delete(THROTTLES).where(THROTTLES.c.seen_at <= now - QUIET))
    held = connection.execute(select(func.count()).select_from(THROTTLES)).scalar_one()
    if held >= MOST:
        oldest = select(THROTTLES.c.key).order_by(THROTTLES.c.seen_at).limit(held - MOST + MOST // 20)
        connection.execute(delete(THROTTLES).where(THROTTLES.c.key.in_(oldest)))
