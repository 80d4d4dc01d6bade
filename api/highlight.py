"""Cuts a hostile text into segments for display: which signs stand on each, and what is invisible in it."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

_ZERO_WIDTH_JOINER = "\u200d"
_LAYOUT = "\n\r\t"


@dataclass(frozen=True, slots=True)
class Span:
    """Characters [start, end) that show sign number `sign`; `severity` 0 is protective."""

    start: int
    end: int
    sign: int
    severity: int


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters shown as they are, or one invisible character, shown by its `code` (`U+202E`)."""

    text: str
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text under the same signs.

    `signs` stand on it, `closing` are those whose words end here (a reference is printed after them).
    `tone` names the look: empty, `protective`, or `severity-1` to `severity-5` of the gravest sign.
    """

    number: int
    pieces: tuple[Piece, ...]
    signs: tuple[int, ...]
    closing: tuple[int, ...]
    tone: str
    start: int


def cut(text: str, spans: Iterable[Span]) -> tuple[Segment, ...]:
    """Cut `text` at every edge of `spans`, which may overlap; what lies outside of the text is dropped."""
    inside = sorted(
        {Span(max(0, s.start), min(len(text), s.end), s.sign, s.severity) for s in spans if s.start < len(text)},
        key=lambda s: (s.start, s.end, s.sign),
    )
    inside = [span for span in inside if span.start < span.end]
    edges = sorted({0, len(text), *(s.start for s in inside), *(s.end for s in inside)})
    segments: list[Segment] = []
    active: list[Span] = []
    upcoming = 0
    for start, end in pairwise(edges):
        active = [span for span in active if span.end > start]
        while upcoming < len(inside) and inside[upcoming].start == start:
            active.append(inside[upcoming])
            upcoming += 1
        signs = _numbers(active)
        closing = _numbers(span for span in active if span.end == end)
        segments.append(
            Segment(
                len(segments),
                pieces(text[start:end], text[max(0, start - 1) : start]),
                signs,
                closing,
                _tone(active),
                start,
            )
        )
    return tuple(segments)


def _numbers(spans: Iterable[Span]) -> tuple[int, ...]:
    return tuple(sorted({span.sign for span in spans}))


def _tone(active: Sequence[Span]) -> str:
    if not active:
        return ""
    gravest = max(span.severity for span in active)
    return f"severity-{gravest}" if gravest else "protective"


def pieces(text: str, before: str = "") -> tuple[Piece, ...]:
    """Split off invisible characters, so that a reader sees them and they cannot reorder the page.

    A joiner inside an emoji is no trick and stays; `before` is the character that precedes `text`.
    """
    if text.isascii() and text.isprintable():
        return (Piece(text),)
    found: list[Piece] = []
    plain: list[str] = []
    for character in text:
        if _is_invisible(character) and not (character == _ZERO_WIDTH_JOINER and before and not before.isalnum()):
            if plain:
                found.append(Piece("".join(plain)))
                plain = []
            found.append(Piece(character, f"U+{ord(character):04X}"))
        else:
            plain.append(character)
        before = character
    if plain:
        found.append(Piece("".join(plain)))
    return tuple(found)


def _is_invisible(character: str) -> bool:
    # Cc, Cf, Cs, Co: control, format, half of a surrogate pair, private use
    return character not in _LAYOUT and unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co")
