"""The words of a text, read once per text, and an index that finds listed phrases among them."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_BREAK = re.compile(r"[.!?;…]\s|\n")
_PAUSE = re.compile(r"[.!?;…,]\s|[\n+•|]")
_MAX_GAP = 3  # characters between two words of one phrase: "Hong Kong", "O' Smach", "Soekarno - Hatta"

PayloadT = TypeVar("PayloadT")


class Words:
    """Parallel lists: lower-case word, start and end in the text."""

    __slots__ = ("ends", "lower", "starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.lower: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        for match in _WORD.finditer(text):
            self.lower.append(match.group().lower())
            self.starts.append(match.start())
            self.ends.append(match.end())

    def __len__(self) -> int:
        return len(self.lower)

    def at(self, offset: int) -> int:
        """Index of the first word that starts at or after `offset`."""
        return bisect_left(self.starts, offset)

    def before(self, offset: int, count: int) -> Iterator[tuple[int, str]]:
        """Up to `count` words that end before `offset`, nearest first, not past the start of the sentence or line.

        A line that ends in a colon goes on in the next one ("Gaji:" above "Rp 5 juta").
        """
        right = offset
        at = self.at(offset) - 1
        while at >= 0 and count > 0:
            if self.ends[at] > offset:  # the offset lies inside this word ("Rp5", "gaji12jt")
                at -= 1
                continue
            gap = self.text[self.ends[at] : right]
            if _BREAK.search(gap) and ":" not in gap and len(self.lower[at]) > 1:
                return
            yield at, self.lower[at]
            right = self.starts[at]
            at -= 1
            count -= 1

    def after(self, offset: int, count: int) -> Iterator[tuple[int, str]]:
        """Up to `count` words that start at or after `offset`, nearest first, not past a comma or the sentence."""
        left = offset
        for at in range(self.at(offset), min(len(self), self.at(offset) + count)):
            if _PAUSE.search(self.text, left, self.starts[at]):
                return
            yield at, self.lower[at]
            left = self.ends[at]


def phrase_words(phrase: str) -> tuple[str, ...]:
    """The lower-case words of a listed phrase, cut as the words of a text are."""
    return tuple(match.group().lower() for match in _WORD.finditer(phrase))


def without_accents(text: str) -> str:
    """`text` with accents removed ("Parañaque" -> "Paranaque")."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


class PhraseIndex(Generic[PayloadT]):
    """Phrases by their first word, longest first: one dictionary look-up per word of the text."""

    def __init__(self, phrases: Iterable[tuple[str, PayloadT]]) -> None:
        found: dict[str, dict[tuple[str, ...], PayloadT]] = {}
        for phrase, payload in phrases:
            for form in (phrase, without_accents(phrase)):
                words = phrase_words(form)
                if words:
                    found.setdefault(words[0], {}).setdefault(words, payload)  # the first entry keeps the name
        self._by_first = {
            first: tuple(sorted(group.items(), key=lambda item: -len(item[0]))) for first, group in found.items()
        }

    def find(self, words: Words) -> Iterator[tuple[PayloadT, int, int]]:
        """(payload, first word, end word) of the phrases in the text, left to right, longest first, no overlaps."""
        lower, taken_to = words.lower, 0
        for at, word in enumerate(lower):
            group = self._by_first.get(word)
            if group is None or at < taken_to:
                continue
            for phrase, payload in group:
                end = at + len(phrase)
                if len(phrase) == 1 or (tuple(lower[at:end]) == phrase and _close(words, at, end)):
                    yield payload, at, end
                    taken_to = end
                    break


def _close(words: Words, start: int, end: int) -> bool:
    """Whether the words stand beside each other, with at most a space, hyphen, dot or slash in between."""
    for at in range(start, end - 1):
        gap = words.text[words.ends[at] : words.starts[at + 1]]
        if gap == "., ":  # "Co., Ltd"
            continue
        if len(gap) > _MAX_GAP or "\n\n" in gap or gap.strip(" -–./&'’\n\t"):
            return False
    return True
