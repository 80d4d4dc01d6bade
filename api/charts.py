"""The geometry of small pictures: columns over weeks and bars side by side. Templates draw them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from api import moments

HEIGHT = 40.0  # units of a strip's drawing; a column is one unit wide
_GAP = 0.14
_LOWEST = 0.8


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
    """Columns over weeks under one name; strips of a figure share their weeks and their scale.

    `marks` are second values, drawn as lines across the columns.
    """

    key: str
    name: str
    columns: tuple[Column, ...]
    total: float
    peak: Column
    marks: tuple[Column, ...] = ()

    @property
    def width(self) -> int:
        """Units from left to right."""
        return len(self.columns)

    @property
    def path(self) -> str:
        """The columns as one path of SVG: an element a column would weigh three times as much."""
        return "".join(f"M{c.x:g} {c.y:g}h{c.width:g}v{c.height:g}h-{c.width:g}z" for c in self.columns if c.height)

    @property
    def mark_path(self) -> str:
        """The marks as one path of SVG."""
        return "".join(f"M{c.x:g} {c.y:g}h{c.width:g}" for c in self.marks if c.height)


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar in a ranking; `width` in per cent of the longest."""

    key: str
    name: str
    value: int
    width: float


def strip(
    key: str, name: str, first_week: int, values: Sequence[float], highest: float, marks: Sequence[float] = ()
) -> Strip:
    """One strip of columns, one a week from `first_week` on; `highest` is the value that fills its height."""
    columns = _columns(first_week, values, highest)
    peak = max(columns, key=lambda column: column.value)
    return Strip(key, name, columns, sum(values), peak, _columns(first_week, marks, highest))


def _columns(first_week: int, values: Sequence[float], highest: float) -> tuple[Column, ...]:
    columns = []
    for at, value in enumerate(values):
        height = round(HEIGHT * value / highest, 2) if highest else 0.0
        if value and height < _LOWEST:  # what is there is seen
            height = _LOWEST
        x, y = round(at + _GAP / 2, 2), round(HEIGHT - height, 2)
        columns.append(Column(moments.monday(first_week + at), value, x, y, 1 - _GAP, height))
    return tuple(columns)


def ranking(rows: Sequence[tuple[str, str, int]]) -> tuple[Bar, ...]:
    """Bars of (key, name, value), in their order."""
    longest = max((value for _, _, value in rows), default=0)
    return tuple(Bar(key, name, value, round(100 * value / longest, 1)) for key, name, value in rows)
