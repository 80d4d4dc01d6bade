"""Destinations: countries and places of the gazetteer, and flag emoji, where the context lets a place be meant."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from detector.knowledge.schema import Destination
from detector.mentions.lexicon import PlacesContext
from detector.mentions.mention import Claims, Mention
from detector.mentions.words import PhraseIndex, Words, phrase_words

_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_CODE_LENGTH = 2
_LIST_REACH = 4  # members of a list that are walked back


@dataclass(frozen=True, slots=True)
class _Name:
    iso2: str
    kind: str
    text: str
    is_code: bool


class PlaceExtractor:
    """Compiled once from the gazetteer; `extract` is a pure function of the text."""

    def __init__(self, destinations: tuple[Destination, ...], lists: PlacesContext) -> None:
        self._lists = lists
        self._flags = {_flag(d.iso2): d.iso2 for d in destinations}
        names: list[tuple[str, _Name]] = []
        for d in destinations:  # countries first: where a city shares a name with a country, the country keeps it
            names += [(n, _named(d.iso2, "country", n)) for n in (d.name.id, d.name.en, *d.spellings)]
        for d in destinations:
            names += [(n, _named(d.iso2, "place", n)) for n in d.places]
        known = {d.iso2 for d in destinations}
        names += [(code, _named(iso2, "country", code)) for code, iso2 in lists.codes.items() if iso2 in known]
        self._index = PhraseIndex(names)
        self.firsts = self._index.firsts

    def extract(self, words: Words, listed: Sequence[int], claims: Claims, avoid: Claims) -> Iterator[Mention]:
        """Destinations; `value` ISO code, `detail`: matched, kind (country, place, flag).

        `listed` are the places of all words that are in `firsts`, as in `PhraseIndex.find`. Names inside `avoid`
        (company names) are skipped.
        """
        text = words.text
        for name, first, end in self._index.find(words, listed):
            begin = first + 1 if end - first > 1 and words.lower[first] in self._lists.place_words else first
            start, stop = words.starts[begin], words.ends[end - 1]
            if not claims.free(start, stop) or not avoid.free(start, stop):
                continue
            if self._blocked(words, first, end) or self._listed_after_blocker(words, first):
                continue
            if not self._believable(name, words, first, begin, text[start:stop]):
                continue
            claims.take(start, stop)
            yield Mention("destination", name.iso2, start, stop, {"matched": text[start:stop], "kind": name.kind})
        if b"ee" not in words.kinds:
            return
        for match in _FLAG.finditer(text):
            iso2 = self._flags.get(match.group())
            if iso2 is not None and claims.free(*match.span()):
                claims.take(*match.span())
                yield Mention("destination", iso2, *match.span(), {"matched": match.group(), "kind": "flag"})

    def _blocked(self, words: Words, first: int, end: int) -> bool:
        lists, lower = self._lists, words.lower
        previous = self._beside(words, first - 1, first)
        named_of = previous == "of" and first > 1 and lower[first - 2] in lists.blocked_after
        if previous in lists.blocked_after or named_of:
            return True
        if previous and first > 1:
            if lower[first - 2] in lists.streets or f"{lower[first - 2]} {previous}" in lists.people_pairs:
                return True
            if previous in lists.people and not lower[first - 2].isdecimal():
                return True
        return self._beside(words, end, end - 1) in lists.blocked_before

    def _beside(self, words: Words, at: int, anchor: int) -> str:
        """The word at `at`, if nothing but spaces, a dot or a hyphen parts it from its neighbour `anchor`; else ""."""
        if not 0 <= at < len(words):
            return ""
        left, right = min(at, anchor), max(at, anchor)
        gap = words.text[words.ends[left] : words.starts[right]]
        if len(gap) > 2 or gap.strip(" .-") or (gap.startswith(".") and at > anchor):
            return ""
        return words.lower[at]

    def _listed_after_blocker(self, words: Words, first: int) -> bool:
        """Whether joins lead back to a word that blocks ("bahasa Inggris/Korea dan Jepang")."""
        at = first
        for _ in range(_LIST_REACH):
            if at > 0 and words.lower[at - 1] in self._lists.joins:
                at -= 1
            elif at == 0 or words.text[words.ends[at - 1] : words.starts[at]].strip() not in ("/", "&"):
                return False
            at -= 1
            if self._beside(words, at - 1, at) in self._lists.blocked_after:
                return True
        return False

    def _believable(self, name: _Name, words: Words, first: int, begin: int, matched: str) -> bool:
        if name.is_code and begin == first:
            return matched.isupper() and _stands_apart(words.text, words.starts[first], words.ends[first])
        key = matched.lower()
        lists = self._lists
        if begin > first or (key not in lists.needs_place_word and key not in lists.needs_capital):
            return True
        if first and words.lower[first - 1] in lists.place_words:
            return True
        return key in lists.needs_capital and matched[0].isupper()


def _named(iso2: str, kind: str, name: str) -> _Name:
    words = phrase_words(name)
    return _Name(iso2, kind, name, len(words) == 1 and len(words[0]) <= _CODE_LENGTH)


def _stands_apart(text: str, start: int, end: int) -> bool:
    """Whether a short form is no part of a sign or count: not "6 HK", "50rb/HK", "US$"; but "KH/SG"."""
    before = text[max(0, start - 2) : start]
    if before.strip()[-1:].isdigit() or before[-1:] in ("-", "$") or text[end : end + 1] in ("$", "-"):
        return False
    return before[-1:] != "/" or before[:1].isupper()


def _flag(iso2: str) -> str:
    return "".join(chr(0x1F1E6 + ord(letter) - ord("A")) for letter in iso2)
