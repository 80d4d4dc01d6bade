"""The indicator matcher: which signs of the knowledge files a text shows, and with which words.

Order: patterns are matched (spaCy), hits inside a shielded sentence or beside an `unless` pattern are dropped,
`requires` is checked, and `derive` conditions then find what follows from facts and other indicators.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spacy.matcher import Matcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from detector.errors import KnowledgeError
from detector.knowledge.schema import Condition, IndicatorEntry, Knowledge
from detector.patterns import PatternError, canonical, compile_pattern, place_word
from detector.tokens import Tokens

UNLESS_REACH = 6  # tokens between a hit and the `unless` pattern that voids it
SHIELD_REACH = 12  # tokens that a shield covers on each side, where no sentence ends before
_UNLESS = "~"  # prefix of the keys of `unless` patterns


@dataclass(frozen=True, slots=True)
class Hit:
    """An indicator found in tokens [start, end); a derived hit without a place has start == end == 0."""

    id: str
    start: int
    end: int


class IndicatorMatcher:
    """Compiled once from the knowledge; `match` is a pure function of the tokens and facts."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._vocab = Vocab()
        self._spelling = knowledge.spelling
        self._by_anchor: dict[str, Matcher] = {}
        self._derived = _in_dependency_order(knowledge.indicators)
        self._shields = frozenset(e.id for e in knowledge.indicators if e.shields == "sentence")
        self._shielded = frozenset(
            e.id for e in knowledge.indicators if e.polarity == "risk" and e.shields == "none"
        )
        buckets: dict[str, dict[str, list[list[dict[str, object]]]]] = {}
        for entry in knowledge.indicators:
            lines = [(entry.id, line) for lines in entry.patterns.values() for line in lines]
            lines += [(_UNLESS + entry.id, line) for line in entry.unless]
            for key, line in lines:
                try:
                    compiled = compile_pattern(line, knowledge)
                except PatternError as error:
                    raise KnowledgeError("indicators", entry.id, str(error)) from error
                for anchor in compiled.anchors:
                    bucket = buckets.setdefault(anchor, {}).setdefault(key, [])
                    bucket += [
                        list(pattern) for pattern in compiled.token_patterns if _may_hold(pattern, anchor)
                    ]
        for anchor, keys in buckets.items():
            matcher = Matcher(self._vocab, validate=False)
            for key, patterns in keys.items():
                matcher.add(key, patterns)
            self._by_anchor[anchor] = matcher

    def document(self, tokens: Tokens) -> Doc:
        """The tokens as the matcher sees them: canonical words, and classes in place of mentions."""
        return Doc(self._vocab, words=self._words(tokens))

    def _words(self, tokens: Tokens) -> list[str]:
        words = []
        for word, label in zip(tokens.words, tokens.labels, strict=True):
            if not label:
                words.append(canonical(word, self._spelling))
            elif label.startswith("destination:"):
                words.append(place_word(label.partition(":")[2]))
            else:
                words.append(f"@{label}")
        return words

    def match(self, tokens: Tokens, facts: Mapping[str, Sequence[tuple[int, int]]]) -> tuple[Hit, ...]:
        """All hits, by (start, id). `facts` maps the name of each fact that holds to the token spans that show it."""
        words = self._words(tokens)
        doc = Doc(self._vocab, words=words)
        strings = self._vocab.strings
        raw: dict[str, set[tuple[int, int]]] = {}
        for anchor in sorted(set(words) & self._by_anchor.keys()):
            for key, start, end in self._by_anchor[anchor](doc):
                raw.setdefault(strings[key], set()).add((start, end))
        found = {key: _longest(spans) for key, spans in raw.items() if not key.startswith(_UNLESS)}
        for key, spans in raw.items():
            if key.startswith(_UNLESS) and key[1:] in found:
                found[key[1:]] = [hit for hit in found[key[1:]] if not _near(hit, spans)]
        shields = [_sentence(tokens, span) for key in self._shields for span in found.get(key, ())]
        for key in self._shielded & found.keys() if shields else ():
            found[key] = [h for h in found[key] if not any(s[0] <= h[0] and h[1] <= s[1] for s in shields)]
        found = {key: spans for key, spans in found.items() if spans}
        by_id = self._knowledge.by_id
        for key in [k for k in found if by_id[k].requires]:
            if not _holds(by_id[key].requires, found, facts):
                del found[key]
        for entry in self._derived:
            for condition in entry.derive:
                if entry.id not in found and _holds(condition, found, facts):
                    found[entry.id] = _proof(condition, found, facts)
        hits = [Hit(key, start, end) for key, spans in found.items() for start, end in spans]
        return tuple(sorted(hits, key=lambda h: (h.start, h.id, h.end)))


def _may_hold(pattern: Sequence[Mapping[str, object]], anchor: str) -> bool:
    """Whether a pattern holds this anchor word; an expansion without it belongs to another bucket."""
    for item in pattern:
        want = item.get("ORTH")
        if want == anchor or (isinstance(want, dict) and anchor in want["IN"]):
            return True
    return False


def _in_dependency_order(entries: Sequence[IndicatorEntry]) -> tuple[IndicatorEntry, ...]:
    """Derived entries, those that others build on first."""
    waiting = [entry for entry in entries if entry.derive]
    ordered: list[IndicatorEntry] = []
    while waiting:
        names = {f"indicator:{entry.id}" for entry in waiting}
        ready = [e for e in waiting if not any(a in names and a != f"indicator:{e.id}" for c in e.derive for a in c.atoms())]
        if not ready:
            raise KnowledgeError("indicators", waiting[0].id, "its conditions form a circle")
        ordered += ready
        waiting = [entry for entry in waiting if entry not in ready]
    return tuple(ordered)


def _longest(spans: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest of overlapping spans, left to right."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda s: (s[0] - s[1], s[0])):
        if all(end <= other[0] or other[1] <= start for other in kept):
            kept.append((start, end))
    return sorted(kept)


def _near(hit: tuple[int, int], spans: set[tuple[int, int]]) -> bool:
    return any(start - UNLESS_REACH <= hit[1] and hit[0] <= end + UNLESS_REACH for start, end in spans)


def _sentence(tokens: Tokens, span: tuple[int, int]) -> tuple[int, int]:
    start, end = span
    first, last = max(0, start - SHIELD_REACH), min(len(tokens), end + SHIELD_REACH)
    while start > first and not tokens.stops[start - 1]:
        start -= 1
    while end < last and not tokens.stops[end]:
        end += 1
    return start, end


def _holds(
    condition: Condition | None,
    found: Mapping[str, Sequence[tuple[int, int]]],
    facts: Mapping[str, Sequence[tuple[int, int]]],
) -> bool:
    if condition is None:
        return True

    def true(atom: str) -> bool:
        sort, _, name = atom.partition(":")
        return name in (found if sort == "indicator" else facts)

    return (
        all(true(atom) for atom in condition.all)
        and (not condition.any or any(true(atom) for atom in condition.any))
        and not any(true(atom) for atom in condition.none)
    )


def _proof(
    condition: Condition,
    found: Mapping[str, Sequence[tuple[int, int]]],
    facts: Mapping[str, Sequence[tuple[int, int]]],
) -> list[tuple[int, int]]:
    """The spans of the atoms that made a condition hold."""
    spans: list[tuple[int, int]] = []
    for atom in (*condition.all, *condition.any):
        sort, _, name = atom.partition(":")
        spans += (found if sort == "indicator" else facts).get(name, ())
    return sorted(set(spans)) or [(0, 0)]
