"""Campaigns as lists and pages show them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import Connection, func, select

from api.listing import Page, Window
from api.store.tables import AD_CONTACTS, ADS, CAMPAIGNS, CONTACTS
from detector.campaigns.listing import Listing

Order = Literal["last_seen", "ads", "risk"]
ORDERS: tuple[Order, ...] = get_args(Order)
MOST_LISTINGS = 300  # ads of a campaign that its page compares with each other
_COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """One campaign in a list; `typology` is the most frequent one of its ads."""

    id: int
    first_seen_at: datetime
    last_seen_at: datetime
    ads: int
    highest_risk: float
    typology: str


def find(connection: Connection, window: Window, order: Order, typology: str = "") -> Page[CampaignRow]:
    """The campaigns in force, of one typology or of all."""
    by = {"last_seen": CAMPAIGNS.c.last_seen_at, "ads": CAMPAIGNS.c.ads, "risk": CAMPAIGNS.c.highest_risk}[order]
    wanted = [CAMPAIGNS.c.merged_into.is_(None)] + ([CAMPAIGNS.c.typology == typology] if typology else [])
    columns = [CAMPAIGNS.c[name] for name in CampaignRow.__dataclass_fields__]
    rows = connection.execute(
        select(*columns)
        .where(*wanted)
        .order_by(by.desc(), CAMPAIGNS.c.id.desc())
        .limit(window.size)
        .offset(window.offset)
    )
    some = select(CAMPAIGNS.c.id).where(*wanted).limit(_COUNTED).subquery()
    total = connection.execute(select(func.count()).select_from(some)).scalar_one()
    return Page([CampaignRow(*row) for row in rows], window, total, _COUNTED)


def get(connection: Connection, campaign_id: int) -> CampaignRow | int | None:
    """One campaign; the id of the one that it became part of, where it did; None where there is none."""
    row = connection.execute(select(CAMPAIGNS).where(CAMPAIGNS.c.id == campaign_id)).first()
    if row is None:
        return None
    if row.merged_into is not None:
        return int(row.merged_into)
    return CampaignRow(*(getattr(row, name) for name in CampaignRow.__dataclass_fields__))


def verdicts_of(connection: Connection, campaign_id: int) -> dict[str, int]:
    """How many of its ads people have judged how; "" counts those that nobody has judged."""
    query = (
        select(ADS.c.verdict, func.count().label("ads"))
        .where(ADS.c.campaign_id == campaign_id)
        .group_by(ADS.c.verdict)
        .order_by(ADS.c.verdict)
    )
    return {row.verdict: row.ads for row in connection.execute(query)}


def listings(connection: Connection, campaign_id: int) -> list[Listing]:
    """Its newest ads as the clustering takes them, without the hubs among their contacts."""
    rows = connection.execute(
        select(ADS.c.id, ADS.c.text, ADS.c.risk, ADS.c.typology, ADS.c.received_at, ADS.c.channel)
        .where(ADS.c.campaign_id == campaign_id)
        .order_by(ADS.c.received_at.desc(), ADS.c.id.desc())
        .limit(MOST_LISTINGS)
    ).all()
    shown: dict[int, list[str]] = {}
    contacts = (
        select(AD_CONTACTS.c.ad_id, CONTACTS.c.type, CONTACTS.c.value)
        .join(CONTACTS, CONTACTS.c.id == AD_CONTACTS.c.contact_id)
        .where(AD_CONTACTS.c.ad_id.in_([row.id for row in rows]), ~CONTACTS.c.hub)
        .order_by(CONTACTS.c.type, CONTACTS.c.value)
    )
    for row in connection.execute(contacts):
        shown.setdefault(row.ad_id, []).append(f"{row.type}:{row.value}")
    return [
        Listing(
            id=f"{row.id:020d}",
            text=row.text,
            contacts=tuple(shown.get(row.id, ())),
            risk=row.risk,
            typologies=(row.typology,) if row.typology else (),
            date=row.received_at.date().isoformat(),
            source=row.channel,
        )
        for row in rows
    ]
