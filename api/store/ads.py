"""Kept ads: the text as received, what the machine found, and the contacts and destinations in it."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Row

from api import moments
from api.store import search
from api.store.tables import AD_CONTACTS, AD_DESTINATIONS, ADS, CONTACTS
from detector.assessment import Assessment
from detector.errors import NotText

CHANNELS = ("", "whatsapp", "telegram", "facebook", "instagram", "tiktok", "x", "job_board", "sms", "poster", "other")


@dataclass(frozen=True, slots=True)
class NewAd:
    """What is to be kept. `normal` is the text as the detector read it; `contacts` are "type:value" strings."""

    text: str
    normal: str
    assessment: Assessment
    received_at: datetime
    contacts: tuple[str, ...] = ()
    destinations: tuple[str, ...] = ()  # ISO 3166 alpha-2
    channel: str = ""
    origin: str = ""
    kept_by: int | None = None
    job_id: str | None = None
    novelty: float = 0.0  # share of its words that the model has never seen


@dataclass(frozen=True, slots=True)
class Kept:
    """Where an ad is kept; `is_new` is False where the same text was kept before."""

    id: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class Ad:
    """A kept ad. `assessment` is `assessment/1`; `verdict` is what people say so far ("" nothing, or "disputed")."""

    id: int
    sha256: str
    text: str
    received_at: datetime
    last_seen_at: datetime
    times_seen: int
    channel: str
    origin: str
    kept_by: int | None
    job_id: str | None
    risk: float
    level: str
    kind: str
    typology: str
    language: str
    model: str
    knowledge: str
    assessment: Mapping[str, Any]
    campaign_id: int | None
    verdict: str
    judged_at: datetime | None


def sha256(text: str) -> str:
    """The fingerprint of a text as received: sha256 of its UTF-8 bytes, in hex."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def keep(connection: Connection, new: NewAd) -> Kept:
    """Keep an ad; the same text again only counts as seen once more.

    Raises:
        NotText: the text holds what no database keeps (U+0000, half a surrogate pair).
    """
    if "\x00" in new.text or any("\ud800" <= c <= "\udfff" for c in new.text):
        raise NotText("characters that can't be kept")
    key = sha256(new.text)
    seen = connection.execute(
        update(ADS)
        .where(ADS.c.sha256 == key)
        .values(last_seen_at=new.received_at, times_seen=ADS.c.times_seen + 1)
        .returning(ADS.c.id)
    ).scalar()
    if seen is not None:
        shown = select(AD_CONTACTS.c.contact_id).where(AD_CONTACTS.c.ad_id == seen)
        connection.execute(
            update(CONTACTS)
            .where(CONTACTS.c.id.in_(shown), CONTACTS.c.last_seen_at < new.received_at)
            .values(last_seen_at=new.received_at)
        )
        return Kept(seen, is_new=False)
    found = new.assessment
    id_ = connection.execute(
        ADS.insert()
        .values(
            sha256=key,
            text=new.text,
            normal=new.normal,
            words=search.words_of(new.normal),
            received_at=new.received_at,
            week=moments.week_of(new.received_at),
            last_seen_at=new.received_at,
            channel=new.channel,
            origin=new.origin,
            kept_by=new.kept_by,
            job_id=new.job_id,
            risk=found.risk,
            level=found.level,
            kind=found.document.kind,
            typology=found.typologies[0].id if found.typologies else "",
            language=found.language,
            answered_by=found.answered_by,
            model=found.model,
            knowledge=found.knowledge,
            assessment=found.as_dict(),
            novelty=new.novelty,
            priority=priority(found, new.novelty),
        )
        .returning(ADS.c.id)
    ).scalar_one()
    for iso2 in dict.fromkeys(new.destinations):
        connection.execute(AD_DESTINATIONS.insert().values(ad_id=id_, iso2=iso2))
    _join_contacts(connection, id_, new)
    return Kept(id_, is_new=True)


def priority(assessment: Assessment, novelty: float) -> float:
    """How much a verdict on a text would teach, from 0 to about 2: most where the risk is near even, the words are new
    and more than a few of them judge something (uncertainty sampling; Lewis & Gale 1994).
    """
    if "too_little_text" in assessment.warnings:
        return 0.0
    return 4 * assessment.risk * (1 - assessment.risk) + novelty


def get(connection: Connection, ad_id: int) -> Ad | None:
    """One ad, None where there is none (any more)."""
    row = connection.execute(select(ADS).where(ADS.c.id == ad_id)).first()
    return None if row is None else ad_of(row)


def find(connection: Connection, text: str) -> int | None:
    """The key of the kept ad of exactly this text, None where there is none."""
    return connection.execute(select(ADS.c.id).where(ADS.c.sha256 == sha256(text))).scalar()


def ad_of(row: Row[Any]) -> Ad:
    """An ad from a row that holds every column of `ads`."""
    return Ad(**{name: getattr(row, name) for name in Ad.__dataclass_fields__})


def contacts_of(connection: Connection, ad_id: int) -> list[Row[Any]]:
    """The contacts that an ad shows: id, type, value, ads, first_seen_at, last_seen_at, highest_risk."""
    query = (
        select(CONTACTS)
        .join(AD_CONTACTS, AD_CONTACTS.c.contact_id == CONTACTS.c.id)
        .where(AD_CONTACTS.c.ad_id == ad_id)
        .order_by(CONTACTS.c.type, CONTACTS.c.value)
    )
    return list(connection.execute(query))


def known_contacts(connection: Connection, values: Iterable[str]) -> list[Row[Any]]:
    """Of "type:value" contacts those that kept ads show, in the given order; the columns of `contacts`."""
    wanted = [(type_, value) for type_, _, value in (one.partition(":") for one in values) if value]
    if not wanted:
        return []
    rows = connection.execute(select(CONTACTS).where(tuple_(CONTACTS.c.type, CONTACTS.c.value).in_(wanted))).all()
    return sorted(rows, key=lambda row: wanted.index((row.type, row.value)))


def destinations_of(connection: Connection, ad_id: int) -> list[str]:
    """The countries that an ad names, ISO 3166 alpha-2."""
    query = select(AD_DESTINATIONS.c.iso2).where(AD_DESTINATIONS.c.ad_id == ad_id).order_by(AD_DESTINATIONS.c.iso2)
    return list(connection.execute(query).scalars())


def _join_contacts(connection: Connection, ad_id: int, new: NewAd) -> None:
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    for type_, value in _split(new.contacts):
        statement = insert(CONTACTS).values(
            type=type_,
            value=value,
            first_seen_at=new.received_at,
            last_seen_at=new.received_at,
            ads=1,
            highest_risk=new.assessment.risk,
        )
        contact_id = connection.execute(
            statement.on_conflict_do_update(
                index_elements=["type", "value"],
                set_={
                    "ads": CONTACTS.c.ads + 1,
                    "first_seen_at": _lesser(connection, CONTACTS.c.first_seen_at, statement.excluded.first_seen_at),
                    "last_seen_at": _greater(connection, CONTACTS.c.last_seen_at, statement.excluded.last_seen_at),
                    "highest_risk": _greater(connection, CONTACTS.c.highest_risk, statement.excluded.highest_risk),
                },
            ).returning(CONTACTS.c.id)
        ).scalar_one()
        connection.execute(AD_CONTACTS.insert().values(ad_id=ad_id, contact_id=contact_id))


def _split(contacts: Iterable[str]) -> list[tuple[str, str]]:
    pairs = (contact.partition(":") for contact in dict.fromkeys(contacts))
    return sorted({(type_, value[:300]) for type_, _, value in pairs if value})  # sorted: no deadlocks between writers


def _lesser(connection: Connection, left: Any, right: Any) -> Any:
    return func.min(left, right) if connection.dialect.name == "sqlite" else func.least(left, right)


def _greater(connection: Connection, left: Any, right: Any) -> Any:
    return func.max(left, right) if connection.dialect.name == "sqlite" else func.greatest(left, right)
