"""A text under repair, in which every character remembers which characters of the received text it came from."""

from collections.abc import Sequence

from detector.kinds import REPAIRS

# Replace characters [start, end) by the text. Same length: character by character; otherwise each new character
# stands for the whole replaced span.
Edit = tuple[int, int, str]


class Draft:
    """`text` and, for each of its characters, the span [`starts[i]`, `ends[i]`) of the received text.

    Both sequences never fall, and every span holds at least one character.
    """

    __slots__ = ("_kinds", "ends", "hidden", "repaired", "starts", "text")

    def __init__(self, text: str, offset: int) -> None:
        self.text = text
        self.starts: Sequence[int] = range(offset, offset + len(text))
        self.ends: Sequence[int] = range(offset + 1, offset + len(text) + 1)
        self.repaired = False
        self.hidden = False
        self._kinds: bytes | None = None

    @property
    def kinds(self) -> bytes:
        """The kind of each character of `text`, in the alphabet `REPAIRS`."""
        if self._kinds is None:
            self._kinds = REPAIRS.read(self.text)
        return self._kinds

    def apply(self, edits: Sequence[Edit]) -> None:
        """Apply edits that are sorted and do not overlap."""
        if not edits:
            return
        old, old_starts, old_ends = self.text, self.starts, self.ends
        pieces: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        at = 0
        for start, end, new in edits:
            pieces.append(old[at:start])
            pieces.append(new)
            count = len(new)
            if count == end - start:
                starts += old_starts[at:end]
                ends += old_ends[at:end]
            else:
                starts += old_starts[at:start]
                ends += old_ends[at:start]
                starts += [old_starts[start]] * count
                ends += [old_ends[end - 1]] * count
            at = end
        pieces.append(old[at:])
        starts += old_starts[at:]
        ends += old_ends[at:]
        self.text, self.starts, self.ends = "".join(pieces), starts, ends
        self._kinds = None

    def crop(self, start: int, end: int) -> None:
        """Keep only characters [start, end)."""
        if start > 0 or end < len(self.text):
            self.text = self.text[start:end]
            self.starts, self.ends = self.starts[start:end], self.ends[start:end]
            self._kinds = None
