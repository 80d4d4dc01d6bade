"""Variants of one text side by side: what all of them say, and the slots in which they differ.

Each text is compared word by word with the most central one (Ratcliff & Obershelp's longest common blocks, `difflib`),
and the columns of these comparisons are laid over each other: a progressive alignment, as of sequences in biology
(Feng & Doolittle 1987), with a star in place of the tree.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

_WORD = re.compile(r"\s*\S+\s*")
_MAX_WORDS = 400  # of each text that are compared, for the comparison is quadratic; the rest is one slot


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of all texts; `parts[i]` is what text i has there, "" where it has nothing.

    In a `fixed` segment all texts have the same words; white space may differ. The parts of all segments, joined,
    rebuild each text.
    """

    parts: tuple[str, ...]
    fixed: bool


def align(texts: Sequence[str]) -> tuple[Segment, ...]:
    """The segments of `texts` from left to right, fixed and changing ones in turn."""
    if not texts:
        return ()
    rows = [_WORD.findall(text) for text in texts]
    rests = [text if not row else "".join(row[_MAX_WORDS:]) for text, row in zip(texts, rows, strict=True)]
    rows = [row[:_MAX_WORDS] for row in rows]
    words = [[word.strip() for word in row] for row in rows]
    centre = words[_most_central(words)]
    columns = [_columns(centre, row, said) for row, said in zip(rows, words, strict=True)]
    found = [
        Segment(tuple(part for part, _ in cells), all(same for _, same in cells))
        for cells in zip(*columns, strict=True)
        if any(part for part, _ in cells)
    ]
    if any(rests):
        found.append(Segment(tuple(rests), False))
    return tuple(_merged(found))


def _columns(centre: Sequence[str], row: Sequence[str], words: Sequence[str]) -> list[tuple[str, bool]]:
    """What `row` has before, at and behind each word of `centre` (gap, word, gap ...), and whether it is the word."""
    cells = [("", False)] * (2 * len(centre) + 1)
    for kind, start, end, from_, to in SequenceMatcher(None, centre, words, autojunk=False).get_opcodes():
        if kind == "equal":
            for at in range(end - start):
                cells[2 * (start + at) + 1] = (row[from_ + at], True)
        elif kind == "replace":
            cells[2 * start + 1] = ("".join(row[from_:to]), False)
        elif kind == "insert":
            cells[2 * start] = ("".join(row[from_:to]), False)
    return cells


def _merged(segments: Sequence[Segment]) -> Iterator[Segment]:
    """Neighbours of a kind as one."""
    for fixed, run in groupby(segments, key=lambda segment: segment.fixed):
        yield Segment(tuple(map("".join, zip(*(segment.parts for segment in run), strict=True))), fixed)


def _most_central(words: Sequence[Sequence[str]]) -> int:
    """The text that shares most of its words with the others."""
    sets = [frozenset(row) for row in words]
    shared = [sum(len(one & other) / max(1, len(one | other)) for other in sets) for one in sets]
    return shared.index(max(shared))
