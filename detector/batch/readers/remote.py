"""Inputs on another machine: s3://, gs://, abfs://, hdfs://, and `fsspec+X://` for any X that fsspec knows.

Arrow's own file systems open them; keys come from where those look (environment, profile, instance), never from the
address: that would be written into every summary.
"""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import unquote

from detector.batch.readers.errors import InputMissing, NothingToRead, UnknownFormat
from detector.batch.readers.formats import COMPRESSIONS, SUFFIXES, format_of
from detector.errors import BatchError

_SCHEME: Final = re.compile(r"[a-z][a-z0-9]*(?:\+[a-z0-9]+)*://", re.IGNORECASE)
_FILE: Final = "file:///"
_CREDENTIALS: Final = re.compile(r"://[^/@]*@")
_KNOWN: Final = (*SUFFIXES, *COMPRESSIONS)
_BUFFER: Final = 1_048_576  # bytes asked for at once: each request over a network costs tens of milliseconds


@dataclass(frozen=True, slots=True)
class Status:
    """What tells whether a file changed, named as by `os.stat`; 0 where the file system does not say."""

    st_size: int
    st_mtime_ns: int


@dataclass(frozen=True, slots=True)
class Remote:
    """A file at an address."""

    address: str
    status: Status
    system: Any = field(compare=False, repr=False)
    path: str = field(compare=False, repr=False)

    def __str__(self) -> str:
        return self.address

    @property
    def name(self) -> PurePosixPath:
        """What its format hangs on."""
        return PurePosixPath(self.path)

    def stat(self) -> Status:
        """As that of a path, from when it was found."""
        return self.status

    @contextmanager
    def opened(self) -> Iterator[io.BufferedReader]:
        """Its bytes, from first to last.

        Reading raises `BatchError` where the connection breaks: the rest of the file is there, and a run that went on
        without it would call itself complete.
        """
        try:
            file = self.system.open_input_stream(self.path, compression=None)
        except (OSError, ValueError) as error:
            raise _broken(self.address, error) from error
        with file:
            yield io.BufferedReader(_Stream(file, self.address), _BUFFER)


def is_address(name: str) -> bool:
    """Whether an input is named by an address and not by a path."""
    return _SCHEME.match(name) is not None


def plain(name: str) -> str:
    """`file:///a/b` as the path that it means; any other name as it is."""
    return unquote(name[len(_FILE) - 1 :]) if name.startswith(_FILE) else name


def expand(name: str) -> list[Remote]:
    """The file at an address, or the files of a known format below it, sorted; hidden ones are left out.

    Raises:
        InputMissing: nothing is there, it can't be asked for, or the address holds credentials.
        NothingToRead: a folder holds no file of a known format.
        UnknownFormat: a file has an unknown suffix.
    """
    if _CREDENTIALS.search(name) and not name.lower().startswith("abfs"):  # there it is the container
        raise InputMissing(_CREDENTIALS.sub("://...@", name), "holds credentials: give them by the environment")
    shown = name.partition("?")[0].rstrip("/")
    try:
        from pyarrow import fs

        system, path = _system(name)
        found = system.get_file_info(path)
        if found.type == fs.FileType.NotFound:
            raise InputMissing(name)
        if found.type != fs.FileType.Directory:
            if format_of(PurePosixPath(path)) is None:
                raise UnknownFormat(name, _KNOWN)
            return [_remote(shown, system, found)]
        files = [
            info
            for info in system.get_file_info(fs.FileSelector(path, recursive=True))
            if info.type == fs.FileType.File and _is_wanted(PurePosixPath(info.path).relative_to(path))
        ]
    except (OSError, ValueError, ImportError, NotImplementedError) as error:
        reason = next(iter(str(error).splitlines()), "")[:200]
        raise InputMissing(name, f"can't be read: {reason or type(error).__name__}") from error
    if not files:
        raise NothingToRead(name, _KNOWN)
    below = len(path.rstrip("/")) + 1
    return [
        _remote(f"{shown}/{info.path[below:]}", system, info)
        for info in sorted(files, key=lambda info: PurePosixPath(info.path))
    ]


def _system(name: str) -> tuple[Any, str]:
    """The file system of an address, and the path in it."""
    from pyarrow import fs

    system, path = fs.FileSystem.from_uri(name)
    return system, path


def _is_wanted(path: PurePosixPath) -> bool:
    return format_of(path) is not None and not any(part.startswith(".") for part in path.parts)


def _remote(address: str, system: Any, info: Any) -> Remote:
    return Remote(address, Status(info.size or 0, info.mtime_ns or 0), system, info.path)


class _Stream(io.RawIOBase):
    """An Arrow stream as one of Python's."""

    def __init__(self, file: Any, address: str) -> None:
        self._file, self._address, self._read = file, address, 0

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._read

    def readinto(self, buffer: Any) -> int:
        try:
            piece = self._file.read(len(buffer))
        except OSError as error:
            raise _broken(self._address, error) from error
        buffer[: len(piece)] = piece
        self._read += len(piece)
        return len(piece)


def _broken(address: str, error: Exception) -> BatchError:
    reason = type(error).__name__
    return BatchError(f"{address} could not be read to its end ({reason}); the same command goes on where it was")
