"""What can be wrong with the request for a batch, and the private signal that ends one source.

The classes stand in the tree that `detector/errors.py` draws.
"""

from collections.abc import Sequence
from typing import Literal

from detector.errors import InputError

_SHOWN_COLUMNS = 30
_SHOWN_CHARACTERS = 40  # a file without a header has an ad where the names should be: no message carries one whole


class InputMissing(InputError):
    """Nothing that can be read is at the path."""

    code = "input_missing"

    def __init__(self, path: str, reason: str = "does not exist") -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{path} {reason}")


class InputIsOutput(InputError):
    """A file was named that the same run would write."""

    code = "input_is_output"

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(f"{path} is what this run writes; it can't be read at the same time")


class NothingToRead(InputError):
    """A folder or a pattern holds no file of a known format."""

    code = "nothing_to_read"

    def __init__(self, path: str, suffixes: Sequence[str]) -> None:
        self.path, self.suffixes = path, tuple(suffixes)
        super().__init__(f"{path} holds no file that can be read ({' '.join(suffixes)})")


class UnknownFormat(InputError):
    """A file was named whose suffix says nothing."""

    code = "unknown_format"

    def __init__(self, path: str, suffixes: Sequence[str]) -> None:
        self.path, self.suffixes = path, tuple(suffixes)
        super().__init__(f"{path} is of no known format ({' '.join(suffixes)})")


class ColumnMissing(InputError):
    """A column that was asked for, or any column with a known name for the text, does not exist.

    `role`: what the column was wanted for. `others`: how many other files lack it, too.
    """

    code = "column_missing"

    def __init__(
        self,
        source: str,
        wanted: Sequence[str],
        columns: Sequence[str],
        role: Literal["text", "id"] = "text",
        others: int = 0,
    ) -> None:
        self.source, self.wanted, self.columns = source, tuple(wanted), tuple(columns)
        self.role, self.others = role, others
        more = f"; {others:,} other files lack a column, too" if others else ""
        super().__init__(f"{source} has no column named {' or '.join(wanted)}; it has {_listed(columns)}{more}")


class ColumnNotText(InputError):
    """The text column holds numbers, lists or bytes."""

    code = "column_not_text"

    def __init__(self, source: str, column: str, kind: str) -> None:
        self.source, self.column, self.kind = source, column, kind
        self.role: Literal["text", "id"] = "text"
        super().__init__(f"{source}: column {column} holds {kind}, not text")


class SourceBroken(Exception):
    """Nothing more can be read from a source; `reason` is that of its last `Rejected`. Never leaves the readers."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def _listed(columns: Sequence[str]) -> str:
    """The first columns, each shortened, on one line."""
    shown = [" ".join(name[:_SHOWN_CHARACTERS].split()) for name in columns[:_SHOWN_COLUMNS]]
    more = len(columns) - len(shown)
    return (", ".join(shown) or "none") + (f" and {more} more" if more else "")
