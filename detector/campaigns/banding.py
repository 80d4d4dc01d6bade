"""Which pairs of texts to compare: MinHash digests cut into bands, equal bands in one bucket.

Two texts of likeness J agree in one band of r rows with probability J^r and in one of b bands with 1 - (1 - J^r)^b
(Broder 1997, "On the resemblance and containment of documents"; Leskovec, Rajaraman & Ullman, "Mining of Massive
Datasets", 3.4). Digests come from rensa, band group by band group: they are never all in memory.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rensa import RMinHash

from detector.campaigns.shingles import Ints, mixed
from detector.campaigns.sketches import Floats, Indexes, Sketches

Keys = npt.NDArray[np.uint64]
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_TEXTS = 16_384  # whose digests are worked out at a time
_BANDS_AT_ONCE = 8
_SCREEN = 64  # values, one byte each
_SCREEN_SEED = 7_919


@dataclass(frozen=True, slots=True)
class Scheme:
    """`bands` bands of `rows` rows."""

    rows: int
    bands: int


def digests(sketches: Sketches, values: int, seed: int) -> Iterator[tuple[int, npt.NDArray[np.uint32]]]:
    """MinHash digests: (first text, array texts x values), part by part."""
    for first in range(0, len(sketches), _TEXTS):
        hashes, starts = sketches.part(first, min(first + _TEXTS, len(sketches)))
        matrix = RMinHash.digest_matrix_from_flat_token_hashes(
            hashes.astype(np.uint64) * _SPREAD, starts.astype(np.uint64), values, seed
        )
        yield first, np.asarray(matrix.to_rows(), dtype=np.uint32)


class Screen:
    """One byte of 64 MinHash values of every text: a likeness that costs nothing and errs by about 0.05."""

    def __init__(self, sketches: Sketches) -> None:
        self._bytes = np.zeros((len(sketches), _SCREEN), dtype=np.uint8)
        for first, part in digests(sketches, _SCREEN, _SCREEN_SEED):
            self._bytes[first : first + len(part)] = part & 0xFF

    @staticmethod
    def error(likeness: float) -> float:
        """The standard error at a likeness."""
        return float(np.sqrt(likeness * (1 - likeness) / _SCREEN))

    def likeness(self, left: Indexes, right: Indexes, step: int = 200_000) -> Floats:
        """Share of equal values of each pair, less what chance makes equal (b-bit MinHash; Li & König 2010)."""
        found = np.zeros(len(left))
        for at in range(0, len(left), step):
            equal = self._bytes[left[at : at + step]] == self._bytes[right[at : at + step]]
            found[at : at + step] = np.count_nonzero(equal, axis=1) / _SCREEN
        return (found - 1 / 256) / (1 - 1 / 256)


def buckets(sketches: Sketches, scheme: Scheme) -> Iterator[Keys]:
    """The key of every text, for one band after the other."""
    for group in range(0, scheme.bands, _BANDS_AT_ONCE):
        bands = min(_BANDS_AT_ONCE, scheme.bands - group)
        keys = np.zeros((bands, len(sketches)), dtype=np.uint64)
        for first, part in digests(sketches, bands * scheme.rows, 1 + group):
            rows = part.reshape(len(part), bands, scheme.rows).astype(np.uint64)
            key = np.zeros((len(part), bands), dtype=np.uint64)
            for row in range(scheme.rows):
                key = mixed(key * _SPREAD + rows[:, :, row])
            keys[:, first : first + len(part)] = key.T
        yield from keys


def candidates(sketches: Sketches, scheme: Scheme, order: Ints) -> Iterator[tuple[Indexes, Indexes]]:
    """Pairs of texts that share a bucket, for one band after the other.

    `order` lists the texts that take part, in an order that does not hang on the input's. In a bucket each text meets
    the next two and the first one: three pairs a text however full the bucket is, and the bands mix the neighbours.
    """
    for keys in buckets(sketches, scheme):
        sorted_ = order[np.argsort(keys[order], kind="stable")]
        key = keys[sorted_]
        opens = np.ones(len(key), dtype=bool)
        opens[1:] = key[1:] != key[:-1]
        first = np.maximum.accumulate(np.where(opens, np.arange(len(key)), 0))
        lefts, rights = [], []
        for back in (1, 2):
            at = np.flatnonzero(np.arange(len(key)) - back >= first)
            lefts.append(at - back)
            rights.append(at)
        at = np.flatnonzero(np.arange(len(key)) - first > 2)
        lefts.append(first[at])
        rights.append(at)
        yield sorted_[np.concatenate(lefts)], sorted_[np.concatenate(rights)]


def near(sketches: Sketches, scheme: Scheme, known: Indexes, others: Indexes) -> Iterator[tuple[Indexes, Indexes]]:
    """Pairs (one of `others`, one of `known`) that share a bucket, for one band after the other.

    Each text meets at most three of `known` in a band, the first ones in their order.
    """
    for keys in buckets(sketches, scheme):
        sorted_ = known[np.argsort(keys[known], kind="stable")]
        key, wanted = keys[sorted_], keys[others]
        first = np.searchsorted(key, wanted)
        lefts, rights = [], []
        for ahead in range(3):
            at = np.minimum(first + ahead, len(key) - 1)
            same = (key[at] == wanted) & (first + ahead < len(key))
            lefts.append(others[same])
            rights.append(sorted_[at[same]])
        yield np.concatenate(lefts), np.concatenate(rights)
