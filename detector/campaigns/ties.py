"""Shared contacts: which groups of texts they tie together, and which of them are hubs that tie nothing."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.campaigns.listing import Options
from detector.campaigns.shingles import Ints
from detector.campaigns.sketches import Indexes, Sketches
from detector.campaigns.union import components

_COMPARED = 24  # groups of a contact that are compared with each other


@dataclass(frozen=True, slots=True)
class Groups:
    """The group of every listing (0, 1, 2 ...); of every group the central text, the fingerprint of it, and whether it
    is long enough to be compared.
    """

    of_listing: Ints
    centre: Ints
    fingerprint: npt.NDArray[np.uint64]
    comparable: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class HubContact:
    """A contact left out of the ties: its number, in how many groups of texts it stands, how alike they are."""

    contact: int
    groups: int
    likeness: float


def tie(
    groups: Groups, listing: Ints, contact: Ints, sketches: Sketches, options: Options
) -> tuple[Ints, tuple[HubContact, ...]]:
    """(campaign of every listing, hubs); `listing` and `contact` are parallel: who shows what.

    - A listing that shows many contacts (a warning, a directory) ties none together.
    - A contact in many groups of texts that have nothing in common is a hub: a job board's own number, a hotline.
    - A large group is tied only by a contact that it shows more than once, so that one stray listing can't chain two
      campaigns into one.
    """
    counts = np.bincount(listing, minlength=len(groups.of_listing))
    few = counts[listing] <= options.max_contacts
    listing, contact = listing[few], contact[few]
    size = np.int64(len(groups.centre))
    keys, shown = np.unique(contact * size + groups.of_listing[listing], return_counts=True)
    contacts, group = keys // size, keys % size
    hubs = _hubs(contacts, group, groups, sketches, options)
    large = np.bincount(groups.of_listing, minlength=int(size))[group] >= options.large_group
    ties = (shown > 1) | ~large
    ties &= ~np.isin(contacts, [hub.contact for hub in hubs])
    nodes = int(size + (contacts.max() + 1 if len(contacts) else 0))
    return components(nodes, group[ties], contacts[ties] + size)[groups.of_listing], hubs


def _hubs(contacts: Ints, group: Ints, groups: Groups, sketches: Sketches, options: Options) -> tuple[HubContact, ...]:
    comparable = groups.comparable[group]
    contacts, group = contacts[comparable], group[comparable]
    often = np.flatnonzero(np.bincount(contacts) >= options.hub_groups) if len(contacts) else contacts
    starts, ends = np.searchsorted(contacts, often), np.searchsorted(contacts, often, side="right")
    hubs = []
    for number, start, end in zip(often, starts, ends, strict=True):
        among = group[start:end]
        likeness = mean_likeness(groups.centre[among[np.argsort(groups.fingerprint[among])]], sketches)
        if likeness < options.hub_likeness:
            hubs.append(HubContact(int(number), int(end - start), likeness))
    return tuple(hubs)


def mean_likeness(texts: Indexes, sketches: Sketches) -> float:
    """Mean likeness of the pairs of texts, among a sample evenly drawn from them."""
    drawn = texts[np.unique(np.linspace(0, len(texts) - 1, _COMPARED).astype(np.intp))]
    left, right = np.triu_indices(len(drawn), k=1)
    return float(sketches.likeness(drawn[left], drawn[right]).mean()) if len(left) else 1.0
