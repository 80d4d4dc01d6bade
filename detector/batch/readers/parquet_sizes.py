"""What the pages of a Parquet file would cost, from the sizes that they state, before Arrow believes them.

Arrow makes room for whatever a page says that it unpacks to: a file of a few hundred bytes can ask for gigabytes. So
the header of every page is looked at first, and a file over a limit is refused. A page that unpacks to another size
than it states is an error to Arrow itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Final

from detector.batch.readers.errors import SourceBroken
from detector.batch.readers.parquet_footer import Chunk, Footer, Group
from detector.batch.readers.streams import FREE_BYTES, MAX_RATIO
from detector.batch.readers.thrift import I32, STRUCT, Compact, CutOff, Nonsense

MAX_PAGE_BYTES: Final = 134_217_728  # unpacked; one holds a few MB, or a thousand values if those are large
MAX_HELD_BYTES: Final = 536_870_912  # dictionaries and one page of every column, which must lie in memory together
FREE_ROWS: Final = 1_000_000  # what a file may have before their number is compared with its size
MAX_ROWS_PER_BYTE: Final = 8
_MAX_PAGES: Final = 1_000_000
_HEADER_BYTES: Final = (1_024, 65_536, 1_048_576)  # looked at, one after the other where it is too little
_PADDING: Final = 100  # bytes that old writers forgot in the size of a column
_DATA, _DICTIONARY, _DATA_V2 = 0, 2, 3  # kinds of pages
_DELTA_BYTE_ARRAY: Final = 7  # an encoding in which a value may repeat all of the one before


@dataclass(slots=True)
class Page:
    """What the header of a page states; `size_bytes` is that of the header itself."""

    kind: int = -1
    unpacked: int = -1
    packed: int = -1
    values: int = 0
    encoding: int = -1
    size_bytes: int = 0


class Scale:
    """Weighs row groups of one file, each before it is read."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file = file
        self._size = size
        self._pages_left = _MAX_PAGES
        self._unpacked = 0

    def per_row(self, group: Group, leaves: Iterable[int]) -> int:
        """Bytes that a single row of these columns can have at most where its values stand in dictionaries.

        Raises:
            SourceBroken: a size is over a limit or makes no sense, or all so far are absurdly much for such a file.
        """
        held = per_row = 0
        for leaf in leaves:
            largest = repeated = 0
            for page in self._pages(group.chunk(leaf)):
                if page.unpacked > MAX_PAGE_BYTES:
                    raise SourceBroken(f"bomb: a page of {page.unpacked:,} bytes, the limit is {MAX_PAGE_BYTES:,}")
                self._unpacked += page.unpacked
                if page.kind == _DICTIONARY:
                    held += page.unpacked
                else:
                    largest = max(largest, page.unpacked)
                if page.kind == _DICTIONARY or page.encoding == _DELTA_BYTE_ARRAY:
                    repeated = max(repeated, page.unpacked)
            held += largest
            per_row += repeated
        if held > MAX_HELD_BYTES:
            raise SourceBroken(f"bomb: {held:,} bytes in memory at once, the limit is {MAX_HELD_BYTES:,}")
        refuse_bomb(self._unpacked, self._size)
        return per_row

    def _pages(self, chunk: Chunk) -> Iterator[Page]:
        """The headers of the pages of a column, one after the other, where Arrow will look for them."""
        at, values = chunk.start, 0
        end = min(at + chunk.size_bytes + _PADDING, self._size)
        while values < chunk.values and at < end:
            page = self._page(at)
            at += page.size_bytes + page.packed
            values += page.values
            if min(page.packed, page.unpacked, page.values) < 0 or at > end:
                raise SourceBroken("unreadable: broken header of a page")
            yield page

    def _page(self, at: int) -> Page:
        self._pages_left -= 1
        if self._pages_left < 0:
            raise SourceBroken(f"bomb: more than {_MAX_PAGES:,} pages")
        for size in _HEADER_BYTES:
            self._file.seek(at)
            try:
                return _header(Compact(self._file.read(size)))
            except Nonsense as error:
                raise SourceBroken("unreadable: broken header of a page") from error
            except CutOff:
                continue
        raise SourceBroken("unreadable: the header of a page has no end")


def _header(cursor: Compact) -> Page:
    page = Page()
    for number, kind in cursor.fields():
        if (number, kind) == (1, I32):
            page.kind = cursor.integer(I32)
        elif (number, kind) == (2, I32):
            page.unpacked = cursor.integer(I32)
        elif (number, kind) == (3, I32):
            page.packed = cursor.integer(I32)
        elif (number, kind) == (5, STRUCT) and page.kind == _DATA:
            found = cursor.integers({1: I32, 2: I32})
            page.values, page.encoding = found.get(1, -1), found.get(2, -1)
        elif (number, kind) == (8, STRUCT) and page.kind == _DATA_V2:
            found = cursor.integers({1: I32, 4: I32})
            page.values, page.encoding = found.get(1, -1), found.get(4, -1)
        else:
            cursor.skip(kind)
    page.size_bytes = cursor.at
    return page


def check_sizes(footer: Footer, size: int) -> int:
    """The number of rows that the footer states.

    Raises:
        SourceBroken: that, or what they unpack to, is absurdly much for a file of this size.
    """
    rows = sum(group.rows for group in footer.groups)
    refuse_bomb(sum(group.unpacked_bytes for group in footer.groups), size)
    if rows > FREE_ROWS and rows > MAX_ROWS_PER_BYTE * size:  # a run of equal ones takes no room at all
        raise SourceBroken(f"bomb: {rows:,} rows out of {size:,} bytes")
    return rows


def refuse_bomb(unpacked: int, size: int) -> None:
    """Raises `SourceBroken` where so many bytes come out of a file of this size."""
    if unpacked > FREE_BYTES and unpacked > MAX_RATIO * size:
        raise SourceBroken(f"bomb: {unpacked:,} bytes out of {size:,}")
