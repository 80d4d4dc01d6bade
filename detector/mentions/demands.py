"""Demands on age and looks."""

import re
from collections.abc import Iterator

from detector.mentions.lexicon import AgeWords, LooksWords
from detector.mentions.mention import Mention
from detector.mentions.words import PhraseIndex, Words

_AGES = range(14, 71)
_HEIGHTS = range(140, 201)
_LAST_WORD = re.compile(r"([^\W\d_]+)[ :.,()/–-]{0,3}$")
_CLAUSE = re.compile(r"[,;\n]")
_BACK = 28


def _any(words: frozenset[str] | tuple[str, ...]) -> str:
    return "|".join(re.escape(word).replace(r"\ ", r"\s") for word in sorted(words, key=lambda w: (-len(w), w)))


class DemandExtractor:
    """Compiled once from the word lists; methods are pure functions of the text."""

    def __init__(self, ages: AgeWords, looks: LooksWords) -> None:
        self._ages = ages
        limits = _any(ages.maxima | ages.minima | ages.maxima_after_cue)
        self._range = re.compile(
            rf"(?<![\d.,/\-+$])(\d{{2}})\s?(?:{_any(ages.joins)})\s?(\d{{2}})"
            rf"(?![\d.,]?\d|[%/]|\s?(?:jt|juta|rb|k)\b)(?:\s?({_any(ages.units)})(?![^\W_]))?",
            re.IGNORECASE,
        )
        self._limit = re.compile(
            rf"(?<![^\W_])(?:({_any(ages.cues)})(?![^\W_])[\s:.=,]{{0,3}})?(?:di\s|dari\s)?({limits})(?![^\W_])[\s.:]{{0,3}}"
            rf"(?:dari\s)?(?:({_any(ages.cues)})\s)?(\d{{2}})(?![\d.,]?\d|[%/-])(?:\s?({_any(ages.units)})(?![^\W_]))?",
            re.IGNORECASE,
        )
        self._open = re.compile(
            rf"(?<![\d.,/\-])(\d{{2}})(?:\s?(?:{_any(ages.units)}))?\s?"
            rf"(?:({_any(ages.or_less)})|({_any(ages.or_more)})|(\+))(?![^\W_])",
            re.IGNORECASE,
        )
        self._word = re.compile(r"[^\W\d_]+")
        self._looks = PhraseIndex([(phrase, term) for term, phrases in looks.terms.items() for phrase in phrases])
        self._height = re.compile(
            rf"(?<![^\W_])(?:{_any(looks.height_words)})(?![^\W_])"
            rf"(?:[\s:.,/]{{1,3}}(?:{_any(looks.height_fillers)})(?![^\W_])){{0,3}}[\s:.,/]{{0,3}}(\d{{3}})(?!\d)",
            re.IGNORECASE,
        )

    def ages(self, text: str) -> Iterator[Mention]:
        """Age limits; `value` "18-35", "-35" or "18-", `detail`: min, max. A mere age ("saya 34 tahun") is none."""
        for match in self._range.finditer(text):
            low, high = int(match.group(1)), int(match.group(2))
            if low < high and self._is_age_range(text, match, low, high):
                yield self._age(match.start(), match.end(), low, high)
        for match in self._limit.finditer(text):
            cue, bound, age = match.group(1), match.group(2).lower(), int(match.group(4))
            most = bound not in self._ages.minima
            unit_or_noun = match.group(3) or match.group(5)
            named = cue or (unit_or_noun and bound not in self._ages.maxima_after_cue)
            if age in _AGES and named and (cue or not self._is_term(text, match.start())):
                yield self._age(match.start(), match.end(), None if most else age, age if most else None)
        for match in self._open.finditer(text):
            age = int(match.group(1))
            plain_plus = match.group(4) is not None
            if age in _AGES and (not plain_plus or self._cue_before(text, match.start())):
                less = match.group(2) is not None
                yield self._age(match.start(), match.end(), None if less else age, age if less else None)

    def looks(self, words: Words) -> Iterator[Mention]:
        """Demands on looks; `value` the canonical term, or "tinggi 160" for a height in centimetres."""
        for term, first, end in self._looks.find(words):
            yield Mention("looks", term, words.starts[first], words.ends[end - 1])
        for match in self._height.finditer(words.text):
            if int(match.group(1)) in _HEIGHTS:
                yield Mention("looks", f"tinggi {match.group(1)}", *match.span())

    def _is_age_range(self, text: str, match: "re.Match[str]", low: int, high: int) -> bool:
        if low not in _AGES or high not in _AGES:
            return False
        if self._cue_before(text, match.start()):
            return True
        if match.group(3) is not None:
            return not self._is_term(text, match.start())
        before = text[max(0, match.start() - _BACK) : match.start()]
        last = _LAST_WORD.search(before)
        return last is not None and last.group(1).lower() in self._ages.genders

    def _cue_before(self, text: str, start: int) -> bool:
        words = self._word.findall(text[max(0, start - _BACK) : start].rpartition("\n")[2])
        return any(word.lower() in self._ages.cues for word in words[-3:])

    def _is_term(self, text: str, start: int) -> bool:
        """Whether the years before `start` are years of prison, contract or experience."""
        clause = _CLAUSE.split(text[max(0, start - _BACK) : start])[-1]
        words = self._word.findall(clause)
        return any(word.lower() in self._ages.not_after for word in words[-3:])

    def _age(self, start: int, end: int, low: int | None, high: int | None) -> Mention:
        value = f"{'' if low is None else low}-{'' if high is None else high}"
        return Mention("age", value, start, end, {"min": low, "max": high})
