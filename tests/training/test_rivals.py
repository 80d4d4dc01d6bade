"""Makings are measured on the same texts, in turns, a slow one on fewer of them."""

from collections.abc import Callable, Sequence

import pytest

from training import rivals


def test_makings_take_turns_over_the_same_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(10**6))  # every look at it a second later
    monkeypatch.setattr(rivals.time, "process_time", lambda: next(clock) / 128)
    given: list[tuple[str, int]] = []

    def judge(name: str) -> Callable[[Sequence[str]], object]:
        return lambda some: given.append((name, len(some)))

    passes = [[f"text {at}" for at in range(100)], [f"other {at}" for at in range(100)]]
    measured = rivals.measure({"one": judge("one"), "two": judge("two")}, passes[0], passes)
    assert given[-4:] == [("one", 100), ("two", 100)] * 2
    assert measured == {"one": rivals.Rate(100 * 128.0, 100), "two": rivals.Rate(100 * 128.0, 100)}


def test_a_slow_making_gets_the_first_texts_only(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Sequence[str]] = []
    # Every call is made to look as if it took ten minutes.
    clock = iter(range(0, 10**6, 600))
    monkeypatch.setattr(rivals.time, "process_time", lambda: float(next(clock)))
    texts = [f"text {at}" for at in range(100)]
    measured = rivals.measure({"slow": given.append}, texts, [texts])
    assert list(given[-1]) == texts[:32]
    assert all(given), "no making is ever given nothing"
    assert measured["slow"] == rivals.Rate(32 / 600, 32)
