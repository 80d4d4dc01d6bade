"""Accounts at banks and e-wallets: numbers that stand beside the name of one, or beside a word for an account.

They name a hand, as phones do, and are no sign of anything: the model does not see them. `extract_accounts` is
therefore called beside `detector.entities`, never by it. Names and words are knowledge (`knowledge/banks.yaml`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from detector.knowledge.loader import load_banks
from detector.knowledge.schema import Banks, Provider
from detector.mentions.account_numbers import Digits, account_digits, phone_digits
from detector.mentions.mention import Mention
from detector.mentions.words import PhraseIndex, Words

UNKNOWN = "unknown"  # an account word names no bank
_REACH, _REACH_AFTER, _CUES_BEYOND = 6, 6, 3  # words
_BANK_REACH = 6  # words more, from an account word to its bank ("BNI saja a.n. Contoh Nama, no rek 1234567890")
_NEAR = 2  # words between a number and the bank behind it, where nothing before it says "account"
_ABBREVIATION = 4  # letters: "No.", "Rek.", "Bpk." end no sentence
# Digits glued to a word are a word of their own: "BCA1234567890".
_PART = re.compile(r"[0-9]{3,}|(?:(?![0-9]{3})[^\W_])+")
_SENTENCE = re.compile(r"[.!?;…]\s")
_MERCHANT = re.compile(r"(?<![^\W_])NMID[ :.=]{0,4}(ID(?:[ .-]?[0-9]){8,15})(?![^\W_])", re.IGNORECASE)
_SHORTEST_RUN = 8


@dataclass(frozen=True, slots=True)
class _Named:
    """A provider named in the words [first, end); `sure` where the name is no ordinary word."""

    provider: Provider
    first: int
    end: int
    sure: bool


@dataclass(slots=True)
class _Around:
    """What the words around a number say of it."""

    named: list[_Named] = field(default_factory=list)  # the nearest first; several wallets may share a number
    account: bool = False  # "rekening"
    paid: bool = False  # "transfer", "a.n."
    adjacent: bool = False  # nothing but a filler between the name and the number


class _Parts(Words):
    """The words of a text, glued digits apart, with the names of providers and of holders among them."""

    __slots__ = ("by_end", "by_first", "holders")

    def __init__(self, text: str, names: PhraseIndex[tuple[Provider, bool]], holders: PhraseIndex[bool]) -> None:
        self.text = text
        matches = list(_PART.finditer(text))
        self.lower = [match.group().lower() for match in matches]
        self.starts = [match.start() for match in matches]
        self.ends = [match.end() for match in matches]
        named = [_Named(provider, first, end, sure) for (provider, sure), first, end in names.find(self)]
        self.by_end = {name.end - 1: name for name in named}
        self.by_first = {name.first: name for name in named}
        self.holders = {at for _, first, end in holders.find(self) for at in range(first, end)}


class AccountExtractor:
    """Compiled once from the knowledge; `extract` is a pure function of the text."""

    def __init__(self, banks: Banks) -> None:
        self._banks = banks
        sure = [(spelling, (p, True)) for p in banks.providers for spelling in p.spellings]
        sure += [
            (f"bank{spelling}", (p, True)) for spelling, (p, _) in sure if p.kind == "bank" and " " not in spelling
        ]
        loose = [(spelling, (p, False)) for p in banks.providers for spelling in p.loose]
        self._names = PhraseIndex(sure + loose)
        self._holders = PhraseIndex([(phrase, True) for phrase in banks.holder_phrases])

    def extract(self, normal: str) -> list[Mention]:
        """Accounts in the order of the text; `value` "bca:1234567890", "dana:+62812..." or "qris:ID...".

        `detail`: provider (`unknown` where only an account word stands there), kind (bank, wallet, merchant). Where
        several wallets share a number, each gives a mention of the same span. Numbers made for one payment (virtual
        accounts) are none.
        """
        found = [
            Mention("account", f"qris:{_plain(m.group(1)).upper()}", m.start(1), m.end(1), _detail("qris", "merchant"))
            for m in _MERCHANT.finditer(normal)
        ]
        runs = [run for run in Digits.runs(normal) if run.count >= _SHORTEST_RUN]
        if runs:
            parts = _Parts(normal, self._names, self._holders)
            for at, run in enumerate(runs):
                floor = runs[at - 1].end if at else 0
                ceiling = runs[at + 1].start if at + 1 < len(runs) else len(normal)
                found += self._read(parts, run, floor, ceiling)
        return sorted(found, key=lambda m: (m.start, m.end, m.value))

    def _read(self, parts: _Parts, run: Digits, floor: int, ceiling: int) -> Iterator[Mention]:
        around = self._before(parts, run.start, floor)
        if around is None:
            return
        introduced = bool(around.named) or around.account
        self._look_after(parts, run.end, ceiling, around, introduced)
        for name in self._meant(parts, around):
            number = phone_digits(run, name.provider.country) if name.provider.kind == "wallet" else None
            if name.provider.kind == "bank":
                number = account_digits(run, name.provider, account=around.account, paid=around.paid)
            if number is not None:
                value, start, end = number
                detail = _detail(name.provider.id, name.provider.kind)
                yield Mention("account", f"{name.provider.id}:{value}", start, end, detail)
        if not around.named and around.account:
            number = account_digits(run, None, account=True, paid=around.paid)
            if number is not None:
                yield Mention("account", f"{UNKNOWN}:{number[0]}", number[1], number[2], _detail(UNKNOWN, "bank"))

    def _meant(self, parts: _Parts, around: _Around) -> Iterator[_Named]:
        """The providers whose name is meant as one: "dana" is also the word for funds, "mandiri" for independent."""
        sure = around.account or around.paid or any(name.sure for name in around.named)
        for name in around.named:
            if sure or (around.adjacent and self._stands_out(parts, name)):
                yield name

    @staticmethod
    def _stands_out(parts: _Parts, name: _Named) -> bool:
        written = parts.text[parts.starts[name.first] : parts.ends[name.end - 1]]
        if name.provider.kind == "bank":
            return written[0].isupper()
        before = parts.text[parts.starts[name.first - 1] : parts.ends[name.first - 1]] if name.first else ""
        return written.isupper() and not before.isupper()  # "DANA 0812...", not "PENCAIRAN DANA 0812..."

    def _before(self, parts: _Parts, start: int, floor: int) -> _Around | None:
        """What the words before a number say of it; None where they say that it is another kind of number."""
        lists, around = self._banks, _Around()
        last = parts.at(start) - 1
        at, right, lines, left = last, start, 0, _REACH
        while at >= 0 and left > 0 and parts.starts[at] >= floor:
            gap = parts.text[parts.ends[at] : right]
            lines += gap.count("\n")
            if lines > 1 or (not around.account and _ends_sentence(gap, parts.lower[at])):
                break
            word, name = parts.lower[at], parts.by_end.get(at)
            if word in lists.payment_codes:
                return None
            if name is not None:
                if around.named and not self._joined(around.named[-1], name, gap):
                    break
                if not around.named:
                    left = min(left, _CUES_BEYOND + 1)
                    around.adjacent = last - at <= 1
                around.named.append(name)
                at = name.first
            elif word in lists.other_numbers:
                if around.named or around.account or around.paid:
                    break
                return None
            elif word in lists.account_words:
                left += 0 if around.account or around.named else _BANK_REACH
                around.account = True
            elif word in lists.payment_words or at in parts.holders:
                around.paid = True
            elif right == start and gap in ("", "_", "/", "#", "@", "-"):
                return None  # the tail of a code: "AB1234567890", "reg/1234567890"
            if word not in lists.joins:
                left -= 1
            right = parts.starts[at]
            at -= 1
        return around

    @staticmethod
    def _joined(later: _Named, earlier: _Named, gap: str) -> bool:
        """Whether two names stand before one number ("DANA/OVO 0812...", "GoPay atau DANA 0812...")."""
        wallets = later.provider.kind == earlier.provider.kind == "wallet"
        return wallets and later.first - earlier.end <= 1 and gap.strip(" ") in ("", "/", ",", "&", "|", "+", "-")

    def _look_after(self, parts: _Parts, end: int, ceiling: int, around: _Around, introduced: bool) -> None:
        """Add what the words behind a number say: its bank where none stood before it, the holder."""
        lists, at, left, lines = self._banks, parts.at(end), end, 0
        for step in range(_REACH_AFTER):
            if at >= len(parts) or parts.starts[at] >= ceiling:
                return
            gap = parts.text[left : parts.starts[at]]
            lines += gap.count("\n")
            if lines > 1 or (step and _ends_sentence(gap, parts.lower[at - 1])):
                return
            name = parts.by_first.get(at)
            if parts.lower[at] in lists.other_numbers or (name is not None and self._opens_next(parts, name, ceiling)):
                return
            if at in parts.holders:
                around.paid = True
            if name is not None and not around.named and (introduced or (step < _NEAR and name.sure)):
                around.named.append(name)
                at = name.end - 1
            left = parts.ends[at]
            at += 1

    @staticmethod
    def _opens_next(parts: _Parts, name: _Named, ceiling: int) -> bool:
        """Whether the next number belongs to this name ("1234567890, BRI 0000-01-...")."""
        return ceiling < len(parts.text) and parts.at(ceiling) - name.end <= _NEAR - 1


def _ends_sentence(gap: str, word: str) -> bool:
    longest = 1 if word.isdecimal() else _ABBREVIATION  # "1. BCA" counts banks
    return len(word) > longest and _SENTENCE.search(gap) is not None


def _plain(number: str) -> str:
    return re.sub(r"[ .-]", "", number)


def _detail(provider: str, kind: str) -> dict[str, str]:
    return {"provider": provider, "kind": kind}


@lru_cache(maxsize=1)
def _extractor() -> AccountExtractor:
    return AccountExtractor(load_banks())


def extract_accounts(normal: str) -> list[Mention]:
    """Accounts in a normalised text, by the shipped knowledge; see `AccountExtractor.extract`."""
    return _extractor().extract(normal)
