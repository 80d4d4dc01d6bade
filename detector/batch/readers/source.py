"""One source of rows: it numbers what comes from it, and no row leaves it that can't be scored or written."""

import re
from dataclasses import dataclass

from detector.batch.rows import MAX_RAW, MAX_TEXT_BYTES, Rejected, Row

MAX_RECORD_BYTES = 4_194_304  # of a line, a record or a row with all its columns

_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(slots=True)
class Source:
    """A file that is being read. `before` counts the rows and rejects of the sources before it.

    `expected`: how many rows the file says that it has, where it says so.
    """

    name: str
    before: int = 0
    count: int = 0
    expected: int | None = None

    def row(
        self, text: str, *, row_id: str = "", columns: dict[str, str] | None = None, raw: bytes = b""
    ) -> Row | Rejected:
        """The next row, or why it can't be one. Without an id it gets its number within the source.

        Half of a surrogate pair, which is what is left where a program cut an emoji in two, becomes U+FFFD: as long,
        so offsets hold, and it can be encoded.
        """
        columns = columns or {}
        size = _size(text)
        if size < 0:
            text = _whole(text)
            size = _size(text)
        if not text.strip().strip("\0\ufeff"):
            return self.reject("empty", raw)
        if size > MAX_TEXT_BYTES:
            return self.reject(f"too_long: {size:,} bytes", raw or text[:MAX_RAW].encode())
        beside = _size("".join((row_id, *columns, *columns.values())))
        if beside < 0:
            row_id = _whole(row_id)
            columns = {_whole(name): _whole(value) for name, value in columns.items()}
        elif beside > MAX_RECORD_BYTES:
            return self.reject(f"too_long: {beside:,} bytes in other columns", raw or text[:MAX_RAW].encode())
        self.count += 1
        return Row(self.before + self.count, row_id or str(self.count), text, self.name, columns)

    def reject(self, reason: str, raw: bytes = b"") -> Rejected:
        """The next listing, which can't be scored."""
        self.count += 1
        return Rejected(self.before + self.count, self.name, reason, raw[:MAX_RAW])


def _size(text: str) -> int:
    """Bytes in UTF-8; -1 where a lone surrogate keeps it from being encoded."""
    if text.isascii():
        return len(text)
    try:
        return len(text.encode())
    except UnicodeEncodeError:
        return -1


def _whole(text: str) -> str:
    return _SURROGATES.sub("\ufffd", text)
