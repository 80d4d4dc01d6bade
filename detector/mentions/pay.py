"""Pay: what a sum is for (wage, fee or neither), for which period, and what that is in rupiah a month."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from detector.knowledge.schema import Knowledge
from detector.mentions.amounts import BARE_MILLIONS, BARE_MINIMUM_IDR, Amount, AmountReader
from detector.mentions.cues import Cues
from detector.mentions.lexicon import PayWords
from detector.mentions.mention import Claims, Mention
from detector.mentions.numbers import NUMBER, is_grouped
from detector.mentions.words import Words, one_of

# One month, in each period; 173 hours as overtime rules count (Kepmenaker 102/2004), 25 days.
MONTH_FACTORS: Mapping[str, float] = MappingProxyType(
    {"hour": 173, "day": 25, "week": 4.33, "month": 1, "year": 1 / 12}
)
# Without a period, a sum in this range (rupiah) is read as a month's pay; less may be a day's, more is no pay.
MONTHLY_IDR = (900_000.0, 120_000_000.0)
UNKNOWN_CURRENCY = "XXX"  # ISO 4217: no currency
_BEFORE_REACH = 24
_NO_DIGITS = r"[^\d\n,.;]"
_RUN = re.compile(r"[^\W_]+")


class PayExtractor:
    """Compiled once from the knowledge; `extract` is a pure function of the text."""

    def __init__(self, knowledge: Knowledge, lists: PayWords) -> None:
        self._lists = lists
        self._cues = Cues(lists)
        self._amounts = AmountReader(knowledge, lists, self._cues)
        self.firsts = self._amounts.firsts
        self._idr = {currency.code: currency.idr for currency in knowledge.currencies} | {"IDR": 1.0}
        named = {_key(p): period for period, phrases in lists.periods.items() for p in phrases}
        self._period = named | {_key(p): "" for p in lists.day_or_hour}
        periods = [period for listed in (*lists.periods.values(), lists.day_or_hour) for period in listed]
        phrases, monthly = one_of(periods, _pattern), one_of(lists.periods["month"], _pattern)
        fillers = one_of(lists.fillers)
        self._after = re.compile(
            rf"[\s(+,]{{0,3}}(?:(?:{fillers})[\s+]{{1,2}}){{0,2}}(?:({phrases})(?![^\W_])|(?:/|per\s)\s?([^\W\d_]+))"
        )  # over the folded text, as the next one
        self._before = re.compile(rf"(?<![^\W_])({phrases})(?![^\W_]){_NO_DIGITS}{{0,12}}$")
        self._period_firsts = frozenset(run.group() for p in periods if (run := _RUN.search(p)))
        self._bare_next = re.compile(rf"\s{{0,2}}(?:$|[\n+,.;()&]|(?:{fillers})(?![^\W_])|{monthly})", re.IGNORECASE)

    def extract(self, words: Words, listed: Sequence[int], claims: Claims) -> list[Mention]:
        """Pay mentions; `value` like "IDR 12000000-15000000/month".

        `detail`: currency, min, max, period (hour, day, week, month, year, task, once, unknown), assumed_period,
        idr_month_min, idr_month_max (None where the currency has no rate or the period is no time), role (wage, fee,
        amount), vague, assumed_unit. `listed` are the places of all words that are in `firsts`, as in
        `PhraseIndex.find`.
        """
        found: list[Mention] = []
        for amount in self._amounts.find(words, listed, claims):
            mention = self._mention(amount, words)
            if mention is not None and claims.free(mention.start, mention.end):
                claims.take(mention.start, mention.end)
                found.append(mention)
        return found

    def _mention(self, amount: Amount, words: Words) -> Mention | None:
        text = words.text
        if not amount.sure and not self._could_be_money(amount, words):
            return None
        role, adjacent = self._cues.role(words, amount.start, amount.end)
        period = amount.period or self._named_period(amount, words.folded)
        if amount.vague and role is None and period is None and amount.currency is None:
            return None
        if not amount.sure and amount.currency is None:
            completed = self._completed(amount, text, role, adjacent, period)
            if completed is None:
                return None
            amount = completed
        elif not amount.sure and role is None and period is None:
            return None
        currency = amount.currency or "IDR"
        if currency == "IDR" and amount.max < 1000 and role == "wage" and amount.min >= 1:
            amount = amount._replace(min=amount.min * 1e6, max=amount.max * 1e6, assumed_unit=True)
        if role is None and period in MONTH_FACTORS:
            role = "wage"
        return self._made(amount, currency, role or "amount", period)

    def _could_be_money(self, amount: Amount, words: Words) -> bool:
        """A cheap look before the costly one, by the rules of `_completed`: most numbers of a text are no money."""
        if amount.currency is not None or amount.vague or amount.max >= BARE_MINIMUM_IDR:
            return True
        if words.text[amount.end - 1].isalpha():
            return True
        return amount.max <= BARE_MILLIONS[1] and self._cues.wage_right_before(words, amount.start)

    def _completed(
        self, amount: Amount, text: str, role: str | None, adjacent: bool, period: str | None
    ) -> Amount | None:
        """A bare number ("gaji 5.000.000", "gaji 12 bersih", "24k per month") as money, or None."""
        raw = text[amount.start : amount.end]
        number = NUMBER.match(raw)
        grouped = number is not None and is_grouped(number.group())
        if amount.vague:
            return amount if role or period in MONTH_FACTORS else None
        if raw[-1].isalpha():  # "24k per month"
            unknown = amount.max < self._lists.weak_minimum_idr and period in (None, "month", "year")
            named = amount._replace(currency=UNKNOWN_CURRENCY if unknown else "IDR")
            return named if role or period in MONTH_FACTORS else None
        if role and amount.min >= BARE_MINIMUM_IDR and (grouped or adjacent or period):
            return amount._replace(currency="IDR")
        low, high = BARE_MILLIONS
        millions = role == "wage" and adjacent and low < amount.min <= amount.max <= high and raw[0] != "0"
        if millions and ("," in raw or self._bare_next.match(text, amount.end)):
            return amount._replace(min=amount.min * 1e6, max=amount.max * 1e6, currency="IDR", assumed_unit=True)
        return None

    def _named_period(self, amount: Amount, folded: str) -> str | None:
        after = self._after.match(folded, amount.end)
        if after is not None:
            if after.group(2):
                return "task"
            return self._resolve(after.group(1), amount)
        reach = folded[max(0, amount.start - _BEFORE_REACH) : amount.start]
        before = None if self._period_firsts.isdisjoint(_RUN.findall(reach)) else self._before.search(reach)
        return self._resolve(before.group(1), amount) if before else None

    def _resolve(self, phrase: str, amount: Amount) -> str:
        period = self._period[_key(phrase)]
        return period or ("day" if amount.currency in (None, "IDR") else "hour")

    def _made(self, amount: Amount, currency: str, role: str, period: str | None) -> Mention:
        assumed = period is None
        rate = self._idr.get(currency)
        if period is None:
            in_range = rate is not None and MONTHLY_IDR[0] <= amount.max * rate <= MONTHLY_IDR[1]
            period = "once" if role == "fee" else "month" if in_range else "unknown"
        factor = MONTH_FACTORS.get(period)
        converts = rate is not None and factor is not None and role != "fee"
        low = _plain(amount.min)
        high = low if amount.max == amount.min else _plain(amount.max)
        detail = {
            "currency": currency,
            "min": amount.min,
            "max": amount.max,
            "period": period,
            "assumed_period": assumed,
            "idr_month_min": amount.min * rate * factor if converts and rate and factor else None,
            "idr_month_max": amount.max * rate * factor if converts and rate and factor else None,
            "role": role,
            "vague": amount.vague,
            "assumed_unit": amount.assumed_unit,
        }
        span = low if low == high else f"{low}-{high}"
        return Mention("pay", f"{currency} {span}/{period}", amount.start, amount.end, detail)


def _plain(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _key(phrase: str) -> str:
    return "".join(phrase.lower().split())


def _pattern(phrase: str) -> str:
    return re.escape(phrase).replace(r"\ ", r"\s{1,2}").replace("/", r"/\s?")
