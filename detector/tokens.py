"""One tokenisation per text, which indicators, n-grams and contributions share.

Words are runs of letters and digits; hyphens, slashes, quotes, commas and colons only separate. A mention that stands
for one thing (a pay, a phone, a link, a place) is one token. Sentence ends and paragraph breaks are tokens of their
own (`stop`), so that a pattern with a gap does not run across them.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from detector.entities import Mention
from detector.mentions.words import Words

# Mentions that become one token. The others (visa, licence, age ...) keep their words, which patterns name.
MERGED = frozenset({"phone", "link", "shortlink", "email", "handle", "pay", "destination"})

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[.!?;…]+(?=\s|$)|\n\s*\n|[\U0001F1E6-\U0001FAFF☀-➿⬀-⯿]")
# Words whose full stop does not end a sentence ("min. SMA", "Jl. Melati", "Rp. 5 juta", "No. 12").
_ABBREVIATIONS = frozenset({
    "jl", "jln", "gg", "no", "nmr", "min", "mnm", "max", "maks", "rp", "dr", "drs", "ir", "hj", "bpk", "tel",
    "telp", "tlp", "ext", "ds", "dsn", "kel", "kec", "kab", "prov", "pt", "cv", "tbk", "tgl", "sr", "mr", "mrs",
    "ms", "ltd", "co", "inc"
})  # fmt: skip
# The tokens that are no words, over `Words.kinds` with "." as "!": ends of sentences, paragraph breaks, emoji.
_STOPS = bytes.maketrans(b".", b"!")
_STOP = re.compile(rb"!!*+(?=[ \n]|\Z)|\n(?: *\n)+|e")
_STOP_CHARACTERS = frozenset(".!?;…\n")


@dataclass(frozen=True, slots=True)
class Tokens:
    """Parallel sequences, one item per token: lower-case word, span in `Text.normal`, mention type (or ""), stop."""

    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    labels: tuple[str, ...]
    stops: tuple[bool, ...]

    def __len__(self) -> int:
        return len(self.words)


def tokenise(normal: str, mentions: Sequence[Mention] = (), words: Words | None = None) -> Tokens:
    """Split `normal` into tokens; `mentions` are sorted by start and those in `MERGED` do not overlap.

    `words` are those of `normal`, where the caller has them.
    """
    source = Words(normal) if words is None else words
    stops = [match.span() for match in _STOP.finditer(source.kinds.translate(_STOPS))]
    made = _Made(normal)
    at = word = stop = 0
    for mention in mentions:
        if mention.type not in MERGED or mention.start < at:
            continue
        word, stop = _add_between(made, source, stops, (at, mention.start), word, stop)
        label = f"destination:{mention.value}" if mention.type == "destination" else mention.type
        made.labels[len(made.words)] = label
        made.add(normal[mention.start : mention.end].lower(), mention.start, mention.end)
        at = mention.end
    _add_between(made, source, stops, (at, len(normal)), word, stop)
    return made.tokens()


class _Made:
    """The tokens so far: labels and stops by place."""

    __slots__ = ("ends", "labels", "normal", "starts", "stops", "words")

    def __init__(self, normal: str) -> None:
        self.normal = normal
        self.words: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.labels: dict[int, str] = {}
        self.stops: list[int] = []

    def add(self, word: str, start: int, end: int) -> None:
        """Add a token."""
        self.words.append(word)
        self.starts.append(start)
        self.ends.append(end)

    def add_stop(self, start: int, end: int) -> None:
        """Add the end of a sentence or paragraph, or an emoji."""
        word = self.normal[start:end]
        if word == "." and self.words and self.words[-1] in _ABBREVIATIONS and self.ends[-1] == start:
            return
        if word[0] in _STOP_CHARACTERS:
            self.stops.append(len(self.words))
        self.add("¶" if word[0] == "\n" else word, start, end)

    def tokens(self) -> Tokens:
        """Everything that was added."""
        labels, stops = [""] * len(self.words), [False] * len(self.words)
        for at, label in self.labels.items():
            labels[at] = label
        for at in self.stops:
            stops[at] = True
        return Tokens(tuple(self.words), tuple(self.starts), tuple(self.ends), tuple(labels), tuple(stops))


def _add_between(
    made: _Made, source: Words, stops: list[tuple[int, int]], span: tuple[int, int], word: int, stop: int
) -> tuple[int, int]:
    """Add the words and stops of `span`, which reaches from one mention to the next; words in runs, up to each stop.

    `word` and `stop` are the first of `source` and `stops` that were not passed yet; returns those behind the span.
    """
    begin, end = span
    starts, ends = source.starts, source.ends
    first = bisect_left(starts, begin, word)
    last = bisect_left(starts, end, first)
    stop = bisect_left(stops, (begin,), stop)
    until = bisect_left(stops, (end,), stop)
    is_cut = (  # whether the span begins or ends inside what would be one token without the mentions
        (first and ends[first - 1] > begin)
        or (first < last and ends[last - 1] > end)
        or (stop and stops[stop - 1][1] > begin)
        or (stop < until and stops[until - 1][1] > end)
        or (begin < end < len(made.normal) and source.kinds[end - 1] in b".!")  # the mention ends a sentence
    )
    if is_cut:
        _add_cut(made, begin, end)
        return last, until
    for start, stop_end in stops[stop:until]:
        before = bisect_left(starts, start, first, last)
        made.words += source.lower[first:before]
        made.starts += starts[first:before]
        made.ends += ends[first:before]
        made.add_stop(start, stop_end)
        first = before
    made.words += source.lower[first:last]
    made.starts += starts[first:last]
    made.ends += ends[first:last]
    return last, until


def _add_cut(made: _Made, begin: int, end: int) -> None:
    """The same token by token, as if the text began and ended there."""
    for match in _TOKEN.finditer(made.normal, begin, end):
        word = match.group()
        if word[0].isalnum():
            made.add(word.lower(), *match.span())
        else:
            made.add_stop(*match.span())
