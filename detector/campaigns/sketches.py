"""The sets of all texts in two flat arrays, and the exact likeness of many pairs at once."""

from array import array

import numpy as np
import numpy.typing as npt

from detector.campaigns.shingles import Hashes, Ints, Shingles

Floats = npt.NDArray[np.float64]
Indexes = npt.NDArray[np.intp]
_ELEMENTS = 2_000_000  # hashes that are compared in one go: 16 MB an array


class Sketches:
    """Ragged array of sets: four bytes a shingle, about 400 a text of 50 words.

    A set of more than `shingles.SKETCH` is known up to its ceiling only. Hashes are spread evenly, so two sets cut at
    the lower of their ceilings are a fair sample of the whole ones (bottom-k sketches; Cohen & Kaplan 2007).
    """

    def __init__(self) -> None:
        self._hashes = array("I")
        self._sizes = array("i")
        self._ceilings = array("I")
        self._starts: Ints = np.zeros(1, dtype=np.int64)

    def __len__(self) -> int:
        return len(self._sizes)

    def add(self, shingles: Shingles, chosen: Indexes) -> None:
        """Take in the sets of `chosen` texts, in that order."""
        sizes = np.diff(shingles.starts)[chosen]
        taken = shingles.hashes[_ranges(shingles.starts[chosen], sizes)]
        self._hashes.frombytes(taken.tobytes())
        self._sizes.frombytes(sizes.astype(np.int32).tobytes())
        self._ceilings.frombytes(shingles.ceilings[chosen].tobytes())
        self._starts = np.zeros(0, dtype=np.int64)

    @property
    def starts(self) -> Ints:
        """Set i is `hashes[starts[i]:starts[i + 1]]`."""
        if len(self._starts) != len(self) + 1:
            self._starts = np.concatenate([[0], np.cumsum(self.sizes, dtype=np.int64)])
        return self._starts

    @property
    def sizes(self) -> npt.NDArray[np.int32]:
        """Hashes in each set."""
        return np.asarray(self._sizes, dtype=np.int32)

    def part(self, first: int, end: int) -> tuple[Hashes, Ints]:
        """The hashes of sets `first` to `end` and where each starts among them."""
        starts = self.starts[first : end + 1]
        hashes = np.asarray(self._hashes, dtype=np.uint32)
        return hashes[starts[0] : starts[-1]], starts - starts[0]

    def of(self, texts: Indexes) -> tuple[Hashes, Ints]:
        """The hashes of `texts` one after the other, and to which of them (as its position) each belongs."""
        sizes = self.sizes[texts]
        hashes = np.asarray(self._hashes, dtype=np.uint32)
        return hashes[_ranges(self.starts[texts], sizes)], np.repeat(np.arange(len(texts)), sizes)

    def taken(self, texts: Indexes) -> "Sketches":
        """The sets of `texts` alone, in that order."""
        found = Sketches()
        found._hashes.frombytes(self.of(texts)[0].tobytes())
        found._sizes.frombytes(self.sizes[texts].tobytes())
        found._ceilings.frombytes(np.asarray(self._ceilings, dtype=np.uint32)[texts].tobytes())
        return found

    def drop(self, stop: Hashes, step: int = 50_000) -> None:
        """Take the hashes of `stop` (ascending) out of every set, in place."""
        if not len(stop):
            return
        starts, hashes, kept = self.starts, np.asarray(self._hashes, dtype=np.uint32), 0
        sizes = np.zeros(len(self), dtype=np.int32)
        for first in range(0, len(self), step):
            end = min(first + step, len(self))
            part = hashes[starts[first] : starts[end]]
            stays = stop[np.minimum(np.searchsorted(stop, part), len(stop) - 1)] != part
            owner = np.repeat(np.arange(end - first), np.diff(starts[first : end + 1]))
            sizes[first:end] = np.bincount(owner[stays], minlength=end - first)
            part = part[stays]
            hashes[kept : kept + len(part)] = part
            kept += len(part)
        del hashes, part  # the buffer can't shrink while it is looked at
        del self._hashes[kept:]
        self._sizes = array("i", sizes.tobytes())
        self._starts = np.zeros(0, dtype=np.int64)

    def likeness(self, left: Indexes, right: Indexes) -> Floats:
        """Jaccard index of each pair of texts, 0 where one of them has no shingles."""
        if not len(left):
            return np.zeros(0)
        load = np.cumsum(self.sizes[left].astype(np.int64) + self.sizes[right])
        cuts = np.searchsorted(load, np.arange(0, load[-1] + _ELEMENTS, _ELEMENTS)[1:], side="left") + 1
        found, first = np.zeros(len(left)), 0
        for end in np.unique(np.minimum(cuts, len(left))):
            found[first:end] = self._likeness(left[first:end], right[first:end])
            first = int(end)
        return found

    def _likeness(self, left: Indexes, right: Indexes) -> Floats:
        all_ceilings = np.asarray(self._ceilings, dtype=np.uint32)
        ceilings = np.minimum(all_ceilings[left], all_ceilings[right])
        keys = []
        sizes = np.zeros(len(left), dtype=np.int64)
        for side in (left, right):
            hashes, pair = self.of(side)
            whole = hashes <= ceilings[pair]
            hashes, pair = hashes[whole], pair[whole]
            sizes += np.bincount(pair, minlength=len(left))
            keys.append((pair.astype(np.uint64) << np.uint64(32)) | hashes)
        merged = np.concatenate(keys)
        merged.sort(kind="stable")  # two runs that are in order already: a merge, four times as fast as a sort
        shared = merged[1:][merged[1:] == merged[:-1]] >> np.uint64(32)
        both = np.bincount(shared.astype(np.int64), minlength=len(left))
        either = sizes - both
        return np.where(either > 0, both / np.maximum(either, 1), 0.0)


def _ranges(starts: npt.NDArray[np.integer], sizes: npt.NDArray[np.integer]) -> Ints:
    """`[start, start + size)` of each row, one after the other."""
    ends = np.cumsum(sizes, dtype=np.int64)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total, dtype=np.int64) + np.repeat(starts - (ends - sizes), sizes)
