"""The rows of jobs: what a list of results needs. The whole answer to a row is a line of the job's files."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Select, case, delete, func, select

from api.listing import Page, Window
from api.store.tables import JOB_ROWS

COUNTED = 10_000  # rows that are counted for a list; beyond, there are "more than"
ALERTS = ("high", "elevated")
State = Literal["scored", "rejected"]


@dataclass(frozen=True, slots=True)
class JobRow:
    """A row of the file. A rejected one has a `reason` and no risk; `number` counts both kinds, from 1.

    `offset` is that of its line, in bytes: in the results, or in the rejects where it was rejected.
    """

    number: int
    row_id: str
    risk: float | None
    level: str
    typology: str
    kind: str
    reason: str
    excerpt: str
    offset: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows a job has by now."""

    rows: int
    scored: int
    alerts: int
    rejected: int


@dataclass(frozen=True, slots=True)
class Reached:
    """The last rows that were written down: the highest number, and the offsets of the last line of either kind."""

    number: int
    scored: int | None
    rejected: int | None


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list shows; an empty string shows all."""

    state: State = "scored"
    level: str = ""
    typology: str = ""
    reason: str = ""


def add(connection: Connection, job_id: str, rows: Sequence[JobRow]) -> None:
    """Write rows down, each once: a number that is there already is an error of the caller."""
    if rows:
        connection.execute(JOB_ROWS.insert(), [{"job_id": job_id, **asdict(row)} for row in rows])


def clear(connection: Connection, job_id: str) -> None:
    """Forget the rows of a job."""
    connection.execute(delete(JOB_ROWS).where(JOB_ROWS.c.job_id == job_id))


def reached(connection: Connection, job_id: str) -> Reached:
    """Where to go on writing down."""
    scored = JOB_ROWS.c.risk.is_not(None)
    query = select(
        func.coalesce(func.max(JOB_ROWS.c.number), 0),
        func.max(case((scored, JOB_ROWS.c.offset))),
        func.max(case((~scored, JOB_ROWS.c.offset))),
    )
    return Reached(*connection.execute(query.where(JOB_ROWS.c.job_id == job_id)).one())


def counts(connection: Connection, job_id: str) -> Counts:
    """Count the rows of a job."""
    query = select(
        func.count(),
        func.count(JOB_ROWS.c.risk),
        func.coalesce(func.sum(case((JOB_ROWS.c.level.in_(ALERTS), 1), else_=0)), 0),
    )
    rows, scored, alerts = connection.execute(query.where(JOB_ROWS.c.job_id == job_id)).one()
    return Counts(rows, scored, alerts, rows - scored)


def ranked(connection: Connection, job_id: str, filters: Filters, window: Window) -> Page[JobRow]:
    """Rows by falling risk, those of equal risk and the rejected ones in the order of the file."""
    where = _where(job_id, filters)
    counted = select(JOB_ROWS.c.number).where(*where).limit(COUNTED + 1).subquery()
    total = min(connection.execute(select(func.count()).select_from(counted)).scalar_one(), COUNTED + 1)
    order = (JOB_ROWS.c.risk.desc(),) if filters.state == "scored" else ()
    query = _rows().where(*where).order_by(*order, JOB_ROWS.c.number).limit(window.size).offset(window.offset)
    rows = [JobRow(**row) for row in connection.execute(query).mappings()]
    return Page(rows, window, total, COUNTED + 1) if total > COUNTED else Page(rows, window, total)


def get(connection: Connection, job_id: str, number: int) -> JobRow | None:
    """One row, None where there is none (yet)."""
    query = _rows().where(JOB_ROWS.c.job_id == job_id, JOB_ROWS.c.number == number)
    row = connection.execute(query).mappings().first()
    return None if row is None else JobRow(**row)


def reasons(connection: Connection, job_id: str) -> dict[str, int]:
    """How many rows were rejected for which reason, the most frequent first."""
    query = (
        select(JOB_ROWS.c.reason, func.count())
        .where(JOB_ROWS.c.job_id == job_id, JOB_ROWS.c.risk.is_(None))
        .group_by(JOB_ROWS.c.reason)
        .order_by(func.count().desc(), JOB_ROWS.c.reason)
    )
    return {row.reason: row[1] for row in connection.execute(query)}


def _rows() -> Select[Any]:
    return select(*(JOB_ROWS.c[name] for name in JobRow.__dataclass_fields__))


def _where(job_id: str, filters: Filters) -> list[ColumnElement[bool]]:
    scored = JOB_ROWS.c.risk.is_not(None) if filters.state == "scored" else JOB_ROWS.c.risk.is_(None)
    where = [JOB_ROWS.c.job_id == job_id, scored]
    for name in ("level", "typology", "reason"):
        if value := getattr(filters, name):
            where.append(JOB_ROWS.c[name] == value)
    return where
