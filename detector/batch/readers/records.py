"""Records of CSV, each with the physical lines that it came as, however broken the quotes are.

`csv` splits the records: it asks for another line where a quoted cell goes on. This module hands it the lines, one by
one, and so knows which ones it took, and can stop it.
"""

import csv
import io
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from detector.batch.readers.encodings import LineDecoder
from detector.batch.readers.lines import LongLine, read_line
from detector.batch.readers.source import MAX_RECORD_BYTES
from detector.batch.rows import MAX_RAW

MAX_SKIPPED_BYTES: Final = 16_777_216  # in search of the quote that ends a record which is too long
_FEWEST_STRAYS = 2  # lines between two quotes; fewer may look like rows by chance
_STRAY_SHARE = 0.8  # of lines which are rows on their own

Fault = Literal["", "too_long", "quote", "columns", "encoding"]

csv.field_size_limit(MAX_RECORD_BYTES)  # of the whole process; the default would refuse texts that Sigap takes


@dataclass(slots=True)
class Record:
    """One record. With a fault, `cells` mean nothing; `long` is set where a single line is above the limit."""

    cells: list[str]
    lines: list[bytes] = field(default_factory=list)
    fault: Fault = ""
    long: LongLine | None = None

    @property
    def raw(self) -> bytes:
        """The bytes that it came as, without the last line end, or their beginning."""
        size, start = 0, []
        for line in (*self.lines, *((self.long.start,) if self.long else ())):
            start.append(line)
            size += len(line)
            if size > MAX_RAW:
                break
        return b"".join(start)[:MAX_RAW].rstrip(b"\r\n")


class _TooLong(Exception):
    """The record goes on beyond the limit."""


class Records:
    """An iterator over the records of a stream; blank lines are none."""

    def __init__(self, stream: io.BufferedReader, decoder: LineDecoder, delimiter: str) -> None:
        self._stream, self._decoder, self._delimiter = stream, decoder, delimiter
        self._waiting: deque[bytes] = deque()  # lines that are read again
        self._lines: list[bytes] = []  # of the current record
        self._size = 0
        self._long: LongLine | None = None
        self._bad = self._ended = False
        self._reader = csv.reader(self._feed(), delimiter=delimiter)

    def __iter__(self) -> Iterator[Record]:
        while (record := self._next()) is not None:
            if record.cells or record.fault:
                yield record

    def reread(self, lines: list[bytes]) -> None:
        """Read these lines next."""
        self._waiting.extendleft(reversed(lines))
        self._restart()

    def skip_rest(self, record: Record) -> None:
        """Go on to the end of a record that was too long: to the quote that closes it, if that is not too far."""
        quotes = sum(line.count(b'"') for line in record.lines) + (record.long.quotes if record.long else 0)
        skipped = record.long.size_bytes if record.long else 0
        while quotes % 2 and skipped < MAX_SKIPPED_BYTES and (line := self._read_line()):
            quotes += line.quotes if isinstance(line, LongLine) else line.count(b'"')
            skipped += line.size_bytes if isinstance(line, LongLine) else len(line)

    def swallows_rows(self, record: Record, width: int) -> bool:
        """Whether the record is a row with a stray quote and the rows behind it, up to the next quote.

        Those are rows on their own, with the right number of cells, and the record is none: it has the wrong number of
        cells, or something stands behind its closing quote. Where it is a row, however many rows seem to be in it, it
        is a text of many lines.
        """
        behind = record.lines[1:]
        if width < 2 or record.long or not behind:
            return False
        if record.fault not in ("", "encoding") or len(record.cells) != width:
            between = behind[:-1]  # where the next quote is, or the end of the file, anything may stand
            return len(between) >= _FEWEST_STRAYS and self._are_rows(between, width)
        return self._are_rows(behind, width) and not self._is_strict(record)

    def _are_rows(self, lines: list[bytes], width: int) -> bool:
        delimiter = self._delimiter.encode()
        return sum(line.count(delimiter) == width - 1 for line in lines) >= _STRAY_SHARE * len(lines)

    def _is_strict(self, record: Record) -> bool:
        lines = (line.decode(errors="replace") for line in record.lines)
        try:
            return len(list(csv.reader(lines, delimiter=self._delimiter, strict=True))) == 1
        except csv.Error:
            return False

    def _next(self) -> Record | None:
        self._lines, self._size, self._long = [], 0, None
        self._bad = self._ended = False
        fault: Fault = ""
        cells: list[str] = []
        try:
            cells = next(self._reader)
        except StopIteration:
            return None
        except _TooLong:
            fault = "too_long"
            self._restart()
        except csv.Error:  # a CR within an unquoted cell
            fault = "columns"
            self._restart()
        if self._ended:  # it asked for more than there is
            fault = "quote"
        elif self._bad and not fault:
            fault = "encoding"
        return Record(cells, self._lines, fault, self._long)

    def _restart(self) -> None:
        self._reader = csv.reader(self._feed(), delimiter=self._delimiter)

    def _feed(self) -> Iterator[str]:
        """Lines for `csv`, which are noted as those of the current record."""
        while line := self._read_line():
            if isinstance(line, LongLine):
                self._long = line
                raise _TooLong
            self._lines.append(line)
            self._size += len(line)
            if self._size > MAX_RECORD_BYTES:
                raise _TooLong
            text = self._decoder.decode(line)
            self._bad |= self._decoder.bad
            yield text
        self._ended = bool(self._lines)

    def _read_line(self) -> bytes | LongLine:
        return self._waiting.popleft() if self._waiting else read_line(self._stream)
