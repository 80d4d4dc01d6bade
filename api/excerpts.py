"""The part of a text that a list shows, with the words that were searched marked."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

LENGTH = 240  # characters
_BEFORE = 80  # characters in front of the first word found, where it stands far into the text
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Bit:
    """A stretch of an excerpt; `is_hit`: one of the words that were searched."""

    text: str
    is_hit: bool


def excerpt(text: str, words: Iterable[str] = ()) -> tuple[Bit, ...]:
    """The beginning of `text` on one line, or its part around the first of `words` (folded, as `search` has them).

    A word that the text spells in disguise is not marked: the list says that the ad was found, its page shows where.
    """
    line = _SPACE.sub(" ", text).strip()
    wanted = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    found = re.compile(rf"(?<![^\W_])(?:{wanted})[^\W_]*", re.IGNORECASE) if wanted else None
    first = found.search(line) if found else None
    start = max(0, first.start() - _BEFORE) if first and first.start() > LENGTH - _BEFORE else 0
    if start:
        start = line.rfind(" ", 0, start) + 1
    part = line[start : start + LENGTH]
    bits = [Bit("… ", False)] if start else []
    at = 0
    for match in found.finditer(part) if found else ():
        bits += [Bit(part[at : match.start()], False), Bit(match[0], True)]
        at = match.end()
    bits.append(Bit(part[at:], False))
    if start + LENGTH < len(line):
        bits.append(Bit(" …", False))
    return tuple(bit for bit in bits if bit.text)
