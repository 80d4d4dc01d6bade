"""One tokenisation per text, which indicators, n-grams and contributions share.

Words are runs of letters and digits; hyphens, slashes, quotes, commas and colons only separate. A mention that stands
for one thing (a pay, a phone, a link, a place) is one token. Sentence ends and paragraph breaks are tokens of their
own (`stop`), so that a pattern with a gap does not run across them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from detector.entities import Mention

# Mentions that become one token. The others (visa, licence, age ...) keep their words, which patterns name.
MERGED = frozenset({"phone", "link", "shortlink", "email", "handle", "pay", "destination"})

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[.!?;…]+(?=\s|$)|\n\s*\n|[\U0001F1E6-\U0001FAFF☀-➿⬀-⯿]")
# Words whose full stop does not end a sentence ("min. SMA", "Jl. Melati", "Rp. 5 juta", "No. 12").
_ABBREVIATIONS = frozenset(
    (
        "jl",
        "jln",
        "gg",
        "no",
        "nmr",
        "min",
        "mnm",
        "max",
        "maks",
        "rp",
        "dr",
        "drs",
        "ir",
        "hj",
        "bpk",
        "tel",
        "telp",
        "tlp",
        "ext",
        "ds",
        "dsn",
        "kel",
        "kec",
        "kab",
        "prov",
        "pt",
        "cv",
        "tbk",
        "tgl",
        "sr",
        "mr",
        "mrs",
        "ms",
        "ltd",
        "co",
        "inc",
    )
)


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


def tokenise(normal: str, mentions: Sequence[Mention] = ()) -> Tokens:
    """Split `normal` into tokens; `mentions` are sorted by start and those in `MERGED` do not overlap."""
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    labels: list[str] = []
    stops: list[bool] = []

    def add_plain(begin: int, stop_at: int) -> None:
        for match in _TOKEN.finditer(normal, begin, stop_at):
            word = match.group()
            stop = not word[0].isalnum() and (word[0] in ".!?;…" or word[0].isspace())
            if word == "." and words and words[-1] in _ABBREVIATIONS and ends[-1] == match.start():
                continue
            words.append("¶" if word[0].isspace() else word.lower())
            starts.append(match.start())
            ends.append(match.end())
            labels.append("")
            stops.append(stop)

    at = 0
    for mention in mentions:
        if mention.type not in MERGED or mention.start < at:
            continue
        add_plain(at, mention.start)
        words.append(normal[mention.start : mention.end].lower())
        starts.append(mention.start)
        ends.append(mention.end)
        labels.append(f"destination:{mention.value}" if mention.type == "destination" else mention.type)
        stops.append(False)
        at = mention.end
    add_plain(at, len(normal))
    return Tokens(tuple(words), tuple(starts), tuple(ends), tuple(labels), tuple(stops))
