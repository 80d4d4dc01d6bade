"""Demands on age and looks."""

import re
from collections.abc import Iterable, Iterator, Sequence

from detector.mentions.lexicon import AgeWords, LooksWords
from detector.mentions.mention import Mention
from detector.mentions.words import PhraseIndex, Words, matches_at, one_of

_AGES = range(14, 71)
_HEIGHTS = range(140, 201)
_LAST_WORD = re.compile(r"([^\W\d_]+)[ :.,()/–-]{0,3}$")
_CLAUSE = re.compile(r"[,;\n]")
_BACK = 28
_TWO_DIGITS = re.compile(b"00(?<!000)(?!0)")  # these two over `Words.kinds`
_THREE_DIGITS = re.compile(b"000(?<!0000)(?!0)")
_RUN = re.compile(r"[^\W_]+")
# What may stand between and behind the words of a limit: signs, "dari", the space before a unit and the end of one.
_LIMIT_GAPS, _UNIT_GAPS = 20, 3


def _any(phrases: Iterable[str]) -> str:
    return one_of(phrases, lambda phrase: re.escape(phrase).replace(r"\ ", r"\s"))


class DemandExtractor:
    """Compiled once from the word lists; methods are pure functions of the text.

    Every age is a number of two digits and every height one of three. They are found first, among the kinds of
    characters, so that the patterns run only where such a number is.
    """

    def __init__(self, ages: AgeWords, looks: LooksWords) -> None:
        self._ages = ages
        limits = ages.maxima | ages.minima | ages.maxima_after_cue
        # These three match over the folded text (see `Words`).
        self._range = re.compile(
            rf"(?<![\d.,/\-+$])(\d{{2}})\s?(?:{_any(ages.joins)})\s?(\d{{2}})"
            rf"(?![\d.,]?\d|[%/]|\s?(?:jt|juta|rb|k)\b)(?:\s?({_any(ages.units)})(?![^\W_]))?"
        )
        self._limit = re.compile(
            rf"(?<![^\W_])(?:({_any(ages.cues)})(?![^\W_])[\s:.=,]{{0,3}})?(?:di\s|dari\s)?({_any(limits)})(?![^\W_])"
            rf"[\s.:]{{0,3}}(?:dari\s)?(?:({_any(ages.cues)})\s)?(\d{{2}})(?![\d.,]?\d|[%/-])"
            rf"(?:\s?({_any(ages.units)})(?![^\W_]))?"
        )
        self._open = re.compile(
            rf"(?<![\d.,/\-])(\d{{2}})(?:\s?(?:{_any(ages.units)}))?\s?"
            rf"(?:({_any(ages.or_less)})|({_any(ages.or_more)})|(\+))(?![^\W_])"
        )
        self._limit_ends = frozenset(_RUN.findall(limit)[-1] for limit in limits)
        self._between = ages.cues | {"dari"}
        self._before_limit = 2 * max(map(len, ages.cues)) + max(map(len, limits)) + _LIMIT_GAPS
        self._behind_limit = 2 + max(map(len, ages.units)) + _UNIT_GAPS
        self._word = re.compile(r"[^\W\d_]+")
        self._looks = PhraseIndex([(phrase, term) for term, phrases in looks.terms.items() for phrase in phrases])
        self._height_words = looks.height_words
        self._height = re.compile(
            rf"(?<![^\W_])(?:{_any(looks.height_words)})(?![^\W_])"
            rf"(?:[\s:.,/]{{1,3}}(?:{_any(looks.height_fillers)})(?![^\W_])){{0,3}}[\s:.,/]{{0,3}}(\d{{3}})(?!\d)"
        )
        self.firsts = self._looks.firsts | looks.height_words

    def ages(self, words: Words) -> Iterator[Mention]:
        """Age limits; `value` "18-35", "-35" or "18-", `detail`: min, max. A mere age ("saya 34 tahun") is none."""
        numbers = [match.start() for match in _TWO_DIGITS.finditer(words.kinds)]
        if not numbers:
            return
        text = words.text
        for match in matches_at(self._range, words.folded, numbers):
            low, high = int(match.group(1)), int(match.group(2))
            if low < high and self._is_age_range(text, match, low, high):
                yield self._age(match.start(), match.end(), low, high)
        for match in self._limits(words, numbers):
            cue, bound, age = match.group(1), match.group(2), int(match.group(4))
            most = bound not in self._ages.minima
            unit_or_noun = match.group(3) or match.group(5)
            named = cue or (unit_or_noun and bound not in self._ages.maxima_after_cue)
            if age in _AGES and named and (cue or not self._is_term(text, match.start())):
                yield self._age(match.start(), match.end(), None if most else age, age if most else None)
        for match in matches_at(self._open, words.folded, numbers):
            age = int(match.group(1))
            plain_plus = match.group(4) is not None
            if age in _AGES and (not plain_plus or self._cue_before(text, match.start())):
                less = match.group(2) is not None
                yield self._age(match.start(), match.end(), None if less else age, age if less else None)

    def looks(self, words: Words, listed: Sequence[int]) -> Iterator[Mention]:
        """Demands on looks; `value` the canonical term, or "tinggi 160" for a height in centimetres.

        `listed` are the places of all words that are in `firsts`, as in `PhraseIndex.find`.
        """
        for term, first, end in self._looks.find(words, listed):
            yield Mention("looks", term, words.starts[first], words.ends[end - 1])
        for match in self._heights(words, listed):
            if int(match.group(1)) in _HEIGHTS:
                yield Mention("looks", f"tinggi {match.group(1)}", *match.span())

    def _heights(self, words: Words, listed: Sequence[int]) -> Iterator["re.Match[str]"]:
        """Every match of `_height`; it begins with the word for a height."""
        if not _THREE_DIGITS.search(words.kinds):
            return
        if not words.whole and not self._height_words.isdisjoint(words.odd_runs()):
            yield from self._height.finditer(words.folded)
            return
        places = [words.starts[at] for at in listed if words.lower[at] in self._height_words]
        yield from matches_at(self._height, words.folded, places)

    def _limits(self, words: Words, numbers: Sequence[int]) -> Iterator["re.Match[str]"]:
        """What `finditer` gives for `_limit`, whose last word stands before a number, with a cue and "dari" between."""
        done = 0
        for number in numbers:
            if number < done or not (number and (words.kinds[number - 1] in b" \n." or words.text[number - 1] == ":")):
                continue
            if words.whole:
                at = words.at(number)
                nearest = words.lower[max(0, at - 3) : at]
                while nearest and nearest[-1] in self._between:
                    nearest.pop()
                if not nearest or nearest[-1] not in self._limit_ends:
                    continue
            begin, end = max(done, number - self._before_limit), number + self._behind_limit
            match = self._limit.search(words.folded, begin, end)
            if match is not None and match.start(4) == number:
                done = match.end()
                yield match

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
