"""Groups of near-duplicate texts: candidates, their exact likeness, components, and a guard against chains."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from detector.campaigns.banding import Keys, Scheme, Screen, candidates, near
from detector.campaigns.shingles import Ints
from detector.campaigns.sketches import Floats, Indexes, Sketches
from detector.campaigns.union import components

_WITNESSES = 4  # texts that each text needs to be found alike to; further candidates are not compared
_SAMPLE = 24  # texts of a group among which the most central is looked for
_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Alike:
    """Pairs of texts and their exact likeness, which reaches the threshold asked for."""

    left: Indexes
    right: Indexes
    likeness: Floats


def alike_pairs(sketches: Sketches, screen: Screen, scheme: Scheme, order: Ints, likeness: float) -> Alike:
    """Verified pairs among the texts of `order`; every text is compared until it has enough of them."""
    degrees = np.zeros(len(sketches), dtype=np.int64)
    seen: Keys = np.zeros(0, dtype=np.uint64)
    found = []
    for left, right in candidates(sketches, scheme, order):
        wanted = (degrees[left] < _WITNESSES) | (degrees[right] < _WITNESSES)
        left, right = left[wanted], right[wanted]
        keys = _likely(np.minimum(left, right), np.maximum(left, right), screen, likeness)
        keys = keys[~_contains(seen, keys)]
        seen = np.concatenate([seen, keys])
        seen.sort(kind="stable")  # a merge of two runs
        pairs = _verified(keys, sketches, likeness)
        for side in (pairs.left, pairs.right):
            degrees += np.bincount(side, minlength=len(degrees))
        found.append(pairs)
    return Alike(
        np.concatenate([pairs.left for pairs in found]),
        np.concatenate([pairs.right for pairs in found]),
        np.concatenate([pairs.likeness for pairs in found]),
    )


def _likely(left: Indexes, right: Indexes, screen: Screen, likeness: float) -> Keys:
    """The pairs that the screen lets through, as one ascending number each, without repeats.

    It lets through what is two of its standard errors below `likeness`: one pair in forty at the threshold is lost.
    """
    likely = screen.likeness(left, right) >= likeness - 2 * screen.error(likeness)
    return _distinct((left[likely].astype(np.uint64) << np.uint64(32)) | right[likely].astype(np.uint64))


def _verified(keys: Keys, sketches: Sketches, likeness: float) -> Alike:
    left, right = (keys >> np.uint64(32)).astype(np.intp), (keys & np.uint64(0xFFFFFFFF)).astype(np.intp)
    exact = sketches.likeness(left, right)
    close = exact >= likeness
    return Alike(left[close], right[close], exact[close])


def centres(sketches: Sketches, screen: Screen, pairs: Alike, order: Ints, cohesion: float) -> Ints:
    """The most central text of each text's group, which stands for the group; a text without a group is its own.

    A component in which some texts are hardly like its most central one is a chain: those texts leave it and group
    anew among themselves, by the pairs that they have with each other, until all hold together.
    """
    size = len(sketches)
    rank = _rank(order, size)
    left, right = pairs.left, pairs.right
    labels = components(size, left, right)
    members = _grouped(labels, np.arange(size))
    for _ in range(_ROUNDS):
        if not len(members):
            break
        centre = _centres(members, labels[members], rank, screen)
        holds = sketches.likeness(members, centre) >= cohesion
        loose = members[~holds]
        apart = np.zeros(size, dtype=bool)
        apart[loose] = True
        inside = apart[left] & apart[right] & (labels[left] == labels[right])
        left, right = left[inside], right[inside]
        labels[members[holds]] = centre[holds]
        labels[loose] = components(size, left, right)[loose]
        members = _grouped(labels, loose)
    labels[members] = members
    return labels


def attached(sketches: Sketches, screen: Screen, scheme: Scheme, centre: Ints, order: Ints, likeness: float) -> Ints:
    """`centre` with texts that stand alone or in twos put to a group of three or more whose central text they are like.

    A central text is close to the original, so a copy that was reworded more than its siblings is still like it where
    it is no longer like them: a lower likeness proves as much.
    """
    sizes = np.bincount(centre, minlength=len(centre))
    heads = order[centre[order] == order]
    known, others = heads[sizes[heads] > 2], heads[sizes[heads] <= 2]
    if not len(known):
        return centre
    met = [_likely(left, right, screen, likeness) for left, right in near(sketches, scheme, known, others)]
    pairs = _verified(_distinct(np.concatenate(met)), sketches, likeness)
    rank = _rank(order, len(centre))
    best = np.lexsort((rank[pairs.right], -pairs.likeness, pairs.left))
    other, at = np.unique(pairs.left[best], return_index=True)
    heir = np.arange(len(centre))
    heir[other] = pairs.right[best][at]
    return heir[centre]


def _rank(order: Ints, size: int) -> Ints:
    rank = np.zeros(size, dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank


def _grouped(labels: Ints, among: Indexes) -> Indexes:
    """Those that share their label with another one of `among`."""
    return among[np.bincount(labels[among], minlength=len(labels))[labels[among]] > 1]


def _centres(members: Indexes, labels: Ints, rank: Ints, screen: Screen) -> Indexes:
    """For each member the most central text of its group, looked for among a sample of it."""
    by_group = np.lexsort((rank[members], labels))
    sorted_, label = members[by_group], labels[by_group]
    cuts = np.flatnonzero(np.concatenate([[True], label[1:] != label[:-1], [True]]))
    found = np.empty(len(members), dtype=np.intp)
    for start, end in pairwise(cuts):
        found[by_group[start:end]] = central(sorted_[start:end], screen)
    return found


def central(texts: Indexes, screen: Screen) -> int:
    """The text that is on average most like the others, among a sample evenly drawn from `texts`."""
    if len(texts) <= 2:
        return int(texts[0])
    drawn = texts[np.unique(np.linspace(0, len(texts) - 1, _SAMPLE).astype(np.intp))]
    left, right = np.repeat(drawn, len(drawn)), np.tile(drawn, len(drawn))
    likeness = screen.likeness(left, right).reshape(len(drawn), len(drawn)).sum(axis=1)
    return int(drawn[np.argmax(likeness)])


def _contains(ascending: Keys, keys: Keys) -> npt.NDArray[np.bool_]:
    if not len(ascending):
        return np.zeros(len(keys), dtype=bool)
    found: npt.NDArray[np.bool_] = ascending[np.minimum(np.searchsorted(ascending, keys), len(ascending) - 1)] == keys
    return found


def _distinct(keys: Keys) -> Keys:
    """`keys` in ascending order without repeats."""
    ascending = np.sort(keys)
    keep = np.ones(len(ascending), dtype=bool)
    keep[1:] = ascending[1:] != ascending[:-1]
    return ascending[keep]
