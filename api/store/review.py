"""What to look at next: the unjudged ads from which a verdict would teach most, and the disputes for a lead."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, func, select, update

from api.security.person import Person
from api.store.tables import ADS, VERDICTS

NEW_CAMPAIGN = 0.5  # added to the priority of an ad in a campaign of which nobody has judged any
_LOOKED_AT = 200  # of the best by stored priority; among them the campaign decides


def next_ad(connection: Connection, person: Person, but: int | None = None) -> int | None:
    """The ad that `person` should see next, None where nothing waits; `but` was skipped a moment ago.

    Disputes come first for those who may settle them. Else: the highest priority (uncertain, new words; see
    `ads.priority`), with a bonus where its whole campaign is unjudged.
    """
    if person.may("settle"):
        disputes = select(ADS.c.id).where(ADS.c.verdict == "disputed", _not(but)).order_by(ADS.c.judged_at, ADS.c.id)
        disputed = connection.execute(disputes.limit(1)).scalar()
        if disputed is not None:
            return int(disputed)
    # One query a state: joined by OR, neither database walks the index on (verdict, priority).
    best = [
        row
        for waiting_ in _waiting(person)
        for row in connection.execute(
            select(ADS.c.id, ADS.c.campaign_id, ADS.c.priority)
            .where(waiting_, _not(but))
            .order_by(ADS.c.priority.desc())
            .limit(_LOOKED_AT)
        )
    ]
    campaigns = {row.campaign_id for row in best if row.campaign_id is not None}
    judged = set(
        connection.execute(
            select(ADS.c.campaign_id).where(ADS.c.campaign_id.in_(campaigns), ADS.c.verdict != "").distinct()
        ).scalars()
    )
    ranked = max(
        best,
        key=lambda row: (
            row.priority + NEW_CAMPAIGN * (row.campaign_id is not None and row.campaign_id not in judged),
            row.id,
        ),
        default=None,
    )
    return None if ranked is None else int(ranked.id)


def waiting(connection: Connection, person: Person, up_to: int = 10_000) -> int:
    """How many ads wait for `person`, counted up to a bound."""
    found = 0
    for waiting_ in _waiting(person):
        some = select(ADS.c.id).where(waiting_).limit(up_to - found).subquery()
        found += int(connection.execute(select(func.count()).select_from(some)).scalar_one())
    return found


def disputes(connection: Connection) -> int:
    """How many ads are disputed."""
    return int(connection.execute(select(func.count()).where(ADS.c.verdict == "disputed")).scalar_one())


def put_off(connection: Connection, ad_id: int, now: datetime) -> None:
    """Let an ad wait behind others: somebody skipped it."""
    connection.execute(update(ADS).where(ADS.c.id == ad_id, ADS.c.verdict == "").values(priority=ADS.c.priority / 2))


def _waiting(person: Person) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """What waits for a person, in two conditions that exclude each other: unjudged; called unsure by others only."""
    own = exists().where(
        VERDICTS.c.ad_id == ADS.c.id, VERDICTS.c.person_id == person.id, VERDICTS.c.undone_at.is_(None)
    )
    return ADS.c.verdict == "", and_(ADS.c.verdict == "unsure", ~own)


def _not(ad_id: int | None) -> ColumnElement[bool]:
    return ADS.c.id != (-1 if ad_id is None else ad_id)
