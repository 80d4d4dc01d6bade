"""Campaigns and hubs written out from the columns of the archive."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from hashlib import sha256
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from detector.campaigns.archive import NO_DAY, Archive, distinct
from detector.campaigns.banding import Screen
from detector.campaigns.campaign import Campaign, Hub, Tie
from detector.campaigns.listing import Options
from detector.campaigns.sketches import Indexes
from detector.campaigns.ties import Groups, HubContact

KeyT = TypeVar("KeyT", str, tuple[str, int])
_READ = 64  # listings of a group among which variants are looked for
_EXAMPLES = 5


class Summary:
    """Makes the results; `groups` are the groups of texts, `screen` a quick likeness of texts."""

    def __init__(self, archive: Archive, groups: Groups, screen: Screen, options: Options) -> None:
        self._archive = archive
        self._groups = groups
        self._screen = screen
        self._options = options

    def campaign(self, listings: Indexes, hubs: frozenset[int]) -> Campaign:
        """The campaign of `listings`; contacts in `hubs` are not its own."""
        archive = self._archive
        group_of = self._groups.of_listing[listings].tolist()
        sizes = Counter(group_of)
        first = {group: archive.ids[listing] for group, listing in zip(group_of[::-1], listings[::-1], strict=True)}
        ranked = sorted(sizes, key=lambda group: (-sizes[group], first[group]))
        places = {group: place for place, group in enumerate(ranked)}
        contacts: Counter[str] = Counter()
        ties: Counter[tuple[str, int]] = Counter()
        for listing, group in zip(listings.tolist(), group_of, strict=True):
            for number in archive.contacts.of(listing):
                if number not in hubs:
                    name = archive.contact_names.values[number]
                    contacts[name] += 1
                    ties[name, places[group]] += 1
        largest = listings[np.asarray(group_of) == ranked[0]]
        risk_max, risk_mean = _risks(archive.risks[listings])
        members = tuple(archive.ids[listing] for listing in listings)
        return Campaign(
            id="c-" + sha256("\0".join(members).encode("utf-8", "backslashreplace")).hexdigest()[:16],
            members=members,
            groups=tuple(sizes[group] for group in ranked),
            days=_days(archive.days[listings]),
            risk_max=risk_max,
            risk_mean=risk_mean,
            typologies=_ranked(
                archive.typology_names.values[number]
                for listing in listings.tolist()
                for number in archive.typologies.of(listing)
            ),
            sources=_ranked(filter(None, map(archive.source, listings.tolist()))),
            contacts=_by_count(contacts),
            ties=tuple(Tie(contact, place, count) for (contact, place), count in _by_count(ties)),
            variants=self._variants(largest, self._groups.centre[ranked[0]]),
        )

    def hub(self, found: HubContact, listings: Indexes) -> Hub:
        """A hub with the `listings` that show it."""
        ids = sorted(self._archive.ids[listing] for listing in listings)
        name = self._archive.contact_names.values[found.contact]
        risk = _risks(self._archive.risks[listings])[1]
        return Hub(name, len(ids), found.groups, found.likeness, risk, tuple(ids[:_EXAMPLES]))

    def _variants(self, listings: Indexes, centre: int) -> tuple[str, ...]:
        """Different texts of one group, those of the central one first, then the most like it."""
        texts = self._archive.texts[listings]
        central = listings[texts == centre][:1]
        drawn = np.unique(np.linspace(0, len(listings) - 1, _READ).astype(np.intp))
        read = np.unique(np.concatenate([central, listings[drawn]]))
        texts = self._archive.texts[read].astype(np.intp)
        likeness = self._screen.likeness(texts, np.full(len(read), centre, dtype=np.intp))
        ids = self._archive.ids
        ranked = sorted(zip(-likeness, texts != centre, read, strict=True), key=lambda row: (*row[:2], ids[row[2]]))
        return tuple(distinct((self._archive.spool.read(at) for _, _, at in ranked), self._options.variants))


def _risks(risks: npt.NDArray[np.float32]) -> tuple[float | None, float | None]:
    known = risks[~np.isnan(risks)].astype(np.float64)
    if not len(known):
        return None, None
    return round(float(known.max()), 6), round(float(known.mean()), 6)


def _days(days: npt.NDArray[np.int32]) -> tuple[tuple[str, int], ...]:
    day, counts = np.unique(days[days != NO_DAY], return_counts=True)
    return tuple((date.fromordinal(int(d)).isoformat(), int(c)) for d, c in zip(day, counts, strict=True))


def _ranked(values: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return _by_count(Counter(values))


def _by_count(counts: Counter[KeyT]) -> tuple[tuple[KeyT, int], ...]:
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
