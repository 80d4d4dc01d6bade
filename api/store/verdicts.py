"""What people say about ads: verdicts, their undoing, disputes and who said what before.

A verdict never changes what the machine found; it is filed beside it with the risk, model and knowledge of that moment.
The latest verdict of each person counts. Where two people contradict each other the ad is disputed until a lead
settles it; "unsure" contradicts nobody.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import Connection, Select, func, select, update
from sqlalchemy.engine import Row

from api.security.person import Person
from api.store import audit
from api.store.tables import AD_CONTACTS, ADS, CONTACTS, PEOPLE, VERDICTS

Verdict = Literal["confirmed", "lawful", "not_offer", "unsure"]
VERDICTS_GIVEN: tuple[Verdict, ...] = get_args(Verdict)
LONGEST_NOTE = 4_000
_MOST_EVIDENCE = 50


@dataclass(frozen=True, slots=True)
class Correction:
    """Words that a person marked: `says` is "sign" (these words are evidence) or "not_sign" (they are none).

    `start` and `end` are code points of the text as received; `indicator` is the sign meant, "" where none is named.
    """

    start: int
    end: int
    says: Literal["sign", "not_sign"]
    indicator: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """One verdict as it was given."""

    id: int
    ad_id: int
    person_id: int | None
    login: str
    verdict: Verdict
    typology: str
    note: str
    evidence: tuple[Correction, ...]
    settles: bool
    released: bool
    risk: float
    level: str
    model: str
    knowledge: str
    created_at: datetime
    undone_at: datetime | None


@dataclass(frozen=True, slots=True)
class Before:
    """What was said about other ads that an ad is tied to: by one contact, or by its campaign."""

    tie: str  # "type:value" of the contact, or "campaign:ID"
    confirmed: int
    lawful: int
    not_offer: int
    unsure: int
    latest: Given


def give(
    connection: Connection,
    ad_id: int,
    person: Person,
    verdict: Verdict,
    now: datetime,
    *,
    typology: str = "",
    note: str = "",
    evidence: Sequence[Correction] = (),
    settles: bool = False,
) -> int | None:
    """File a verdict; its id, None where there is no such ad.

    Raises:
        ValueError: a correction lies outside the text, the note is too long, or who settles is no lead.
    """
    ad = connection.execute(select(ADS).where(ADS.c.id == ad_id).with_for_update()).first()
    if ad is None:
        return None
    if len(note) > LONGEST_NOTE or len(evidence) > _MOST_EVIDENCE:
        raise ValueError("the note or the list of corrections is too long")
    if any(not 0 <= one.start < one.end <= len(ad.text) for one in evidence):
        raise ValueError("a correction lies outside the text")
    if settles and not person.may("settle"):
        raise ValueError("only a lead settles a dispute")
    values = {
        "ad_id": ad_id,
        "person_id": person.id,
        "verdict": verdict,
        "typology": typology,
        "note": note,
        "evidence": [
            {"start": one.start, "end": one.end, "says": one.says, "indicator": one.indicator} for one in evidence
        ],
        "settles": settles,
        "risk": ad.risk,
        "level": ad.level,
        "model": ad.model,
        "knowledge": ad.knowledge,
        "created_at": now,
    }
    id_ = connection.execute(VERDICTS.insert().values(values).returning(VERDICTS.c.id)).scalar_one()
    state = _retell(connection, ad_id, now)
    audit.record(
        connection,
        now,
        person.login,
        "give.verdict",
        f"ad:{ad_id}",
        verdict=verdict,
        id=id_,
        settles=settles,
        now=state,
    )
    return int(id_)


def undo(connection: Connection, verdict_id: int, person: Person, now: datetime) -> int | None:
    """Take one's own verdict back; the id of its ad, None where there is no such verdict of this person in force."""
    ad_id = connection.execute(
        update(VERDICTS)
        .where(VERDICTS.c.id == verdict_id, VERDICTS.c.person_id == person.id, VERDICTS.c.undone_at.is_(None))
        .values(undone_at=now)
        .returning(VERDICTS.c.ad_id)
    ).scalar()
    if ad_id is None:
        return None
    state = _retell(connection, ad_id, now)
    audit.record(connection, now, person.login, "undo.verdict", f"ad:{ad_id}", id=verdict_id, now=state)
    return int(ad_id)


def release(connection: Connection, verdict_id: int, person: Person, now: datetime, *, released: bool) -> bool:
    """Let a judged text be training data although a victim may have written it, or take that back; leads only."""
    if not person.may("settle"):
        raise ValueError("only a lead releases a text for training")
    query = update(VERDICTS).where(VERDICTS.c.id == verdict_id).values(released=released).returning(VERDICTS.c.ad_id)
    ad_id = connection.execute(query).scalar()
    if ad_id is None:
        return False
    audit.record(connection, now, person.login, "release.text", f"ad:{ad_id}", id=verdict_id, released=released)
    return True


def of_ad(connection: Connection, ad_id: int) -> list[Given]:
    """Every verdict on an ad, newest first, undone ones too."""
    query = _given().where(VERDICTS.c.ad_id == ad_id).order_by(VERDICTS.c.created_at.desc(), VERDICTS.c.id.desc())
    return [_from(row) for row in connection.execute(query)]


def get(connection: Connection, verdict_id: int) -> Given | None:
    """One verdict, None where there is none."""
    row = connection.execute(_given().where(VERDICTS.c.id == verdict_id)).first()
    return None if row is None else _from(row)


def standing(given: Iterable[Given]) -> list[Given]:
    """The verdicts that count, of all verdicts on one ad newest first: the latest of each person, not undone.

    Once somebody settled, nothing given before counts, nor what others say after it: only a lead's newer word does.
    """
    in_force = [one for one in given if one.undone_at is None]
    settled = next((one for one in in_force if one.settles), None)
    if settled is not None:
        return [settled]
    latest: dict[int | None, Given] = {}
    for one in in_force:
        latest.setdefault(one.person_id, one)
    return list(latest.values())


def state_of(given: Iterable[Given]) -> str:
    """What people say so far: "", a verdict, or "disputed"."""
    said = {one.verdict for one in standing(given)}
    sure = said - {"unsure"}
    if len(sure) > 1:
        return "disputed"
    return next(iter(sure or said), "")


def before(connection: Connection, ad_id: int) -> list[Before]:
    """Verdicts on other ads with a contact of this ad, or of its campaign."""
    found = []
    contacts = (
        select(CONTACTS.c.id, CONTACTS.c.type, CONTACTS.c.value)
        .join(AD_CONTACTS, AD_CONTACTS.c.contact_id == CONTACTS.c.id)
        .where(AD_CONTACTS.c.ad_id == ad_id)
        .order_by(CONTACTS.c.type, CONTACTS.c.value)
    )
    for contact in connection.execute(contacts).all():
        ads = select(AD_CONTACTS.c.ad_id).where(AD_CONTACTS.c.contact_id == contact.id)
        found.append(_before(connection, f"{contact.type}:{contact.value}", ads, ad_id))
    campaign_id = connection.execute(select(ADS.c.campaign_id).where(ADS.c.id == ad_id)).scalar()
    if campaign_id is not None:
        ads = select(ADS.c.id).where(ADS.c.campaign_id == campaign_id)
        found.append(_before(connection, f"campaign:{campaign_id}", ads, ad_id))
    return [one for one in found if one is not None]


def _before(connection: Connection, tie: str, ads: Select[Any], but: int) -> Before | None:
    others = (VERDICTS.c.ad_id.in_(ads), VERDICTS.c.ad_id != but, VERDICTS.c.undone_at.is_(None))
    query = (
        select(VERDICTS.c.verdict, func.count(func.distinct(VERDICTS.c.ad_id)).label("ads"))
        .where(*others)
        .group_by(VERDICTS.c.verdict)
    )
    counts: dict[str, int] = {row.verdict: row.ads for row in connection.execute(query)}
    if not counts:
        return None
    newest = _given().where(*others).order_by(VERDICTS.c.created_at.desc(), VERDICTS.c.id.desc()).limit(1)
    latest = _from(connection.execute(newest).one())
    confirmed, lawful, not_offer, unsure = (counts.get(verdict, 0) for verdict in VERDICTS_GIVEN)
    return Before(tie, confirmed, lawful, not_offer, unsure, latest)


def _retell(connection: Connection, ad_id: int, now: datetime) -> str:
    given = of_ad(connection, ad_id)
    state = state_of(given)
    judged_at = now if state else None
    connection.execute(update(ADS).where(ADS.c.id == ad_id).values(verdict=state, judged_at=judged_at))
    return state


def _given() -> Select[Any]:
    return select(VERDICTS, func.coalesce(PEOPLE.c.login, "").label("login")).outerjoin(
        PEOPLE, PEOPLE.c.id == VERDICTS.c.person_id
    )


def _from(row: Row[Any]) -> Given:
    values = {name: getattr(row, name) for name in Given.__dataclass_fields__}
    return Given(**(values | {"evidence": tuple(Correction(**one) for one in row.evidence)}))
