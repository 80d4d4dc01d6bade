"""Repair and normalise hostile text; every character keeps its offset in the text as received.

Characters first (`characters.py`): mojibake, hidden characters, NFKC, styled letters, strike marks. Then letters of
other scripts that only look Latin (`homoglyphs.py`). Then words (`disguises.py`): stretched, spaced and leet spellings,
the latter two only towards a word that the caller names. Case and line breaks are kept.

The steps repeat until nothing changes, so that `normalise(t.normal)` is `t.normal`. A text that needs nothing is found
out by a few compiled regexes and returned as it is.
"""

import re
from dataclasses import dataclass

from detector import characters, disguises, homoglyphs
from detector.alignment import Draft
from detector.errors import EmptyInput

MAX_CHARACTERS = 20_000
# Each repair can uncover another one (mojibake of mojibake, leet behind a homoglyph), but every one of them shortens
# the text or moves it towards ASCII, so real texts settle in two rounds.
_MAX_ROUNDS = 12
# White space and characters that are drawn as nothing: put in front, they must not use up the limit.
_SHOWN = re.compile("[^\\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Text:
    """A text as received beside its normalised form.

    `starts[i]`/`ends[i]` are the offsets in `received` of the characters that `normal[i]` came from; both never fall.
    `warnings` holds codes: `repaired_text`, `hidden_text`, `truncated`.
    """

    received: str
    normal: str
    starts: tuple[int, ...] | range
    ends: tuple[int, ...] | range
    warnings: tuple[str, ...] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Map `normal[start:end]` to offsets in `received`. The span must not be empty."""
        return self.starts[start], self.ends[end - 1]


def normalise(received: str, words: frozenset[str] = frozenset(), limit: int = MAX_CHARACTERS) -> Text:
    """Normalise `received`; see the module docstring.

    `words` are the lower-case words that knowledge cares about: leet and spaced letters are undone only towards one of
    them. Only the first `limit` characters (white space and invisible characters in front not counted) are
    read; `truncated` says so.

    Raises:
        EmptyInput: nothing visible is left.
    """
    shown = _SHOWN.search(received)
    if shown is None:
        raise EmptyInput
    lead = shown.start()
    body = received[lead : lead + limit].rstrip()
    if not body:
        raise EmptyInput
    truncated = not (len(received) <= lead + limit or received[lead + limit :].isspace())
    draft = Draft(body, lead)
    lexicon = disguises.lexicon(words)
    for _ in range(_MAX_ROUNDS):
        before = draft.text
        characters.repair(draft)
        if len(draft.text) > limit:  # one character of the input may spell out as eighteen
            draft.crop(0, limit)
            truncated = True
        if b"C" in draft.kinds or b"?" in draft.kinds:  # Cyrillic, or unusual characters
            homoglyphs.repair(draft)
        disguises.repair(draft, lexicon)
        draft.crop(*_without_margins(draft.text))
        if draft.text == before:
            break
    if not draft.text:
        raise EmptyInput
    flags = (("repaired_text", draft.repaired), ("hidden_text", draft.hidden), ("truncated", truncated))
    return Text(
        received,
        draft.text,
        draft.starts if isinstance(draft.starts, range) else tuple(draft.starts),
        draft.ends if isinstance(draft.ends, range) else tuple(draft.ends),
        tuple(code for code, set_ in flags if set_),
    )


def _without_margins(text: str) -> tuple[int, int]:
    """The span of `text` without white space at both ends."""
    return len(text) - len(text.lstrip()), len(text.rstrip())
