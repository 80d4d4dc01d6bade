"""Repairs of single characters and their combinations, blind to words and languages.

Order matters: mojibake holds soft hyphens and control characters as parts of letters, so it is undone before those are
taken out; hidden characters split combinations that NFKC would compose, so they go before it.
"""

import re
import unicodedata
from collections.abc import Iterator

import ftfy
from ftfy.badness import is_bad

from detector.alignment import Draft, Edit
from detector.kinds import EMOJI

_IGNORABLE = (  # characters that Unicode asks to draw as nothing
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f"
    "\ufeff\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_COMPLEX = "\u0590-\u109f\u1780-\u18af\u1900-\u1aaf\ua840-\uabff"  # scripts that need joiners and word-break spaces
_OVERRIDES = frozenset("\u202d\u202e")

# Over kinds: the style of no emoji, and a regional letter without a second one.
_LONE_STYLE = re.compile(b"V(?<![EDR]V)")
_LONE_REGIONAL = re.compile(b"R(?<!RR)(?!R)")
_SURROGATES = re.compile("[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]")
# A lead byte and a continuation byte of UTF-8 as Latin-1 or windows-1252 shows them, or a C1 control.
_MOJIBAKE = re.compile("[\u00c2-\u00f4][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œžŸ]|[\u0080-\u009f]")
_FOREIGN_RUN = re.compile(r"[^\x00-\x7f]+")
_BREAKS = re.compile("\r\n?|[\u000b\u000c\u2028\u2029]|[\u0000-\u0008\u000e-\u001f\u007f-\u009f]")
_LINE_BREAKS = frozenset("\u000b\u000c\u2028\u2029")
_HIDDEN = re.compile(
    "(?P<keep>"
    "\U0001f3f4[\U000e0061-\U000e007a]{1,8}\U000e007f"  # the flag of a region
    f"|(?<=[{EMOJI}])\ufe0f?(?:\u200d(?=[{EMOJI}]))?(?<=[\ufe0f\u200d])"  # emoji style and emoji joiner
    f"|(?<=[{_COMPLEX}])[\u200b-\u200d](?=[{_COMPLEX}]))"
    "|(?P<keycap>(?<=[0-9#*])\ufe0f?\u20e3)"
    "|(?P<quiet>\ufe0e|\ufe0f|\\A\ufeff+|[\u202a\u2066\u2068](?=\\+?\\d)|(?<=\\d)[\u202c\u2069])"  # a copied number
    f"|(?P<hidden>[{_IGNORABLE}]+)"
)
_BLANK_LOOKALIKES = {"\u2800": " ", "\u3164": " ", "\uffa0": " ", "\u1680": " "}
# NFKC would spell these as a blank and a mark, or as a letter; people type the first three as quotes.
_OWN_FOLD = {"\u00b4": "'", "\u1fef": "`", "\u2032": "'", "\u2139": "\u2139", **_BLANK_LOOKALIKES}
_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_MARK_RUN = re.compile(f"[{_MARKS}][{_MARKS}]*+")  # a set in front makes the search six times as fast
_STRIKES = frozenset(  # lines through, under, over and around letters: never part of spelling
    "\u0305\u0332\u0333\u0334\u0335\u0336\u0337\u0338\u033f\u0347\u0488\u0489"
    + "".join(map(chr, range(0x20D0, 0x2100)))
)
_LATIN_END = 0x250
_LAST_BMP = "\uffff"
# Longest span that is normalised as one. No letter needs more marks, and sorting marks takes quadratic time.
_MAX_CLUSTER = 32
_MAX_CACHED_FOLDS = 20_000
_BLANKS = re.compile(r"[^\S\n]{2,}|[^\S\n ]")


class _Folds(dict[int, str]):
    """What each character becomes on its own, worked out when it is first seen."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        folded = _OWN_FOLD.get(char) or _styled(char) or unicodedata.normalize("NFKC", char)
        if len(self) > _MAX_CACHED_FOLDS:
            self.clear()
        self[code] = folded
        return folded


def _styled(char: str) -> str:
    """The Latin letter behind small capitals and letters in black circles and squares, which NFKC leaves alone."""
    name = unicodedata.name(char, "")
    for style, upper in (
        ("LATIN LETTER SMALL CAPITAL ", False),
        ("NEGATIVE SQUARED LATIN CAPITAL LETTER ", True),
        ("NEGATIVE CIRCLED LATIN CAPITAL LETTER ", True),
        ("CROSSED NEGATIVE SQUARED LATIN CAPITAL LETTER ", True),
    ):
        if name.startswith(style) and len(name) == len(style) + 1:
            return name[-1] if upper else name[-1].lower()
    return ""


_FOLDS = _Folds()


def repair(draft: Draft) -> None:
    """Run every repair of characters that the text needs."""
    kinds = draft.kinds
    if (b"M" in kinds or b"T" in kinds or b"?" in kinds) and _MOJIBAKE.search(draft.text):
        _undo_mojibake(draft)
    if _is_unusual(draft.kinds):
        if not draft.text.isascii():
            _join_surrogates(draft)
            _spell_regional(draft)
        _break_lines(draft)
        if not draft.text.isascii():
            _drop_hidden(draft)
            _fold(draft)
            _drop_marks(draft)
        draft.apply([(m.start(), m.end(), " ") for m in _BLANKS.finditer(draft.text)])
    elif "  " in draft.text:
        draft.apply([(m.start(), m.end(), " ") for m in _BLANKS.finditer(draft.text)])


def _is_unusual(kinds: bytes) -> bool:
    """Whether there is anything that the repairs of this module may change, mojibake and blanks aside."""
    if b"?" in kinds:
        return True
    return (b"V" in kinds and bool(_LONE_STYLE.search(kinds))) or (b"R" in kinds and bool(_LONE_REGIONAL.search(kinds)))


def _join_surrogates(draft: Draft) -> None:
    """Join pairs of surrogates into the character they encode; drop lone ones."""
    edits: list[Edit] = []
    for match in _SURROGATES.finditer(draft.text):
        pair = match.group()
        char = chr(0x10000 + ((ord(pair[0]) - 0xD800) << 10) + ord(pair[1]) - 0xDC00) if len(pair) == 2 else ""
        edits.append((match.start(), match.end(), char))
        draft.repaired |= not char
    draft.apply(edits)


def _spell_regional(draft: Draft) -> None:
    """Regional indicators are flags in pairs and boxed letters when they stand alone."""
    first = ord("\U0001f1e6")
    edits = [
        (m.start(), m.end(), chr(ord("A") + ord(draft.text[m.start()]) - first))
        for m in _LONE_REGIONAL.finditer(draft.kinds)
    ]
    draft.repaired |= bool(edits)
    draft.apply(edits)


def _undo_mojibake(draft: Draft) -> None:
    """Undo UTF-8 that was read as Latin-1 or windows-1252, run by run: such a run never holds an ASCII character."""
    if not is_bad(draft.text):
        return
    edits: list[Edit] = []
    for match in _FOREIGN_RUN.finditer(draft.text):
        run = match.group()
        if is_bad(run):
            fixed = ftfy.fix_encoding(run)
            if fixed != run:
                edits.append((match.start(), match.end(), fixed))
    draft.repaired |= bool(edits)
    draft.apply(edits)


def _break_lines(draft: Draft) -> None:
    """One kind of line break; no control characters, which no honest sender types."""
    edits: list[Edit] = []
    for match in _BREAKS.finditer(draft.text):
        line = match.group()[0] == "\r" or match.group() in _LINE_BREAKS
        edits.append((match.start(), match.end(), "\n" if line else ""))
        draft.repaired |= not line
    draft.apply(edits)


def _drop_hidden(draft: Draft) -> None:
    """Take out characters that are drawn as nothing, except where emoji and scripts need them.

    They count as hidden text inside a word, where they reverse the direction, and where they are tags, which can spell
    a whole message. Beside a word they are what editors and messengers leave behind around bullets and numbers.
    """
    edits: list[Edit] = []
    text = draft.text
    for match in _HIDDEN.finditer(text):
        kind, (start, end) = match.lastgroup, match.span()
        if kind == "keep":
            continue
        after = text[end : end + 1]
        if kind == "keycap":  # the key [1] before a word is a list mark; before another key it is a digit
            edits.append((start, end, " " if after.isalpha() else ""))
            continue
        if kind == "hidden":
            inside = text[start - 1 : start].isalnum() and after.isalnum() and not _is_rtl(text[start - 1] + after)
            draft.hidden |= inside or any(char in _OVERRIDES or char > _LAST_BMP for char in match.group())
        edits.append((start, end, ""))
    draft.apply(edits)


def _is_rtl(text: str) -> bool:
    return any(unicodedata.bidirectional(char) in ("R", "AL") for char in text)


def _fold(draft: Draft) -> None:
    """NFKC and styled letters, run by run of what is not ASCII, each with the character before it."""
    edits: list[Edit] = []
    for match in _FOREIGN_RUN.finditer(draft.text):
        start, end, run = match.start(), match.end(), match.group()
        single = run.translate(_FOLDS)
        if single == run and len(run) <= _MAX_CLUSTER and _is_settled(run):
            continue
        if len(single) == len(run) and single.isascii() and not any(char.isdigit() for char in single):
            draft.repaired |= any(_is_styling(old, new) for old, new in zip(run, single, strict=True))
            edits.append((start, end, single))
            continue
        for begin, stop in _clusters(draft.text, max(start - 1, 0), end):
            old = draft.text[begin:stop]
            new = unicodedata.normalize("NFKC", old.translate(_FOLDS))
            if new != old:
                draft.repaired |= stop - begin == 1 and _is_styling(old, new)
                edits.append((begin, stop, _set_apart(draft.text, begin, stop, new)))
    draft.apply(edits)


def _is_settled(run: str) -> bool:
    """Whether NFKC leaves the run alone, whatever stands before it."""
    return unicodedata.combining(run[0]) == 0 and unicodedata.is_normalized("NFKC", run)


def _is_styling(old: str, new: str) -> bool:
    """Whether an ASCII letter (or a mathematical digit) was drawn in another style, not merely encoded otherwise."""
    if old == new or len(new) != 1 or not new.isascii():
        return False
    return (new.isalpha() and unicodedata.category(old) not in ("Lo", "Nl")) or (new.isdigit() and ord(old) > 0xFFFF)


def _clusters(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Split [start, end) into the smallest spans that NFKC treats independently of each other."""
    begin = start
    for at in range(start + 1, end):
        if at - begin >= _MAX_CLUSTER or not _composes(text, begin, at):
            yield begin, at
            begin = at
    yield begin, end


def _composes(text: str, begin: int, at: int) -> bool:
    """Whether the character at `at` is a mark, or a vowel or final that melts into what precedes it."""
    if unicodedata.combining(text[at]):
        return True
    alone = unicodedata.normalize("NFKC", text[at].translate(_FOLDS))
    if alone.isascii() or len(alone) > 1:
        return bool(alone) and unicodedata.combining(alone[0]) != 0
    before = unicodedata.normalize("NFKC", text[max(begin, at - 3) : at].translate(_FOLDS))
    return unicodedata.combining(alone) != 0 or unicodedata.normalize("NFKC", before + alone) != before + alone


def _set_apart(text: str, start: int, end: int, new: str) -> str:
    """Keep a symbol that is spelled as letters or digits ("½", "①", "™", "㎏") apart from the word it touches."""
    old = text[start]
    if end - start > 1 or unicodedata.category(old) not in ("No", "So") or (len(new) == 1 and new.isalpha()):
        return new
    before = " " if start and _joins(text[start - 1]) and new[0].isalnum() else ""
    after = " " if end < len(text) and _joins(text[end]) and new[-1].isalnum() else ""
    return before + new + after


def _joins(neighbour: str) -> bool:
    return neighbour.isalnum() and unicodedata.category(neighbour) not in ("No", "So")


def _drop_marks(draft: Draft) -> None:
    """Take strikes off any letter, and whatever mark is left on Latin letters, digits and signs after composition."""
    edits: list[Edit] = []
    for match in _MARK_RUN.finditer(draft.text):
        start, end = match.span()
        base, marks = draft.text[max(0, start - 1) : start], match.group()
        spelled = base.isalpha() and ord(base) >= _LATIN_END and not "\u1e00" <= base <= "\u1eff"
        kept = "".join(mark for mark in marks if mark not in _STRIKES) if spelled else ""
        if kept != marks:
            new = base + kept
            draft.repaired |= base.isalnum()
            edits.append((start - len(base), end, new))
    draft.apply(edits)
