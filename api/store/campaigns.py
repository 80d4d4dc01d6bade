"""Campaigns that grow as ads are kept: a new ad joins those that it is a near-duplicate of or shares a contact with.

The judgement of `detector.campaigns`, one ad at a time: MinHash bands point to the few ads worth comparing, the exact
likeness decides, and a contact ties unless it is a hub. What one run over all ads can do and this can't: leave out
stock phrases. So two texts must be more alike here (`LIKENESS`) than there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import numpy as np
from sqlalchemy import Connection, Select, bindparam, func, select, update

from api.store.tables import AD_BANDS, AD_CONTACTS, ADS, CAMPAIGNS, CONTACTS
from detector.campaigns.banding import Scheme, buckets
from detector.campaigns.clustering import cluster
from detector.campaigns.listing import Listing, Options
from detector.campaigns.shingles import Shingler
from detector.campaigns.sketches import Sketches
from detector.campaigns.ties import mean_likeness
from detector.campaigns.union import components

# Finds 95 % of the pairs of likeness 0.5, 84 % at 0.42 (1 - (1 - J^3)^24).
_SCHEME = Scheme(rows=3, bands=24)
LIKENESS = 0.42
_COMPARED = 60  # ads that a new one is compared with, those with most bands in common first
_OPTIONS = Options()
_TIES_LOOKED_AT = 400  # ads of one contact
_HUB_SAMPLE = 100  # ads of a contact that are compared with each other, at every tenth new one
_SPLIT = 20_000  # ads of a campaign that are sorted again when a hub comes out of it


@dataclass(frozen=True, slots=True)
class Near:
    """A kept ad and how alike it is to a text, from 0 to 1 (Jaccard index of words and pairs of words)."""

    ad_id: int
    likeness: float


@lru_cache(maxsize=1)
def _shingler() -> Shingler:
    return Shingler()


def near(connection: Connection, text: str, limit: int = 5, at_least: float = 0.2) -> list[Near]:
    """The kept ads most like `text`, most alike first; those that could be found by their bands."""
    _, keys, words = _signature(text)
    if words < _OPTIONS.min_words:
        return []
    return _alike(connection, text, keys, None, at_least)[:limit]


def join(connection: Connection, ad_id: int, text: str, seen_at: datetime) -> int | None:
    """Put a newly kept ad where it belongs: the id of its campaign, None where it stands alone.

    Campaigns that it ties together become one, the largest; the others stay as addresses that lead to it.
    """
    _, keys, words = _signature(text)
    others: list[int] = []
    if words >= _OPTIONS.min_words:
        others += [one.ad_id for one in _alike(connection, text, keys, ad_id, LIKENESS)]
        connection.execute(AD_BANDS.insert(), [{"band_key": key, "ad_id": ad_id} for key in dict.fromkeys(keys)])
    others += _sharing_contacts(connection, ad_id)
    if not others:
        return None
    return _tie(connection, ad_id, sorted(set(others)), seen_at)


def refresh(connection: Connection, campaign_id: int) -> None:
    """Work out a campaign's figures again; one with fewer than two ads is taken away."""
    of_it = ADS.c.campaign_id == campaign_id
    query = select(func.count(), func.min(ADS.c.received_at), func.max(ADS.c.last_seen_at), func.max(ADS.c.risk)).where(
        of_it
    )
    count, first, last, risk = connection.execute(query).one()
    if count < 2:
        connection.execute(update(ADS).where(of_it).values(campaign_id=None))
        connection.execute(CAMPAIGNS.delete().where(CAMPAIGNS.c.id == campaign_id))
        return
    ranked = (
        select(ADS.c.typology)
        .where(of_it, ADS.c.typology != "")
        .group_by(ADS.c.typology)
        .order_by(func.count().desc(), ADS.c.typology)
        .limit(1)
    )
    connection.execute(
        update(CAMPAIGNS)
        .where(CAMPAIGNS.c.id == campaign_id)
        .values(
            ads=count,
            first_seen_at=first,
            last_seen_at=last,
            highest_risk=risk,
            typology=connection.execute(ranked).scalar() or "",
        )
    )


def _signature(text: str) -> tuple[Sketches, list[int], int]:
    """(set of the text, its band keys as signed 64-bit numbers, its words)."""
    shingles = _shingler().of([text])
    sketches = Sketches()
    sketches.add(shingles, np.zeros(1, dtype=np.intp))
    keys = np.array([key[0] for key in buckets(sketches, _SCHEME)], dtype=np.uint64).view(np.int64)
    return sketches, [int(key) for key in keys], int(shingles.words[0])


def _alike(connection: Connection, text: str, keys: Sequence[int], but: int | None, at_least: float) -> list[Near]:
    """Kept ads at least so alike to `text`, most alike first."""
    shared = (
        select(AD_BANDS.c.ad_id)
        .where(AD_BANDS.c.band_key.in_(bindparam("keys", expanding=True)))
        .group_by(AD_BANDS.c.ad_id)
        .order_by(func.count().desc(), AD_BANDS.c.ad_id.desc())
        .limit(_COMPARED)
    )
    ids = [id_ for id_ in connection.execute(shared, {"keys": list(keys)}).scalars() if id_ != but]
    if not ids:
        return []
    rows = connection.execute(select(ADS.c.id, ADS.c.text).where(ADS.c.id.in_(ids))).all()
    sketches = Sketches()
    sketches.add(_shingler().of([text, *(row.text for row in rows)]), np.arange(len(rows) + 1))
    likeness = sketches.likeness(np.zeros(len(rows), dtype=np.intp), np.arange(1, len(rows) + 1, dtype=np.intp))
    found = [Near(row.id, float(one)) for row, one in zip(rows, likeness, strict=True) if one >= at_least]
    return sorted(found, key=lambda one: (-one.likeness, one.ad_id))


def _sharing_contacts(connection: Connection, ad_id: int) -> list[int]:
    """One ad of every campaign, and every single ad, that shows a contact of this ad which is no hub."""
    own = (
        select(CONTACTS.c.id, CONTACTS.c.ads, CONTACTS.c.hub)
        .join(AD_CONTACTS, AD_CONTACTS.c.contact_id == CONTACTS.c.id)
        .where(AD_CONTACTS.c.ad_id == ad_id)
    )
    contacts = connection.execute(own).all()
    if len(contacts) > _OPTIONS.max_contacts:
        return []
    found: list[int] = []
    for contact in contacts:
        if contact.hub:
            continue
        if contact.ads >= _OPTIONS.hub_groups and contact.ads % 10 == 0 and _is_hub(connection, contact.id):
            _set_apart(connection, contact.id)
            continue
        groups: dict[tuple[str, int], list[int]] = {}
        for row in connection.execute(_ads_of(contact.id, _TIES_LOOKED_AT)):
            if row.id != ad_id:
                key = ("ad", row.id) if row.campaign_id is None else ("campaign", row.campaign_id)
                groups.setdefault(key, []).append(row.id)
        for (sort, campaign), ads in groups.items():
            # One stray ad must not chain a large campaign to another: there the contact must stand twice.
            if sort == "ad" or len(ads) > 1 or _size(connection, campaign) < _OPTIONS.large_group:
                found.append(ads[0])
    return found


def _ads_of(contact_id: int, newest: int) -> Select[Any]:
    return (
        select(ADS.c.id, ADS.c.campaign_id, ADS.c.text)
        .join(AD_CONTACTS, AD_CONTACTS.c.ad_id == ADS.c.id)
        .where(AD_CONTACTS.c.contact_id == contact_id)
        .order_by(ADS.c.id.desc())
        .limit(newest)
    )


def _is_hub(connection: Connection, contact_id: int) -> bool:
    """Whether the newest ads of a contact are many separate texts that have nothing in common."""
    texts = [row.text for row in connection.execute(_ads_of(contact_id, _HUB_SAMPLE))]
    sketches = Sketches()
    sketches.add(_shingler().of(texts), np.arange(len(texts)))
    left, right = np.triu_indices(len(texts), k=1)
    alike = sketches.likeness(left, right) >= _OPTIONS.likeness
    groups = components(len(texts), left[alike], right[alike])
    centres = np.unique(groups, return_index=True)[1]
    if len(centres) < _OPTIONS.hub_groups:
        return False
    return mean_likeness(centres, sketches) < _OPTIONS.hub_likeness


def _set_apart(connection: Connection, contact_id: int) -> None:
    """Mark a contact as a hub, and sort again the campaigns that it had tied together."""
    connection.execute(update(CONTACTS).where(CONTACTS.c.id == contact_id).values(hub=True))
    query = (
        select(ADS.c.campaign_id)
        .join(AD_CONTACTS, AD_CONTACTS.c.ad_id == ADS.c.id)
        .where(AD_CONTACTS.c.contact_id == contact_id, ADS.c.campaign_id.is_not(None))
        .distinct()
    )
    for campaign_id in connection.execute(query).scalars().all():
        _split(connection, campaign_id)


def _split(connection: Connection, campaign_id: int) -> None:
    """Sort the ads of a campaign again, without its hubs: the largest part keeps the address of the whole."""
    of_it = select(ADS.c.id, ADS.c.text, ADS.c.received_at).where(ADS.c.campaign_id == campaign_id)
    rows = connection.execute(of_it.order_by(ADS.c.id).limit(_SPLIT)).all()
    ids = [row.id for row in rows]
    shown: dict[int, list[str]] = {}
    contacts = (
        select(AD_CONTACTS.c.ad_id, CONTACTS.c.type, CONTACTS.c.value)
        .join(CONTACTS, CONTACTS.c.id == AD_CONTACTS.c.contact_id)
        .join(ADS, ADS.c.id == AD_CONTACTS.c.ad_id)
        .where(ADS.c.campaign_id == campaign_id, ~CONTACTS.c.hub)
    )
    for row in connection.execute(contacts):
        shown.setdefault(row.ad_id, []).append(f"{row.type}:{row.value}")
    listings = [Listing(f"{row.id:020d}", row.text, tuple(shown.get(row.id, ()))) for row in rows]
    parts = [[int(id_) for id_ in one.members] for one in cluster(listings).campaigns]
    connection.execute(update(ADS).where(ADS.c.id.in_(ids)).values(campaign_id=None))
    seen_at = {row.id: row.received_at for row in rows}
    for number, part in enumerate(parts):
        kept = campaign_id if number == 0 else _new(connection, max(seen_at[id_] for id_ in part))
        connection.execute(update(ADS).where(ADS.c.id.in_(part)).values(campaign_id=kept))
        refresh(connection, kept)
    if not parts:
        refresh(connection, campaign_id)


def _size(connection: Connection, campaign_id: int) -> int:
    return connection.execute(select(CAMPAIGNS.c.ads).where(CAMPAIGNS.c.id == campaign_id)).scalar() or 0


def _tie(connection: Connection, ad_id: int, others: Sequence[int], seen_at: datetime) -> int:
    rows = connection.execute(select(ADS.c.campaign_id).where(ADS.c.id.in_(others)).distinct()).scalars()
    campaigns = [id_ for id_ in rows if id_ is not None]
    if campaigns:
        ranked = select(CAMPAIGNS.c.id).where(CAMPAIGNS.c.id.in_(campaigns))
        kept = connection.execute(ranked.order_by(CAMPAIGNS.c.ads.desc(), CAMPAIGNS.c.id).limit(1)).scalar_one()
        merged = [id_ for id_ in campaigns if id_ != kept]
        if merged:
            connection.execute(update(ADS).where(ADS.c.campaign_id.in_(merged)).values(campaign_id=kept))
            connection.execute(
                update(CAMPAIGNS)
                .where(CAMPAIGNS.c.id.in_(merged) | CAMPAIGNS.c.merged_into.in_(merged))
                .values(merged_into=kept, ads=0)
            )
    else:
        kept = _new(connection, seen_at)
    connection.execute(update(ADS).where(ADS.c.id.in_([ad_id, *others])).values(campaign_id=kept))
    refresh(connection, kept)
    return int(kept)


def _new(connection: Connection, at: datetime) -> int:
    empty = CAMPAIGNS.insert().values(created_at=at, first_seen_at=at, last_seen_at=at, ads=0, highest_risk=0.0)
    return int(connection.execute(empty.returning(CAMPAIGNS.c.id)).scalar_one())
