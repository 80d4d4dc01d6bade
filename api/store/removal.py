"""Ads taken out of the store with everything that hangs on them: contacts, campaigns, bands, search, verdicts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, delete, func, or_, select, update

from api.store import audit, campaigns, people
from api.store.ads import sha256
from api.store.tables import AD_CONTACTS, ADS, CONTACTS, DEVICES, PEOPLE, SESSIONS, VERDICTS

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Retention:
    """How many days ads are kept after they were last seen; 0 keeps them without end."""

    unjudged_days: int
    judged_days: int


def remove_ads(connection: Connection, ids: Sequence[int]) -> int:
    """Delete ads; how many there were. Contacts without any ad left go too, and campaigns are told again."""
    removed = 0
    for part in _parts(ids):
        of_them = ADS.c.id.in_(part)
        touched = select(AD_CONTACTS.c.contact_id).where(AD_CONTACTS.c.ad_id.in_(part)).distinct()
        contacts = list(connection.execute(touched).scalars())
        campaign_ids = set(connection.execute(select(ADS.c.campaign_id).where(of_them).distinct()).scalars()) - {None}
        removed += connection.execute(delete(ADS).where(of_them)).rowcount
        for some in _parts(contacts):
            _retell_contacts(connection, some)
        for campaign_id in sorted(campaign_ids):
            campaigns.refresh(connection, campaign_id)
    return removed


def expire(connection: Connection, retention: Retention, now: datetime, most: int = 5_000) -> int:
    """Delete ads whose time is over, the oldest first and at most so many; recorded as one deed of the system."""
    over: list[ColumnElement[bool]] = []
    for days, judged in ((retention.unjudged_days, ADS.c.verdict == ""), (retention.judged_days, ADS.c.verdict != "")):
        if days:
            over.append(and_(judged, ADS.c.last_seen_at < now - timedelta(days=days)))
    if not over:
        return 0
    query = select(ADS.c.id).where(or_(*over)).order_by(ADS.c.last_seen_at, ADS.c.id).limit(most)
    removed = remove_ads(connection, list(connection.execute(query).scalars()))
    if removed:
        audit.record(connection, now, "system", "expire.ads", "ads", removed=removed)
    return removed


def forget_contact(connection: Connection, type_: str, value: str, actor: str, now: datetime, reason: str) -> int:
    """Erase every ad that shows a contact, and the contact itself: a person's request (UU PDP 27/2022 Pasal 8).

    The record says that it was done and why, by the sha256 of the contact, not by the contact.
    """
    shown = (
        select(AD_CONTACTS.c.ad_id)
        .join(CONTACTS, CONTACTS.c.id == AD_CONTACTS.c.contact_id)
        .where(CONTACTS.c.type == type_, CONTACTS.c.value == value)
        .order_by(AD_CONTACTS.c.ad_id)
    )
    removed = remove_ads(connection, list(connection.execute(shown).scalars()))
    connection.execute(delete(CONTACTS).where(CONTACTS.c.type == type_, CONTACTS.c.value == value))
    audit.record(
        connection, now, actor, "erase.contact", f"contact:{sha256(f'{type_}:{value}')}", reason=reason, ads=removed
    )
    return removed


def forget_account(connection: Connection, person_id: int, actor: str, now: datetime, reason: str) -> bool:
    """Take the name off an account that is over: what it did stays on record under "removed-ID".

    Raises:
        LastAdmin: nobody else could administer.
    """
    people.spare_the_last_admin(connection, person_id)
    login = f"removed-{person_id}"
    found = connection.execute(
        update(PEOPLE)
        .where(PEOPLE.c.id == person_id)
        .values(
            login=login, name="", password_hash=None, subject=None, disabled_at=func.coalesce(PEOPLE.c.disabled_at, now)
        )
        .returning(PEOPLE.c.id)
    ).scalar()
    if found is None:
        return False
    for table in (SESSIONS, DEVICES):
        connection.execute(delete(table).where(table.c.person_id == person_id))
    connection.execute(update(VERDICTS).where(VERDICTS.c.person_id == person_id).values(note=""))
    audit.record(connection, now, actor, "erase.account", f"person:{login}", reason=reason)
    return True


def _retell_contacts(connection: Connection, ids: Sequence[int]) -> None:
    figures = (
        select(
            AD_CONTACTS.c.contact_id,
            func.count().label("ads"),
            func.min(ADS.c.received_at).label("first"),
            func.max(ADS.c.last_seen_at).label("last"),
            func.max(ADS.c.risk).label("risk"),
        )
        .join(ADS, ADS.c.id == AD_CONTACTS.c.ad_id)
        .where(AD_CONTACTS.c.contact_id.in_(ids))
        .group_by(AD_CONTACTS.c.contact_id)
    )
    told = {row.contact_id: row for row in connection.execute(figures)}
    gone = [id_ for id_ in ids if id_ not in told]
    if gone:
        connection.execute(delete(CONTACTS).where(CONTACTS.c.id.in_(gone)))
    for id_, row in told.items():
        connection.execute(
            update(CONTACTS)
            .where(CONTACTS.c.id == id_)
            .values(ads=row.ads, first_seen_at=row.first, last_seen_at=row.last, highest_risk=row.risk)
        )


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for first in range(0, len(ids), _AT_ONCE):
        yield ids[first : first + _AT_ONCE]
