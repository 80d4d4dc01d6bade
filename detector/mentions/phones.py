"""Phone numbers: Indonesian and foreign, spaced, masked, with letters for digits, or inside a WhatsApp link."""

import re
from collections.abc import Iterator
from functools import lru_cache

import phonenumbers

from detector.mentions.lexicon import Domains
from detector.mentions.links import Link
from detector.mentions.mention import Claims, Mention

# One atom of a number: a digit, a mask, or a letter that stands for a digit and is not the start of a word.
_ATOM = r"(?:[0-9]|[oOlI](?=[\d\W_oOlI]|$)|[xX](?=[\dxX\W_]|$)|\*(?=\*)|(?<=[\d*])\*)"
# From its first digit: a set in front makes the search six times as fast. `_candidate` adds the signs before it.
_CANDIDATE = re.compile(
    rf"[0689oO](?<![0-9].)(?:(?<=[0689])|(?<=[oO])(?=[ -]?8))(?:[ \t().\-–—]{{0,3}}{_ATOM}){{6,17}}(?![^\W_])"
)
_PREFIX_ONLY = re.compile(r"\+(\d{2,3})(?![\d.,%]|[ \-]?\d)")
_GROUP = re.compile(r"[0-9oOlIxX*]+")
_DATE_OR_TIME = re.compile(
    r"\d{1,2}([-/.])\d{1,2}\1\d{2,4}(?!\d)|\d{1,2}[.:]\d{2}(?![\d.\-]?\d)|\d{1,2}[.:]\d{2}\s?[-–]\s?\d{1,2}[.:]\d{2}"
)
_DIGITS = frozenset("0123456789")
_LETTERS = str.maketrans({"o": "0", "O": "0", "l": "1", "I": "1", "X": "x", "*": "x"})
_LAST_WORD = re.compile(r"([^\W\d_]+)[^\w\n]{0,6}$")
_WORD = re.compile(r"[^\W_]+")
_LINK_NUMBER = re.compile(r"/\+?(\d{8,15})(?:[/?#]|$)|[?&]phone=(?:\+|%2B)?(\d{8,15})", re.IGNORECASE)
_HOME = "ID"
_HOME_CODE = "62"
# Malaysian mobiles begin 01x, unused in Indonesia; landlines there set off a two-digit area code ("03-2610 0000").
_MALAYSIAN = re.compile(r"\(?(?:01\d|0[3-79]\)?[- ]{1,3}\d{3})")
_MALAYSIA_CODE = "60"
_MAX_HOME, _MAX_ANY = 13, 15  # digits: national with its zero; E.164
_MIN_DIGITS, _MIN_MASKED = 9, 8
_ACCOUNT_REACH, _ACCOUNT_WORDS = 40, 5


@lru_cache(maxsize=4096)
def _region(code: str) -> str | None:
    """Main country of a calling code."""
    region = phonenumbers.region_code_for_country_code(int(code))
    return None if region in ("ZZ", "001") else str(region)


@lru_cache(maxsize=4096)
def _read_foreign(digits: str) -> tuple[str, str | None, str] | None:
    """(E.164, country, kind) of an international number without its plus, None where no country has such numbers."""
    try:
        number = phonenumbers.parse("+" + digits, None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    kinds = {phonenumbers.PhoneNumberType.MOBILE: "mobile", phonenumbers.PhoneNumberType.FIXED_LINE: "fixed"}
    kind = kinds.get(phonenumbers.number_type(number), "unknown")
    value = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return value, _region(str(number.country_code)), kind


def _candidate(text: str, at: int) -> tuple[int, int] | None:
    """The span of the first candidate in `text[at:]`, with up to two signs "+" and "(" that stand before its digits."""
    match = _CANDIDATE.search(text, at)
    if match is None:
        return None
    first = match.start()
    for start in range(max(at, first - 2), first):
        if text[start:first].strip("+(") == "" and not (start and text[start - 1] in _DIGITS):
            return start, match.end()
    return first, match.end()


def _next_start(text: str, start: int, end: int) -> int:
    """Where to look on behind a candidate that is no phone: behind its first group, or all if all are single."""
    groups = [match.span() for match in _GROUP.finditer(text, start, end)]
    return end if all(b - a == 1 for a, b in groups) else groups[0][1]


class PhoneExtractor:
    """Compiled once from the word lists; methods are pure functions of the text."""

    def __init__(self, lists: Domains) -> None:
        self._phone_words = lists.phone_words
        self._account_words = lists.account_words
        self._link_hosts = lists.phone_link_hosts
        self._stops = lists.number_stops

    def from_link(self, link: Link) -> Mention | None:
        """A link that opens a chat with one number as a phone, else None."""
        if link.host not in self._link_hosts:
            return None
        match = _LINK_NUMBER.search(link.path)
        if match is None:
            return None
        digits = match.group(1) or match.group(2)
        return self._made(digits if digits[0] != "0" else _HOME_CODE + digits[1:], link.start, link.end, "link")

    def extract(self, text: str, claims: Claims) -> Iterator[Mention]:
        """Phones; `value` E.164, where masked digits stay x.

        `detail`: country (ISO code or None), kind (mobile, fixed, unknown), via (number, link), masked.
        """
        at = 0
        while (span := _candidate(text, at)) is not None:
            start, end = span
            dated = _DATE_OR_TIME.match(text, start)
            if dated is not None:
                at = dated.end()
                continue
            mention = self._read(text, start, end) if claims.free(start, end) else None
            if mention is None:
                at = _next_start(text, start, end)
                continue
            claims.take(mention.start, mention.end)
            yield mention
            at = mention.end
        if "+" in text:
            yield from self._prefixes(text, claims)

    def _read(self, text: str, start: int, end: int) -> Mention | None:
        before = text[max(0, start - 24) : start].rpartition("\n")[2]
        cue = _LAST_WORD.search(before)
        announced = cue is not None and cue.group(1).lower() in self._phone_words
        if start and text[start - 1].isalnum() and not announced:
            return None  # inside a word or code; "WA0812..." is announced
        if start > 1 and text[start - 1] in "/-#_" and text[start - 2].isalpha():
            return None  # the tail of a code: "SK-0812...", "id_0812..."
        if self._is_account(text, start):
            return None
        return self._cut(text, start, end, announced)

    def _is_account(self, text: str, start: int) -> bool:
        """Whether the nearest word that announces a number announces a bank account, an identity or a licence."""
        line = text[max(0, start - _ACCOUNT_REACH) : start].rpartition("\n")[2]
        for word in reversed(_WORD.findall(line.lower())[-_ACCOUNT_WORDS:]):
            if word in self._account_words:
                return True
            if word in self._stops or (word in self._phone_words and word not in ("no", "nomor")):
                return False
        return False

    def _cut(self, text: str, start: int, end: int, announced: bool) -> Mention | None:
        """Take groups of digits while they still make one number."""
        plus = "+" in text[start : start + 2]
        groups = [(m.start(), m.end(), m.group().translate(_LETTERS)) for m in _GROUP.finditer(text, start, end)]
        first = groups[0][2][0]
        dialled = text.startswith("00", start)  # 00 in place of the plus
        home = (first == "0" and not plus and not dialled) or (
            groups[0][2] + "".join(g[2] for g in groups[1:2])
        ).startswith(_HOME_CODE)
        whole = _MIN_DIGITS + (1 if first == "0" else 2) if home else _MIN_DIGITS + 4 * dialled
        limit = _MAX_HOME + (0 if first == "0" else 1) if home else _MAX_ANY + 2 * dialled
        digits, last = "", start
        for group_start, group_end, group in groups:
            if digits:
                gap = text[last:group_start]
                spaced = " " in gap or "\t" in gap
                short_groups = all(len(g[2]) <= 2 for g in groups[:3])
                if len(digits) + len(group) > limit:
                    break
                opens = group[0] == "0" and len(group) > 2
                if spaced and len(digits) >= whole and (opens or (len(group) <= 2 and not short_groups)):
                    break
                if spaced and set(group) == {"x"} and len(group) == 1:
                    break
            digits += group
            last = group_end
        while digits.endswith("x") and not digits.endswith("xx"):  # "*0812...*": bold in chats
            digits, last = digits[:-1], last - 1
        return self._judge(text, digits, plus, start, last, announced)

    def _judge(self, text: str, digits: str, plus: bool, start: int, end: int, announced: bool) -> Mention | None:
        if len(digits) < (_MIN_MASKED if "x" in digits else _MIN_DIGITS) or len(set(digits)) == 1:
            return None
        begin = start + 1 if text[start] == "(" and ")" not in text[start:end] else start
        if plus:
            return self._made(digits, begin, end, "number")
        if digits.startswith("00") and not digits.startswith("000"):
            return self._made(digits[2:], begin, end, "number")
        if _MALAYSIAN.match(text, begin):
            return self._made(_MALAYSIA_CODE + digits[1:], begin, end, "number")
        if digits[0] == "0":
            return self._made(_HOME_CODE + digits[1:], begin, end, "number") if digits[1] not in "0x" else None
        if digits.startswith(_HOME_CODE) and digits[2] in "823457" and len(digits) >= 10:
            return self._made(digits, begin, end, "number")
        if not announced:
            return None
        if digits[0] == "8" and len(digits) <= 12 and (found := self._made(_HOME_CODE + digits, begin, end, "number")):
            return found
        return self._made(digits, begin, end, "number")

    def _made(self, digits: str, start: int, end: int, via: str) -> Mention | None:
        masked = "x" in digits
        value, country, kind = "+" + digits, None, "unknown"
        if digits.startswith(_HOME_CODE):
            national = digits[2:].removeprefix("0")
            if not 7 <= len(national) <= 12 or not national[:2].strip("x"):
                return None
            special = national.startswith(("80", "9"))
            kind = "unknown" if special else "mobile" if national[0] == "8" else "fixed"
            value, country = f"+{_HOME_CODE}{national}", _HOME
        elif masked:
            country = next((r for n in (1, 2, 3) if digits[:n].isdecimal() and (r := _region(digits[:n]))), None)
            if country is None:
                return None
        else:
            read = _read_foreign(digits)
            if read is None:
                return None
            value, country, kind = read
        detail = {"country": country, "kind": kind, "via": via, "masked": masked}
        return Mention("phone", value, start, end, detail)

    def _prefixes(self, text: str, claims: Claims) -> Iterator[Mention]:
        """A calling code alone, after a word that announces a phone ("nomornya +855"): it names the country."""
        for match in _PREFIX_ONLY.finditer(text):
            words = _WORD.findall(text[max(0, match.start() - 20) : match.start()].rpartition("\n")[2])
            announced = any(word.lower() in self._phone_words for word in words[-2:])
            country = _region(match.group(1)) if announced and claims.free(*match.span()) else None
            if country is not None:
                claims.take(*match.span())
                detail = {"country": country, "kind": "unknown", "via": "number", "masked": True}
                yield Mention("phone", match.group(), *match.span(), detail)
