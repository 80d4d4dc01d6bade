"""Union-find over arrays: joins millions of pairs without a loop over them."""

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


class UnionFind:
    """Sets of the numbers below `size`; the root of a set is its smallest member, whatever the order of joins.

    Larger roots are hooked to smaller ones for all pairs at once, then paths are halved until they end at a root
    (Shiloach & Vishkin 1982, "An O(log n) parallel connectivity algorithm").
    """

    def __init__(self, size: int) -> None:
        self._parent: Ints = np.arange(size, dtype=np.int64)

    def join(self, left: Ints, right: Ints) -> None:
        """Put `left[i]` and `right[i]` into one set, for every i."""
        while len(left):
            roots = self.roots()
            a, b = roots[left], roots[right]
            apart = a != b
            left, right, a, b = left[apart], right[apart], a[apart], b[apart]
            np.minimum.at(self._parent, np.maximum(a, b), np.minimum(a, b))

    def roots(self) -> Ints:
        """The root of every number."""
        while True:
            above = self._parent[self._parent]
            if np.array_equal(above, self._parent):
                return above
            self._parent = above


def components(size: int, left: Ints, right: Ints) -> Ints:
    """The smallest member of each number's component in the graph of the pairs."""
    sets = UnionFind(size)
    sets.join(left, right)
    return sets.roots()
