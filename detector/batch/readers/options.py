"""What a user may say about the columns of the input."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """`text_columns` are joined by blank lines. What is left out is found by its name (`columns.py`)."""

    text_columns: tuple[str, ...] = ()
    id_column: str | None = None


def parse_columns(names: Sequence[str]) -> tuple[str, ...]:
    """Column names as given on a command line: the option repeated, or names separated by `+`."""
    return tuple(name for given in names for name in given.split("+") if name)
