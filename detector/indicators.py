"""The indicator matcher: which signs of the knowledge files a text shows, and with which words.

Order: patterns are matched (spaCy), hits inside a shielded sentence or beside an `unless` pattern are dropped,
`requires` is checked, and `derive` conditions then find what follows from facts and other indicators.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice, product
from typing import Any

from spacy.attrs import IS_PUNCT
from spacy.matcher import Matcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from detector.errors import KnowledgeError
from detector.knowledge.schema import Condition, IndicatorEntry, Knowledge
from detector.patterns import NUMBER, CompiledPattern, PatternError, canonical, compile_pattern, place_word
from detector.tokens import Tokens

UNLESS_REACH = 6  # tokens between a hit and the `unless` pattern that voids it
SHIELD_REACH = 12  # tokens that a shield covers on each side, where no sentence ends before
_UNLESS = "~"  # prefix of the keys of `unless` patterns
_STOP = "."
_OTHER = "·word"
_GAP: dict[str, Any] = {"IS_PUNCT": False, "OP": "?"}
_MOST_MATCHERS = 20_000  # small matchers kept in memory, about 2 KB each
_MOST_CHOICES = 512  # a hostile text that holds every alternative of a pattern gets no more than these


def _ends_a_sentence(word: str) -> bool:
    """What a gap may not cross. spaCy's own `IS_PUNCT` would also hold for `#`, the word of every number."""
    return word in (_STOP, "?")


@dataclass(frozen=True, slots=True)
class Hit:
    """An indicator found in tokens [start, end); a derived hit without a place has start == end == 0."""

    id: str
    start: int
    end: int


class IndicatorMatcher:
    """Compiled once from the knowledge; `match` is a pure function of the tokens and facts.

    A literal pre-filter decides which patterns run. A pattern is a candidate when one of its anchor words is in the
    text, and it survives when every slot has an alternative whose words are. Only then is it handed to spaCy, cut
    down to the alternatives that are present, as plain word patterns without any call back into Python; those small
    matchers are kept, since the same few alternatives occur again and again.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._vocab = Vocab(lex_attr_getters={IS_PUNCT: _ends_a_sentence})
        self._spelling = knowledge.spelling
        self._patterns: list[tuple[str, CompiledPattern]] = []
        self._by_anchor: dict[str, list[int]] = {}
        self._known: set[str] = {NUMBER}
        self._matchers: dict[tuple[object, ...], Matcher] = {}
        self._frames = frozenset(f"indicator:{e.id}" for e in knowledge.indicators if e.polarity == "frame")
        self._derived = _in_dependency_order(knowledge.indicators)
        self._shields = frozenset(e.id for e in knowledge.indicators if e.shields == "sentence")
        self._shielded = frozenset(e.id for e in knowledge.indicators if e.polarity == "risk")
        for entry in knowledge.indicators:
            lines = [(entry.id, line) for lines in entry.patterns.values() for line in lines]
            lines += [(_UNLESS + entry.id, line) for line in entry.unless]
            for key, line in lines:
                try:
                    self._add(key, compile_pattern(line, knowledge))
                except PatternError as error:
                    raise KnowledgeError("indicators", entry.id, str(error)) from error
        self._let_numbers_match()

    def _let_numbers_match(self) -> None:
        """`#` also stands for the numbers that some pattern names, since these keep their own word."""
        named = tuple((word,) for word in sorted(self._known) if word.isdigit())
        for at, (key, pattern) in enumerate(self._patterns):
            slots = tuple(
                replace(slot, alternatives=slot.alternatives + named) if (NUMBER,) in slot.alternatives else slot
                for slot in pattern.slots
            )
            self._patterns[at] = (key, replace(pattern, slots=slots))

    def _add(self, key: str, pattern: CompiledPattern) -> None:
        for anchor in pattern.anchors:
            self._by_anchor.setdefault(anchor, []).append(len(self._patterns))
        self._patterns.append((key, pattern))
        self._known.update(word for slot in pattern.slots for run in slot.alternatives for word in run)

    def words(self, tokens: Tokens) -> list[str]:
        """The tokens as patterns see them: canonical words, classes in place of mentions, `#` for numbers.

        Words that no pattern names become one placeholder, so that spaCy's vocabulary stays the size of the knowledge
        however many texts pass.
        """
        words = []
        for word, label, stop in zip(tokens.words, tokens.labels, tokens.stops, strict=True):
            if stop:
                words.append("?" if "?" in word else _STOP)
            elif label:
                words.append(place_word(label[12:]) if label.startswith("destination:") else f"@{label}")
            else:
                word = canonical(word, self._spelling)
                if word not in self._known:
                    word = NUMBER if word.replace(".", "").replace(",", "").isdigit() else _OTHER
                words.append(word)
        return words

    def match(self, tokens: Tokens, facts: Mapping[str, Sequence[tuple[int, int]]]) -> tuple[Hit, ...]:
        """All hits, by (start, id). `facts` maps the name of each fact that holds to the token spans that show it."""
        found: dict[str, set[tuple[int, int]]] = {}
        unless: dict[str, set[tuple[int, int]]] = {}
        for key, start, end in self._raw(tokens):
            if key.startswith(_UNLESS):
                unless.setdefault(key[1:], set()).add((start, end))
            else:
                found.setdefault(key, set()).add((start, end))
        kept = {key: _longest(spans) for key, spans in found.items()}
        for key, spans in unless.items():
            if key in kept:
                kept[key] = [hit for hit in kept[key] if not _near(hit, spans)]
        shields = [_sentence(tokens, span) for key in self._shields for span in kept.get(key, ())]
        for key in self._shielded & kept.keys() if shields else ():
            kept[key] = [h for h in kept[key] if not any(s[0] <= h[0] and h[1] <= s[1] for s in shields)]
        kept = {key: spans for key, spans in kept.items() if spans}
        by_id = self._knowledge.by_id
        # What falls may have been what another entry requires: repeat, so that the order of the files never matters.
        while fallen := [key for key in kept if not _holds(by_id[key].requires, kept, facts)]:
            for key in fallen:
                del kept[key]
        for entry in self._derived:
            for condition in entry.derive:
                if entry.id not in kept and _holds(condition, kept, facts):
                    kept[entry.id] = _proof(condition, kept, facts, self._frames)
        hits = [Hit(key, start, end) for key, spans in kept.items() for start, end in spans]
        return tuple(sorted(hits, key=lambda h: (h.start, h.id, h.end)))

    def _raw(self, tokens: Tokens) -> Iterator[tuple[str, int, int]]:
        """Every match of every pattern that survives the pre-filter: (key, first token, end)."""
        words = self.words(tokens)
        present = frozenset(words)
        candidates = sorted({at for word in present & self._by_anchor.keys() for at in self._by_anchor[word]})
        if not candidates:
            return
        doc = Doc(self._vocab, words=words)
        places: dict[str, list[int]] = {}
        for at, word in enumerate(words):
            places.setdefault(word, []).append(at)
        for at in candidates:
            key, pattern = self._patterns[at]
            kept = _present(pattern, present)
            if kept is None:
                continue
            matcher = self._matcher(at, pattern, kept)
            # spaCy walks every token that it is given: only the neighbourhood of the anchor is.
            for place in sorted({p for run in kept[pattern.anchor] for p in places[run[0]]}):
                low = max(0, place - pattern.before)
                for _, start, end in matcher(doc[low : place + pattern.after]):
                    yield key, low + start, low + end

    def _matcher(self, at: int, pattern: CompiledPattern, kept: tuple[tuple[tuple[str, ...], ...], ...]) -> Matcher:
        name = (at, kept)
        matcher = self._matchers.get(name)
        if matcher is None:
            choices: list[list[list[dict[str, Any]]]] = []
            for slot, runs in zip(pattern.slots, kept, strict=True):
                if slot.gap:
                    choices.append([[_GAP] * slot.gap])
                else:
                    choices.append([[{"ORTH": word} for word in run] for run in runs] + ([[]] if slot.optional else []))
            matcher = Matcher(self._vocab, validate=False)
            matcher.add("hit", [list(chain(*choice)) for choice in islice(product(*choices), _MOST_CHOICES)])
            if len(self._matchers) >= _MOST_MATCHERS:
                self._matchers.clear()
            self._matchers[name] = matcher
        return matcher


def _present(pattern: CompiledPattern, words: frozenset[str]) -> tuple[tuple[tuple[str, ...], ...], ...] | None:
    """Per slot the alternatives whose words are all in the text; None where a slot that must match has none."""
    for first_words in pattern.required:
        if words.isdisjoint(first_words):
            return None
    kept = []
    for slot in pattern.slots:
        runs = tuple([run for run in slot.alternatives if words.issuperset(run)])
        if not runs and not slot.optional and not slot.gap:
            return None
        kept.append(runs)
    return tuple(kept)


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
    frames: frozenset[str],
) -> list[tuple[int, int]]:
    """The spans that made a condition hold: of all `all` atoms but frames, and of the first `any` atom that holds.

    A frame ("this is an offer") may span half the text; it is shown only where nothing else is.
    """
    table = {"indicator": found, "fact": facts}

    def shown(atom: str) -> Sequence[tuple[int, int]]:
        sort, _, name = atom.partition(":")
        return table[sort].get(name, ())

    spans = [span for atom in condition.all if atom not in frames for span in shown(atom)]
    spans += next((shown(atom) for atom in condition.any if shown(atom)), ())
    if not spans:
        spans = [span for atom in condition.all for span in shown(atom)]
    return sorted(set(spans)) or [(0, 0)]
