"""The words of a text, read once per text, and an index that finds listed phrases among them."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

import numpy as np

from detector.kinds import Alphabet

# What is asked about the characters of a text: digits, the signs inside numbers, the ends of sentences.
KINDS = Alphabet(
    {
        "-": "\0-\U000323ff",  # of no interest
        "e": "\U0001f1e6-\U0001faff☀-➿⬀-⯿",  # emoji
        "a": r"\w",
        "_": "_",
        "0": r"\d",
        "i": "İıſΣ",  # letters whose lower case is not what `re` takes for the same letter, or depends on others
        "'": "'’",
        ".": ".",
        ",": ",",
        "!": "!?;…",
        " ": r"\s",
        "\n": "\n",
    }
)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_RUN = re.compile(r"[^\W_]+")
_BREAK = re.compile(r"[.!?;…]\s|\n")
_PAUSE = re.compile(r"[.!?;…,]\s|[\n+•|]")
_MAX_GAP = 3  # characters between two words of one phrase: "Hong Kong", "O' Smach", "Soekarno - Hatta"
_LETTERS = bytes.maketrans(b"0i", b"aa")
_APOSTROPHE = re.compile(b"'(?<=a')(?=a)")
_TWINS = str.maketrans("İıſ", "iis")

PayloadT = TypeVar("PayloadT")


class Words:
    """Parallel lists: lower-case word, start and end in the text.

    `kinds` holds the kind of each character (see `KINDS`); `folded` is the text as `re.IGNORECASE` sees it: of the same
    length, in lower case. A pattern over it needs no such flag and is several times as fast. `whole`: the words of
    `lower` are all runs of letters and digits of `folded`; else `odd_runs` gives those that are not among them.
    """

    __slots__ = ("ends", "folded", "kinds", "lower", "starts", "text", "whole")

    def __init__(self, text: str) -> None:
        self.text = text
        self.kinds = kinds = KINDS.read(text)
        letters = kinds.translate(_LETTERS)
        self.whole = b"i" not in kinds and b"a'a" not in letters
        if not self.whole:
            letters = _APOSTROPHE.sub(b"a", letters)
        # Where letters begin and end, in turn: half the time of a regex that finds the words one by one.
        inside = np.frombuffer(b" " + letters + b" ", np.uint8) == ord("a")
        edges: list[int] = np.flatnonzero(inside[1:] != inside[:-1]).tolist()
        self.starts = edges[::2]
        self.ends = edges[1::2]
        if b"i" in kinds:
            self.folded = text.translate(_TWINS).lower()
            self.lower = [text[start:end].lower() for start, end in zip(self.starts, self.ends, strict=True)]
        else:
            self.folded = folded = text.lower()
            self.lower = [folded[start:end] for start, end in zip(self.starts, self.ends, strict=True)]

    def __len__(self) -> int:
        return len(self.lower)

    def odd_runs(self) -> Iterator[str]:
        """The runs of letters and digits of `folded` that are parts or other spellings of the words of `lower`."""
        odd = b"i" in self.kinds
        for word, start, end in zip(self.lower, self.starts, self.ends, strict=True):
            if odd or "'" in word or "’" in word:
                yield from _RUN.findall(self.folded, start, end)

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
            if gap != " " and _BREAK.search(gap) and ":" not in gap and len(self.lower[at]) > 1:
                return
            yield at, self.lower[at]
            right = self.starts[at]
            at -= 1
            count -= 1

    def after(self, offset: int, count: int) -> Iterator[tuple[int, str]]:
        """Up to `count` words that start at or after `offset`, nearest first, not past a comma or the sentence."""
        left, first = offset, self.at(offset)
        for at in range(first, min(len(self), first + count)):
            if _PAUSE.search(self.text, left, self.starts[at]):
                return
            yield at, self.lower[at]
            left = self.ends[at]


class FirstWords:
    """Of several lists of words, which hold the words of a text: one look-up per word, however many the lists."""

    def __init__(self, lists: Mapping[str, frozenset[str]]) -> None:
        self._names = tuple(lists)
        self._lists: dict[str, list[str]] = {}
        for name, listed in lists.items():
            for word in listed:
                self._lists.setdefault(word, []).append(name)

    def find(self, words: Words) -> dict[str, list[int]]:
        """The name of each list -> the places of the words that it holds, in order."""
        lists, lower = self._lists, words.lower
        found: dict[str, list[int]] = {name: [] for name in self._names}
        for at in [at for at, word in enumerate(lower) if word in lists]:
            for name in lists[lower[at]]:
                found[name].append(at)
        return found


def one_of(phrases: Iterable[str], spelt: Callable[[str], str] = re.escape) -> str:
    """A pattern for any of the phrases in lower case, of which the longest that fits matches first.

    `spelt` turns a phrase into a pattern, character by character. Phrases are grouped by their first character, so
    that the engine of `re` passes over most of them at once.
    """
    groups: dict[str, list[str]] = {}
    for phrase in sorted({phrase.lower() for phrase in phrases}, key=lambda phrase: (-len(phrase), phrase)):
        groups.setdefault(phrase[0], []).append(spelt(phrase[1:]))
    return "|".join(f"{spelt(first)}(?:{'|'.join(rests)})" for first, rests in groups.items())


def matches_at(pattern: "re.Pattern[str]", text: str, places: Sequence[int]) -> Iterator["re.Match[str]"]:
    """What `finditer` gives for a pattern that can match at no other than these places, which ascend."""
    done = 0
    for place in places:
        match = pattern.match(text, place) if place >= done else None
        if match is not None:
            done = match.end()
            yield match


def phrase_words(phrase: str) -> tuple[str, ...]:
    """The lower-case words of a listed phrase, cut as the words of a text are."""
    return tuple(match.group().lower() for match in _WORD.finditer(phrase))


def without_accents(text: str) -> str:
    """`text` with accents removed ("Parañaque" -> "Paranaque")."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


class PhraseIndex(Generic[PayloadT]):
    """Phrases by their first word and length, the longest first: a few look-ups for a word that begins one."""

    def __init__(self, phrases: Iterable[tuple[str, PayloadT]]) -> None:
        found: dict[str, dict[int, dict[tuple[str, ...], PayloadT]]] = {}
        for phrase, payload in phrases:
            for form in (phrase, without_accents(phrase)):
                words = phrase_words(form)
                if words:  # the first entry keeps the name
                    found.setdefault(words[0], {}).setdefault(len(words), {}).setdefault(words, payload)
        self._by_first = {first: tuple(sorted(sizes.items(), reverse=True)) for first, sizes in found.items()}

    @property
    def firsts(self) -> frozenset[str]:
        """The words that a phrase begins with."""
        return frozenset(self._by_first)

    def find(self, words: Words, listed: Iterable[int] | None = None) -> Iterator[tuple[PayloadT, int, int]]:
        """(payload, first word, end word) of the phrases in the text, left to right, longest first, no overlaps.

        `listed` are the places, in order, of all words that are in `firsts` and perhaps of others; without it, every
        word is looked up.
        """
        lower, taken_to = words.lower, 0
        for at in range(len(lower)) if listed is None else listed:
            sizes = self._by_first.get(lower[at])
            if sizes is None or at < taken_to:
                continue
            for size, phrases in sizes:
                end = at + size
                phrase = tuple(lower[at:end])
                if phrase in phrases and (size == 1 or _close(words, at, end)):
                    yield phrases[phrase], at, end
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
