"""Files to streams of bytes: opened, decompressed with a bound, spooled, and looked at without losing a byte."""

import io
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, Protocol, TypeVar

import zstandard

from detector.batch.readers.errors import SourceBroken
from detector.batch.readers.formats import Compression
from detector.batch.readers.inputs import STANDARD_INPUT

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

FREE_BYTES: Final = 67_108_864  # what a compressed file may give before its ratio counts
MAX_RATIO: Final = 300  # texts reach 10, tables of repeated rows 100
MAX_SPOOLED_BYTES: Final = 8 * 2**30
_BUFFER = 262_144
_ZSTD_WINDOW = 2**27  # bytes; the default of `zstd`, too


@contextmanager
def opened(path: Path) -> Iterator[io.BufferedReader]:
    """The bytes of a file, or of standard input, which is not closed."""
    if path == STANDARD_INPUT:
        yield io.BufferedReader(_Rejoined(b"", sys.stdin.buffer, None), _BUFFER)
        return
    with path.open("rb", buffering=0) as file:
        stream: io.BufferedReader = io.BufferedReader(file, _BUFFER)
        yield stream


def decompressed(packed: io.BufferedReader, compression: Compression) -> io.BufferedReader:
    """What a compressed stream holds, never more than a piece of it in memory.

    Reading raises `SourceBroken` after the last whole piece: `unreadable` where the stream is cut off or broken,
    `bomb` where it unpacks to absurdly much.
    """
    pieces = _gzip_pieces(packed) if compression == "gzip" else _zstd_pieces(packed)
    return io.BufferedReader(_Inflated(pieces), _BUFFER)


@contextmanager
def spooled(stream: IO[bytes]) -> Iterator[IO[bytes]]:
    """A file to jump about in, with what a stream holds; it has no name and is gone afterwards."""
    with tempfile.TemporaryFile() as file:
        size = 0
        while piece := stream.read(_BUFFER):
            size += len(piece)
            if size > MAX_SPOOLED_BYTES:
                raise SourceBroken(f"bomb: more than {MAX_SPOOLED_BYTES:,} bytes")
            file.write(piece)
        file.seek(0)
        yield file


def split_head(stream: IO[bytes], size: int) -> tuple[bytes, io.BufferedReader]:
    """The first bytes of a stream, and a stream that still begins with them.

    What breaks within the head breaks the new stream at the same place, so that nothing before it is lost.
    """
    head = bytearray()
    broken: SourceBroken | OSError | None = None
    try:
        while len(head) < size and (piece := _some(stream, size - len(head))):
            head += piece
    except (SourceBroken, OSError) as error:
        broken = error
    return bytes(head), io.BufferedReader(_Rejoined(bytes(head), stream, broken), _BUFFER)


def _some(stream: IO[bytes], size: int) -> bytes:
    """At most `size` bytes, as soon as there are any."""
    read1 = getattr(stream, "read1", stream.read)
    piece: bytes = read1(size)
    return piece


class _Rejoined(io.RawIOBase):
    """A head that was read, and the stream that it was read from."""

    def __init__(self, head: bytes, rest: IO[bytes], broken: Exception | None) -> None:
        self._head, self._rest, self._broken = memoryview(head), rest, broken

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer)
        if self._head:
            size = min(len(view), len(self._head))
            view[:size] = self._head[:size]
            self._head = self._head[size:]
            return size
        if self._broken:
            raise self._broken
        piece = _some(self._rest, len(view))
        view[: len(piece)] = piece
        return len(piece)


class _Inflated(io.RawIOBase):
    """Decompressed pieces as a stream, which breaks where they become absurdly many."""

    def __init__(self, pieces: Iterator[tuple[int, bytes]]) -> None:
        self._pieces = pieces
        self._ready = memoryview(b"")
        self._given = self._taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        if not self._ready:
            if self._given > FREE_BYTES and self._given > MAX_RATIO * self._taken:
                raise SourceBroken(f"bomb: {self._given:,} bytes out of {self._taken:,}")
            self._taken, piece = next(self._pieces, (self._taken, b""))
            self._ready = memoryview(piece)
            self._given += len(piece)
        view = memoryview(buffer)
        size = min(len(view), len(self._ready))
        view[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size


class _Member(Protocol):
    """One gzip member or zstd frame."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    @property
    def unconsumed_tail(self) -> bytes: ...


Member = TypeVar("Member", bound=_Member)


def _gzip_pieces(packed: io.BufferedReader) -> Iterator[tuple[int, bytes]]:
    return _pieces(packed, 16_384, lambda: zlib.decompressobj(31), lambda member, data: member.decompress(data, 65_536))


def _zstd_pieces(packed: io.BufferedReader) -> Iterator[tuple[int, bytes]]:
    """In steps of 1 KiB, since `zstandard` bounds no output: such a step can give 32 MiB, not more."""
    zstd = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
    return _pieces(packed, 1_024, zstd.decompressobj, lambda member, data: member.decompress(data))


def _pieces(
    packed: io.BufferedReader,
    step: int,
    begin: Callable[[], Member],
    decompress: Callable[[Member, bytes], bytes],
) -> Iterator[tuple[int, bytes]]:
    """Pieces of all members, each with the compressed bytes taken so far; NULs may stand around members, as on tape."""
    taken = 0
    data = b""
    while True:
        while not data:
            read = packed.read(step)
            if not read:
                return
            taken += len(read)
            data = read.lstrip(b"\0")
        member = begin()
        while not member.eof:
            try:
                piece = decompress(member, data)
            except (zlib.error, zstandard.ZstdError) as error:
                raise SourceBroken("unreadable: broken compression") from error
            if piece:
                yield taken, piece
            data = b"" if member.eof else member.unconsumed_tail
            if not data and not member.eof:
                data = packed.read(step)
                taken += len(data)
            if not (data or piece or member.eof):
                raise SourceBroken("unreadable: compressed data cut off")
        data = member.unused_data.lstrip(b"\0")
