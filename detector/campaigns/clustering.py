"""Listings in, campaigns out: near-duplicate texts first, then the contacts that they share."""

from collections.abc import Iterable

import numpy as np

from detector.campaigns.archive import Archive
from detector.campaigns.banding import Scheme, Screen
from detector.campaigns.campaign import Clustering
from detector.campaigns.listing import Listing, Options
from detector.campaigns.phrases import stock_phrases
from detector.campaigns.shingles import Ints
from detector.campaigns.summary import Summary
from detector.campaigns.texts import alike_pairs, attached, centres
from detector.campaigns.ties import Groups, tie

# Finds 63 % of the pairs with a likeness of 0.25, 83 % at 0.3, 94 % at 0.35; a text needs one of its group. Of two
# strangers among the vacancies measured (mean of J^3 about 1e-6) one pair in 12,000 meets.
_SCHEME = Scheme(rows=3, bands=64)
_TO_CENTRES = Scheme(rows=2, bands=64)  # few are compared with few: 88 % at 0.18, 98 % at 0.25
_DEFAULT = Options()


def cluster(listings: Iterable[Listing], options: Options = _DEFAULT) -> Clustering:
    """Group `listings`, which are read once and one after the other; the order they come in does not matter."""
    with Archive(listings, options) as archive:
        groups, screen = _groups(archive, options)
        listing, contact = archive.contacts.flat()
        campaign, found = tie(groups, listing, contact, archive.sketches, options)
        summary = Summary(archive, groups, screen, options)
        left_out = frozenset(hub.contact for hub in found)
        hubs = [summary.hub(hub, listing[contact == hub.contact]) for hub in found]
        rank = _by_id(archive)
        by_campaign = np.lexsort((rank, campaign))
        cuts = np.flatnonzero(np.diff(campaign[by_campaign])) + 1
        parts = np.split(by_campaign, cuts) if len(archive) else []
        campaigns = [summary.campaign(part, left_out) for part in parts if len(part) > 1]
        singles = sorted(archive.ids[part[0]] for part in parts if len(part) == 1)
    return Clustering(
        tuple(sorted(campaigns, key=lambda one: (-one.size, one.members[0]))),
        tuple(sorted(hubs, key=lambda hub: (-hub.listings, hub.contact))),
        tuple(singles),
    )


def _groups(archive: Archive, options: Options) -> tuple[Groups, Screen]:
    sketches, order = archive.sketches, archive.order
    sketches.drop(stock_phrases(sketches, order, options))
    order = order[sketches.sizes[order] >= options.min_words]
    screen = Screen(sketches)
    pairs = alike_pairs(sketches, screen, _SCHEME, order, options.likeness)
    centre = centres(sketches, screen, pairs, order, options.cohesion)
    centre = attached(sketches, screen, _TO_CENTRES, centre, order, options.centre_likeness)
    found, of_listing = np.unique(centre[archive.texts], return_inverse=True)
    return Groups(of_listing, found, archive.fingerprints[found], archive.comparable[found]), screen


def _by_id(archive: Archive) -> Ints:
    """The place of each listing when they are sorted by id."""
    rank = np.empty(len(archive), dtype=np.int64)
    rank[np.asarray(sorted(range(len(archive)), key=archive.ids.__getitem__), dtype=np.int64)] = np.arange(len(archive))
    return rank
