"""Pages of long lists: filters, order and page number live in the address, so that every view has a link."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from fastapi import Request

RowT = TypeVar("RowT")
SIZES = (25, 50, 100, 200)


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a list is shown: page `number`, counted from 1, of `size` rows."""

    number: int = 1
    size: int = 50

    @property
    def offset(self) -> int:
        """Rows before the first one shown."""
        return (self.number - 1) * self.size


@dataclass(frozen=True, slots=True)
class Page(Generic[RowT]):
    """Rows of a list. `total` counts all of them up to `counted_to`; beyond that there are "more than"."""

    rows: Sequence[RowT]
    window: Window
    total: int
    counted_to: int | None = None

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // self.window.size))

    @property
    def is_more(self) -> bool:
        """Whether the list is longer than was counted."""
        return self.counted_to is not None and self.total >= self.counted_to


def window_of(request: Request) -> Window:
    """`page` and `size` of the address; anything else than a page that can be is the first one."""
    number, size = request.query_params.get("page", ""), request.query_params.get("size", "")
    return Window(
        min(max(1, int(number)), 10_000) if number.isascii() and number.isdecimal() and len(number) < 6 else 1,
        int(size) if size in {str(one) for one in SIZES} else 50,
    )


def address(request: Request, **changes: Any) -> str:
    """The address of this view with some parameters changed; None takes one out. The page starts again at 1."""
    kept = [
        (k, v) for k, v in request.query_params.multi_items() if k not in changes and k not in ("page", "lang") and v
    ]
    kept += [(k, str(v)) for k, v in changes.items() if v is not None]
    return request.url.path + ("?" + urlencode(kept) if kept else "")


def switched(request: Request, language: str) -> str:
    """The address of this very view in another language."""
    kept = [(k, v) for k, v in request.query_params.multi_items() if k != "lang" and v]
    return request.url.path + "?" + urlencode([*kept, ("lang", language)])


def tidied(request: Request, **usual: str) -> str | None:
    """The address of this view without empty fields and `usual` values, which forms send; None where it is tidy."""
    every = request.query_params.multi_items()
    kept = [(name, value) for name, value in every if value and usual.get(name) != value]
    return None if kept == every else request.url.path + ("?" + urlencode(kept) if kept else "")


def twin_address(request: Request, suffix: str) -> str:
    """The same view as `.json` or `.csv`."""
    query = request.url.query
    return request.url.path.removesuffix("/") + suffix + ("?" + query if query else "")
