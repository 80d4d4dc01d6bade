"""The phrases of the risk indicators as plain regular expressions: what a list of phrases in other tools would hold.

Every pattern line of every risk indicator becomes one expression with all of its alternatives, spellings and gaps. What
the pattern language takes from the extractors (a sum, a phone, a place) is written as an expression that is about as
good as people write them; negation, conditions and the ends of sentences are left out, as a list has none.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from detector.knowledge.schema import Knowledge
from detector.patterns import NUMBER, Slot, compile_pattern

BETWEEN = r"[\s,\-'\"]+"  # what may stand between two words of a phrase
_MENTIONS = {
    "@pay": r"(?:rp\.?\s?|idr\s?|usd\s?|rm\s?|\$)?\d[\d.,]*(?:\s?(?:juta|jt|ribu|rb|k|usd|dollar))?",
    "@phone": r"\+?\d[\d\s-]{8,14}\d",
    "@link": r"(?:https?://|www\.)\S+|[\w-]+\.(?:com|id|net|org|me)(?:/\S*)?",
    "@shortlink": r"(?:bit\.ly|s\.id|tinyurl\.com|linktr\.ee)/\S+",
    "@email": r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    "@handle": r"@\w+",
}


@dataclass(frozen=True, slots=True)
class Phrase:
    """One pattern line of one indicator, as a regular expression (to be used without regard to case)."""

    indicator: str
    expression: str


def phrases(knowledge: Knowledge) -> list[Phrase]:
    """The phrases of every indicator of a risk, in the order of the knowledge files, repeats left out."""
    spellings = {canonical: {canonical} for canonical in knowledge.spelling.values()}
    for spelling, canonical in knowledge.spelling.items():
        spellings[canonical].add(spelling)
    places = {
        f"@{d.iso2}": "|".join(re.escape(name) for name in (d.name.id, d.name.en, *d.spellings, *d.places))
        for d in knowledge.destinations
    }

    def word(text: str) -> str:
        if text == NUMBER:
            return r"\d+"
        named = _MENTIONS.get(text) or places.get(text)
        return f"(?:{named})" if named else _any(sorted(re.escape(s) for s in spellings.get(text, {text})))

    found = [
        Phrase(entry.id, _expression(compile_pattern(line, knowledge).slots, word))
        for entry in knowledge.indicators
        if entry.polarity in ("risk", "combination")
        for lines in entry.patterns.values()
        for line in lines
    ]
    return list(dict.fromkeys(found))


def _expression(slots: Sequence[Slot], word: Callable[[str], str]) -> str:
    parts: list[str] = []
    led = ""  # an optional item in front brings the space behind it
    for slot in slots:
        if slot.gap:
            parts.append(rf"(?:{BETWEEN}\w+){{0,{slot.gap}}}?")
            continue
        item = _any([BETWEEN.join(map(word, run)) for run in slot.alternatives])
        if not parts:
            if slot.optional:
                led += rf"(?:{item}{BETWEEN})?"
                continue
            parts.append(led + item)
        else:
            parts.append(rf"(?:{BETWEEN}{item})?" if slot.optional else BETWEEN + item)
    return rf"(?<!\w){''.join(parts)}(?!\w)"


def _any(choices: Sequence[str]) -> str:
    return choices[0] if len(choices) == 1 else f"(?:{'|'.join(choices)})"


def one_by_one(listed: Sequence[Phrase]) -> Callable[[str], list[tuple[str, int, int]]]:
    """A finder that runs each expression on its own; gives (indicator, start, end)."""
    compiled = [(phrase.indicator, re.compile(phrase.expression, re.IGNORECASE)) for phrase in listed]

    def find(text: str) -> list[tuple[str, int, int]]:
        return [(name, *match.span()) for name, expression in compiled for match in expression.finditer(text)]

    return find


def as_one(listed: Sequence[Phrase]) -> Callable[[str], list[tuple[int, int]]]:
    """A finder that runs one alternation of all expressions: it gives places without names, one phrase at each."""
    compiled = re.compile("|".join(phrase.expression for phrase in listed), re.IGNORECASE)

    def find(text: str) -> list[tuple[int, int]]:
        return [match.span() for match in compiled.finditer(text)]

    return find
