"""Sums of money and their ranges, before anyone asks what they are paid for."""

import math
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from detector.knowledge.schema import Knowledge
from detector.mentions.cues import Cues
from detector.mentions.lexicon import PayWords
from detector.mentions.mention import Claims
from detector.mentions.numbers import NUMBER, NumberWords, is_grouped, read_number
from detector.mentions.words import PhraseIndex, Words, one_of

BARE_MILLIONS = (1.0, 80.0)  # "gaji 12", "gapok 4,6": millions of rupiah
BARE_MINIMUM_IDR = 100_000.0  # "gaji 5.000.000" without Rp
_MAX_SYMBOL = 5
_RANGE_FACTOR = 20  # a range is at most this wide; "$900 - 25000 ..." are two things
_NUMBER = re.compile(b"00*+(?:[.,]00*+)*+")  # `NUMBER`, over `Words.kinds`
_NEXT = re.compile(r"[\s+-]{0,8}(?:([^\W\d_]+)|(\S))?")  # the word or sign behind a number
_RUN = re.compile(r"[^\W\d_]+")
_TAIL = re.compile(r",(?:-|--|00\b)|\.-")  # "Rp 5.000.000,-"
_ONLY_COUNT = re.compile(r"[ -]{0,2}([^\W\d_]+)")
_TIMES = re.compile(r"\s?[xX×]\s?")


class Amount(NamedTuple):  # made for every number, of which few are sums: cheaper than a frozen dataclass
    """A sum or range in `[start, end)`; `currency` is None where nothing names it.

    `sure`: money by its own form (currency sign, "juta"); otherwise only a wage or fee word or a period makes it money.
    `assumed_unit`: "gaji 12" was read as millions. `vague`: named without a number ("belasan juta").
    """

    start: int
    end: int
    min: float
    max: float
    currency: str | None
    sure: bool
    assumed_unit: bool = False
    vague: bool = False
    period: str | None = None


class _Part(NamedTuple):
    start: int
    end: int
    raw: str
    multiplier: float | None
    currency: str | None
    sure: bool

    def value(self, multiplier: float | None = None) -> float | None:
        return read_number(self.raw, multiplier or self.multiplier or 1)


class AmountReader:
    """Compiled once from the knowledge; `find` is a pure function of the text."""

    def __init__(self, knowledge: Knowledge, lists: PayWords, cues: Cues) -> None:
        self._lists = lists
        self._cues = cues
        self._words = NumberWords(lists)
        self._minimum_wage = knowledge.minimum_wage_idr_month
        self._multiplier = {word: float(m) for m, words in lists.multipliers.items() for word in words}
        symbols: dict[str, str] = {}
        for currency in knowledge.currencies:
            for symbol in (*currency.symbols, currency.code):
                symbols.setdefault(symbol.lower(), currency.code)
        for listed in (lists.aliases, lists.other_currencies):
            for code, spellings in listed.items():
                for symbol in spellings:
                    symbols.setdefault(symbol.lower(), code)
        self._symbol = symbols
        self._prefix = frozenset(s for s in symbols if len(s) <= _MAX_SYMBOL and s not in lists.suffix_only)
        self._prefix_sizes: dict[str, list[int]] = {}  # by the last character, descending
        for size, end in sorted({(len(symbol), symbol[-1]) for symbol in self._prefix}, reverse=True):
            self._prefix_sizes.setdefault(end, []).append(size)
        self._after = re.compile(
            rf"(?:[ ]{{0,2}}-?({one_of(self._multiplier)})(?:[ -]?an)?(?![^\W_]))?[+]?"
            rf"(?:[ ]{{0,2}}({one_of(symbols)})(?![^\W_]))?"
        )  # over the folded text, as the next one
        self._join = re.compile(rf"\s{{0,3}}(?:{one_of(lists.ranges)})\s{{0,3}}")
        openings = frozenset(self._openings())
        counted = lists.count_units | {"%"}
        self._follows = openings | counted
        self._counted = counted - openings  # what follows a number that is no sum, and nothing else
        self._word_multiplier = frozenset(self._multiplier) - {"k"}
        self._whole = PhraseIndex(
            [(phrase, (v.min, v.max)) for v in lists.vague for phrase in v.phrases]
            + [(word, (value, value)) for word, value in lists.whole_sums.items()]
        )
        self.firsts = self._whole.firsts | self._word_multiplier

    def _openings(self) -> Iterator[str]:
        """What may open a multiplier, a currency or the rest of a range behind a number."""
        lists = self._lists
        yield "×"
        yield from ("x" + word for word in ("", *lists.minimum_wage_words))
        for phrase in (*self._multiplier, *(word + "an" for word in self._multiplier), *self._symbol, *lists.ranges):
            run = _RUN.match(phrase)
            yield run.group() if run else phrase[0]
        # "5toRp7": nothing ends a word that joins a range.
        yield from (join + symbol for join in lists.ranges for symbol in self._prefix if join.isalpha())

    def find(self, words: Words, listed: Sequence[int], claims: Claims) -> Iterator[Amount]:
        """Every sum that nothing has claimed yet, in no particular order; overlaps are the caller's to drop.

        A number that nothing names and that is no likely sum of money is left out, for most numbers are such. `listed`
        are the places of all words that are in `firsts`, as in `PhraseIndex.find`.
        """
        yield from self._named(words, listed, claims)
        at = 0
        for match in _NUMBER.finditer(words.kinds):
            start, end = match.span()
            if start < at or not claims.free(start, end):
                continue
            amount = self._read(words, start, end)
            if amount is not None:
                at = amount.end
                yield amount

    def _read(self, words: Words, start: int, end: int) -> Amount | None:
        """The sum or range that begins with the number [start, end)."""
        text = words.text
        symbol, begin = self._symbol_before(text, start)
        if symbol is None:
            if _is_glued(text, start):
                return None
            follower = self._follower(words, end)
            if follower is None or follower in self._counted:
                counted = follower is not None and self._counts(text, end)
                return None if counted else self._bare(words, start, end)
        first = self._part(words, start, end, symbol, begin)
        return self._minimum(first, text) or self._range(first, words) or self._single(first, text)

    def _bare(self, words: Words, start: int, end: int) -> Amount | None:
        """The number [start, end) as a sum that nothing names: large, or small behind a word for wages ("gaji 12")."""
        raw = words.text[start:end]
        value = read_number(raw)
        if not value:
            return None
        if value < BARE_MINIMUM_IDR:
            small = value <= BARE_MILLIONS[1] and raw[0] != "0"
            if not (small and self._cues.wage_right_before(words, start)):
                return None
        return Amount(start, end, value, value, None, False)

    def _follower(self, words: Words, end: int) -> str | None:
        """The word or sign behind a number that ends at `end`, if it may belong to it, as few do."""
        match = _NEXT.match(words.folded, end)
        if match is None:
            return None
        word, sign = match.groups()
        if word is not None:
            return word if word in self._follows else None
        if sign == "," or sign == ".":
            return sign if words.text.startswith("-", match.end()) else None
        return sign if sign is not None and (sign in self._follows or sign.isdecimal()) else None

    def _part(self, words: Words, start: int, end: int, symbol: str | None, begin: int) -> _Part:
        """The number [start, end) with the currency before it, and the multiplier and currency behind it."""
        text, raw = words.text, words.text[start:end]
        after = self._after.match(words.folded, end)
        multiplier, currency, sure = None, None, False
        if symbol is not None:
            currency, sure = self._symbol[symbol], symbol not in self._lists.doubtful
        if after is not None and after.end() > end:
            if after.group(1):
                multiplier = self._multiplier[after.group(1)]
                sure = sure or after.group(1) not in self._lists.weak_multipliers
                end = after.end(1)
                if text[end : end + 3].lower() in ("-an", " an") or text[end : end + 2].lower() == "an":
                    end = words.folded.index("an", end) + 2
            if after.group(2) and symbol is None and not self._opens_next(text, after):
                currency = self._symbol[after.group(2)]
                sure = sure or after.group(2) not in self._lists.doubtful
                end = after.end(2)
        return _Part(begin, end, raw, multiplier, currency, sure)

    def _opens_next(self, text: str, after: "re.Match[str]") -> bool:
        """Whether the currency behind a number belongs to the next one ("4,5 juta, IDR 5 mio")."""
        apart = text[after.start(2) - 1] == " "
        follows = text[after.end(2) : after.end(2) + 2].lstrip(" .")[:1].isdigit()
        return apart and follows and after.group(2) in self._prefix

    def _symbol_before(self, text: str, start: int) -> tuple[str | None, int]:
        at = start
        while at > 0 and start - at < 3 and text[at - 1] in " .:":
            at -= 1
        for size in self._prefix_sizes.get(text[at - 1 : at].lower(), ()):
            symbol = text[at - size : at].lower() if size <= at else ""
            if symbol in self._prefix and not (symbol[0].isalpha() and at > size and text[at - size - 1].isalpha()):
                return symbol, at - size
        return None, start

    def _range(self, first: _Part, words: Words) -> Amount | None:
        text = words.text
        join = self._join.match(words.folded, first.end)
        match = join and NUMBER.search(text, join.end(), join.end() + 24)
        if not join or not match or ("\n" in text[first.end : match.start()]):
            return None
        symbol, begin = self._symbol_before(text, match.start())
        if begin != join.end() or (symbol is None and _is_glued(text, match.start())):
            return None
        second = self._part(words, *match.span(), symbol, begin)
        named = first.currency or second.currency or first.multiplier or second.multiplier or is_grouped(first.raw)
        if not named and (second.value() or math.inf) > BARE_MILLIONS[1]:
            return None
        if first.currency and second.currency and first.currency != second.currency:
            return None
        if second.multiplier is None and second.currency is None and self._counts(text, second.end):
            return None
        inherits = first.multiplier is None and second.multiplier and (first.value() or 0) < 1000
        low = first.value(second.multiplier if inherits else None)
        high = second.value()
        if low and high and high < low and first.multiplier and second.multiplier is None:
            high = second.value(first.multiplier)  # "5jt - 7"
        if not low or not high or not low <= high <= low * _RANGE_FACTOR:
            return None
        currency = first.currency or second.currency
        return self._made(first.start, second.end, low, high, currency, first.sure or second.sure, text)

    def _single(self, first: _Part, text: str) -> Amount | None:
        value = first.value()
        if not value:
            return None
        if first.currency is None and self._counts(text, first.end):
            return None
        return self._made(first.start, first.end, value, value, first.currency, first.sure, text)

    def _minimum(self, first: _Part, text: str) -> Amount | None:
        """A multiple of the minimum wage ("3x UMR")."""
        times = _TIMES.match(text, first.end)
        word = times and _ONLY_COUNT.match(text, times.end())
        factor = first.value()
        if not word or not factor or word.group(1).lower() not in self._lists.minimum_wage_words:
            return None
        value = factor * self._minimum_wage
        return Amount(first.start, word.end(), value, value, "IDR", True, period="month") if factor < 100 else None

    def _made(
        self, start: int, end: int, low: float, high: float, currency: str | None, sure: bool, text: str
    ) -> Amount:
        tail = _TAIL.match(text, end)
        return Amount(start, tail.end() if tail else end, low, high, currency, sure)

    def _counts(self, text: str, end: int) -> bool:
        """Whether a counted thing follows ("3 juta orang")."""
        word = _ONLY_COUNT.match(text, end)
        return (word is not None and word.group(1).lower() in self._lists.count_units) or text[end : end + 2].strip()[
            :1
        ] == "%"

    def _named(self, words: Words, listed: Sequence[int], claims: Claims) -> Iterator[Amount]:
        """Sums without a digit ("dua belas juta") and vague ones ("2 digit")."""
        text, lower = words.text, words.lower
        for (low, high), first, end in self._whole.find(words, listed):
            span = words.starts[first], words.ends[end - 1]
            if claims.free(*span) and not self._counts(text, span[1]):
                yield self._with_currency(Amount(*span, low, high, None, low == high, vague=low != high), words)
        for at in listed:
            word = lower[at]
            if word not in self._word_multiplier or not at or lower[at - 1] not in self._words:
                continue
            first = at
            while first > 0 and at - first < 6 and lower[first - 1] in self._words:
                first -= 1
            value = self._words.value(lower[first:at])
            gap_free = "\n" not in text[words.starts[first] : words.ends[at]]
            if value and gap_free and not self._counts(text, words.ends[at]):
                total = value * self._multiplier[word]
                span = words.starts[first], words.ends[at]
                sure = word not in self._lists.weak_multipliers
                yield self._with_currency(Amount(*span, total, total, None, sure), words)

    def _with_currency(self, amount: Amount, words: Words) -> Amount:
        after = self._after.match(words.folded, amount.end)
        if after is None or not after.group(2):
            return amount
        return amount._replace(end=after.end(2), currency=self._symbol[after.group(2)], sure=True)


def _is_glued(text: str, start: int) -> bool:
    """Whether a number is part of a word or code: "A4", "w10"."""
    return start > 0 and (text[start - 1].isalpha() or text[start - 1] in "_#@")
