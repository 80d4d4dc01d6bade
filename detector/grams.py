"""Word and character n-grams over the shared tokens, each with its place in the text.

Mentions are masked (a phone is `<phone>`, a place `<abroad>` or `<home>`): the n-grams learn how recruiters write,
and the facts say what is known about the place, the number or the pay. Emoji are left out for the same reason.
"""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from detector.tokens import Tokens

CHARACTERS = (3, 4, 5)  # lengths of the character n-grams inside one word, whose edges are marked by spaces
_REMEMBERED = 100_000  # words whose n-grams are kept
_BYTES = 4  # of a feature, an int32
_LONGEST_WORD = 40  # longer runs of letters are noise, and their n-grams would cost more than they tell


def gram_words(tokens: Tokens) -> list[str]:
    """The word of each token as the n-grams see it; "" where it takes no part."""
    words = []
    for word, label, stop in zip(tokens.words, tokens.labels, tokens.stops, strict=True):
        words.append(_masked(label) if label else "" if stop else _plain(word))
    return words


def _masked(label: str) -> str:
    """The word that stands for a mention."""
    if label.startswith("destination:"):
        label = "home" if label.endswith(":ID") else "abroad"
    return f"<{label}>"


def _plain(word: str) -> str:
    if not word[0].isalnum():
        return ""
    if word[0].isdigit() and word.replace(".", "").replace(",", "").isdigit():
        return "#"
    return word[:_LONGEST_WORD]


def word_grams(words: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """Every word and pair of neighbours: (gram, first token, last token)."""
    before = -1
    for at, word in enumerate(words):
        if not word:
            before = -1
            continue
        yield word, at, at
        if before >= 0:
            yield f"{words[before]} {word}", before, at
        before = at


def character_grams(word: str) -> list[str]:
    """The character n-grams of one word, marked `~`; none for masked words."""
    if word[0] in "<#":
        return []
    padded = f" {word} "
    return ["~" + padded[at : at + size] for size in CHARACTERS for at in range(len(padded) - size + 1)]


@dataclass(frozen=True, slots=True)
class GramVector:
    """One text's n-grams: `features` (ascending, unique) with `values`, and where each occurrence stands.

    `occurrences` holds the feature of each occurrence: first those of pairs, which begin at the tokens `pairs`, then
    those that lie in one token; `inside` are the latter once more, as one item of int32 bytes for each token.
    """

    features: NDArray[np.int32]
    values: NDArray[np.float64]
    occurrences: NDArray[np.int32]
    pairs: NDArray[np.intp]
    inside: Sequence[bytes]

    def places(self) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
        """Of each occurrence: its index in `features`, its first and its last token (the same token but for pairs).

        Worked out when asked for: only explanations need it.
        """
        # Each feature's occurrences stand together in order; searching for each of them would take three times as long.
        order = np.argsort(self.occurrences)
        ordered = self.occurrences[order]
        index = np.zeros(len(order), dtype=np.intp)
        index[order[1:]] = np.cumsum(ordered[1:] != ordered[:-1])
        lengths = np.fromiter(map(len, self.inside), dtype=np.intp, count=len(self.inside))
        single = np.repeat(np.arange(len(lengths)), lengths // _BYTES)
        return index, np.concatenate([self.pairs, single]), np.concatenate([self.pairs + 1, single])


_NO_PAIR = 0  # the number of a word that no pair holds
_Grams = tuple[int, bytes]  # of a word: its number in pairs, and the features (int32) that lie in it
_NOTHING: _Grams = (_NO_PAIR, b"")


class GramVectorizer:
    """Maps tokens to TF-IDF values over a fixed vocabulary.

    value = (1 + ln tf) * idf, each of the two blocks (words, characters) scaled to length 1
    (Salton & Buckley 1988, sublinear term frequency and cosine normalisation).

    What lies in one word is looked up once and remembered, as bytes: joining those of a text is one call, where
    joining arrays costs more than all the rest. Pairs are looked up all at once, by the numbers of their two words.
    """

    def __init__(self, vocabulary: Sequence[str], idf: NDArray[np.float64]) -> None:
        """`vocabulary[i]` has inverse document frequency `idf[i]`; grams of characters start with `~`."""
        self.vocabulary = tuple(vocabulary)
        self.idf = idf
        self._is_character = np.fromiter((g.startswith("~") for g in self.vocabulary), bool, len(self.vocabulary))
        self._index: dict[str, int] = {}
        self._numbers: dict[str, int] = {}
        before, after, of_pair = array("q"), array("q"), array("i")
        for at, gram in enumerate(self.vocabulary):
            first, space, second = gram.partition(" ")
            if gram.startswith("~") or not space:
                self._index[gram] = at
            else:
                before.append(self._numbers.setdefault(first, len(self._numbers) + 1))
                after.append(self._numbers.setdefault(second, len(self._numbers) + 1))
                of_pair.append(at)
        self._base = len(self._numbers) + 1
        keys = np.array(before, dtype=np.int64) * self._base + np.array(after, dtype=np.int64)
        order = np.argsort(keys)
        self._pair_keys, self._pair_features = keys[order], np.array(of_pair, dtype=np.int32)[order]
        self._words: dict[str, _Grams] = {}
        self._mentions: dict[str, _Grams] = {}  # by label

    def __call__(self, tokens: Tokens) -> GramVector:
        """The n-grams of one text that the vocabulary holds."""
        numbers, inside = zip(*self._grams(tokens), strict=True) if len(tokens) else ((), ())
        pairs, features_of_pairs = self._pairs(np.array(numbers, dtype=np.int64))
        occurrences = np.concatenate([features_of_pairs, np.frombuffer(b"".join(inside), dtype=np.int32)])
        features, counts = _counted(occurrences)
        values = (1.0 + np.log(counts)) * self.idf[features]
        characters = self._is_character[features]
        squares = np.square(values)
        norms = [float(np.sqrt(squares[block].sum())) or 1.0 for block in (characters, ~characters)]
        values /= np.where(characters, *norms)
        return GramVector(features, values, occurrences, pairs, inside)

    def _grams(self, tokens: Tokens) -> list[_Grams]:
        found = [*map(self._words.get, tokens.words)]
        places = range(len(found))
        for at in compress(places, tokens.stops):
            found[at] = _NOTHING
        for at in compress(places, tokens.labels):
            found[at] = self._of_mention(tokens.labels[at])
        return [grams or self._of_word(word) for grams, word in zip(found, tokens.words, strict=True)]

    def _of_mention(self, label: str) -> _Grams:
        grams = self._mentions.get(label)
        if grams is None:
            grams = self._mentions[label] = self._looked_up(_masked(label))
        return grams

    def _of_word(self, word: str) -> _Grams:
        grams = self._looked_up(_plain(word))
        if len(self._words) < _REMEMBERED:
            self._words[word] = grams
        return grams

    def _looked_up(self, word: str) -> _Grams:
        if not word:
            return _NOTHING
        found = map(self._index.get, (word, *character_grams(word)))
        known = [at for at in found if at is not None]
        return self._numbers.get(word, _NO_PAIR), np.array(known, dtype=np.int32).tobytes()

    def _pairs(self, numbers: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
        """The tokens at which known pairs begin, and the features of these pairs."""
        if not len(self._pair_keys):
            return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.int32)
        keys = numbers[:-1] * self._base + numbers[1:]
        at = np.searchsorted(self._pair_keys[:-1], keys)
        begins = np.flatnonzero(self._pair_keys[at] == keys)
        return begins, self._pair_features[at[begins]]


def _counted(occurrences: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.intp]]:
    """The distinct features, ascending, and how often each occurs; `np.unique` takes three times as long."""
    ordered = np.sort(occurrences)
    is_last = np.ones(len(ordered), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=is_last[:-1])
    (ends,) = is_last.nonzero()
    counts = ends + 1
    counts[1:] -= counts[:-1].copy()
    return ordered[ends], counts
