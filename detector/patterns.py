"""The pattern language of the knowledge files, compiled to slots of alternatives.

A pattern is a line of items separated by spaces, matched against consecutive tokens (see `tokens.py`; case, hyphens,
commas, quotes and emoji between words do not matter):

    kerja               this word, in any spelling that `language.yaml` lists for it
    admin|cs|operator   one of these; `_` joins words: customer_service|cs
    $NEG                a macro of `language.yaml`: a list of alternatives
    @pay                a mention: @pay @phone @link @shortlink @email @handle
    @hub                a place with a flag: @hub @conflict @closed @moratorium @transit @abroad @home; @KH one country
    #                   a number
    ...3                a gap: up to three tokens, never across the end of a sentence
    kak?                an item followed by ? is optional; a ? of its own is a question mark

`a b` never matches across the end of a sentence, because that end is itself a token.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from detector.knowledge.schema import Destination, Knowledge

# Classes of places: the flags of `destinations.yaml` that each stands for.
PLACE_CLASSES: dict[str, tuple[str, ...]] = {
    "hub": ("scam_hub", "scam_cases"),
    "transit": ("transit_to_scam_hub",),
    "conflict": ("conflict", "alert_siaga_1"),
    "closed": ("non_placement", "work_ban_by_minister"),
    "moratorium": ("moratorium_individual_users",),
}
MENTION_CLASSES = frozenset({"pay", "phone", "link", "shortlink", "email", "handle"})
NUMBER = "#"
_GAP_ITEM = re.compile(r"\.\.\.(\d)")
_Runs = tuple[tuple[str, ...], ...]  # alternatives, each one or more words that stand together
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|\?")


class PatternError(ValueError):
    """A pattern that does not follow the language."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One item of a pattern: alternatives, each a run of words; or a gap of up to `gap` tokens."""

    alternatives: _Runs
    optional: bool = False
    gap: int = 0


@dataclass(frozen=True, slots=True)
class CompiledPattern:
    """The slots of one line, and what to ask before looking for it.

    `asked` holds sets of words, the rarest first: a text without any word of one of them can't match.
    """

    slots: tuple[Slot, ...]
    asked: tuple[frozenset[str], ...]


def place_word(iso2: str) -> str:
    """The word that stands for a place token in the matcher's document."""
    return f"@{iso2}"


def members(name: str, destinations: tuple[Destination, ...]) -> tuple[str, ...]:
    """Words of the places that belong to class `name` (see `PLACE_CLASSES`), sorted."""
    if name == "abroad":
        return tuple(sorted(place_word(d.iso2) for d in destinations if d.iso2 != "ID"))
    if name == "home":
        return (place_word("ID"),)
    flags = PLACE_CLASSES[name]
    return tuple(sorted(place_word(d.iso2) for d in destinations if any(d.has(flag) for flag in flags)))


def compile_pattern(line: str, knowledge: Knowledge) -> CompiledPattern:
    """Compile one line.

    Raises:
        PatternError: naming the item that breaks the language.
    """
    slots: list[Slot] = []
    for item in line.split():
        gap = _GAP_ITEM.fullmatch(item)
        if gap:
            slots.append(Slot((), gap=int(gap.group(1))))
            continue
        optional = item.endswith("?") and len(item) > 1
        slots.append(Slot(_alternatives(item[:-1] if optional else item, knowledge), optional))
    musts = [slot.alternatives for slot in slots if not (slot.optional or slot.gap or (NUMBER,) in slot.alternatives)]
    if not musts:
        raise PatternError(f"{line!r}: at least one item must be a plain word or a mention")
    return CompiledPattern(tuple(slots), _asked(musts, _union(*knowledge.function_words.values())))


def _asked(musts: Sequence[_Runs], common: frozenset[str]) -> tuple[frozenset[str], ...]:
    """See `CompiledPattern.asked`. Of words that stand together the rarest is asked for, and then the next one."""

    def rarity(words: frozenset[str]) -> tuple[float, list[str]]:
        """Few and long words are rare in running text: the fewer patterns are tried for nothing."""
        return sum(len(word) for word in words - common) / len(words) - 0.5 * len(words), sorted(words)

    ranked = [[sorted(run, key=lambda word: (word in common, -len(word))) for run in runs] for runs in musts]
    first = {frozenset(run[0] for run in runs) for runs in ranked}
    next_ = {frozenset(run[min(1, len(run) - 1)] for run in runs) for runs in ranked} - first
    return (*sorted(first, key=rarity, reverse=True), *sorted(next_, key=rarity, reverse=True))


@lru_cache(maxsize=8)
def _union(*sets: frozenset[str]) -> frozenset[str]:
    """All words of the sets; made once for all patterns."""
    return frozenset[str]().union(*sets)


def _alternatives(item: str, knowledge: Knowledge) -> _Runs:
    runs: list[tuple[str, ...]] = []
    for part in item.split("|"):
        if not part:
            raise PatternError(f"{item!r}: an empty alternative")
        if part.startswith("$"):
            if part[1:] not in knowledge.macros:
                raise PatternError(f"unknown macro {part}")
            for word in knowledge.macros[part[1:]].split():
                runs += _alternatives(word, knowledge)
        elif part == NUMBER:
            runs.append((NUMBER,))
        elif part.startswith("@"):
            runs += [(word,) for word in _mention(part[1:], knowledge)]
        else:
            words = [canonical(word, knowledge.spelling) for word in part.lower().split("_")]
            for word in words:
                if not _WORD.fullmatch(word):
                    raise PatternError(f"{item!r}: {word!r} can never be one token")
            runs.append(tuple(words))
    return tuple(dict.fromkeys(runs))  # two spellings may be one canonical word


def _mention(name: str, knowledge: Knowledge) -> tuple[str, ...]:
    if name in MENTION_CLASSES:
        return (f"@{name}",)
    if name in PLACE_CLASSES or name in ("abroad", "home"):
        return members(name, knowledge.destinations)
    if name in knowledge.country:
        return (place_word(name),)
    raise PatternError(f"unknown class @{name}")


def canonical(word: str, spelling: dict[str, str]) -> str:
    """The canonical form of a lower-case word."""
    return spelling.get(word, word)
