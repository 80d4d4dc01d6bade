"""WARC: the HTML pages that a crawler stored.

`warcio` parses headers and chunks; walking from record to record is done here, since its own iterator holds any line
however long, decompresses any body whole, and prints what it finds odd.
"""

import io
import zlib
from collections.abc import Iterator
from typing import Any, Final

from warcio.bufferedreaders import ChunkedDataReader
from warcio.limitreader import LimitReader
from warcio.statusandheaders import StatusAndHeadersParser

from detector.batch.readers.errors import SourceBroken
from detector.batch.readers.options import Options
from detector.batch.readers.pages import listings
from detector.batch.readers.source import Source
from detector.batch.rows import MAX_RAW, Rejected, Row
from detector.errors import InputTooLarge
from detector.page import MAX_PAGE_BYTES

MAX_HEADER_BYTES: Final = 262_144  # of a record, and of the HTTP answer in it
MAX_BODY_BYTES: Final = 8_388_608  # as it was sent; what it holds must be no larger than a page
_PIECE: Final = 65_536
_RECORD: Final = StatusAndHeadersParser(["WARC/1.1", "WARC/1.0", "WARC/0.18", "WARC/0.17"])
_ANSWER: Final = StatusAndHeadersParser(["HTTP/"], verify=False)


def read_warc(stream: io.BufferedReader, source: Source, options: Options) -> Iterator[Row | Rejected]:
    """The listings of the HTML responses with a status of success; other records aren't counted.

    Raises:
        SourceBroken: the file is cut off, or no WARC.
    """
    bounded = _Bounded(stream)
    while line := _next_line(stream):
        bounded.headers_left = MAX_HEADER_BYTES
        try:
            headers = _RECORD.parse(bounded, line)
            length = int(headers.get_header("Content-Length"))
        except (SourceBroken, OSError):
            raise
        except Exception as error:  # a broken header leaves no way to find the next record
            raise SourceBroken("unreadable: broken header of a record") from error
        block = LimitReader(bounded, max(length, 0))
        yield from _rows(headers, block, bounded, source)
        while block.read(_PIECE):
            pass
        if block.limit:
            raise SourceBroken("unreadable: cut off")


class _HeaderTooLong(Exception):
    """The headers of a record, or of the HTTP answer in it, go on and on."""


class _Bounded:
    """A stream for `warcio`: never more than a piece at once, and only so much of headers."""

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream
        self.headers_left = 0

    def read(self, size: int) -> bytes:
        return self._stream.read(min(size, _PIECE))

    def readline(self, size: int = MAX_HEADER_BYTES) -> bytes:
        line = self._stream.readline(min(size, self.headers_left + 1))
        self.headers_left -= len(line)
        if self.headers_left < 0:
            raise _HeaderTooLong
        return line


def _next_line(stream: io.BufferedReader) -> bytes:
    """The first line of the next record; empty at the end."""
    while line := stream.readline(MAX_HEADER_BYTES):
        if line.strip():
            return line
    return b""


def _rows(record: Any, block: Any, bounded: _Bounded, source: Source) -> Iterator[Row | Rejected]:
    address = (record.get_header("WARC-Target-URI") or "").strip("<> ")  # old versions of Wget wrote the brackets
    if record.get_header("WARC-Type") != "response" or not address.startswith(("http://", "https://")):
        return
    bounded.headers_left = MAX_HEADER_BYTES
    try:
        headers = _ANSWER.parse(block)
        if not _is_page(headers):
            return
        if block.limit > MAX_BODY_BYTES:
            yield source.reject(InputTooLarge.code, block.read(MAX_RAW))
            return
        body = _body(headers, block, bounded)
    except (SourceBroken, OSError):
        raise
    except Exception as error:  # one record; the next is found by its length
        yield source.reject(f"unreadable_page: {type(error).__name__}")
        return
    yield from listings(body, source, row_id=address, raw=body)


def _is_page(headers: Any) -> bool:
    kind = (headers.get_header("content-type") or "").lower()
    return "html" in kind and headers.get_statuscode().startswith("2")


def _body(headers: Any, stream: Any, bounded: _Bounded) -> bytes:
    """What a browser would get, at most one byte more than a page may have."""
    bounded.headers_left = MAX_BODY_BYTES  # the lines between chunks
    if (headers.get_header("transfer-encoding") or "").lower() == "chunked":
        stream = ChunkedDataReader(stream)
    body: bytes = b"".join(iter(lambda: stream.read(_PIECE), b""))
    encoding = (headers.get_header("content-encoding") or "").lower()
    for name, bits in (("gzip", 47), ("deflate", 47), ("deflate", -15)):
        if name in encoding:
            try:
                return zlib.decompressobj(bits).decompress(body, MAX_PAGE_BYTES + 1)
            except zlib.error:  # many crawlers unpack the body and keep the header
                continue
    return body[: MAX_PAGE_BYTES + 1]
