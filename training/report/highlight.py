"""A text cut into pieces, those that an explanation names marked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Mark = Literal["", "evidence", "raises", "lowers"]
LONGEST_SHOWN = 4_000  # characters
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_STRENGTH: dict[Mark, int] = {"": 0, "lowers": 1, "raises": 2, "evidence": 3}


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters of the text that are marked alike; `why` names the indicators or the word's contribution."""

    text: str
    mark: Mark
    why: str


def without_controls(text: str) -> str:
    """The text with U+FFFD for each character that a page may not hold; its length stays."""
    return _CONTROL.sub("\ufffd", text)


def pieces(text: str, mistake: Mapping[str, Any]) -> list[Piece]:
    """The whole text in order; where marks overlap, evidence of an indicator wins over a word that raises or lowers.

    Characters that a page may not hold are replaced one by one, so that offsets stay.
    """
    shown = without_controls(text[:LONGEST_SHOWN])
    marks: list[tuple[Mark, str]] = [("", "")] * len(shown)
    for term in mistake["terms"]:
        mark: Mark = "raises" if term["contribution"] > 0 else "lowers"
        _put(marks, term["start"], term["end"], mark, f"{term['contribution']:+.2f}")
    for indicator in mistake["indicators"]:
        for evidence in indicator["evidence"]:
            why = f"{indicator['name']} {indicator['contribution']:+.2f}"
            _put(marks, evidence["start"], evidence["end"], "evidence", why)
    found, begin = [], 0
    for at in range(1, len(shown) + 1):
        if at == len(shown) or marks[at] != marks[begin]:
            found.append(Piece(shown[begin:at], *marks[begin]))
            begin = at
    return found + [Piece(" […]", "", "")] * (len(text) > LONGEST_SHOWN)


def _put(marks: list[tuple[Mark, str]], start: int, end: int, mark: Mark, why: str) -> None:
    for at in range(max(start, 0), min(end, len(marks))):
        old, reason = marks[at]
        if _STRENGTH[mark] > _STRENGTH[old]:
            marks[at] = (mark, why)
        elif mark == old == "evidence" and why not in reason:
            marks[at] = (mark, f"{reason}; {why}")
