"""Kept ads, counted for pictures. Weeks are the numbers of `moments.week_of`: no database does sums with dates here."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import CTE, Connection, Integer, func, literal, select, union_all

from api import moments
from api.store.plans import read_in_order
from api.store.tables import AD_DESTINATIONS, ADS, CAMPAIGNS, Moment
from detector.assessment import Level


@dataclass(frozen=True, slots=True)
class Count:
    """How many ads of one level and typology were received in a week."""

    week: int
    level: Level
    typology: str
    ads: int


def weekly(connection: Connection, first: int, last: int) -> list[Count]:
    """Ads per week, level and typology, from week `first` to week `last`."""
    query = (
        select(ADS.c.week, ADS.c.level, ADS.c.typology, func.count())
        .where(ADS.c.week.between(first, last))
        .group_by(ADS.c.week, ADS.c.level, ADS.c.typology)
        .order_by(ADS.c.week, ADS.c.level, ADS.c.typology)
    )
    return [Count(*row) for row in connection.execute(query)]


def destinations(connection: Connection, first: int, last: int, levels: Sequence[Level]) -> list[tuple[str, int]]:
    """Countries (ISO 3166 alpha-2) with the ads of these weeks and levels that name them, most first."""
    level, ads = read_in_order(connection.dialect.name, ADS.c.level), func.count().label("ads")
    query = (
        select(AD_DESTINATIONS.c.iso2, ads)
        .join(ADS, ADS.c.id == AD_DESTINATIONS.c.ad_id)
        .where(ADS.c.week.between(first, last), level.in_(levels))
        .group_by(AD_DESTINATIONS.c.iso2)
        .order_by(ads.desc(), AD_DESTINATIONS.c.iso2)
    )
    return [(row.iso2, row.ads) for row in connection.execute(query)]


def campaigns(connection: Connection, first: int, last: int) -> list[int]:
    """Campaigns in force by the week of their first ad, one number a week."""
    weeks = _weeks(first, last)
    merged = read_in_order(connection.dialect.name, CAMPAIGNS.c.merged_into)
    query = (
        select(weeks.c.week, func.count())
        .join(CAMPAIGNS, (CAMPAIGNS.c.first_seen_at >= weeks.c.since) & (CAMPAIGNS.c.first_seen_at < weeks.c.until))
        .where(merged.is_(None))
        .group_by(weeks.c.week)
    )
    found = {row[0]: row[1] for row in connection.execute(query)}
    return [found.get(week, 0) for week in range(first, last + 1)]


def first_week(connection: Connection) -> int | None:
    """The week in which the first ad was received; None while nothing is kept."""
    return connection.execute(select(func.min(ADS.c.week))).scalar()


def _weeks(first: int, last: int) -> CTE:
    return union_all(
        *(
            select(
                literal(week, Integer).label("week"),
                literal(moments.start_of(moments.monday(week)), Moment).label("since"),
                literal(moments.start_of(moments.monday(week + 1)), Moment).label("until"),
            )
            for week in range(first, last + 1)
        )
    ).cte("weeks")
