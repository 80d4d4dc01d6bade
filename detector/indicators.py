"""The indicator matcher: which signs of the knowledge files a text shows, and with which words.

Order: patterns are matched, hits inside a shielded sentence or beside an `unless` pattern are dropped, `requires` is
checked, and `derive` conditions then find what follows from facts and other indicators.

Patterns run as regular expressions over words, not characters: every word that some pattern names is one character of
a private alphabet, and a text is the string of its words' characters. So the engine of `re` walks a text of 100 words
in 100 steps (a token matcher that did this before took six times as long).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from detector.errors import KnowledgeError
from detector.knowledge.schema import Condition, IndicatorEntry, Knowledge
from detector.patterns import NUMBER, CompiledPattern, PatternError, canonical, compile_pattern, place_word
from detector.tokens import Tokens

UNLESS_REACH = 6  # tokens between a hit and the `unless` pattern that voids it
SHIELD_REACH = 12  # tokens that a shield covers on each side, where no sentence ends before
_UNLESS = "~"  # prefix of the keys of `unless` patterns
_STOP, _QUESTION, _OTHER = ".", "?", "·word"
_FIRST_LETTER = 0x4E00  # of the private alphabet: 20,000 characters that no regex syntax and no case folding touches
_LETTERS = 0x9FFF - _FIRST_LETTER


@dataclass(frozen=True, slots=True)
class Hit:
    """An indicator found in tokens [start, end); a derived hit without a place has start == end == 0."""

    id: str
    start: int
    end: int


class IndicatorMatcher:
    """Compiled once from the knowledge; `match` is a pure function of the tokens and facts.

    A literal pre-filter decides which patterns run: one of the anchor words must be in the text, and one of the first
    words of every other slot that must match.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._spelling = knowledge.spelling
        self._patterns: list[tuple[str, CompiledPattern]] = []
        self._by_anchor: dict[str, list[int]] = {}
        self._known: set[str] = {NUMBER}
        self._letters: dict[str, str] = {}
        self._runs: list[_Run] = []
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
        words = (_STOP, _QUESTION, _OTHER, *sorted(self._known))
        if len(words) > _LETTERS:
            raise KnowledgeError("indicators", "patterns", f"more than {_LETTERS} words")
        self._letters = {word: chr(_FIRST_LETTER + at) for at, word in enumerate(dict.fromkeys(words))}
        self._runs = [self._compile(key, pattern) for key, pattern in self._patterns]

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

    def _compile(self, key: str, pattern: CompiledPattern) -> "_Run":
        letters = self._letters
        inside = f"[^{letters[_STOP]}{letters[_QUESTION]}]"  # a gap never crosses the end of a sentence
        parts = []
        for slot in pattern.slots:
            if slot.gap:
                parts.append(f"{inside}{{0,{slot.gap}}}")
                continue
            spelt = sorted({"".join(letters[word] for word in run) for run in slot.alternatives}, key=lambda r: -len(r))
            single = [run for run in spelt if len(run) == 1]
            # The longest first, so that what is found at a place is the longest there.
            choices = [run for run in spelt if len(run) > 1] + ([f"[{''.join(sorted(single))}]"] if single else [])
            parts.append(f"(?:{'|'.join(choices)}){'?' if slot.optional else ''}")
        line = "".join(parts)
        required = tuple(frozenset(letters[word] for word in words) for words in pattern.required)
        return _Run(key, line, required)

    def words(self, tokens: Tokens) -> list[str]:
        """The tokens as patterns see them: canonical words, classes in place of mentions, `#` for numbers.

        Words that no pattern names become one placeholder.
        """
        words = []
        for word, label, stop in zip(tokens.words, tokens.labels, tokens.stops, strict=True):
            if stop:
                words.append(_QUESTION if "?" in word else _STOP)
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
        """Every pattern that matches, at every place the longest match: (key, first token, end)."""
        words = self.words(tokens)
        letters = self._letters
        text = "".join([letters.get(word) or letters[_OTHER] for word in words])
        present = frozenset(text)
        by_anchor = self._by_anchor
        candidates = sorted({at for word in by_anchor.keys() & set(words) for at in by_anchor[word]})
        for at in candidates:
            run = self._runs[at]
            for first_letters in run.required:
                if present.isdisjoint(first_letters):
                    break
            else:
                if run.once.search(text):
                    for match in run.everywhere.finditer(text):
                        yield run.key, match.start(1), match.end(1)


class _Run:
    """A pattern ready to run: `once` finds out whether it matches, `everywhere` also matches that overlap.

    Compiled when it is first a candidate: most of the thousands of patterns never are in the life of a process.
    """

    def __init__(self, key: str, line: str, required: tuple[frozenset[str], ...]) -> None:
        self.key = key
        self.required = required
        self._line = line

    @cached_property
    def once(self) -> re.Pattern[str]:
        """Finds any match."""
        return re.compile(self._line)

    @cached_property
    def everywhere(self) -> re.Pattern[str]:
        """Finds, as group 1, the match that begins at each place."""
        return re.compile(f"(?=({self._line}))")


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
