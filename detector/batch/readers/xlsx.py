"""XLSX: the first sheet of a workbook, row by row.

Neither of the libraries at hand would do. `calamine` makes room for every cell between the first and the last: a file
of 5 KB with two cells, far apart, makes it ask for 512 GB and abort the process. `openpyxl` holds all shared strings
in memory. `expat` on the stream needs neither.
"""

import re
import tempfile
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Final

from detector.batch.readers.columns import Layout, join, lay_out, unique
from detector.batch.readers.options import Options
from detector.batch.readers.source import MAX_RECORD_BYTES, Source
from detector.batch.readers.xlsx_package import Attributes, Package
from detector.batch.readers.xlsx_parts import Book, SharedStrings, Styles, date_of, unescape
from detector.batch.rows import MAX_RAW, Rejected, Row

_MAX_COLUMNS: Final = 16_384
_LETTERS: Final = re.compile("[A-Z]{1,3}")
_LAST_ROW: Final = re.compile(":[A-Z]{1,3}([1-9][0-9]{0,6})$", re.ASCII)  # of a range such as `A1:D500`


@dataclass(slots=True)
class _Cells:
    """A row of the sheet: texts by column, and which of them were no texts to begin with."""

    texts: dict[int, str] = field(default_factory=dict)
    others: set[int] = field(default_factory=set)
    size: int = 0

    @property
    def is_too_long(self) -> bool:
        return self.size > MAX_RECORD_BYTES


def read_xlsx(file: IO[bytes], source: Source, options: Options) -> Iterator[Row | Rejected]:
    """The rows of the first sheet; its first row that is not blank is the header.

    Raises:
        ColumnMissing: a column that was named, or any for the text, is not in the header.
        SourceBroken: a bomb, or no workbook.
    """
    package = Package(file)
    book = Book.of(package)
    with tempfile.TemporaryFile() as spool:
        strings = SharedStrings(package, book.strings, spool)
        sheet = _Sheet(strings, Styles(package, book.styles), is_1904=book.is_1904)
        layout: Layout | None = None
        places: list[int] = []
        for _ in package.parse(book.sheet, sheet.start, sheet.end, sheet.text):
            source.expected = sheet.row_count
            while sheet.rows:
                cells = sheet.rows.popleft()
                if layout is None:
                    places = sorted(cells.texts)
                    layout = lay_out(source.name, unique(cells.texts[place] for place in places), options)
                else:
                    yield _row(cells, places, layout, source)


def _row(cells: _Cells, places: list[int], layout: Layout, source: Source) -> Row | Rejected:
    if cells.is_too_long:
        return source.reject(f"too_long: more than {MAX_RECORD_BYTES:,} bytes")
    texts = [cells.texts.get(place, "") for place in places]
    raw = "\t".join(texts)[:MAX_RAW].encode(errors="replace")
    if any(places[place] in cells.others for place in layout.text):
        return source.reject("not_text", raw)
    title = () if layout.title is None or places[layout.title] in cells.others else (texts[layout.title],)
    return source.row(
        join((*title, *(texts[place] for place in layout.text))),
        row_id="" if layout.id is None else texts[layout.id].strip(),
        columns={name: texts[place] for place, name in layout.others},
        raw=raw,
    )


class _Sheet:
    """The handler of a sheet: `rows` grows with every row that holds anything."""

    def __init__(self, strings: SharedStrings, styles: Styles, *, is_1904: bool) -> None:
        self.rows: deque[_Cells] = deque()
        self.row_count: int | None = None  # as the sheet says, its header left out
        self._strings, self._styles, self._is_1904 = strings, styles, is_1904
        self._row: _Cells | None = None
        self._column = -1
        self._kind = self._style = ""
        self._value: list[str] = []
        self._value_size = 0
        self._in_value = False
        self._phonetic = 0

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins."""
        if name == "row":
            self._row, self._column = _Cells(), -1
        elif name == "c":
            self._column = _column(attributes.get("r", ""), self._column + 1)
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
            self._value, self._value_size = [], 0
        elif name == "dimension":
            last = _LAST_ROW.search(attributes.get("ref", ""))
            self.row_count = int(last.group(1)) - 1 if last else None
        self._phonetic += name == "rPh"
        self._in_value = name in ("v", "t")

    def end(self, name: str) -> None:
        """An element ends."""
        self._in_value = False
        self._phonetic -= name == "rPh"
        if name == "c" and self._row is not None and self._value and 0 <= self._column < _MAX_COLUMNS:
            self._add(self._row)
        elif name == "row" and self._row is not None:
            if self._row.texts or self._row.is_too_long:
                self.rows.append(self._row)
            self._row = None

    def text(self, data: str) -> None:
        """Some characters."""
        if self._in_value and not self._phonetic and self._value_size <= MAX_RECORD_BYTES:
            self._value.append(data)
            self._value_size += len(data)

    def _add(self, row: _Cells) -> None:
        value = "".join(self._value)
        number = int(value) if self._kind == "s" and value.isdecimal() and len(value) < 10 else -1
        row.size += self._strings.size_bytes(number) if self._kind == "s" else len(value.encode())
        if row.is_too_long:
            row.texts.clear()
            return
        if self._kind == "s":
            value = self._strings.get(number)
        elif self._kind in ("str", "inlineStr"):
            value = unescape(value)
        else:
            value = self._shown(value)
            row.others.add(self._column)
        if value:
            row.texts[self._column] = value

    def _shown(self, value: str) -> str:
        """A number, a date, a truth value or an error, as text."""
        if self._kind == "b":
            return "TRUE" if value.strip() == "1" else "FALSE"
        if self._kind != "n":
            return value
        try:
            number = float(value)
        except ValueError:
            return value
        if self._styles.is_date(self._style):
            return date_of(number, is_1904=self._is_1904) or value
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else value


def _column(reference: str, default: int) -> int:
    """The column of a cell such as `AB12`, from 0; that after the cell before, where it names none."""
    letters = _LETTERS.match(reference)
    if not letters:
        return default
    place = 0
    for letter in letters.group():
        place = 26 * place + ord(letter) - 64
    return place - 1
