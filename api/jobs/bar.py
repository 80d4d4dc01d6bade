"""How far a bar stands while a file is read: between two buffers of the readers, the rows that passed move it."""


class Bar:
    """Follows one file. The readers say how much of it they took in, a buffer at a time; the rows fill that in.

    A buffer is a third of a small file: without this, its bar would stand still for all the time that people look.
    """

    def __init__(self, size_bytes: int) -> None:
        self._size = max(1, size_bytes)
        self._passed = 0  # bytes of the rows that came out of the readers
        self._anchor: tuple[float, int] | None = None  # a place in the file, and what had passed when it was reached
        self._last = 0.0  # the place that was told last
        self._per_byte = 1.0  # how far in the file one byte of rows goes

    def passed(self, size_bytes: int) -> None:
        """Rows of so many bytes came out of the readers."""
        self._passed += size_bytes

    def share(self, taken: float | None) -> float | None:
        """The share of the file that its last row is at, of the share that the readers took in. Never quite 1."""
        if taken is None:
            return None
        place = taken * self._size
        if self._anchor is None:
            self._anchor = (max(0.0, place - _BUFFER), 0)
        elif place != self._last:  # a new buffer: the one before is used up, whatever was thought
            used, rows = self._last - self._anchor[0], self._passed - self._anchor[1]
            if used > 0 and rows > 0:
                self._per_byte = used / rows
            self._anchor = (self._last, self._passed)
        self._last = place
        between = self._anchor[0] + self._per_byte * (self._passed - self._anchor[1])
        return min(place / self._size, between / self._size, 0.999)


_BUFFER = 262_144  # bytes that a reader takes in at once
