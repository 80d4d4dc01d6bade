"""Lists as CSV, for people who will open them in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from fastapi.responses import StreamingResponse

from detector.cells import neutralised


def sheet(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> StreamingResponse:
    """A CSV file `name` (UTF-8 with a mark that spreadsheets know it by), sent row by row as `rows` gives them."""
    return StreamingResponse(
        _lines(header, rows),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    yield b"\xef\xbb\xbf" + _line(header)
    for row in rows:
        yield _line(row)


def _line(cells: Sequence[object]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(neutralised(cell) if isinstance(cell, str) else cell for cell in cells)
    return buffer.getvalue().encode("utf-8", "replace")
