"""Union-find over arrays says what the plain one says."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detector.campaigns.union import UnionFind, components

SIZE = 30
PAIRS = st.lists(st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)), max_size=60)


def arrays(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    both = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def naive(pairs: list[tuple[int, int]]) -> list[int]:
    """Each number's smallest fellow, by repainting."""
    label = list(range(SIZE))
    for a, b in pairs:
        low, high = sorted((label[a], label[b]))
        label = [low if one == high else one for one in label]
    return label


@given(PAIRS)
def test_components_are_those_of_repainting(pairs: list[tuple[int, int]]) -> None:
    assert components(SIZE, *arrays(pairs)).tolist() == naive(pairs)


@given(PAIRS, st.randoms(use_true_random=False))
def test_neither_the_order_nor_the_direction_of_pairs_matters(pairs: list[tuple[int, int]], random) -> None:
    mixed = [(b, a) for a, b in pairs]
    random.shuffle(mixed)
    assert components(SIZE, *arrays(mixed)).tolist() == components(SIZE, *arrays(pairs)).tolist()


@given(PAIRS, PAIRS)
def test_joining_in_two_steps_is_joining_in_one(first: list[tuple[int, int]], second: list[tuple[int, int]]) -> None:
    sets = UnionFind(SIZE)
    sets.join(*arrays(first))
    sets.join(*arrays(second))
    assert sets.roots().tolist() == components(SIZE, *arrays(first + second)).tolist()


def test_a_long_chain_is_one_set() -> None:
    size = 100_000
    chain = np.arange(size - 1)
    assert not components(size, chain[::-1], chain[::-1] + 1).any()
