"""What kinds of characters a text holds, as one byte per character.

Most questions of the first stages have the same answer for nearly every text: no styled letter, no digit inside a word,
no number of two digits. Asked of these bytes, which `bytes.find` and short patterns read, such a question costs a
small part of what a regular expression over Unicode text costs. The kinds only decide where the exact rules have to
look, never what those say.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

import numpy as np

# Behind the last letter of Unicode (in CJK extension H); whatever lies beyond is of the kind of the last entry.
_SIZE = 0x32400


class Alphabet:
    """The byte of each kind, and the characters of that kind in the notation of a set in `re`; the last kind wins."""

    def __init__(self, kinds: Mapping[str, str]) -> None:
        self._table = np.zeros(_SIZE, np.uint8)
        for kind, characters in kinds.items():
            for start, end in _ranges(characters):
                self._table[start:end] = ord(kind)
        self._bytes = bytes(self._table[:256])

    def read(self, text: str) -> bytes:
        """The kind of each character of `text`, as a byte."""
        if text.isascii():
            return text.encode().translate(self._bytes)
        # "utf-32" and not "utf-32-le": only the former is built into `str.encode`, behind a byte order mark.
        codes = np.frombuffer(text.encode("utf-32", "surrogatepass"), np.uint32, offset=4)
        return self._table.take(codes, mode="clip").tobytes()


@lru_cache(maxsize=64)
def _ranges(characters: str) -> tuple[tuple[int, int], ...]:
    """Code points [start, end) of the runs of characters of a set."""
    if characters.startswith("^"):
        edges = [0, *(edge for span in sorted(_ranges(characters[1:])) for edge in span), _SIZE]
        return tuple(zip(edges[::2], edges[1::2], strict=True))
    if "\\" not in characters:  # a hundred times faster than to try every character
        spans = re.finditer("(.)(?:-(.))?", characters, re.DOTALL)
        return tuple((ord(span[1]), ord(span[2] or span[1]) + 1) for span in spans)
    everything = np.arange(_SIZE, dtype="<u4").tobytes().decode("utf-32-le", "surrogatepass")
    return tuple(run.span() for run in re.finditer(f"[{characters}]+", everything))


# Two in a row are a flag.
REGIONAL = "\U0001f1e6-\U0001f1ff"
# What a plain Indonesian, English or Malay text with emoji holds. Anything else is no fault, only a reason to look.
USUAL = (
    "\n -~\u00a1-\u00a7\u00a9\u00ab\u00ac\u00ae\u00b0\u00b1\u00b6\u00b7\u00bb\u00bf-\u0131\u0134-\u013e\u0141-\u0148"
    "\u014a-\u017e\u0180-\u01c3\u01cd-\u01f0\u01f4-\u024f\u0400-\u0481\u048a-\u04ff\u0621-\u064a\u0660-\u0669"
    "\u2010\u2012-\u2016\u2018-\u2022\u2030\u2039\u203a\u20ac\u2190-\u21ff\u2300-\u2328\u232b-\u23ff\u2500-\u27bf"
    f"\u2900-\u2a0b\u2b00-\u2bff\u3001\u3002\u4e00-\u9fff\uac00-\ud7a3\ufe0f{REGIONAL}\U0001f300-\U0001faff"
)
EMOJI = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001f0ff\U0001f170-\U0001f189\U0001f18e\U0001f191-\U0001faff"
)
# What repairs ask about. ASCII letters of either case stand for themselves.
REPAIRS = Alphabet(
    {
        "X": "\0-\U000323ff",  # of no interest
        "E": EMOJI,
        "F": "\\w",  # letters that are not ASCII
        "N": "\\d",  # digits that are not ASCII
        "D": "\u2776-\u2793",  # digits in circles, which are emoji, too
        "M": "\u00c2-\u00d6\u00d8-\u00f4",  # letters with which mojibake begins
        "T": "\u00d7",  # a sign with which mojibake begins
        "C": "\u0400-\u04ff",  # Cyrillic, some of which looks Latin
        "V": "\ufe0f",  # "draw the sign before as emoji"
        "R": REGIONAL,
        "?": f"^{USUAL}",  # not usual, whatever else it is
        "0": "0-9",
        "$": "@$!\u20ac",  # signs that stand for letters
        "|": "|",  # a sign that stands for a letter, and a separator
        "-": ".\u00b7\u2022\u2013_*/~'\u2019-",  # separators of spaced letters
        " ": " ",
        "\n": "\n",
        **{letter: letter + letter.upper() for letter in "abcdefghijklmnopqrstuvwxyz"},
    }
)
