"""The geometry of the page's two drawings: listings over time, and who shows which contact. The template draws them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from detector.campaigns.campaign import Tie

ItemT = TypeVar("ItemT")

_WIDTH, _HEIGHT = 340, 84  # a timeline at the width of a small phone
_FEW_DAYS, _FEW_MONTHS = 45, 60  # bars by day up to here, then by month up to here, then by year
_ROW = 26
_NODES = 10  # contacts, and groups of texts, that a graph shows
_LEFT, _RIGHT = 186, 274  # where the two columns of a graph stand
_LABEL = 26  # characters


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a timeline; `label` is its day, month or year."""

    label: str
    count: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """Bars from left to right without gaps in time, and the size of the drawing."""

    bars: tuple[Bar, ...]
    width: int = _WIDTH
    height: int = _HEIGHT

    @property
    def tallest(self) -> int:
        """The count of the tallest bar."""
        return max(bar.count for bar in self.bars)

    @property
    def told(self) -> str:
        """The bars in words."""
        return "; ".join(f"{bar.label}: {bar.count}" for bar in self.bars if bar.count)


def timeline(days: Iterable[tuple[str, int]]) -> Timeline | None:
    """Listings a day, month or year, from (ISO day, listings); None without any day."""
    counts: dict[str, int] = {}
    known = sorted(days)
    if not known:
        return None
    first, last = date.fromisoformat(known[0][0]), date.fromisoformat(known[-1][0])
    labels = _labels(first, last)
    length = len(labels[0])
    for day, count in known:
        counts[day[:length]] = counts.get(day[:length], 0) + count
    tallest, step = max(counts.values()), _WIDTH / len(labels)
    bars = []
    for at, label in enumerate(labels):
        height = counts.get(label, 0) / tallest * (_HEIGHT - 4)
        width = min(step * 0.8, 24)
        bars.append(Bar(label, counts.get(label, 0), step * at + (step - width) / 2, _HEIGHT - height, width, height))
    return Timeline(tuple(bars))


def _labels(first: date, last: date) -> list[str]:
    days = (last - first).days + 1
    if days <= _FEW_DAYS:
        return [date.fromordinal(first.toordinal() + day).isoformat() for day in range(days)]
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    if len(months) <= _FEW_MONTHS:
        return [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in months]
    return [f"{year:04d}" for year in range(first.year, last.year + 1)]


@dataclass(frozen=True, slots=True)
class Node:
    """A contact (`label` is its name, perhaps cut) or a group of texts (`label` is its place, from 1)."""

    label: str
    count: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Line:
    """A group shows a contact in `count` listings; thicker the more."""

    contact: Node
    group: Node
    count: int
    width: float


@dataclass(frozen=True, slots=True)
class Graph:
    """Contacts on the left, groups of texts on the right, lines between them; `left_out` counts what is not drawn."""

    contacts: tuple[Node, ...]
    groups: tuple[Node, ...]
    lines: tuple[Line, ...]
    left_out: int
    height: float
    width: int = _WIDTH


def graph(contacts: Sequence[tuple[str, int]], groups: Sequence[int], ties: Sequence[Tie]) -> Graph | None:
    """The most frequent contacts and the largest groups that show one of them; None where nothing is tied."""
    shown = [name for name, _ in contacts[:_NODES]]
    places = sorted({tie.group for tie in ties if tie.contact in shown})
    if not places or len(contacts) + len(places) < 3:
        return None
    drawn = places[:_NODES]
    counts = dict(contacts)
    height = _ROW * max(len(shown), len(drawn))
    left = {name: Node(_cut(name), counts[name], _LEFT, y) for name, y in _spread(shown, height)}
    right = {place: Node(str(place + 1), groups[place], _RIGHT, y) for place, y in _spread(drawn, height)}
    lines = tuple(
        Line(left[tie.contact], right[tie.group], tie.listings, min(6.0, 1 + tie.listings**0.5 / 2))
        for tie in ties
        if tie.contact in left and tie.group in right
    )
    left_out = len(contacts) - len(shown) + len(places) - len(drawn)
    return Graph(tuple(left.values()), tuple(right.values()), lines, left_out, height)


def _spread(items: Sequence[ItemT], height: float) -> list[tuple[ItemT, float]]:
    return [(item, height * (at + 0.5) / len(items)) for at, item in enumerate(items)]


def _cut(label: str) -> str:
    return label if len(label) <= _LABEL else label[: _LABEL - 1] + "…"
