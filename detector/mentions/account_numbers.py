"""The digits of an account: where its number begins and ends in a run of digits, spaces and dashes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from detector.knowledge.schema import Provider
from detector.mentions.numbers import is_grouped

Number = tuple[str, int, int]  # digits as they are written in a value, start and end in the text

_RUN = re.compile(r"(?<![0-9])\+?[0-9](?:[ .\-–]{0,3}[0-9])*+")
_GROUP = re.compile(r"[0-9]+")
_DATE = re.compile(r"(?:0?[1-9]|[12]\d|3[01])([-.])(?:0?[1-9]|1[0-2])\1(?:19|20)?\d\d(?![-.]?\d)")
_DATE_GROUPS = 3
_MASK = re.compile(r"[ \-]?(?:[xX]{2}|\*{3})|[xX](?![^\W_])")  # but "*1234567890*" is bold in chats
_MONEY_AFTER = re.compile(r"[ ]?(?:juta|jt|ribu|rb|k|ratus|perak)(?![^\W_])|,(?:-|\d{1,2}(?!\d))", re.IGNORECASE)
_HOME_MOBILE = re.compile(r"(?:\+?62|0)(8\d{8,11})")
_MALAYSIAN_MOBILE = re.compile(r"(?:\+?60|0)(1\d{8,9})")
_LANDLINE = re.compile(r"0[2-7]\d{1,2}(?!\d)")
_SHORT = 3
_FEWEST, _MOST = 9, 18  # digits of an account at an unknown bank


@dataclass(frozen=True, slots=True)
class Digits:
    """A run of digits in `text[start:end]`, cut into groups: (digits, start, end) each."""

    text: str
    start: int
    end: int
    groups: tuple[tuple[str, int, int], ...]

    @classmethod
    def runs(cls, text: str) -> Iterator["Digits"]:
        """The runs of a text in order; dates are cut off in front and behind."""
        for match in _RUN.finditer(text):
            groups = [(m.group(), m.start(), m.end()) for m in _GROUP.finditer(text, *match.span())]
            # "BNI46 1234567890": the digits of the name are none of the number's.
            first = int(len(groups[0][0]) < _SHORT and match.start() > 0 and text[match.start() - 1].isalpha())
            while first < len(groups) and _DATE.match(text, groups[first][1], match.end()):
                first += _DATE_GROUPS
            last = min(first + 1, len(groups))
            while last < len(groups) and not _dated(text, groups[last - 1][2], groups[last][1], match.end()):
                last += 1
            kept = groups[first:last]
            if kept:
                start = match.start() if first == 0 else kept[0][1]
                yield cls(text, start, kept[-1][2], tuple(kept))

    @property
    def count(self) -> int:
        """How many digits the run holds."""
        return sum(len(group[0]) for group in self.groups)

    def joined(self, first: int, end: int) -> str:
        """The digits of groups [first, end)."""
        return "".join(group[0] for group in self.groups[first:end])

    def parted(self, at: int) -> bool:
        """Whether a number can end before group `at`: a space stands there, or nothing follows."""
        return at >= len(self.groups) or " " in self.text[self.groups[at - 1][2] : self.groups[at][1]]


def account_digits(run: Digits, bank: Provider | None, *, account: bool, paid: bool) -> Number | None:
    """The number of an account within a run, or None.

    `account`: a word for an account stands beside it; `paid`: a word of payment or a holder does. Without the first, a
    number must be as long as the bank's are; without either, it must not look like the phone of a branch.
    """
    run = _without_sum(run)
    if _is_money(run) or _MASK.match(run.text, run.end):
        return None
    exact = _of_length(run, bank) if bank is not None else None
    first, end = exact or (0, _whole(run) if account else 0)
    digits = run.joined(first, end)
    if not digits or len(set(digits)) == 1 or (exact is None and not _FEWEST <= len(digits) <= _MOST):
        return None
    signed = run.text[run.start] == "+"
    phone = signed or _HOME_MOBILE.fullmatch(digits) is not None
    if phone and (signed or not account or exact is None):
        return None
    if not account and not paid and _LANDLINE.match(run.text, run.groups[first][1]):
        return None
    return digits, run.groups[first][1], run.groups[end - 1][2]


def phone_digits(run: Digits, country: str) -> Number | None:
    """The phone that a wallet's account is, in E.164, or None."""
    pattern, code = (_MALAYSIAN_MOBILE, "+60") if country == "MY" else (_HOME_MOBILE, "+62")
    if _MASK.match(run.text, run.end):
        return None
    for end in range(min(len(run.groups), _MOST), 0, -1):
        match = pattern.fullmatch(run.joined(0, end)) if run.parted(end) else None
        if match is not None and len(set(match.group(1))) > 1:
            return code + match.group(1), run.start, run.groups[end - 1][2]
    return None


def _dated(text: str, left: int, start: int, end: int) -> bool:
    """Whether a space and a date stand between a group that ends at `left` and the end of the run."""
    return " " in text[left:start] and _DATE.match(text, start, end) is not None


def _of_length(run: Digits, bank: Provider) -> tuple[int, int] | None:
    """Groups [first, end) that hold as many digits as the bank's numbers do; its own code in front is left out."""
    coded = bank.code is not None and run.groups[0][0] == bank.code and len(run.groups) > 1
    for first in (1, 0) if coded else (0,):
        if len(run.groups[first][0]) in bank.digits and run.parted(first + 1):
            return first, first + 1
        fitting = [
            end
            for end in range(first + 1, min(len(run.groups), first + _MOST) + 1)
            if len(run.joined(first, end)) in bank.digits and run.parted(end)
        ]
        if fitting:
            return first, fitting[-1]
    return None


def _whole(run: Digits) -> int:
    """End of the number of unknown length at the start of a run: a group that is long enough stands for itself."""
    if len(run.groups[0][0]) >= _FEWEST and run.parted(1):
        return 1
    end = 0
    while end < len(run.groups) and len(run.joined(0, end + 1)) <= _MOST:
        if end and len(run.groups[end][0]) >= _FEWEST:
            break
        end += 1
    return end if run.parted(end) else 0


def _without_sum(run: Digits) -> Digits:
    """A run without the sum at its end ("1234567890 500rb")."""
    last = len(run.groups) - 1
    if not last or not run.parted(last) or _MONEY_AFTER.match(run.text, run.end) is None:
        return run
    return Digits(run.text, run.start, run.groups[last - 1][2], run.groups[:last])


def _is_money(run: Digits) -> bool:
    """Whether a run is written as a sum: thousands groups with dots, or a word or a decimal comma behind it."""
    return is_grouped(run.text[run.start : run.end]) or _MONEY_AFTER.match(run.text, run.end) is not None
