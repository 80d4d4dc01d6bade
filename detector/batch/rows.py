"""What readers give and the rest of the batch works on: rows, and rows that could not be read."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Row:
    """One listing of the input.

    `number` counts rows and rejects alike, from 1, over the whole input in reading order. `id` is that of the file's
    id column, or the row's number within its source. `columns` holds the other columns of the source, as text.
    """

    number: int
    id: str
    text: str
    source: str
    columns: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rejected:
    """One listing of the input that can't be scored, with the bytes it came as (the first `MAX_RAW` of them)."""

    number: int
    source: str
    reason: str
    raw: bytes


MAX_RAW = 65_536
MAX_TEXT_BYTES = 1_048_576  # a row's text above this is rejected
