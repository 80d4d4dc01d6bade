"""Texts as sets of numbers: their words and pairs of neighbouring words, with what copies change masked.

Copies of an advertisement swap the phone, the city and the pay and reword a part. So words with digits, links,
addresses and the names of places all become one mask, and runs of masks one mask. Of word and character n-grams,
measured on real and written advertisements, single words with pairs told copies from strangers best once stock phrases
are left out: word triples lose a copy with every third word changed, character 5-grams cost four times the memory and
give strangers of the same trade a likeness of 0.1 to 0.3.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from zlib import crc32

import numpy as np
import numpy.typing as npt

from detector.errors import EmptyInput
from detector.knowledge.loader import load
from detector.text import normalise

Hashes = npt.NDArray[np.uint32]
Ints = npt.NDArray[np.int64]

SKETCH = 512  # hashes kept of one text: the smallest ones are a fair sample of a longer text
_MASK = 0
_WORDS_IN_MEMORY = 1_000_000
_WORD = re.compile(r"[^\W_]+")
# Scripts that set no spaces between words: each character is a word.
_SIGNS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
_WORD_OR_SIGN = re.compile(rf"[{_SIGNS}]|[^\W_{_SIGNS}]+")
_MIN_PLACE = 4  # letters; shorter words of place names are mostly common words ("of", "kota" is not)


@dataclass(frozen=True, slots=True)
class Shingles:
    """The sets of several texts: text i has `hashes[starts[i]:starts[i + 1]]`, ascending, at most `SKETCH`.

    `ceilings[i]` is the largest hash up to which the set is whole. `words` counts unmasked words. Two texts have the
    same `fingerprints` where their whole sets are the same.
    """

    hashes: Hashes
    starts: Ints
    ceilings: Hashes
    words: Ints
    fingerprints: npt.NDArray[np.uint64]


class _Codes(dict[str, int]):
    """Words as numbers, worked out once; the mask is 0."""

    def __init__(self, masked: frozenset[str]) -> None:
        super().__init__()
        self._masked = masked

    def __missing__(self, word: str) -> int:
        plain = word.isalpha() and word not in self._masked
        code = (crc32(word.encode("utf-8", "replace")) or 1) if plain else _MASK
        self[word] = code
        return code


class Shingler:
    """Makes the sets; keeps nothing but the numbers of the words it met."""

    def __init__(self, masked: frozenset[str] | None = None) -> None:
        self._codes = _Codes(place_words() if masked is None else masked)

    def of(self, texts: Sequence[str]) -> Shingles:
        """The sets of `texts` as received: disguised letters are repaired, and only the start of a long text counts."""
        if len(self._codes) > _WORDS_IN_MEMORY:
            self._codes.clear()
        codes = [self._coded(text) for text in texts]
        lengths = np.fromiter(map(len, codes), dtype=np.int64, count=len(codes))
        flat = np.fromiter(chain.from_iterable(codes), dtype=np.uint64, count=int(lengths.sum()))
        return _sets(flat, np.repeat(np.arange(len(texts), dtype=np.int64), lengths), len(texts))

    def _coded(self, text: str) -> list[int]:
        try:
            normal = normalise(text).normal.lower()
        except EmptyInput:
            return []
        if "@" in normal or "://" in normal:
            normal = " ".join("0" if "@" in part or "://" in part else part for part in normal.split())
        pattern = _WORD if normal.isascii() else _WORD_OR_SIGN
        return list(map(self._codes.__getitem__, pattern.findall(normal)))


def mixed(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Numbers with every bit depending on every bit (the finaliser of SplitMix64; Steele, Lea & Flood 2014)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed_: npt.NDArray[np.uint64] = numbers ^ (numbers >> np.uint64(31))
    return mixed_


def _sets(codes: npt.NDArray[np.uint64], texts: Ints, count: int) -> Shingles:
    follows = texts[1:] == texts[:-1]
    keep = np.ones(len(codes), dtype=bool)
    keep[1:] = ~((codes[1:] == _MASK) & (codes[:-1] == _MASK) & follows)
    codes, texts = codes[keep], texts[keep]
    plain = codes != _MASK
    words = np.bincount(texts[plain], minlength=count).astype(np.int64)
    beside = texts[1:] == texts[:-1]
    pairs = (codes[:-1][beside] + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15) + codes[1:][beside]
    grams = mixed(np.concatenate([codes[plain], pairs])) >> np.uint64(32)
    owners = np.concatenate([texts[plain], texts[:-1][beside]]).astype(np.uint64)
    keys = np.sort((owners << np.uint64(32)) | grams)
    keys = keys[np.concatenate([[True], keys[1:] != keys[:-1]])] if len(keys) else keys
    owner = (keys >> np.uint64(32)).astype(np.int64)
    hashes = keys.astype(np.uint32)
    sizes = np.bincount(owner, minlength=count)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    sums = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(mixed(hashes.astype(np.uint64)), dtype=np.uint64)])
    fingerprints = mixed(sums[starts[1:]] - sums[starts[:-1]] + sizes.astype(np.uint64))
    ceilings = np.full(count, 0xFFFFFFFF, dtype=np.uint32)
    long = np.flatnonzero(sizes > SKETCH)
    if len(long):
        ceilings[long] = hashes[starts[long] + SKETCH - 1]
        hashes = hashes[np.arange(len(hashes)) - starts[owner] < SKETCH]
        starts = np.concatenate([[0], np.cumsum(np.minimum(sizes, SKETCH))])
    return Shingles(hashes, starts.astype(np.int64), ceilings, words, fingerprints)


@lru_cache(maxsize=1)
def place_words() -> frozenset[str]:
    """The words of the names of countries and places in the gazetteer."""
    return frozenset(
        word
        for place in load().destinations
        for name in (place.name.id, place.name.en, *place.spellings, *place.places)
        for word in _WORD.findall(name.lower())
        if len(word) >= _MIN_PLACE
    )
