"""Texts for benchmarks: as many as are asked for, no two alike, and always the same ones."""

import random
import re
from collections.abc import Iterator, Sequence
from typing import Literal

from training.bench import ads
from training.ordinary_mix import ordinary_mix
from training.public_data import public
from training.records import corpus

Source = Literal["ads", "ordinary"]
SOURCES: tuple[Source, ...] = ("ads", "ordinary")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


class NoOrdinaryMix(Exception):
    """The public data that the ordinary mix is drawn from is not beside this checkout."""


def texts(source: Source) -> list[str]:
    """`ads`: advertisements of about 100 words out of the corpus; `ordinary`: a mix as portals and groups give it.

    Raises:
        NoOrdinaryMix: see there.
    """
    if source == "ads":
        return ads(10_000)
    found = ordinary_mix({record.text for record in corpus() + public()})
    if not found:
        raise NoOrdinaryMix("the ordinary mix needs the public data beside this checkout; --source ads does not")
    return found


def variant(text: str, number: int) -> str:
    """The `number`-th variant of a text: its sentences in another order, other digits in it and the number behind it.

    Of about the same length and words, so that it costs the same, but in no memory of whole texts. Variant 0 is the
    text itself.
    """
    if number == 0:
        return text
    rng = random.Random(f"{number}:{text[:80]}")  # noqa: S311 (variety, not secrets)
    sentences = [sentence for sentence in _SENTENCE.split(text) if sentence.strip()]
    rng.shuffle(sentences)
    changed = "".join(rng.choice("123456789") if c.isdecimal() and c != "0" else c for c in "\n".join(sentences))
    return f"{changed}\n{number}"


def endless(base: Sequence[str]) -> Iterator[str]:
    """Every text, then the first variant of every text, and so on."""
    number = 0
    while True:
        for text in base:
            yield variant(text, number)
        number += 1


def repeating(base: Sequence[str], distinct: int, hot: int) -> Iterator[str]:
    """The first `distinct` texts of `endless`, then the last `hot` of them again and again: scraped listings repeat."""
    recent: list[str] = []
    stream = endless(base)
    for at in range(distinct):
        text = next(stream)
        if at >= distinct - hot:
            recent.append(text)
        yield text
    while recent:
        yield from recent
