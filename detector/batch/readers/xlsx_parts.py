"""The parts of a workbook beside its sheets: where the first sheet is, the shared strings, which styles are dates."""

import mmap
import posixpath
import re
from array import array
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Final, Self

from detector.batch.readers.errors import SourceBroken
from detector.batch.readers.xlsx_package import Attributes, Package

_MAX_STRINGS: Final = 2**24
_MAX_CODE: Final = 255  # characters of a number format
_BUILT_IN_DATES: Final = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_LITERAL: Final = re.compile(r'"[^"]*"|\[[^\]]*\]|[\\_*].')  # of a number format: quoted, bracketed, escaped
_ESCAPE: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")


def unescape(text: str) -> str:
    """Text as it was typed: `_x000D_` stands for a character that XML can't hold."""
    return _ESCAPE.sub(lambda match: chr(int(match.group(1), 16)), text) if "_x" in text else text


class SharedStrings:
    """The texts of all cells, outside of memory: a workbook may have a gigabyte of them."""

    def __init__(self, package: Package, part: str, file: IO[bytes]) -> None:
        """Copy the strings to a file of one's own, which stays open as long as they are used."""
        self._ends = array("Q", (0,))
        self._file = file
        self._size = 0
        self._in_text = False
        self._phonetic = 0
        if package.has(part):
            deque(package.parse(part, self._start, self._end, self._text), maxlen=0)
        file.flush()
        self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if self._size else b""

    def size_bytes(self, number: int) -> int:
        """The size of a string; 0 where there is none of this number."""
        return self._ends[number + 1] - self._ends[number] if 0 <= number < len(self._ends) - 1 else 0

    def get(self, number: int) -> str:
        """A string by its number."""
        if not self.size_bytes(number):
            return ""
        return unescape(self._bytes[self._ends[number] : self._ends[number + 1]].decode())

    def _start(self, name: str, attributes: Attributes) -> None:
        self._phonetic += name == "rPh"  # how a word is pronounced, beside the word
        self._in_text = name == "t" and not self._phonetic

    def _end(self, name: str) -> None:
        self._in_text = False
        self._phonetic -= name == "rPh"
        if name == "si":
            self._ends.append(self._size)
            if len(self._ends) > _MAX_STRINGS:
                raise SourceBroken("unreadable: too many strings")

    def _text(self, data: str) -> None:
        if self._in_text:
            written = data.encode()
            self._file.write(written)
            self._size += len(written)


class Styles:
    """Which of the styles that cells name show a number as a date."""

    def __init__(self, package: Package, part: str) -> None:
        elements = package.elements(part, "numFmt", "cellXfs", "xf", "cellStyles")
        codes = {_number(a.get("numFmtId")): a.get("formatCode", "") for name, a in elements if name == "numFmt"}
        names = [name for name, _ in elements]
        first = names.index("cellXfs") if "cellXfs" in names else len(names)
        last = names.index("cellStyles", first) if "cellStyles" in names[first:] else len(names)
        used = [_number(attributes.get("numFmtId")) for name, attributes in elements[first:last] if name == "xf"]
        self._dates = {style for style, code in enumerate(used) if _is_date(code, codes.get(code, ""))}

    def is_date(self, style: str) -> bool:
        """Whether a number in this style is a date or a time."""
        return _number(style or "0") in self._dates


@dataclass(frozen=True, slots=True)
class Book:
    """The parts that the first sheet needs, by their names in the package; empty strings for those it lacks."""

    sheet: str
    strings: str
    styles: str
    is_1904: bool

    @classmethod
    def of(cls, package: Package) -> Self:
        """Follow the relations from the root of the package.

        Raises:
            SourceBroken: there is no sheet.
        """
        main = next(_targets(package, "", "officeDocument"), ("", "xl/workbook.xml"))[1]
        elements = package.elements(main, "sheet", "workbookPr")
        sheets = dict(_targets(package, main, "worksheet"))
        ids = [_any_namespace(attributes, "id") for name, attributes in elements if name == "sheet"]
        sheet = next((sheets[id_] for id_ in ids if id_ in sheets), "")
        if not sheet:
            raise SourceBroken("unreadable: a workbook without a sheet")
        return cls(
            sheet=sheet,
            strings=next(_targets(package, main, "sharedStrings"), ("", ""))[1],
            styles=next(_targets(package, main, "styles"), ("", ""))[1],
            is_1904=any(attributes.get("date1904") in ("1", "true") for _, attributes in elements),
        )


def _targets(package: Package, part: str, kind: str) -> Iterator[tuple[str, str]]:
    """The parts of a kind that a part relates to, with the ids of the relations."""
    folder, name = posixpath.split(part)
    for _, attributes in package.elements(posixpath.join(folder, "_rels", f"{name}.rels"), "Relationship"):
        if attributes.get("Type", "").endswith(f"/{kind}"):
            target = posixpath.join("/", folder, attributes.get("Target", ""))
            yield attributes.get("Id", ""), posixpath.normpath(target).lstrip("/")


def date_of(serial: float, *, is_1904: bool) -> str:
    """Days since the epoch of the workbook as ISO 8601: a date, a time of day, or both; "" where it is neither.

    Day 60 of the 1900 epoch is 29 February 1900, which never was (ECMA-376 part 1, 18.17.4.1).
    """
    start = datetime(1904, 1, 1) if is_1904 else datetime(1899, 12, 30 if serial >= 60 else 31)
    try:
        moment = start + timedelta(seconds=round(serial * 86_400))
    except (OverflowError, ValueError):
        return ""
    if 0 <= serial < 1:
        return moment.time().isoformat()
    return moment.date().isoformat() if moment.time() == datetime.min.time() else moment.isoformat(" ")


def _is_date(number: int, code: str) -> bool:
    """Whether a number format shows a date: a built-in one, or one with a letter for a part of a date or time."""
    bare = _LITERAL.sub("", code[:_MAX_CODE]).partition(";")[0].lower()
    return number in _BUILT_IN_DATES or any(letter in bare for letter in "ymdhs")


def _any_namespace(attributes: Attributes, name: str) -> str:
    return next((value for key, value in attributes.items() if key.rpartition(":")[2] == name), "")


def _number(text: str | None) -> int:
    """A number that may stand in a part; -1 for anything else."""
    return int(text) if text and text.isdecimal() and len(text) < 10 else -1
