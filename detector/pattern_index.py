"""Which of some thousand patterns occur in a text, and where.

Patterns run as regular expressions over words, not characters: every word that some pattern names is one character of
a private alphabet, and a text is the string of its words' characters. So the engine of `re` walks a sentence of twelve
words in twelve steps.

Few patterns are tried at all. No match crosses a full stop, so each sentence is searched on its own, and only for the
patterns that find there one word of each slot that must match. All patterns are asked at once: a word is an integer
with one bit for each pattern and slot that it serves, and a sentence is the union of its words.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from itertools import compress
from operator import or_

from detector.patterns import NUMBER, CompiledPattern, Slot, canonical
from detector.tokens import Tokens

_STOP, _QUESTION, _OTHER = ".", "?", "·word"
_FIRST_LETTER = 0x4E00  # of the private alphabet: 20,000 characters that no regex syntax and no case folding touches
MOST_WORDS = 0x9FFF - _FIRST_LETTER  # that all patterns together may name
_SLOTS = 2  # of a pattern that are asked for before it is tried: a third would save less than it costs
_PLACE = "destination:"  # prefix of the labels of places

_Find = Callable[..., re.Match[str] | None]
_Sign = tuple[str, int]  # a word as patterns see it: its letter, and the bits of the slots that it serves
# Its first token, its words' letters, and a bit for each pattern of which it holds a word for each slot that is asked
# for; the bits above those of the patterns mean nothing.
Sentence = tuple[int, str, int]


class PatternIndex:
    """Compiled once from the patterns, which are numbered from 0; safe to share between threads."""

    def __init__(self, patterns: Sequence[CompiledPattern], spelling: dict[str, str]) -> None:
        """`spelling` maps what a text may write to the canonical words that patterns name.

        Raises:
            ValueError: the patterns name more than `MOST_WORDS` words.
        """
        known = {NUMBER, *(word for p in patterns for slot in p.slots for run in slot.alternatives for word in run)}
        words = list(dict.fromkeys((_STOP, _QUESTION, _OTHER, *sorted(known))))
        if len(words) > MOST_WORDS:
            raise ValueError(f"more than {MOST_WORDS} words")
        self._patterns = tuple(patterns)
        self._finders: list[_Find | None] = [None] * len(patterns)
        self._letters = {word: chr(_FIRST_LETTER + at) for at, word in enumerate(words)}
        self._numbers = tuple((word,) for word in sorted(known) if word.isdigit())
        self._bits = [1 << number for number in range(len(patterns))]
        self._unasked, served = _slot_bits(patterns)
        signs = {word: (letter, served.get(word, 0)) for word, letter in self._letters.items()}
        self._stop, self._question, self._other = signs[_STOP], signs[_QUESTION], signs[_OTHER]
        self._labels = {word[1:]: signs[word] for word in known if word.startswith("@")}
        self._words = _Words(signs[NUMBER], self._other)
        for word in (*known, *spelling):
            to = canonical(word, spelling)
            self._words[word] = signs[to] if to in known else self._words.__missing__(to)

    def sentences(self, tokens: Tokens) -> list[Sentence]:
        """The sentences of a text, ready to be searched."""
        if not len(tokens):
            return []
        letters, served = zip(*self._signs(tokens), strict=True)
        found = []
        begin = 0
        for sentence in "".join(letters).split(self._stop[0]):
            end = begin + len(sentence)
            slots = reduce(or_, filter(None, served[begin:end]), self._unasked)
            found.append((begin, sentence, slots & slots >> len(self._patterns)))
            begin = end + 1
        return found

    def search(self, sentences: Iterable[Sentence], wanted: int) -> Iterator[tuple[int, int, int]]:
        """Every pattern of the set `wanted` that matches, at every place the longest match: (number, first token, end).

        The set is an integer: pattern n belongs to it where bit n is set.
        """
        finders, bits = self._finders, self._bits
        for begin, sentence, possible in sentences:
            left = possible & wanted
            while left:
                number = left.bit_length() - 1
                left ^= bits[number]
                find = finders[number] or self._compiled(number)
                match = find(sentence)
                while match:
                    first = match.start()
                    yield number, begin + first, begin + match.end()
                    match = find(sentence, first + 1)

    def _signs(self, tokens: Tokens) -> list[_Sign]:
        """The tokens as patterns see them: canonical words, classes in place of mentions."""
        signs = [*map(self._words.__getitem__, tokens.words)]
        places = range(len(signs))
        for at in compress(places, tokens.labels):
            signs[at] = self._labels.get(tokens.labels[at].removeprefix(_PLACE), self._other)
        for at in compress(places, tokens.stops):
            signs[at] = self._question if "?" in tokens.words[at] else self._stop
        return signs

    def _compiled(self, number: int) -> _Find:
        """Compiled when first tried: most of the thousands of patterns never are in the life of a process."""
        line = "".join(map(self._line, self._patterns[number].slots))
        find = self._finders[number] = re.compile(line).search
        return find

    def _line(self, slot: Slot) -> str:
        if slot.gap:  # which never crosses the end of a sentence
            return f"[^{self._letters[_STOP]}{self._letters[_QUESTION]}]{{0,{slot.gap}}}"
        # `#` also stands for the numbers that some pattern names, since these keep their own letter.
        runs = slot.alternatives + (self._numbers if (NUMBER,) in slot.alternatives else ())
        spelt = sorted({"".join(self._letters[word] for word in run) for run in runs}, key=lambda r: -len(r))
        single = [run for run in spelt if len(run) == 1]
        # The longest first, so that what is found at a place is the longest there.
        choices = [run for run in spelt if len(run) > 1] + ([f"[{''.join(sorted(single))}]"] if single else [])
        return f"(?:{'|'.join(choices)}){'?' if slot.optional else ''}"


class _Words(dict[str, _Sign]):
    """The sign of each word that a text may write; a word that no pattern names has that of any number or word."""

    def __init__(self, number: _Sign, other: _Sign) -> None:
        self._number = number
        self._other = other

    def __missing__(self, word: str) -> _Sign:
        if word.isalpha():  # most are, and this is the quicker question
            return self._other
        return self._number if word.replace(".", "").replace(",", "").isdigit() else self._other


def _slot_bits(patterns: Sequence[CompiledPattern]) -> tuple[int, dict[str, int]]:
    """Bit `slot * len(patterns) + number` stands for one slot of one pattern.

    Returns the bits of the slots that patterns with fewer than `_SLOTS` lack, and for each word those that it serves.
    """
    unasked = 0
    served: dict[str, int] = {}
    for number, pattern in enumerate(patterns):
        for slot in range(_SLOTS):
            bit = 1 << slot * len(patterns) + number
            if slot >= len(pattern.asked):
                unasked |= bit
                continue
            for word in pattern.asked[slot]:
                served[word] = served.get(word, 0) | bit
    return unasked, served
