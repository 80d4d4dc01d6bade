"""Knowledge cut down to a few entries, on top of the shipped places, words and sources."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from detector.knowledge.loader import load
from detector.knowledge.schema import Bilingual, Condition, Examples, IndicatorEntry, Knowledge, Polarity
from detector.reading import Reader

SHIPPED = load()


def entry(
    name: str,
    *patterns: str,
    polarity: Polarity = "risk",
    unless: Sequence[str] = (),
    requires: Mapping[str, Any] | None = None,
    derive: Sequence[Mapping[str, Any]] = (),
    shields: bool = False,
) -> IndicatorEntry:
    """An entry that says only what the matcher reads."""
    nothing = Bilingual(id="-", en="-")
    return IndicatorEntry(
        id=name,
        polarity=polarity,
        name=nothing,
        severity=0,
        why=nothing,
        sources=(),
        as_of="2026-11-23",
        verified=False,
        patterns={"id": patterns} if patterns else {},
        unless=tuple(unless),
        requires=Condition(**requires) if requires else None,
        derive=tuple(Condition(**condition) for condition in derive),
        shields="sentence" if shields else "none",
        examples=Examples(match=(), no_match=()),
    )


def reader_of(*entries: IndicatorEntry) -> Reader:
    """A reader that knows these indicators and no others."""
    knowledge: Knowledge = replace(SHIPPED, indicators=entries)
    return Reader(knowledge)


def shown(reader: Reader, text: str) -> dict[str, list[str]]:
    """Indicators that a text shows, each with the words that show it ("" where it has no place of its own)."""
    reading = reader.read(text)
    found: dict[str, list[str]] = {}
    for hit in reading.hits:
        found.setdefault(hit.id, []).append(" ".join(reading.tokens.words[hit.start : hit.end]))
    return found
