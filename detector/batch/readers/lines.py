"""Lines of a stream, with a bound: of a line that is longer only its beginning is ever held."""

import io
from dataclasses import dataclass

from detector.batch.readers.source import MAX_RECORD_BYTES
from detector.batch.rows import MAX_RAW

_SKIPPED_AT_ONCE = 65_536


@dataclass(frozen=True, slots=True)
class LongLine:
    """A line above the limit, which was skipped: its beginning, its size and how many quotes it holds."""

    start: bytes
    size_bytes: int
    quotes: int


def read_line(stream: io.BufferedReader) -> bytes | LongLine:
    """The next line with its end; empty at the end of the stream."""
    line = stream.readline(MAX_RECORD_BYTES + 1)
    if len(line) <= MAX_RECORD_BYTES:
        return line
    start, size, quotes = line[:MAX_RAW], len(line), line.count(b'"')
    while not line.endswith(b"\n") and (line := stream.readline(_SKIPPED_AT_ONCE)):
        size += len(line)
        quotes += line.count(b'"')
    return LongLine(start, size, quotes)
