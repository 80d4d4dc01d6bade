"""Parquet files written byte by byte, so that they can lie; run as a module, it reads files and tells how they ended.

Arrow's own writer states the truth, and a reader that dies takes its process along: hence both halves.
"""

import json
import struct
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import zstandard

I32, I64, BINARY, LIST, STRUCT = 5, 6, 8, 9, 12
PLAIN, RLE, DELTA_BYTE_ARRAY, RLE_DICTIONARY = 0, 3, 7, 8
BYTE_ARRAY, REQUIRED, UTF8 = 6, 0, 0
ZSTD = 6


def varint(number: int) -> bytes:
    written = b""
    while number > 127:
        written += bytes([number & 127 | 128])
        number >>= 7
    return written + bytes([number])


def zigzag(number: int) -> bytes:
    return varint(number << 1 if number >= 0 else (-number << 1) - 1)


def record(*fields: tuple[int, int, bytes]) -> bytes:
    """A structure of fields: number, kind and the bytes of the value."""
    written, last = b"", 0
    for number, kind, value in fields:
        step = number - last
        written += (bytes([step << 4 | kind]) if 0 < step < 16 else bytes([kind]) + zigzag(number)) + value
        last = number
    return written + b"\0"


def items(kind: int, values: Sequence[bytes]) -> bytes:
    head = bytes([len(values) << 4 | kind]) if len(values) < 15 else bytes([0xF0 | kind]) + varint(len(values))
    return head + b"".join(values)


def text(value: bytes) -> bytes:
    return varint(len(value)) + value


def integers(*numbers: int) -> tuple[tuple[int, int, bytes], ...]:
    return tuple((place, I32, zigzag(number)) for place, number in enumerate(numbers, start=1))


@dataclass
class Page:
    """A page as it is, and what it says of itself where that differs."""

    content: bytes
    values: int
    encoding: int = PLAIN
    is_dictionary: bool = False
    states_unpacked: int | None = None
    states_packed: int | None = None

    def written(self, *, packed: bool) -> bytes:
        body = zstandard.compress(self.content) if packed else self.content
        unpacked = len(self.content) if self.states_unpacked is None else self.states_unpacked
        size = len(body) if self.states_packed is None else self.states_packed
        if self.is_dictionary:
            head = record(*integers(2, unpacked, size), (7, STRUCT, record(*integers(self.values, PLAIN))))
        else:
            inner = record(*integers(self.values, self.encoding, RLE, RLE))
            head = record(*integers(0, unpacked, size), (5, STRUCT, inner))
        return head + body


@dataclass
class File:
    """A table with one column `text`, of row groups that each show the same pages."""

    pages: list[Page]
    rows: int
    groups: int = 1
    packed: bool = True
    states_bytes: int = 100
    has_odd_levels: bool = False

    def written(self) -> bytes:
        body = [page.written(packed=self.packed) for page in self.pages]
        first = 4 + (len(body[0]) if self.pages[0].is_dictionary else 0)
        size = sum(map(len, body))
        meta: list[tuple[int, int, bytes]] = [
            (1, I32, zigzag(BYTE_ARRAY)),
            (2, LIST, items(I32, [zigzag(PLAIN)])),
            (3, LIST, items(BINARY, [text(b"text")])),
            (4, I32, zigzag(ZSTD if self.packed else 0)),
            (5, I64, zigzag(self.rows)),
            (6, I64, zigzag(self.states_bytes)),
            (7, I64, zigzag(size)),
            (9, I64, zigzag(first)),
        ]
        if self.pages[0].is_dictionary:
            meta.append((11, I64, zigzag(4)))
        if self.has_odd_levels:  # statistics of two levels, where a column that is always there has one
            meta.append((16, STRUCT, record((3, LIST, items(I64, [zigzag(1), zigzag(1)])))))
        chunk = record((2, I64, zigzag(4)), (3, STRUCT, record(*meta)))
        group = record(
            (1, LIST, items(STRUCT, [chunk])), (2, I64, zigzag(self.states_bytes)), (3, I64, zigzag(self.rows))
        )
        schema = [element(b"schema", 1), element(b"text")]
        return sealed(b"".join(body), footer(schema, self.rows * self.groups, [group] * self.groups))


def element(name: bytes, children: int = 0) -> bytes:
    """A column, or one that holds others."""
    if children:
        return record((3, I32, zigzag(REQUIRED)), (4, BINARY, text(name)), (5, I32, zigzag(children)))
    kind = ((1, I32, zigzag(BYTE_ARRAY)), (3, I32, zigzag(REQUIRED)), (4, BINARY, text(name)), (6, I32, zigzag(UTF8)))
    return record(*kind)


def footer(schema: Sequence[bytes], rows: int, groups: Sequence[bytes]) -> bytes:
    return record(
        (1, I32, zigzag(1)), (2, LIST, items(STRUCT, schema)), (3, I64, zigzag(rows)), (4, LIST, items(STRUCT, groups))
    )


def sealed(body: bytes, end: bytes) -> bytes:
    return b"PAR1" + body + end + struct.pack("<I", len(end)) + b"PAR1"


def plain(*values: bytes) -> bytes:
    return b"".join(struct.pack("<I", len(value)) + value for value in values)


def same_index(count: int) -> bytes:
    """Indices of a dictionary, all zero: one run, however many."""
    return bytes([1]) + varint(count << 1) + b"\0"


def main(paths: Sequence[str]) -> None:
    """Read the files named and print how each ended, and the memory that all took, as JSON."""
    from detector.batch.readers import read
    from detector.batch.rows import Rejected
    from detector.errors import InputError

    ends: dict[str, list[str]] = {}
    for path in paths:
        ended = ends[path] = []
        try:
            for item in read([path]):
                ended.append(item.reason.partition(":")[0] if isinstance(item, Rejected) else "row")
        except InputError as error:
            ended.append(error.code)
    # Not by `getrusage`: that begins with the peak of the process that this one was forked from.
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    print(json.dumps({"ends": ends, "peak_kib": int(peak.split()[1])}))


if __name__ == "__main__":
    main(json.load(sys.stdin))
