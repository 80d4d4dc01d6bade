"""CSV and TSV: the delimiter is found, a header is needed, and every row that does not fit it is rejected."""

import csv
import io
from collections.abc import Iterator
from itertools import islice
from typing import Final

from detector.batch.readers.columns import Layout, join, lay_out, partial_layout, unique
from detector.batch.readers.encodings import open_text
from detector.batch.readers.errors import SourceBroken
from detector.batch.readers.options import Options
from detector.batch.readers.records import Record, Records
from detector.batch.readers.source import Source
from detector.batch.rows import Rejected, Row

MAX_COLUMNS: Final = 16_384  # those of a spreadsheet
_DELIMITERS: Final = (",", ";", "\t", "|")
_NONE: Final = "\x1f"  # the delimiter of a file with one column: a control character that no text holds
_JUDGED_ROWS: Final = 30
_HINT: Final = "sep="  # a first line that names the delimiter, for spreadsheets


def read_csv(stream: io.BufferedReader, source: Source, options: Options) -> Iterator[Row | Rejected]:
    """The rows of a table of text.

    Raises:
        ColumnMissing: a column that was named, or any for the text, is not in the header.
        SourceBroken: it is no text, or has no header that can be read.
    """
    text = open_text(stream)
    hint = text.head[: len(_HINT) + 1].lower()
    if hint.startswith(_HINT) and hint[-1] in _DELIMITERS:
        delimiter = hint[-1]
        text.stream.readline(len(_HINT) + 3)
    else:
        delimiter = find_delimiter(text.head, options, is_whole=text.is_whole)
    records = Records(text.stream, text.decoder, delimiter)
    names = _header(records)
    if names is None:
        return
    layout = lay_out(source.name, names, options)
    for record in records:
        yield _row(record, records, layout, len(names), source)


def find_delimiter(head: str, options: Options, *, is_whole: bool = True) -> str:
    """The delimiter under which the header has a text column, and most rows are as wide as the header."""
    best, best_score = _NONE, (False, 0.0, 0)
    for delimiter in _DELIMITERS:
        table = filter(None, csv.reader(io.StringIO(head, newline=""), delimiter=delimiter))
        try:
            rows = list(islice(table, _JUDGED_ROWS))
        except csv.Error:
            continue
        if 1 < len(rows) < _JUDGED_ROWS and not is_whole:
            rows.pop()  # the head ends within it
        if not rows or len(rows[0]) < 2:
            continue
        fitting = sum(len(row) == len(rows[0]) for row in rows) / len(rows)
        score = (partial_layout(rows[0], options) is not None, fitting, len(rows[0]))
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _header(records: Records) -> tuple[str, ...] | None:
    """The names of the columns; none for a file without a line."""
    record = next(iter(records), None)
    if record is None:
        return None
    if record.fault and record.fault != "encoding":  # a name with U+FFFD in it is a name
        raise SourceBroken(f"{record.fault}: in the header")
    if len(record.cells) > MAX_COLUMNS:
        raise SourceBroken(f"columns: {len(record.cells):,} in the header, the limit is {MAX_COLUMNS:,}")
    return unique(record.cells)


def _row(record: Record, records: Records, layout: Layout, width: int, source: Source) -> Row | Rejected:
    if records.swallows_rows(record, width):
        records.reread(record.lines[1:])
        return source.reject("quote: opened and never closed", record.lines[0].rstrip(b"\r\n"))
    if record.fault == "too_long":
        records.skip_rest(record)
    if record.fault:
        return source.reject(record.fault, record.raw)
    cells = record.cells
    if len(cells) != width:
        return source.reject(f"columns: {len(cells):,} where the header has {width:,}", record.raw)
    title = () if layout.title is None else (cells[layout.title],)
    return source.row(
        join((*title, *(cells[place] for place in layout.text))),
        row_id="" if layout.id is None else cells[layout.id].strip(),
        columns={name: cells[place] for place, name in layout.others},
        raw=record.raw,
    )
