"""Thrift's compact protocol, as far as the headers of Parquet need it.

A value is read as other readers read it, down to the bits that they drop, or refused: what is looked at here must be
what they see later. Every step takes a byte, so nothing costs more than there are bytes.
"""

from collections.abc import Iterator
from typing import Final

I32: Final = 5
I64: Final = 6
LIST: Final = 9
STRUCT: Final = 12
_TRUE, _FALSE, _BYTE, _I16, _DOUBLE, _BINARY, _SET, _MAP, _UUID = 1, 2, 3, 4, 7, 8, 10, 11, 13
_SIZES: Final = {_TRUE: 1, _FALSE: 1, _BYTE: 1, _DOUBLE: 8, _UUID: 16}
_MAX_FIELD: Final = 32_767
_MAX_DEPTH: Final = 16
_MAX_VARINT_BYTES: Final = 10


class CutOff(Exception):
    """The bytes end within a value."""


class Nonsense(Exception):
    """These bytes are no structure, or one that no writer writes."""


class Compact:
    """A cursor over bytes; `at` is where it stands. Its methods raise `CutOff` and `Nonsense`."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0

    def fields(self) -> Iterator[tuple[int, int]]:
        """Number and kind of each field of the structure that begins here; the caller reads or skips its value.

        A structure whose fields go back or repeat is refused: others would let a later value replace a checked one.
        """
        last = 0
        while byte := self._byte():
            number = last + (byte >> 4) if byte >> 4 else self._i16()
            if not last < number <= _MAX_FIELD:
                raise Nonsense
            last = number
            yield number, byte & 15

    def integers(self, wanted: dict[int, int]) -> dict[int, int]:
        """Those fields of a structure that have a wanted number and its kind."""
        found: dict[int, int] = {}
        for number, kind in self.fields():
            if wanted.get(number) == kind:
                found[number] = self.integer(kind)
            else:
                self.skip(kind)
        return found

    def integer(self, kind: int) -> int:
        """An integer of 32 or 64 bits."""
        number = self._varint() & (0xFFFF_FFFF if kind == I32 else 0xFFFF_FFFF_FFFF_FFFF)
        return (number >> 1) ^ -(number & 1)

    def list_head(self) -> tuple[int, int]:
        """How many items a list has, and their kind."""
        byte = self._byte()
        return (self._varint() if byte >> 4 == 15 else byte >> 4), byte & 15

    def skip(self, kind: int) -> None:
        """Pass over the value of a field of this kind."""
        if kind not in (_TRUE, _FALSE):  # those say it in the field itself
            self._skip(kind, 0)

    def _skip(self, kind: int, depth: int) -> None:
        if depth > _MAX_DEPTH:
            raise Nonsense
        if kind in (_I16, I32, I64):
            self._varint()
        elif kind in _SIZES:
            self._pass(_SIZES[kind])
        elif kind == _BINARY:
            self._pass(self._varint())
        elif kind == STRUCT:
            for _, inner in self.fields():
                if inner not in (_TRUE, _FALSE):
                    self._skip(inner, depth + 1)
        elif kind in (LIST, _SET):
            count, inner = self.list_head()
            for _ in range(count):
                self._skip(inner, depth + 1)
        elif kind == _MAP:
            self._skip_map(depth)
        else:
            raise Nonsense

    def _skip_map(self, depth: int) -> None:
        count = self._varint()
        kinds = self._byte() if count else 0
        for _ in range(count):
            self._skip(kinds >> 4, depth + 1)
            self._skip(kinds & 15, depth + 1)

    def _i16(self) -> int:
        return ((self.integer(I32) + 0x8000) & 0xFFFF) - 0x8000

    def _varint(self) -> int:
        number = 0
        for shift in range(0, 7 * _MAX_VARINT_BYTES, 7):
            byte = self._byte()
            number |= (byte & 127) << shift
            if byte < 128:
                return number
        raise Nonsense

    def _byte(self) -> int:
        at = self.at
        if at >= len(self._data):
            raise CutOff
        self.at = at + 1
        return self._data[at]

    def _pass(self, size: int) -> None:
        if size > len(self._data) - self.at:
            raise CutOff
        self.at += size
