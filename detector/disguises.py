"""Words that are written so that a filter misses them: stretched, spaced out, or with digits and signs for letters.

Spaced and leet spellings are undone only towards a word of the lexicon: `12jt`, `B1`, `P3MI` and phone numbers stay as
they are. Addresses and handles are left alone, because there every character counts.
"""

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise, product

from detector.alignment import Draft, Edit
from detector.homoglyphs import LATIN_LOOKALIKES

_SHORTEST = 3  # letters of a word that may be restored
_SHORTEST_PART = 4  # the same where it is only a part of a run of single letters
_LONGEST = 24
_MAX_STRETCHES = 4  # runs of one letter in a word for which every spelling is tried

# Digits and signs, each with the class of letters it may stand for (the classes are those of `_skeleton`).
_LEET = dict(zip("013456789@$!|€", "oieasgtbgasiie", strict=True))
_SKELETON = str.maketrans({**_LEET, "l": "i"})  # 1, ! and | are i or l

_STRETCH = re.compile(r"([a-z])\1\1+", re.IGNORECASE | re.ASCII)
_ROMAN = re.compile(r"[IVXLCDM]+")
_SIGNS = re.compile(r"[0-9@$!|€]+")
_LEET_CHARS = frozenset(_LEET)
_FOREIGN_LETTER = re.compile(r"[^\W\d_\x00-\x7f]")
_NUMBER_AND_UNIT = re.compile(r"[0-9@$€]+[a-z]{1,2}|[a-z]{1,2}[0-9@$€]+", re.IGNORECASE | re.ASCII)
_SEPARATOR = r"[^\S\n]{1,4}|[.·•\-–_*/|~'’]|[^\S\n][.·•\-–_*/|~][^\S\n]"
_LONE_LETTERS = re.compile(r"[\s.·•\-–_*/|~'’][^\W_][\s.·•\-–_*/|~'’]{1,4}[^\W_](?![^\W_])")  # in every spaced word
_WIDEST_GAP = 5  # separators between two letters of a spaced word, and the letter
_SPACED = re.compile(rf"(?<![^\W_])[^\W_](?![^\W_])(?:(?:{_SEPARATOR})[^\W_](?![^\W_])){{2,}}")
_ADDRESS = re.compile(
    r"://|www\.|[^\s@]@[^\s@]+\.[a-z]|^@\w|_|\.(?:com|net|org|info|id|me|ly|co|io|gl|xyz|site|online|link|app|my|ph|kh"
    r"|top|vip|club|shop|gg|cc|to)\b",
    re.IGNORECASE,
)
_CHUNK = re.compile(r"\S+")

# The kinds of `Draft.kinds`, coarser: letters a, digits and signs 0, letters and digits a, separators -.
_LETTERS_AND_SIGNS = bytes.maketrans(
    (string.ascii_lowercase + "FMDC0$|").encode(), b"a" * (len(string.ascii_lowercase) + 4) + b"000"
)
_LETTERS_AND_SEPARATORS = bytes.maketrans(
    (string.ascii_lowercase + "FMDCN0 \n-|").encode(), b"a" * (len(string.ascii_lowercase) + 6) + b"----"
)
_SIGNS_AT_LETTERS = re.compile(b"00*+(?:(?=a)|(?<=a0))")  # a run of them before a letter, or a single one behind it
_SECOND_LETTER = re.compile(b"-a(?=-{1,4}a(?!a))")  # of a spaced word, which has three or more


class Lexicon:
    """The words that disguised spellings are undone towards."""

    __slots__ = ("_by_skeleton", "words")

    def __init__(self, words: frozenset[str]) -> None:
        self.words = words
        self._by_skeleton: dict[str, list[str]] = {}
        for word in sorted(words):
            if _SHORTEST <= len(word) <= _LONGEST and word.isalpha() and word.isascii():
                self._by_skeleton.setdefault(word.translate(_SKELETON), []).append(word)

    def restore(self, plain: str, skeleton: str) -> str | None:
        """The word that `plain` (see `_plain`) spells, letters agreeing and no more signs than letters; else None."""
        for word in self._by_skeleton.get(skeleton, ()):
            signs = sum(char in _LEET_CHARS for char in plain)
            few = 2 * signs < len(plain) + plain[0].isalpha()  # "4D3N", four days and three nights, is no word
            if few and all(char == want or char in _LEET_CHARS for char, want in zip(plain, word, strict=True)):
                return word
        return None


@lru_cache(maxsize=8)
def lexicon(words: frozenset[str]) -> Lexicon:
    """The lexicon of a set of lower-case words; the same set gives the same lexicon."""
    return Lexicon(words)


@lru_cache(maxsize=4096)
def _plain_letter(char: str) -> str:
    twin = char.translate(LATIN_LOOKALIKES)
    base = unicodedata.normalize("NFD", twin)[0].lower()
    return base if len(base) == 1 and base.isascii() and base.isalpha() else char


def _plain(word: str) -> str:
    """The word in lower-case ASCII letters, as far as its letters look like such; of the same length."""
    if word.isascii():
        return word.lower()
    return "".join(char.lower() if char.isascii() else _plain_letter(char) for char in word)


def repair(draft: Draft, lexicon: Lexicon) -> None:
    """Shorten stretched letters, then restore spaced and disguised words of the lexicon."""
    if _may_stretch(draft.kinds) and _STRETCH.search(draft.text):
        _shorten(draft, lexicon)
    if not lexicon.words:
        return
    spaced = _first_spaced(draft)
    if spaced is not None:
        draft.apply(_close_up(draft, lexicon, spaced))
    _restore_words(draft, lexicon, _leet_hits(draft))
    kinds = draft.kinds
    if b"F" in kinds or b"M" in kinds or b"C" in kinds or b"D" in kinds or b"?" in kinds:
        _restore_words(draft, lexicon, (match.span() for match in _FOREIGN_LETTER.finditer(draft.text)))


def _may_stretch(kinds: bytes) -> bool:
    """Whether some ASCII letter stands three times in a row, in either case."""
    codes = int.from_bytes(kinds, "little")
    twice = (codes ^ (codes >> 8)).to_bytes(len(kinds), "little")  # 0 where the next one is the same
    at = twice.find(b"\0\0")
    while at >= 0 and not kinds[at : at + 1].islower():  # "...", "5.000"
        at = twice.find(b"\0\0", at + 1)
    return at >= 0


def _first_spaced(draft: Draft) -> int | None:
    """Where the first spaced word may begin, if there may be one."""
    kinds = draft.kinds
    if b"?" in kinds:
        found = _LONE_LETTERS.search(draft.text)
        return max(0, found.start() - _WIDEST_GAP) if found else None
    kinds = kinds.translate(_LETTERS_AND_SEPARATORS)
    for second in _SECOND_LETTER.finditer(kinds):
        begin = max(0, second.start() - _WIDEST_GAP)
        before = kinds[begin : second.start()].rstrip(b"-")
        if before[-1:] == b"a" and before[-2:-1] != b"a":
            return begin
    return None


def _shorten(draft: Draft, lexicon: Lexicon) -> None:
    """Three or more of a letter become one, or two where the lexicon has the word so."""
    edits: list[Edit] = []
    text, done = draft.text, 0
    for hit in _STRETCH.finditer(text):
        if hit.start() < done:
            continue
        start, done = _word_around(text, *hit.span())
        word = text[start:done]
        if len(set(word.lower())) == 1 or _ROMAN.fullmatch(word) or _in_address(text, start, done):
            continue  # AAA, www, XXXL, VIII
        if word.lower() in lexicon.words:
            continue  # PPPK, contracted civil servants
        masked = any(char.isdigit() for char in word)  # 0812xxxx
        runs = [run for run in _STRETCH.finditer(word) if not (masked and run.group(1) in "xX")]
        counts: tuple[int, ...] = (1,) * len(runs)
        if len(runs) <= _MAX_STRETCHES:
            tries = product((1, 2), repeat=len(runs))
            counts = next((one for one in tries if _with_runs(word, runs, one).lower() in lexicon.words), counts)
        for run, count in zip(runs, counts, strict=True):
            edits.append((start + run.start(), start + run.end(), run.group()[:count]))
    draft.apply(edits)


def _with_runs(word: str, runs: list[re.Match[str]], counts: tuple[int, ...]) -> str:
    pieces, at = [], 0
    for run, count in zip(runs, counts, strict=True):
        pieces += [word[at : run.start()], run.group()[:count]]
        at = run.end()
    return "".join([*pieces, word[at:]])


def _close_up(draft: Draft, lexicon: Lexicon, begin: int) -> list[Edit]:
    """Edits that take the separators out of `g a j i`, `g.a.j.i` and `g-a-j-i`, none of which is before `begin`."""
    edits: list[Edit] = []
    for match in _SPACED.finditer(draft.text, begin):
        run, offset = match.group(), match.start()
        places = [at for at, char in enumerate(run) if char.isalnum()]
        plain = _plain("".join(run[at] for at in places))
        for first, last in _words_among(plain, [run[a + 1 : b] for a, b in pairwise(places)], lexicon):
            for a, b in pairwise(places[first:last]):
                edits.append((offset + a + 1, offset + b, ""))
    draft.repaired |= bool(edits)
    return edits


def _words_among(plain: str, gaps: list[str], lexicon: Lexicon) -> list[tuple[int, int]]:
    """Spans of `plain` that are words: between wider or other gaps than most, else wherever the longest ones fit."""
    skeleton = plain.translate(_SKELETON)
    usual = Counter(gaps).most_common(1)[0][0]
    cuts = [0, *(at + 1 for at, gap in enumerate(gaps) if gap != usual), len(plain)]
    found = [(a, b) for a, b in pairwise(cuts) if b - a >= _SHORTEST and lexicon.restore(plain[a:b], skeleton[a:b])]
    at = 0 if not found else len(plain)
    while at < len(plain):
        for end in range(min(at + _LONGEST, len(plain)), at + _SHORTEST_PART - 1, -1):
            if lexicon.restore(plain[at:end], skeleton[at:end]):
                found.append((at, end))
                at = end
                break
        else:
            at += 1
    return found


def _leet_hits(draft: Draft) -> Iterator[tuple[int, int]]:
    """Signs that may stand for letters: inside a word, or one of them in front of letters or behind them."""
    kinds = draft.kinds.translate(_LETTERS_AND_SIGNS)
    if b"a0" not in kinds and b"0a" not in kinds and b"?" not in kinds:
        return
    text = draft.text
    for match in _SIGNS.finditer(text) if b"?" in kinds else _SIGNS_AT_LETTERS.finditer(kinds):
        start, end = match.span()
        before, after = text[start - 1 : start].isalpha(), text[end : end + 1].isalpha()
        if (before and after) or ((before or after) and end - start == 1 and text[start] not in "!|"):
            yield start, end


def _restore_words(draft: Draft, lexicon: Lexicon, hits: Iterable[tuple[int, int]]) -> None:
    """Replace the words around `hits` by the words of the lexicon that they spell."""
    edits: list[Edit] = []
    text, done = draft.text, 0
    for start, end in hits:
        if start < done:
            continue
        start, done = _word_around(text, start, end, signs=True)
        word = text[start:done]
        if not _SHORTEST <= len(word) <= _LONGEST or _NUMBER_AND_UNIT.fullmatch(word):
            continue
        plain = _plain(word)
        restored = lexicon.restore(plain, plain.translate(_SKELETON))
        if restored is None or _in_address(text, start, done):
            continue
        letters = [char for char in word if char.isalpha()]
        upper = len(letters) > 1 and all(char.isupper() for char in letters)
        new = "".join(
            old if old.isascii() and old.isalpha() else want.upper() if upper or old.isupper() else want
            for old, want in zip(word, restored, strict=True)
        )
        accents_only = all(a == b or unicodedata.normalize("NFD", a)[0] == b for a, b in zip(word, new, strict=True))
        draft.repaired |= not accents_only
        edits.append((start, done, new))
    draft.apply(edits)


def _word_around(text: str, start: int, end: int, *, signs: bool = False) -> tuple[int, int]:
    """The letters and digits around [start, end); with `signs` also signs that stand for letters."""
    while start > 0 and (text[start - 1].isalnum() or (signs and _is_sign(text, start - 1))):
        start -= 1
    while end < len(text) and (text[end].isalnum() or (signs and _is_sign(text, end))):
        end += 1
    return start, end


def _is_sign(text: str, at: int) -> bool:
    """Whether a sign that stands for a letter is at `at`."""
    return text[at] in "@$€" or (text[at] in "!|" and text[at + 1 : at + 2].isalpha())


def _in_address(text: str, start: int, end: int) -> bool:
    """Whether [start, end) is part of a link, an e-mail address or a handle."""
    left = max(text.rfind(blank, 0, start) for blank in " \n") + 1
    chunk = _CHUNK.match(text, left)
    return chunk is not None and _ADDRESS.search(chunk.group()) is not None
