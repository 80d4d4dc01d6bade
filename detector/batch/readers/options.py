"""What a user may say about the columns of the input."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """`text_columns` are joined by blank lines. What is left out is found by its name (`columns.py`)."""

    text_columns: tuple[str, ...] = ()
    id_column: str | None = None
