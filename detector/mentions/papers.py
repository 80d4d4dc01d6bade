"""Visas and licences: the papers that an ad names."""

import re
from collections.abc import Iterator, Sequence

from detector.mentions.lexicon import Papers
from detector.mentions.mention import Mention
from detector.mentions.words import PhraseIndex, Words

# "No. 214 Tahun 2021", ": 000/2019", "KEP.12/MEN/2020": named as written, never validated (no format is known).
_NUMBER = (
    r"(?i:[ ]{0,2}(?:WORDS)\b\.?|[ ]{0,2}[:.#=]){0,4}[ ]{0,2}"
    r"((?:[A-Z]{1,6}[.\-/][ ]?){0,2}[A-Z]{0,3}-?\d[A-Za-z0-9./-]{0,40}(?:[ ][Tt]ahun[ ]\d{4})?)"
)
_NOT_A_NUMBER = re.compile(r"\d{1,2}(?:-\d{1,2})?$")
_STEM_REACH = 3
_BREAK = re.compile(r"[.!?;]\s|\n")


class PaperExtractor:
    """Compiled once from the word lists; methods are pure functions of the text."""

    def __init__(self, lists: Papers) -> None:
        visas = lists.visas
        self._visa_phrases = PhraseIndex([(phrase, kind) for kind, ps in visas.phrases.items() for phrase in ps])
        self._visa_kind = {word: kind for kind, ws in visas.kinds.items() for word in ws}
        self._visa_stems = visas.stems
        self._number = re.compile(_NUMBER.replace("WORDS", "|".join(sorted(lists.number_words))))
        self._licences = PhraseIndex([(s, entry.kind) for entry in lists.licences for s in entry.spellings])
        self.firsts = self._visa_phrases.firsts | visas.stems | self._licences.firsts

    def visas(self, words: Words, listed: Sequence[int]) -> Iterator[Mention]:
        """Visa mentions; `value` visit, tourist, pilgrim, work, student, transit or none.

        `listed` are the places of all words that are in `firsts`, as in `PhraseIndex.find`.
        """
        covered: set[int] = set()
        for kind, first, end in self._visa_phrases.find(words, listed):
            covered.update(range(first, end))
            yield Mention("visa", kind, words.starts[first], words.ends[end - 1])
        for at in listed:
            if words.lower[at] not in self._visa_stems or at in covered:
                continue
            for other, neighbour in words.after(words.ends[at], _STEM_REACH):
                kind = self._visa_kind.get(neighbour, "")
                if kind and not _BREAK.search(words.text, words.ends[at], words.starts[other]):
                    yield Mention("visa", kind, words.starts[at], words.ends[other])
                    break

    def licences(self, words: Words, listed: Sequence[int]) -> Iterator[Mention]:
        """Licence mentions; `value` kind and number, `detail`: kind, number (None where none stands behind it)."""
        text = words.text
        for kind, first, end in self._licences.find(words, listed):
            start, stop = words.starts[first], words.ends[end - 1]
            match = self._number.match(text, stop)
            number = match.group(1).rstrip(".-/") if match else None
            if match is None or number is None or _NOT_A_NUMBER.fullmatch(number):
                yield Mention("licence", kind, start, stop, {"kind": kind, "number": None})
                continue
            detail = {"kind": kind, "number": number}
            yield Mention("licence", f"{kind} {number.upper()}", start, match.start(1) + len(number), detail)
