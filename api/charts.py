"""The geometry of small pictures: columns over weeks and bars side by side. Templates draw them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from api import moments

HEIGHT = 40.0  # units of a strip's drawing; a column is one unit wide
_GAP = 0.14


@dataclass(frozen=True, slots=True)
class Column:
    """One week: its first day, its value, and the rectangle that stands for it."""

    day: date
    value: float
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Strip:
    """Columns over weeks under one name; strips of a figure share their weeks and their scale."""

    key: str
    name: str
    columns: tuple[Column, ...]
    total: float
    peak: Column

    @property
    def width(self) -> int:
        """Units from left to right."""
        return len(self.columns)


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar in a ranking; `width` in per cent of the longest."""

    key: str
    name: str
    value: int
    width: float


def strip(key: str, name: str, first_week: int, values: Sequence[float], highest: float) -> Strip:
    """One strip of columns, one a week from `first_week` on; `highest` is the value that fills its height."""
    columns = []
    for at, value in enumerate(values):
        height = round(HEIGHT * value / highest, 2) if highest else 0.0
        if value and height < 0.8:  # what is there is seen
            height = 0.8
        columns.append(
            Column(
                moments.monday(first_week + at),
                value,
                round(at + _GAP / 2, 2),
                round(HEIGHT - height, 2),
                1 - _GAP,
                height,
            )
        )
    return Strip(key, name, tuple(columns), sum(values), max(columns, key=lambda column: column.value))


def ranking(rows: Sequence[tuple[str, str, int]]) -> tuple[Bar, ...]:
    """Bars of (key, name, value), in their order."""
    longest = max((value for _, _, value in rows), default=0)
    return tuple(Bar(key, name, value, round(100 * value / longest, 1)) for key, name, value in rows)
