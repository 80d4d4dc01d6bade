"""The pattern language of the knowledge files, compiled to spaCy token patterns.

A pattern is a line of items separated by spaces, matched against consecutive tokens (see `tokens.py`; case, hyphens,
commas, quotes and emoji between words do not matter):

    kerja               this word, in any spelling that `language.yaml` lists for it
    admin|cs|operator   one of these; `_` joins words: customer_service|cs
    $NEG                a macro of `language.yaml`: a list of alternatives
    @pay                a mention: @pay @phone @link @shortlink @email @handle
    @hub                a place with a flag: @hub @conflict @closed @moratorium @transit @abroad @home; @KH one country
    #                   a number
    ...3                a gap: up to three tokens, never across the end of a sentence
    kak?                an item followed by ? is optional

`a b` never matches across the end of a sentence, because that end is itself a token.
"""

import itertools
import re
from dataclasses import dataclass
from typing import Any

from detector.knowledge.schema import Destination, Knowledge

MAX_EXPANSIONS = 512
# Classes of places: the flags of `destinations.yaml` that each stands for.
PLACE_CLASSES: dict[str, tuple[str, ...]] = {
    "hub": ("scam_hub", "scam_cases"),
    "transit": ("transit_to_scam_hub",),
    "conflict": ("conflict", "alert_siaga_1"),
    "closed": ("non_placement", "work_ban_by_minister"),
    "moratorium": ("moratorium_individual_users",),
}
MENTION_CLASSES = frozenset({"pay", "phone", "link", "shortlink", "email", "handle"})
_GAP: dict[str, Any] = {"IS_PUNCT": False, "OP": "?"}
_GAP_ITEM = re.compile(r"\.\.\.(\d)")


class PatternError(ValueError):
    """A pattern that does not follow the language."""


@dataclass(frozen=True, slots=True)
class CompiledPattern:
    """spaCy token patterns for one line, and the words of which one must be present for any of them to match."""

    token_patterns: tuple[tuple[dict[str, Any], ...], ...]
    anchors: frozenset[str]


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
    slots: list[list[tuple[dict[str, Any], ...]]] = []  # per item: its alternatives, each a run of token specs
    anchor_sets: list[frozenset[str]] = []
    for item in line.split():
        gap = _GAP_ITEM.fullmatch(item)
        if gap:
            slots.append([tuple([_GAP] * int(gap.group(1)))])
            continue
        optional = item.endswith("?") and len(item) > 1
        alternatives = _alternatives(item[:-1] if optional else item, knowledge)
        if not optional:
            words = [next((s["ORTH"] for s in run if isinstance(s.get("ORTH"), str)), None) for run in alternatives]
            listed = [s["ORTH"]["IN"] for run in alternatives for s in run if isinstance(s.get("ORTH"), dict)]
            if all(words) or (len(alternatives) == 1 and listed):
                anchor_sets.append(frozenset(w for w in words if w) | frozenset(itertools.chain(*listed)))
        slots.append([*alternatives, ()] if optional else alternatives)
    if not anchor_sets:
        raise PatternError(f"{line!r}: at least one item must be a plain word or a mention")
    count = 1
    for slot in slots:
        count *= len(slot)
    if count > MAX_EXPANSIONS:
        raise PatternError(f"{line!r}: {count} expansions, over {MAX_EXPANSIONS}: split it")
    expanded = tuple(tuple(itertools.chain(*choice)) for choice in itertools.product(*slots))
    # The anchor with the longest words is the rarest in running text: fewest patterns are tried for nothing.
    return CompiledPattern(expanded, max(anchor_sets, key=_rarity))


def _rarity(words: frozenset[str]) -> tuple[float, list[str]]:
    return min(len(word) + (4 if word.startswith("@") else 0) for word in words), sorted(words)


def _alternatives(item: str, knowledge: Knowledge) -> list[tuple[dict[str, Any], ...]]:
    runs: list[tuple[dict[str, Any], ...]] = []
    for part in item.split("|"):
        if not part:
            raise PatternError(f"{item!r}: an empty alternative")
        if part.startswith("$"):
            if part[1:] not in knowledge.macros:
                raise PatternError(f"unknown macro {part}")
            for word in knowledge.macros[part[1:]].split():
                runs += _alternatives(word, knowledge)
        elif part == "#":
            runs.append(({"LIKE_NUM": True},))
        elif part.startswith("@"):
            runs.append((_mention(part[1:], knowledge),))
        else:
            words = [canonical(word, knowledge.spelling) for word in part.lower().split("_")]
            for word in words:
                if not word or not re.fullmatch(r"[^\W_]+(?:['’][^\W_]+)*|%|\?", word):
                    raise PatternError(f"{item!r}: {word!r} can never be one token")
            runs.append(tuple({"ORTH": word} for word in words))
    return [run for at, run in enumerate(runs) if run not in runs[:at]]  # two spellings may be one canonical word


def _mention(name: str, knowledge: Knowledge) -> dict[str, Any]:
    if name in MENTION_CLASSES:
        return {"ORTH": f"@{name}"}
    if name in PLACE_CLASSES or name in ("abroad", "home"):
        return {"ORTH": {"IN": list(members(name, knowledge.destinations))}}
    if name in knowledge.country:
        return {"ORTH": place_word(name)}
    raise PatternError(f"unknown class @{name}")


def canonical(word: str, spelling: dict[str, str]) -> str:
    """The canonical form of a lower-case word."""
    return spelling.get(word, word)
