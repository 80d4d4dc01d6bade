"""Word and character n-grams over the shared tokens, each with its place in the text.

Mentions are masked (a phone is `<phone>`, a place `<abroad>` or `<home>`): the n-grams learn how recruiters write,
and the facts say what is known about the place, the number or the pay. Emoji are left out for the same reason.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.tokens import Tokens

CHARACTERS = (3, 4, 5)  # lengths of the character n-grams inside one word, whose edges are marked by spaces
_CACHE_LIMIT = 200_000
_LONGEST_WORD = 40  # longer runs of letters are noise, and their n-grams would cost more than they tell


def gram_words(tokens: Tokens) -> list[str]:
    """The word of each token as the n-grams see it; "" where it takes no part."""
    words = []
    for word, label, stop in zip(tokens.words, tokens.labels, tokens.stops, strict=True):
        if label:
            if label.startswith("destination:"):
                label = "home" if label.endswith(":ID") else "abroad"
            words.append(f"<{label}>")
        elif stop or not word[0].isalnum():
            words.append("")
        elif word[0].isdigit() and word.replace(".", "").replace(",", "").isdigit():
            words.append("#")
        else:
            words.append(word[:_LONGEST_WORD])
    return words


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


def character_grams(word: str) -> Iterator[str]:
    """The character n-grams of one word, marked `~`; none for masked words."""
    if word[0] in "<#":
        return
    padded = f" {word} "
    for size in CHARACTERS:
        for at in range(len(padded) - size + 1):
            yield "~" + padded[at : at + size]


@dataclass(frozen=True, slots=True)
class GramVector:
    """One text's n-grams: `features` (ascending, unique) with `values`, and where each occurrence stands.

    `occurrence_feature[k]` is an index into `features`; occurrence k lies on tokens `occurrence_first[k]` and
    `occurrence_last[k]` (the same token but for pairs).
    """

    features: NDArray[np.int32]
    values: NDArray[np.float64]
    occurrence_feature: NDArray[np.int64]
    occurrence_first: NDArray[np.int32]
    occurrence_last: NDArray[np.int32]


class GramVectorizer:
    """Maps tokens to TF-IDF values over a fixed vocabulary.

    value = (1 + ln tf) * idf, each of the two blocks (words, characters) scaled to length 1
    (Salton & Buckley 1988, sublinear term frequency and cosine normalisation).
    """

    def __init__(self, vocabulary: Sequence[str], idf: NDArray[np.float64]) -> None:
        """`vocabulary[i]` has inverse document frequency `idf[i]`; grams of characters start with `~`."""
        self.vocabulary = tuple(vocabulary)
        self._index = {gram: at for at, gram in enumerate(self.vocabulary)}
        self.idf = idf
        self._is_character = np.fromiter((g.startswith("~") for g in self.vocabulary), bool, len(self.vocabulary))
        self._characters: dict[str, NDArray[np.int32]] = {}

    def __call__(self, tokens: Tokens) -> GramVector:
        """The n-grams of one text that the vocabulary holds."""
        words = gram_words(tokens)
        get = self._index.get
        found: list[int] = []
        first: list[int] = []
        last: list[int] = []
        for gram, begin, end in word_grams(words):
            at = get(gram)
            if at is not None:
                found.append(at)
                first.append(begin)
                last.append(end)
        places = [at for at, word in enumerate(words) if word]
        characters_of = [self._character_ids(words[at]) for at in places]
        inside = np.repeat(np.array(places, dtype=np.int32), [len(ids) for ids in characters_of])
        every = np.concatenate([np.array(found, dtype=np.int32), *characters_of])
        features, inverse, counts = np.unique(every, return_inverse=True, return_counts=True)
        values = (1.0 + np.log(counts)) * self.idf[features]
        characters = self._is_character[features]
        for block in (characters, ~characters):
            norm = float(np.sqrt(np.square(values[block]).sum()))
            if norm > 0:
                values[block] /= norm
        return GramVector(
            features,
            values,
            inverse.astype(np.int64),
            np.concatenate([np.array(first, dtype=np.int32), inside]),
            np.concatenate([np.array(last, dtype=np.int32), inside]),
        )

    def _character_ids(self, word: str) -> NDArray[np.int32]:
        ids = self._characters.get(word)
        if ids is None:
            known = (self._index.get(gram) for gram in character_grams(word))
            ids = np.array([at for at in known if at is not None], dtype=np.int32)
            if len(self._characters) < _CACHE_LIMIT:
                self._characters[word] = ids
        return ids
