"""What the tests of the readers share: files written on the spot, and what was read of them."""

import io
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from detector.batch.readers import Options, read
from detector.batch.rows import Rejected, Row


@contextmanager
def written(name: str, data: bytes) -> Iterator[str]:
    """A file of this name with this content."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        yield str(path)


def items(name: str, data: bytes, options: Options | None = None) -> list[Row | Rejected]:
    """All that is read of a file of this name with this content; its numbers have no gap."""
    with written(name, data) as path:
        found = list(read([path], options))
    assert [item.number for item in found] == list(range(1, len(found) + 1))
    return found


def told(name: str, data: bytes, options: Options | None = None) -> list[str]:
    """The text of each row, and the code of each reject in angle brackets."""
    return [
        item.text if isinstance(item, Row) else f"<{item.reason.partition(':')[0]}>"
        for item in items(name, data, options)
    ]


def rows(name: str, data: bytes, options: Options | None = None) -> list[tuple[str, str]]:
    """Ids and texts, of a file in which nothing is rejected."""
    found = items(name, data, options)
    assert not [item for item in found if isinstance(item, Rejected)]
    return [(row.id, row.text) for row in found if isinstance(row, Row)]


def parquet(table: Any, **options: Any) -> bytes:
    """A Parquet file with this table."""
    file = io.BytesIO()
    pq.write_table(table if isinstance(table, pa.Table) else pa.table(table), file, **options)
    return file.getvalue()


def workbook(*lines: Sequence[Any]) -> bytes:
    """A workbook with one sheet with these rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in lines:
        sheet.append(line)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def excel_workbook(*lines: Sequence[str]) -> bytes:
    """The same with texts alone, as Excel writes it: every text once, in a part of its own."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for row, line in enumerate(lines):
            for column, text in enumerate(line):
                sheet.write_string(row, column, text)
    return file.getvalue()
