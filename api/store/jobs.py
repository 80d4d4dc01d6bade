"""Files of listings as jobs: a queue in a table, with leases.

A worker takes a job for some seconds and renews that while it works. One that is killed renews nothing, so another
goes on with the job; one that comes back late finds that it is no longer the owner and stops. A job at which workers
die again and again without a single row more is given up: it would kill every worker there is.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Select, and_, case, delete, func, or_, select, update
from sqlalchemy.engine import Row

from api.listing import Page, Window
from api.security.person import Person, Role
from api.store.tables import JOBS, PEOPLE
from detector.deep import Mode
from detector.errors import SigapError

State = Literal["uploaded", "queued", "running", "done", "failed", "cancelled"]
STATES: tuple[State, ...] = ("uploaded", "queued", "running", "done", "failed", "cancelled")
ENDED: tuple[State, ...] = ("done", "failed", "cancelled")
MAX_ATTEMPTS = 3  # workers that may die at one place of a file
POISON = "poison"


class LeaseLost(SigapError):
    """The job belongs to another worker by now, or was deleted; nothing more may be written for it."""

    def __init__(self, job_id: str) -> None:
        self.job_id = job_id
        super().__init__(f"job {job_id} has another worker by now")


@dataclass(frozen=True, slots=True)
class Options:
    """How a file is to be read and judged; without text columns they are found by their names."""

    text_columns: tuple[str, ...] = ()
    id_column: str | None = None
    mode: Mode = "auto"
    keep_alerts: bool = False  # rows at `elevated` and above become kept ads
    channel: str = ""  # of the ads that are kept

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Options":
        """From the JSON of the table."""
        return cls(**{**stored, "text_columns": tuple(stored.get("text_columns", ()))})


@dataclass(frozen=True, slots=True)
class NewJob:
    """A file that was received whole."""

    id: str
    person_id: int
    file_name: str  # as the sender calls it; for showing only
    sha256: str
    size: int
    at: datetime
    error: str = ""  # why it can't be read, where that is plain at once


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is. `share` is of the file's bytes; None where that can't be told."""

    rows: int
    scored: int
    alerts: int
    rejected: int
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A job. `error` is a code, with what it is about after a colon; login, name and role are its owner's."""

    id: str
    person_id: int | None
    login: str | None
    name: str | None
    role: Role | None
    file_name: str
    sha256: str
    size: int
    options: Options
    state: State
    rows: int
    scored: int
    alerts: int
    rejected: int
    done_share: float
    error: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    owner: str | None
    lease_until: datetime | None
    attempts: int
    cancelled_at: datetime | None

    @property
    def person(self) -> Person | None:
        """Whose it is; None where they are no longer known."""
        if self.person_id is None or self.login is None or self.role is None:
            return None
        return Person(self.person_id, self.login, self.name or "", self.role)

    @property
    def has_ended(self) -> bool:
        """Whether no worker will touch it any more, unless somebody says so."""
        return self.state in ENDED


def add(connection: Connection, new: NewJob) -> None:
    """File a job: `uploaded` until somebody says how it is to be read, `failed` where it can't be read at all."""
    connection.execute(
        JOBS.insert().values(
            id=new.id,
            person_id=new.person_id,
            file_name=new.file_name,
            sha256=new.sha256,
            size=new.size,
            options=asdict(Options()),
            state="failed" if new.error else "uploaded",
            error=new.error,
            created_at=new.at,
            finished_at=new.at if new.error else None,
        )
    )


def get(connection: Connection, job_id: str) -> Job | None:
    """One job, None where there is none (any more)."""
    row = connection.execute(_jobs().where(JOBS.c.id == job_id)).first()
    return None if row is None else _job(row)


def newest(connection: Connection, window: Window, person_id: int | None = None, state: str = "") -> Page[Job]:
    """Jobs, the newest first; of one person or of all, in one state or in any."""
    where: list[ColumnElement[bool]] = []
    if person_id is not None:
        where.append(JOBS.c.person_id == person_id)
    if state:
        where.append(JOBS.c.state == state)
    total = connection.execute(select(func.count()).select_from(JOBS).where(*where)).scalar_one()
    query = _jobs().where(*where).order_by(JOBS.c.created_at.desc(), JOBS.c.id)
    rows = connection.execute(query.limit(window.size).offset(window.offset))
    return Page([_job(row) for row in rows], window, total)


def start(connection: Connection, job_id: str, options: Options) -> bool:
    """Put an uploaded job into the queue; False where it is not waiting for that."""
    return _change(connection, job_id, ("uploaded",), state="queued", options=asdict(options))


def again(connection: Connection, job_id: str) -> bool:
    """Let a job that failed or was cancelled go on from where it stopped."""
    return _change(connection, job_id, ("failed", "cancelled"), state="queued", **_AFRESH)


def reopen(connection: Connection, job_id: str) -> bool:
    """Take a job that failed or was cancelled back to the choice of its columns; its rows go."""
    nothing = {"rows": 0, "scored": 0, "alerts": 0, "rejected": 0, "done_share": 0.0, "started_at": None}
    return _change(connection, job_id, ("failed", "cancelled"), state="uploaded", **_AFRESH, **nothing)


def ask_cancel(connection: Connection, job_id: str, now: datetime) -> bool:
    """Stop a job: at once where it waits, at the worker's next part where it runs; False where it does neither."""
    if _change(connection, job_id, ("uploaded", "queued"), state="cancelled", cancelled_at=now, finished_at=now):
        return True
    return _change(connection, job_id, ("running",), cancelled_at=now)


def remove(connection: Connection, job_id: str) -> bool:
    """Forget a job and its rows; False where it is running, or not there. Ads that were kept from it stay."""
    gone = delete(JOBS).where(JOBS.c.id == job_id, JOBS.c.state != "running")
    return connection.execute(gone.returning(JOBS.c.id)).first() is not None


def known(connection: Connection) -> set[str]:
    """The ids of all jobs: a folder of any other name belongs to nobody."""
    return set(connection.execute(select(JOBS.c.id)).scalars())


# The side of the workers --------------------------------------------------------------------------------------------


def is_waiting(connection: Connection, now: datetime) -> bool:
    """Whether `claim` would find anything; asks without taking the writer's place."""
    return connection.execute(select(JOBS.c.id).where(_claimable(now)).limit(1)).first() is not None


def is_worked_on(connection: Connection, now: datetime) -> bool:
    """Whether a worker shows a sign of life: it holds a lease."""
    alive = and_(JOBS.c.state == "running", JOBS.c.lease_until >= now)
    return connection.execute(select(JOBS.c.id).where(alive).limit(1)).first() is not None


def claim(connection: Connection, owner: str, now: datetime, lease: timedelta) -> Job | None:
    """Take the oldest job that waits, or whose worker is gone; None where there is none.

    A transaction of its own: on PostgreSQL workers skip what another one is looking at, on SQLite they queue.
    """
    oldest = select(JOBS).where(_claimable(now)).order_by(JOBS.c.created_at, JOBS.c.id).limit(1)
    while (found := connection.execute(oldest.with_for_update(skip_locked=True)).first()) is not None:
        mine = update(JOBS).where(JOBS.c.id == found.id)
        if found.cancelled_at is not None:
            connection.execute(mine.values(state="cancelled", finished_at=now, owner=None, lease_until=None))
        elif found.attempts >= MAX_ATTEMPTS:
            ended = {"state": "failed", "error": POISON, "finished_at": now, "owner": None, "lease_until": None}
            connection.execute(mine.values(**ended))
        else:
            connection.execute(
                mine.values(
                    state="running",
                    owner=owner,
                    lease_until=now + lease,
                    attempts=JOBS.c.attempts + 1,
                    started_at=func.coalesce(JOBS.c.started_at, now),
                )
            )
            return get(connection, found.id)
    return None


def renew(connection: Connection, job_id: str, owner: str, until: datetime) -> None:
    """Hold on to a job for longer.

    Raises:
        LeaseLost: it has another owner by now.
    """
    _own(connection, job_id, owner, lease_until=until)


def save(connection: Connection, job_id: str, owner: str, progress: Progress) -> bool:
    """Write down how far a job is; returns whether it is to stop. The worker that got so far has not died here.

    Raises:
        LeaseLost: it has another owner by now; whatever else this transaction wrote must go.
    """
    told: dict[str, Any] = {
        "rows": progress.rows,
        "scored": progress.scored,
        "alerts": progress.alerts,
        "rejected": progress.rejected,
        "attempts": 0,
    }
    if progress.share is not None:
        told["done_share"] = progress.share
    return _own(connection, job_id, owner, **told).cancelled_at is not None


def finish(connection: Connection, job_id: str, owner: str, state: State, now: datetime, error: str = "") -> None:
    """End a job.

    Raises:
        LeaseLost: it has another owner by now.
    """
    ended: dict[str, Any] = {"state": state, "error": error, "finished_at": now, "owner": None, "lease_until": None}
    if state == "done":
        ended["done_share"] = 1.0
    _own(connection, job_id, owner, **ended)


def release(connection: Connection, job_id: str, owner: str) -> None:
    """Put a job back into the queue, unharmed: its worker is told to stop.

    Raises:
        LeaseLost: it has another owner by now.
    """
    before = case((JOBS.c.attempts > 0, JOBS.c.attempts - 1), else_=0)
    _own(connection, job_id, owner, state="queued", owner=None, lease_until=None, attempts=before)


_AFRESH: dict[str, Any] = {"error": "", "attempts": 0, "cancelled_at": None, "finished_at": None}


def _claimable(now: datetime) -> ColumnElement[bool]:
    return or_(JOBS.c.state == "queued", and_(JOBS.c.state == "running", JOBS.c.lease_until < now))


def _own(connection: Connection, job_id: str, worker: str, **values: Any) -> Row[Any]:
    mine = update(JOBS).where(JOBS.c.id == job_id, JOBS.c.owner == worker, JOBS.c.state == "running")
    row = connection.execute(mine.values(**values).returning(JOBS.c.cancelled_at)).first()
    if row is None:
        raise LeaseLost(job_id)
    return row


def _change(connection: Connection, job_id: str, states: tuple[State, ...], **values: Any) -> bool:
    changed = update(JOBS).where(JOBS.c.id == job_id, JOBS.c.state.in_(states)).values(**values)
    return connection.execute(changed.returning(JOBS.c.id)).first() is not None


def _jobs() -> Select[Any]:
    return select(JOBS, PEOPLE.c.login, PEOPLE.c.name, PEOPLE.c.role).outerjoin(PEOPLE, PEOPLE.c.id == JOBS.c.person_id)


def _job(row: Row[Any]) -> Job:
    told = {name: getattr(row, name) for name in Job.__dataclass_fields__}
    return Job(**{**told, "options": Options.of(row.options)})
