"""The indicator matcher: which signs of the knowledge files a text shows, and with which words.

Order: patterns are matched (`pattern_index.py`), hits inside a shielded sentence or beside an `unless` pattern are
dropped, `requires` is checked, and `derive` conditions then find what follows from facts and other indicators.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from detector.errors import KnowledgeError
from detector.knowledge.schema import Condition, IndicatorEntry, Knowledge
from detector.pattern_index import PatternIndex, Sentence
from detector.patterns import PatternError, compile_pattern
from detector.tokens import Tokens

UNLESS_REACH = 6  # tokens between a hit and the `unless` pattern that voids it
SHIELD_REACH = 12  # tokens that a shield covers on each side, where no sentence ends before

Span = tuple[int, int]
Spans = Mapping[str, Sequence[Span]]


@dataclass(frozen=True, slots=True)
class Hit:
    """An indicator found in tokens [start, end); a derived hit without a place has start == end == 0."""

    id: str
    start: int
    end: int


class IndicatorMatcher:
    """Compiled once from the knowledge; `match` is a pure function of the tokens and facts."""

    def __init__(self, knowledge: Knowledge) -> None:
        entries = knowledge.indicators
        patterns = []
        self._owners: list[str] = []  # the entry of each pattern
        self._signs = 0  # the set of patterns (see `PatternIndex.search`) that show an indicator
        self._voids: dict[str, int] = {}  # entry -> its `unless` patterns
        for entry in entries:
            signs = [line for lines in entry.patterns.values() for line in lines]
            for at, line in enumerate((*signs, *entry.unless)):
                try:
                    patterns.append(compile_pattern(line, knowledge))
                except PatternError as error:
                    raise KnowledgeError("indicators", entry.id, str(error)) from error
                bit = 1 << len(self._owners)
                self._owners.append(entry.id)
                if at < len(signs):
                    self._signs |= bit
                else:
                    self._voids[entry.id] = self._voids.get(entry.id, 0) | bit
        try:
            self._index = PatternIndex(patterns, knowledge.spelling)
        except ValueError as error:
            raise KnowledgeError("indicators", "patterns", str(error)) from error
        self._frames = frozenset(f"indicator:{e.id}" for e in entries if e.polarity == "frame")
        self._shields = frozenset(e.id for e in entries if e.shields == "sentence")
        self._shielded = frozenset(e.id for e in entries if e.polarity == "risk")
        derived = _in_dependency_order(entries)
        conditions = [c for e in entries for c in (e.requires, *e.derive) if c is not None]
        self._atoms = _Atoms(atom for condition in conditions for atom in condition.atoms())
        self._requires = {e.id: _Rule(e.requires, self._atoms) for e in entries if e.requires is not None}
        self._derived = [(e.id, [_Rule(condition, self._atoms) for condition in e.derive]) for e in derived]

    def match(self, tokens: Tokens, facts: Spans) -> tuple[Hit, ...]:
        """All hits, by (start, id). `facts` maps the name of each fact that holds to the token spans that show it."""
        sentences = self._index.sentences(tokens)
        found = self._found(sentences, self._signs)
        # What voids an indicator is only looked for where that was found.
        unless = self._found(sentences, reduce(or_, [self._voids.get(key, 0) for key in found], 0))
        kept = {key: _longest(spans) for key, spans in found.items()}
        for key in unless:
            kept[key] = [hit for hit in kept[key] if not _near(hit, unless[key])]
        shields = [_sentence(tokens, span) for key in self._shields & kept.keys() for span in kept[key]]
        for key in self._shielded & kept.keys() if shields else ():
            kept[key] = [h for h in kept[key] if not any(s[0] <= h[0] and h[1] <= s[1] for s in shields)]
        kept = {key: spans for key, spans in kept.items() if spans}
        self._conclude(kept, facts)
        hits = sorted([(start, key, end) for key, spans in kept.items() for start, end in spans])
        return tuple([Hit(key, start, end) for start, key, end in hits])

    def _found(self, sentences: Sequence[Sentence], wanted: int) -> dict[str, set[Span]]:
        """Entry -> where patterns of the set `wanted` match."""
        found: dict[str, set[Span]] = {}
        for number, start, end in self._index.search(sentences, wanted):
            found.setdefault(self._owners[number], set()).add((start, end))
        return found

    def _conclude(self, kept: dict[str, list[Span]], facts: Spans) -> None:
        """Drop what lacks what it requires, and add what follows."""
        shown = self._atoms.bits(kept, facts)
        # What falls may have been what another entry requires: repeat, so that the order of the files never matters.
        while fallen := [key for key in self._requires.keys() & kept.keys() if not self._requires[key].holds(shown)]:
            for key in fallen:
                del kept[key]
            shown = self._atoms.bits(kept, facts)
        for key, rules in self._derived:
            for rule in rules:
                if rule.holds(shown) and key not in kept:
                    kept[key] = _proof(rule.condition, kept, facts, self._frames)
                    shown |= self._atoms.bits((key,), ())


class _Atoms:
    """The atoms of all conditions, one bit each: what a text shows is one integer."""

    def __init__(self, atoms: Iterable[str]) -> None:
        self.of = {atom: 1 << at for at, atom in enumerate(sorted(set(atoms)))}
        self._indicators, self._facts = (
            {atom.removeprefix(sort): bit for atom, bit in self.of.items() if atom.startswith(sort)}
            for sort in ("indicator:", "fact:")
        )

    def bits(self, indicators: Iterable[str], facts: Iterable[str]) -> int:
        """Those of what was found; what no condition asks for has none."""
        shown = 0
        for name in indicators:
            shown |= self._indicators.get(name, 0)
        for name in facts:
            shown |= self._facts.get(name, 0)
        return shown


class _Rule:
    """A condition, ready to be asked."""

    def __init__(self, condition: Condition, atoms: _Atoms) -> None:
        self.condition = condition
        self._all, self._any, self._none = (
            sum({atoms.of[atom] for atom in part}, 0) for part in (condition.all, condition.any, condition.none)
        )

    def holds(self, shown: int) -> bool:
        """Whether the condition holds where just these atoms are shown."""
        return shown & self._all == self._all and not shown & self._none and (not self._any or shown & self._any != 0)


def _atoms(entry: IndicatorEntry) -> set[str]:
    """What an entry's `derive` conditions build on, itself aside."""
    return {atom for condition in entry.derive for atom in condition.atoms()} - {f"indicator:{entry.id}"}


def _in_dependency_order(entries: Sequence[IndicatorEntry]) -> tuple[IndicatorEntry, ...]:
    """Derived entries, those that others build on first."""
    waiting = [entry for entry in entries if entry.derive]
    ordered: list[IndicatorEntry] = []
    while waiting:
        names = {f"indicator:{entry.id}" for entry in waiting}
        ready = [entry for entry in waiting if not names & _atoms(entry)]
        if not ready:
            raise KnowledgeError("indicators", waiting[0].id, "its conditions form a circle")
        ordered += ready
        waiting = [entry for entry in waiting if entry not in ready]
    return tuple(ordered)


def _longest(spans: set[Span]) -> list[Span]:
    """The longest of overlapping spans, left to right."""
    if len(spans) == 1:
        return [*spans]
    kept: list[Span] = []
    for start, end in sorted(spans, key=lambda s: (s[0] - s[1], s[0])):
        if all(end <= other[0] or other[1] <= start for other in kept):
            kept.append((start, end))
    return sorted(kept)


def _near(hit: Span, spans: set[Span]) -> bool:
    return any(start - UNLESS_REACH <= hit[1] and hit[0] <= end + UNLESS_REACH for start, end in spans)


def _sentence(tokens: Tokens, span: Span) -> Span:
    start, end = span
    first, last = max(0, start - SHIELD_REACH), min(len(tokens), end + SHIELD_REACH)
    while start > first and not tokens.stops[start - 1]:
        start -= 1
    while end < last and not tokens.stops[end]:
        end += 1
    return start, end


def _proof(
    condition: Condition,
    found: Spans,
    facts: Spans,
    frames: frozenset[str],
) -> list[Span]:
    """The spans that made a condition hold: of all `all` atoms but frames, and of the first `any` atom that holds.

    A frame ("this is an offer") may span half the text; it is shown only where nothing else is.
    """
    table = {"indicator": found, "fact": facts}

    def shown(atom: str) -> Sequence[Span]:
        sort, _, name = atom.partition(":")
        return table[sort].get(name, ())

    spans = [span for atom in condition.all if atom not in frames for span in shown(atom)]
    spans += next((shown(atom) for atom in condition.any if shown(atom)), ())
    if not spans:
        spans = [span for atom in condition.all for span in shown(atom)]
    return sorted(set(spans)) or [(0, 0)]
