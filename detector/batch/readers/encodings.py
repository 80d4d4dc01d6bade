"""The encoding of a table or of JSON lines, found from its head, and lines decoded one by one.

UTF-16 and UTF-32 become UTF-8 on the way in: what comes behind works on bytes in which a line end is a line end.
"""

import codecs
import io
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final

from detector.batch.readers.errors import SourceBroken
from detector.batch.readers.streams import split_head
from detector.encoding import decode, unmarked_utf16
from detector.errors import EmptyInput, NotText

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

HEAD_BYTES: Final = 262_144
WINDOWS: Final = "sloppy-windows-1252"  # has a character for every byte; registered by `detector.encoding`
_WIDE: Final = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class LineDecoder:
    """Lines to text. After each, `bad` says whether it held bytes that the encoding hasn't.

    A head in ASCII says nothing about what comes later: until a line shows that the file is UTF-8, one that is not is
    taken for windows-1252, which is what spreadsheets of old save.
    """

    def __init__(self, encoding: str) -> None:
        self._windows = encoding == WINDOWS
        self._undecided = encoding == "ascii"
        self.bad = False

    def decode(self, line: bytes) -> str:
        """The text of the line; with U+FFFD in it where it is bad."""
        self.bad = False
        if self._windows:
            return line.decode(WINDOWS)
        try:
            text = line.decode()
        except UnicodeDecodeError:
            if self._undecided:
                return line.decode(WINDOWS)
            self.bad = True
            return line.decode(errors="replace")
        if self._undecided and not line.isascii():
            self._undecided = False
        return text


@dataclass(frozen=True, slots=True)
class Text:
    """A stream whose lines end in LF, without a mark, with its decoder and the text of its head.

    `is_whole`: the head is all there is.
    """

    stream: io.BufferedReader
    decoder: LineDecoder
    head: str
    is_whole: bool


def open_text(stream: IO[bytes]) -> Text:
    """Find the encoding.

    Raises:
        SourceBroken: the head is evidently no text.
    """
    head, stream = split_head(stream, HEAD_BYTES)
    wide = _wide(head)
    if wide:
        head, stream = split_head(io.BufferedReader(_Narrowed(stream, wide)), HEAD_BYTES)
    if head.startswith(codecs.BOM_UTF8):
        stream.read(len(codecs.BOM_UTF8))
    encoding = "utf-8" if wide else _narrow(head)
    if b"\r" in head and b"\n" not in head:
        _, stream = split_head(io.BufferedReader(_LineFeeds(stream)), 0)
        head = head.replace(b"\r", b"\n")
    codec = WINDOWS if encoding == WINDOWS else "utf-8"
    text = head.removeprefix(codecs.BOM_UTF8).decode(codec, errors="replace")
    return Text(stream, LineDecoder(encoding), text, len(head) < HEAD_BYTES)


def _wide(head: bytes) -> str:
    for mark, encoding in _WIDE:
        if head.startswith(mark):
            return encoding
    return unmarked_utf16(head[:4096])


def _narrow(head: bytes) -> str:
    """`ascii` (so far), `utf-8` or windows-1252."""
    whole = head[: head.rfind(b"\n") + 1] or head  # no character is cut in two at a line's end
    try:
        decode(whole)
    except EmptyInput:
        return "ascii"
    except NotText as error:
        raise SourceBroken(f"{error.code}: {error.reason}") from error
    lines = [line for line in whole.splitlines() if not line.isascii()]
    if not lines:
        return "ascii"
    # Lines, not bytes: one broken row may hold more odd bytes than all others hold letters with accents.
    return "utf-8" if 2 * sum(map(_is_utf8, lines)) >= len(lines) else WINDOWS


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


class _Narrowed(io.RawIOBase):
    """UTF-16 or UTF-32 as UTF-8. What is broken in UTF-16 stays broken: half a pair is no UTF-8, either."""

    def __init__(self, wide: IO[bytes], encoding: str) -> None:
        self._wide = wide
        self._decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        while not self._ready:
            piece = self._wide.read(65_536)
            if not piece:
                return 0  # an odd byte that is left in the decoder is no character
            try:
                text = self._decoder.decode(piece)
            except UnicodeDecodeError as error:
                raise SourceBroken(f"encoding: not {error.encoding}") from error
            self._ready = memoryview(text.encode("utf-8", "surrogatepass"))
        view = memoryview(buffer)
        size = min(len(view), len(self._ready))
        view[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size


class _LineFeeds(io.RawIOBase):
    """CR, the line end of very old Macs, as LF."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer)
        piece = self._stream.read(len(view)).replace(b"\r", b"\n")
        view[: len(piece)] = piece
        return len(piece)
