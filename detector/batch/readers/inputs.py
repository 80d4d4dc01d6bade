"""What a user names to the files that are read: files, folders, patterns and standard input."""

import glob
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from detector.batch.readers import remote
from detector.batch.readers.errors import InputIsOutput, InputMissing, NothingToRead, UnknownFormat
from detector.batch.readers.formats import COMPRESSIONS, SUFFIXES, format_of
from detector.batch.readers.remote import Remote

Input = Path | Remote  # a file to read

STANDARD_INPUT: Final = Path("-")
_KNOWN = (*SUFFIXES, *COMPRESSIONS)


def expand(inputs: Sequence[str], without: Sequence[Path] = ()) -> list[Input]:
    """The files to read, in the order named, those of a folder or pattern sorted, each once.

    A folder gives its regular files of known formats, at any depth. Hidden ones and links are left out: a link may lead
    out of the folder, or round in a circle. So are those of `without`, which the caller is going to write. A file that
    is named itself may be a link. What an address names (`s3://`) is `remote`'s.

    Raises:
        InputIsOutput: a file of `without` was named itself.
        InputMissing: nothing is there, or no regular file.
        NothingToRead: a folder or a pattern holds no file of a known format.
        UnknownFormat: a file that was named has an unknown suffix.
    """
    found: dict[Input, None] = {}
    for name in inputs:
        found.update(dict.fromkeys(_expand(remote.plain(name), without)))
    if not found:
        raise InputMissing("the input", "is empty: name a file, a folder or -")
    return list(found)


def _expand(name: str, without: Sequence[Path]) -> Sequence[Input]:
    path = Path(name)
    if name == "-":
        return [STANDARD_INPUT]
    if remote.is_address(name):
        return remote.expand(name)
    try:
        if path.is_dir():
            return _some(name, _walk(path), without)
        if path.is_file():
            if any(_is_same(path, other) for other in without):
                raise InputIsOutput(name)
            if format_of(path) is None:
                raise UnknownFormat(name, _KNOWN)
            return [path]
        if path.exists():
            raise InputMissing(name, "is neither a file nor a folder")
        if glob.has_magic(name):
            return _some(name, _match(path), without)
    except (OSError, ValueError) as error:  # a name with a NUL or of 5,000 characters, a pattern like `**a`
        raise InputMissing(name, f"can't be read: {type(error).__name__}") from error
    raise InputMissing(name)


def _some(name: str, paths: Iterator[Path], without: Sequence[Path]) -> list[Path]:
    names = {path.name.casefold() for path in without}  # of a million files, few are looked at twice
    found = sorted(
        path
        for path in paths
        if path.name.casefold() not in names or not any(_is_same(path, other) for other in without)
    )
    if not found:
        raise NothingToRead(name, _KNOWN)
    return found


def _is_same(path: Path, other: Path) -> bool:
    return other.exists() and path.samefile(other)


def _walk(folder: Path) -> Iterator[Path]:
    """The readable files of a folder and of those below it. What may not be entered or looked at is passed over."""
    waiting = [folder]
    while waiting:
        try:
            entries = [entry for entry in waiting.pop().iterdir() if _is_plain(entry)]
            waiting.extend(entry for entry in entries if entry.is_dir())
            yield from (entry for entry in entries if _is_readable(entry))
        except OSError:
            continue


def _match(pattern: Path) -> Iterator[Path]:
    """The readable files that a pattern names. `pathlib` follows no links where the pattern says `**`."""
    parts = pattern.parts
    fixed = next(place for place, part in enumerate(parts) if glob.has_magic(part))
    for path in Path(*parts[:fixed]).glob(str(Path(*parts[fixed:]))):
        if path.is_dir() and _is_plain(path):
            yield from _walk(path)
        elif _is_plain(path) and _is_readable(path):
            yield path


def _is_plain(path: Path) -> bool:
    """Whether it is neither hidden nor a link."""
    return not path.name.startswith(".") and not path.is_symlink()


def _is_readable(path: Path) -> bool:
    """Whether it is a regular file (no socket, pipe or device) of a known format."""
    return path.is_file() and format_of(path) is not None
