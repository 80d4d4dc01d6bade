"""The footer of a Parquet file, read before Arrow makes objects of it.

Not with Arrow's own view of it: that hands exceptions of C++ to Python unguarded, and a single changed byte in the
statistics of a column ends the process.
"""

from array import array
from dataclasses import dataclass, field
from typing import IO, Final

from detector.batch.readers.errors import SourceBroken
from detector.batch.readers.thrift import I32, I64, LIST, STRUCT, Compact, CutOff, Nonsense

MAX_FOOTER_BYTES: Final = 16_777_216
MAX_COLUMNS: Final = 16_384
MAX_ITEMS: Final = 100_000  # of any list: row groups, columns and groups of columns
MAX_DEPTH: Final = 64  # of columns in columns; Arrow builds them by recursion
_MAGIC: Final = b"PAR1"


@dataclass(frozen=True, slots=True)
class Chunk:
    """One column of one row group: where its pages begin, their size as it is stored, and how many values they hold."""

    start: int
    size_bytes: int
    values: int


@dataclass(slots=True)
class Group:
    """A row group. `chunks` holds three numbers for each column."""

    rows: int = -1
    unpacked_bytes: int = -1
    chunks: "array[int]" = field(default_factory=lambda: array("q"))

    def chunk(self, leaf: int) -> Chunk:
        """The chunk of a column, by the place of that among all columns that hold values."""
        return Chunk(*self.chunks[3 * leaf : 3 * leaf + 3])


@dataclass(slots=True)
class Footer:
    """`leaves`: for each column of the table, its place among all that hold values; -1 where it holds columns."""

    leaves: list[int] = field(default_factory=list)
    leaf_count: int = 0
    groups: list[Group] = field(default_factory=list)


def read_footer(file: IO[bytes], size: int) -> Footer:
    """The footer of a file of this size.

    Raises:
        SourceBroken: it is no Parquet, or the footer is broken or over a limit.
    """
    file.seek(max(0, size - 8))
    tail = file.read(8)
    length = int.from_bytes(tail[:4], "little")
    if tail[4:] != _MAGIC or length > size - 12:
        raise SourceBroken("unreadable: not Parquet, or cut off")
    if length > MAX_FOOTER_BYTES:
        raise SourceBroken(f"bomb: a footer of {length:,} bytes, the limit is {MAX_FOOTER_BYTES:,}")
    file.seek(size - 8 - length)
    try:
        return _footer(Compact(file.read(length)))
    except (CutOff, Nonsense) as error:
        raise SourceBroken("unreadable: broken footer") from error


def _footer(cursor: Compact) -> Footer:
    footer = Footer()
    for number, kind in cursor.fields():
        if (number, kind) == (2, LIST):
            _read_schema(cursor, footer)
        elif (number, kind) == (4, LIST):
            footer.groups = [_group(cursor, footer) for _ in range(_count(cursor))]
        else:
            cursor.skip(kind)
    return footer


def _read_schema(cursor: Compact, footer: Footer) -> None:
    """Go through a flat list, a root first, in which each column says how many of those behind it are inside of it."""
    waiting: list[int] = []  # how many are still to come, on every level
    for _ in range(_count(cursor)):
        children = cursor.integers({5: I32}).get(5, 0)
        if len(waiting) == 1:
            footer.leaves.append(-1 if children > 0 else footer.leaf_count)
        if waiting:
            waiting[-1] -= 1
            footer.leaf_count += children <= 0
        waiting.append(children)
        if len(waiting) > MAX_DEPTH:
            raise SourceBroken(f"columns: more than {MAX_DEPTH} levels deep")
        while waiting and waiting[-1] <= 0:
            waiting.pop()
    if footer.leaf_count > MAX_COLUMNS:
        raise SourceBroken(f"columns: {footer.leaf_count:,}, the limit is {MAX_COLUMNS:,}")


def _group(cursor: Compact, footer: Footer) -> Group:
    group = Group()
    for number, kind in cursor.fields():
        if (number, kind) == (1, LIST):
            if _count(cursor) != footer.leaf_count:
                raise Nonsense
            for _ in range(footer.leaf_count):
                group.chunks.extend(_chunk(cursor))
        elif (number, kind) == (2, I64):
            group.unpacked_bytes = cursor.integer(I64)
        elif (number, kind) == (3, I64):
            group.rows = cursor.integer(I64)
        else:
            cursor.skip(kind)
    if group.rows < 0 or group.unpacked_bytes < 0 or len(group.chunks) != 3 * footer.leaf_count:
        raise Nonsense
    return group


def _chunk(cursor: Compact) -> tuple[int, int, int]:
    found: dict[int, int] = {}
    for number, kind in cursor.fields():
        if (number, kind) == (3, STRUCT):
            found = cursor.integers({5: I64, 7: I64, 9: I64, 11: I64})
        else:
            cursor.skip(kind)
    values, size, start, dictionary = (found.get(number, -1) for number in (5, 7, 9, 11))
    if min(values, size, start) < 0:
        raise Nonsense
    return (dictionary if 0 < dictionary < start else start), size, values


def _count(cursor: Compact) -> int:
    """The length of a list of structures."""
    count, kind = cursor.list_head()
    if count > MAX_ITEMS:
        raise SourceBroken(f"columns: a list of {count:,} in the footer, the limit is {MAX_ITEMS:,}")
    if kind != STRUCT and count:
        raise Nonsense
    return count
