"""Numbers as ads write them: Indonesian and English separators, and number words."""

import re
from collections.abc import Sequence
from functools import lru_cache

from detector.mentions.lexicon import PayWords

NUMBER = re.compile(r"\d+(?:[.,]\d+)*+")
_GROUPED = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*+")
_MAX_DIGITS = 15
_DECIMAL_FROM = 1_000_000  # with such a multiplier, "1.250 juta" is 1.25 million


def read_number(raw: str, multiplier: float = 1) -> float | None:
    """The value of `raw` ("3.500", "3,500", "1.500,50", "4,5"), times `multiplier`; None where it is no number.

    Three digits behind a single separator are a thousands group, unless a multiplier of a million follows.
    """
    return None if len(raw) > _MAX_DIGITS + 5 else _read_number(raw, multiplier)


@lru_cache(maxsize=4096, typed=True)  # a whole number stays one
def _read_number(raw: str, multiplier: float) -> float | None:
    if raw.isdecimal():
        return int(raw) * multiplier
    if _GROUPED.fullmatch(raw) and not raw.startswith("0"):
        whole = int(raw.replace(".", "").replace(",", ""))
        groups = raw.count(".") + raw.count(",")
        return whole / 1000 * multiplier if groups == 1 and multiplier >= _DECIMAL_FROM else whole * multiplier
    at = max(raw.rfind("."), raw.rfind(","))
    head, tail = raw[:at], raw[at + 1 :]
    if len(tail) > 2 and head != "0":
        return None
    if head.isdecimal() or (_GROUPED.fullmatch(head) and raw[at] not in head):
        return float(f"{head.replace('.', '').replace(',', '')}.{tail}") * multiplier
    return None


def is_grouped(raw: str) -> bool:
    """Whether the number is written with thousands groups, as money is."""
    return _GROUPED.fullmatch(raw) is not None and not raw.startswith("0")


class NumberWords:
    """Number words before a multiplier ("dua belas" juta, "lima ratus" ribu)."""

    def __init__(self, lists: PayWords) -> None:
        self._lists = lists
        self._all = frozenset(lists.number_words) | lists.number_tens | lists.number_hundreds | lists.number_teens

    def __contains__(self, word: object) -> bool:
        return word in self._all

    def value(self, words: Sequence[str]) -> float | None:
        """The value of number words in reading order; None where they are no number."""
        lists, total, last = self._lists, 0.0, 0.0
        for word in words:
            if word in lists.number_tens:
                last *= 10
            elif word in lists.number_hundreds:
                last *= 100
            elif word in lists.number_teens:
                last += 10
            elif word in lists.number_words:
                total += last
                last = lists.number_words[word]
            else:
                return None
        return total + last or None
