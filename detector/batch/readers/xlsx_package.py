"""The package of a workbook: a ZIP archive of XML parts, read as a stream and never trusted."""

import struct
import zipfile
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from typing import IO, Final
from xml.parsers import expat

from detector.batch.readers.errors import SourceBroken

MAX_UNPACKED_BYTES: Final = 2**30
MAX_RATIO: Final = 200
_FREE_BYTES: Final = 1_048_576  # what harms nobody, whatever its ratio
_MAX_DIRECTORY_BYTES: Final = 4_194_304  # `zipfile` makes an object of each entry
_MAX_TOKEN_BYTES: Final = 8_388_608  # a tag or comment, which the parser holds whole
_MAX_ELEMENTS: Final = 100_000
_PIECE: Final = 65_536
_END: Final = b"PK\x05\x06"

Attributes = dict[str, str]


Start = Callable[[str, Attributes], None]
End = Callable[[str], None]
Text = Callable[[str], None]


class Package:
    """A ZIP archive whose directory was found to be modest."""

    def __init__(self, file: IO[bytes]) -> None:
        """Look at the directory.

        Raises:
            SourceBroken: `bomb`, or `unreadable` where it is no ZIP archive.
        """
        _check_directory_size(file)
        try:
            self._archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OverflowError) as error:
            raise SourceBroken("unreadable: not a workbook") from error
        entries = self._archive.infolist()
        unpacked = sum(entry.file_size for entry in entries)
        packed = sum(entry.compress_size for entry in entries)
        if unpacked > MAX_UNPACKED_BYTES or (unpacked > _FREE_BYTES and unpacked > MAX_RATIO * packed):
            raise SourceBroken(f"bomb: {unpacked:,} bytes out of {packed:,}")
        self._names = {name.lower(): name for name in self._archive.namelist()}

    def has(self, name: str) -> bool:
        """Whether there is such a part."""
        return name.lower() in self._names

    def parse(self, name: str, start: Start, end: End | None = None, text: Text | None = None) -> Iterator[None]:
        """Hand the elements of a part over, their names without a namespace; after each piece of it the caller may act.

        Raises:
            SourceBroken: the part is missing, damaged, no XML, or XML with a document type, which no workbook has and
                which could make much out of little.
        """
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = lambda tag, attributes: start(_local(tag), attributes)
        parser.EndElementHandler = (lambda tag: end(_local(tag))) if end else None
        parser.CharacterDataHandler = text
        parser.StartDoctypeDeclHandler = _refuse_doctype
        fed = 0
        try:
            with self._archive.open(self._names[name.lower()]) as part:
                while piece := part.read(_PIECE):
                    parser.Parse(piece, False)
                    fed += len(piece)
                    if fed - parser.CurrentByteIndex > _MAX_TOKEN_BYTES:
                        raise SourceBroken("unreadable: a tag too long")
                    yield
            parser.Parse(b"", True)
        except (KeyError, expat.ExpatError, zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise SourceBroken(f"unreadable: {type(error).__name__}") from error
        except (NotImplementedError, RuntimeError, ValueError, struct.error) as error:  # encrypted, or packed oddly
            raise SourceBroken(f"unreadable: {type(error).__name__}") from error
        yield

    def elements(self, name: str, *wanted: str) -> list[tuple[str, Attributes]]:
        """The first elements of these names in a part; none where there is no such part."""
        found: list[tuple[str, Attributes]] = []

        def start(tag: str, attributes: Attributes) -> None:
            if tag in wanted and len(found) < _MAX_ELEMENTS:
                found.append((tag, attributes))

        if self.has(name):
            deque(self.parse(name, start), maxlen=0)
        return found


def _check_directory_size(file: IO[bytes]) -> None:
    """Read the size of the directory from the end of the archive, before anything makes objects of its entries."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 66_000))
    tail = file.read()
    place = tail.rfind(_END)
    if 0 <= place <= len(tail) - 16 and int.from_bytes(tail[place + 12 : place + 16], "little") > _MAX_DIRECTORY_BYTES:
        raise SourceBroken("bomb: the archive has too many entries")
    file.seek(0)


def _refuse_doctype(*_: object) -> None:
    raise SourceBroken("unreadable: a document type in a workbook")


def _local(tag: str) -> str:
    return tag.rpartition(":")[2]
