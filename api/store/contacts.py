"""Contacts that kept ads show: the list, and everything about one of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import Column, ColumnElement, Connection, Select, and_, func, or_, select

from api.contact_names import Spelling
from api.listing import Page, Window
from api.store.plans import read_in_order
from api.store.tables import AD_CONTACTS, ADS, CONTACTS

Order = Literal["ads", "last", "risk"]
ORDERS: tuple[Order, ...] = get_args(Order)
COUNTED = 10_000
TYPES = (
    "phone",
    "account",
    "telegram",
    "instagram",
    "facebook",
    "tiktok",
    "line",
    "wechat",
    "discord",
    "x",
    "handle",
    "email",
    "domain",
    "link",
)
_BY: Mapping[Order, Column[Any]] = {
    "ads": CONTACTS.c.ads,
    "last": CONTACTS.c.last_seen_at,
    "risk": CONTACTS.c.highest_risk,
}
_MOST_OF_ONE_SPELLING = 50
_MOST_OTHERS = 20
_AT_ONCE = 1_000  # rows of a sheet
READ = 10_000  # ads of one contact, the newest, that its drawing and its sums are made of


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact. `hub`: it stands in many unlike ads and ties none of them."""

    id: int
    type: str
    value: str
    first_seen_at: datetime
    last_seen_at: datetime
    ads: int
    highest_risk: float
    hub: bool


@dataclass(frozen=True, slots=True)
class Appearance:
    """One ad that shows a contact."""

    ad_id: int
    received_at: datetime
    risk: float
    verdict: str
    campaign_id: int | None


def find(
    connection: Connection, window: Window, order: Order = "ads", type_: str = "", spelling: Spelling | None = None
) -> Page[Contact]:
    """A window of the contacts, those in most ads, seen last or of highest risk first.

    With a `spelling` those that it names, or whose value contains it.
    """
    wanted = [] if not type_ else [CONTACTS.c.type == type_]
    if spelling is not None:
        parts = _named(spelling)
        contains = func.instr if connection.dialect.name == "sqlite" else func.strpos
        parts += [contains(CONTACTS.c.value, part) > 0 for part in spelling.parts if len(part) > 1]
        wanted.append(or_(False, *parts))
    # To look for a part reads every contact: in the order of the table, then, and not by an index of the order.
    by = _BY[order] if spelling is None else read_in_order(connection.dialect.name, _BY[order])
    ids = select(CONTACTS.c.id).where(*wanted).order_by(by.desc(), CONTACTS.c.id.desc()).limit(COUNTED + 1)
    found = connection.execute(ids).scalars().all()  # counted and ordered in one reading of the table
    total, here = len(found), found[window.offset : window.offset + window.size]
    rows = {row.id: _contact(row) for row in connection.execute(select(CONTACTS).where(CONTACTS.c.id.in_(here)))}
    return Page([rows[id_] for id_ in here], window, min(total, COUNTED), COUNTED if total > COUNTED else None)


def every(connection: Connection, order: Order, type_: str, spelling: Spelling | None) -> Iterator[Contact]:
    """All that `find` finds, at most `COUNTED`."""
    for number in range(1, COUNTED // _AT_ONCE + 1):
        rows = find(connection, Window(number, _AT_ONCE), order, type_, spelling).rows
        yield from rows
        if len(rows) < _AT_ONCE:
            return


def ids_of(connection: Connection, spelling: Spelling) -> tuple[int, ...]:
    """The contacts that a person may mean by what they wrote, the most frequent first."""
    query = select(CONTACTS.c.id).where(or_(False, *_named(spelling))).order_by(CONTACTS.c.ads.desc(), CONTACTS.c.id)
    return tuple(connection.execute(query.limit(_MOST_OF_ONE_SPELLING)).scalars())


def get(connection: Connection, type_: str, value: str) -> Contact | None:
    """One contact by its name, None where no kept ad shows it."""
    row = connection.execute(select(CONTACTS).where(CONTACTS.c.type == type_, CONTACTS.c.value == value)).first()
    return None if row is None else _contact(row)


def appearances(connection: Connection, contact_id: int) -> list[Appearance]:
    """The newest ads that show a contact, at most `READ`, newest first."""
    query: Select[Any] = (
        select(ADS.c.id, ADS.c.received_at, ADS.c.risk, ADS.c.verdict, ADS.c.campaign_id)
        .join(AD_CONTACTS, AD_CONTACTS.c.ad_id == ADS.c.id)
        .where(AD_CONTACTS.c.contact_id == contact_id)
        .order_by(AD_CONTACTS.c.ad_id.desc())
        .limit(READ)
    )
    return [Appearance(*row) for row in connection.execute(query)]


def beside(connection: Connection, contact_id: int) -> list[tuple[Contact, int]]:
    """Other contacts in the newest ads that show this one, with how many ads show both, most first."""
    ads = (
        select(AD_CONTACTS.c.ad_id)
        .where(AD_CONTACTS.c.contact_id == contact_id)
        .order_by(AD_CONTACTS.c.ad_id.desc())
        .limit(READ)
        .subquery()
    )
    both = func.count().label("both")
    ranked = (
        select(AD_CONTACTS.c.contact_id, both)
        .join(ads, ads.c.ad_id == AD_CONTACTS.c.ad_id)
        .where(AD_CONTACTS.c.contact_id != contact_id)
        .group_by(AD_CONTACTS.c.contact_id)
        .order_by(both.desc(), AD_CONTACTS.c.contact_id)
        .limit(_MOST_OTHERS)
        .subquery()
    )
    query = select(CONTACTS, ranked.c.both).join(ranked, ranked.c.contact_id == CONTACTS.c.id)
    rows = connection.execute(query.order_by(ranked.c.both.desc(), CONTACTS.c.id))
    return [(_contact(row), row.both) for row in rows]


def _named(spelling: Spelling) -> list[ColumnElement[bool]]:
    parts: list[ColumnElement[bool]] = [
        and_(CONTACTS.c.type == type_, CONTACTS.c.value == value) for type_, value in spelling.exact
    ]
    if spelling.values:
        parts.append(CONTACTS.c.value.in_(spelling.values))
    if spelling.account:
        parts.append(and_(CONTACTS.c.type == "account", CONTACTS.c.value.like(f"%:{spelling.account}")))
    return parts


def _contact(row: Any) -> Contact:
    return Contact(**{name: getattr(row, name) for name in Contact.__dataclass_fields__})
