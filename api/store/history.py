"""Lists of kept ads: filtered, searched, in order, a window at a time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import Column, ColumnElement, Connection, Select, and_, func, or_, select

from api.listing import Page, Window
from api.store import search
from api.store.plans import read_in_order
from api.store.search import Query
from api.store.tables import AD_CONTACTS, AD_DESTINATIONS, ADS, JOBS, PEOPLE, VERDICTS

Order = Literal["date", "risk", "times"]
ORDERS: tuple[Order, ...] = get_args(Order)
_FEW = 2_000  # ads; as many are read one by one as quickly as the whole list in its order
COUNTED = 10_000  # beyond it a list is "more than"
EXCERPT = 4_000  # characters of a text among which a list looks for the words that were searched
_BY: Mapping[Order, Column[Any]] = {"date": ADS.c.received_at, "risk": ADS.c.risk, "times": ADS.c.times_seen}
_COLUMNS = (
    "id",
    "sha256",
    "received_at",
    "last_seen_at",
    "times_seen",
    "channel",
    "origin",
    "job_id",
    "risk",
    "level",
    "kind",
    "typology",
    "model",
    "campaign_id",
    "verdict",
)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which ads; None stands for any. "" is a value: unknown channel, no typology, judged by nobody.

    `contacts` are ids, any one of which an ad shows; `officer` is who kept the ad or judged it; an ad was received from
    `since` on and before `until`.
    """

    query: Query | None = None
    level: str | None = None
    typology: str | None = None
    kind: str | None = None
    channel: str | None = None
    verdict: str | None = None
    destination: str | None = None
    contacts: tuple[int, ...] | None = None
    officer: int | None = None
    job: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class AdRow:
    """One ad in a list. `text` is its beginning; `unjudged` says that it was too short to be judged."""

    id: int
    sha256: str
    received_at: datetime
    last_seen_at: datetime
    times_seen: int
    channel: str
    origin: str
    job_id: str | None
    risk: float
    level: str
    kind: str
    typology: str
    model: str
    campaign_id: int | None
    verdict: str
    text: str
    officer: str
    unjudged: bool


def find(connection: Connection, wanted: Filter, window: Window, order: Order = "date") -> Page[AdRow]:
    """A window of the ads that are wanted, newest, riskiest or most often seen first."""
    conditions = list(_conditions(connection, wanted))
    total, is_more = _count(connection, conditions)
    if not is_more and window.offset >= total:
        return Page([], window, total)
    by = _BY[order]
    ids = select(ADS.c.id).where(*conditions).order_by(by.desc(), ADS.c.id.desc())
    found = connection.execute(ids.limit(window.size).offset(window.offset)).scalars().all()
    return Page(rows(connection, found), window, total, COUNTED if is_more else None)


def every(connection: Connection, wanted: Filter, order: Order = "date", up_to: int = COUNTED) -> Iterator[AdRow]:
    """All the ads that are wanted, in order, at most `up_to`."""
    conditions = _conditions(connection, wanted)
    ids = select(ADS.c.id).where(*conditions).order_by(_BY[order].desc(), ADS.c.id.desc()).limit(up_to)
    found = connection.execute(ids).scalars().all()
    for start in range(0, len(found), 500):
        yield from rows(connection, found[start : start + 500])


def rows(connection: Connection, ids: Sequence[int]) -> list[AdRow]:
    """The ads with these ids, in their order."""
    columns = [ADS.c[name] for name in _COLUMNS]
    query = (
        select(
            *columns,
            func.substr(ADS.c.text, 1, EXCERPT).label("text"),
            func.coalesce(PEOPLE.c.login, "").label("officer"),
            ADS.c.assessment["warnings"].label("warnings"),
        )
        .outerjoin(PEOPLE, PEOPLE.c.id == ADS.c.kept_by)
        .where(ADS.c.id.in_(ids))
    )
    found = {
        row.id: AdRow(
            **{name: getattr(row, name) for name in (*_COLUMNS, "text", "officer")},
            unjudged="too_little_text" in (row.warnings or ()),
        )
        for row in connection.execute(query)
    }
    return [found[id_] for id_ in ids if id_ in found]


def officers(connection: Connection) -> list[tuple[int, str]]:
    """Everybody who may have kept or judged an ad: (id, login), by login."""
    return [
        (row.id, row.login) for row in connection.execute(select(PEOPLE.c.id, PEOPLE.c.login).order_by(PEOPLE.c.login))
    ]


def login_of(connection: Connection, person_id: int | None) -> str:
    """The login of who kept an ad, "" where nobody is known (any more)."""
    return connection.execute(select(PEOPLE.c.login).where(PEOPLE.c.id == person_id)).scalar() or ""


def jobs(connection: Connection, chosen: str | None, newest: int = 30) -> list[tuple[str, str]]:
    """The newest uploads and the chosen one: (id, file name)."""
    query = select(JOBS.c.id, JOBS.c.file_name).order_by(JOBS.c.created_at.desc(), JOBS.c.id).limit(newest)
    found = [(row.id, row.file_name) for row in connection.execute(query)]
    if chosen and chosen not in dict(found):
        more = connection.execute(select(JOBS.c.id, JOBS.c.file_name).where(JOBS.c.id == chosen))
        found += [(row.id, row.file_name) for row in more]
    return found


def _count(connection: Connection, conditions: list[ColumnElement[bool]]) -> tuple[int, bool]:
    """How many are wanted, and whether there are more than were counted."""
    some = select(ADS.c.id).where(*conditions).limit(COUNTED + 1).subquery()
    total = connection.execute(select(func.count()).select_from(some)).scalar_one()
    return min(total, COUNTED), total > COUNTED


def _conditions(connection: Connection, wanted: Filter) -> Iterator[ColumnElement[bool]]:
    dialect = connection.dialect.name
    for name in ("level", "typology", "kind", "channel", "verdict"):
        value = getattr(wanted, name)
        if value is not None:
            yield read_in_order(dialect, ADS.c[name]) == value
    if wanted.job is not None:
        yield read_in_order(dialect, ADS.c.job_id) == wanted.job
    if wanted.since is not None:
        yield ADS.c.received_at >= wanted.since
    if wanted.until is not None:
        yield ADS.c.received_at < wanted.until
    if wanted.destination is not None:
        named = select(AD_DESTINATIONS.c.ad_id).where(AD_DESTINATIONS.c.iso2 == wanted.destination)
        yield _among(connection, named)
    if wanted.contacts is not None:
        yield _among(connection, select(AD_CONTACTS.c.ad_id).where(AD_CONTACTS.c.contact_id.in_(wanted.contacts)))
    if wanted.officer is not None:
        in_force = and_(VERDICTS.c.person_id == wanted.officer, VERDICTS.c.undone_at.is_(None))
        judged = read_in_order(dialect, ADS.c.id).in_(select(VERDICTS.c.ad_id).where(in_force))
        yield or_(read_in_order(dialect, ADS.c.kept_by) == wanted.officer, judged)
    if wanted.query is not None:
        rare = dialect == "sqlite" and search.is_rare(connection, wanted.query, _FEW)
        yield search.matches(dialect, wanted.query, is_rare=rare)


def _among(connection: Connection, ids: Select[Any]) -> ColumnElement[bool]:
    """Whether an ad is among these. Where they are few, SQLite may begin with them; PostgreSQL knows by itself."""
    if connection.dialect.name == "postgresql":
        return ADS.c.id.in_(ids)
    some = ids.limit(_FEW + 1).subquery()
    few = connection.execute(select(func.count()).select_from(some)).scalar_one() <= _FEW
    return (ADS.c.id if few else read_in_order("sqlite", ADS.c.id)).in_(ids)
