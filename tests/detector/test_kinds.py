"""The kinds of characters agree, for every character there is, with the exact rules that they stand in for."""

import re
import sys

import pytest

from detector.disguises import _FOREIGN_LETTER, _LONE_LETTERS, _SIGNS
from detector.kinds import EMOJI, REPAIRS, USUAL
from detector.mentions.words import KINDS, Words

EVERY = [chr(code) for code in range(sys.maxunicode + 1)]
EVERY_TEXT = "".join(EVERY)
ASCII_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def of_kinds(alphabet_kinds: bytes, kinds: str) -> set[int]:
    wanted = frozenset(kinds.encode())
    return {code for code, kind in enumerate(alphabet_kinds) if kind in wanted}


def of_rule(rule: str) -> set[int]:
    return {match.start() for match in re.finditer(rule, EVERY_TEXT)}


@pytest.fixture(scope="module")
def repairs() -> bytes:
    return REPAIRS.read(EVERY_TEXT)


@pytest.fixture(scope="module")
def usual() -> set[int]:
    return of_rule(f"[{USUAL}]")


@pytest.mark.parametrize(
    ("kinds", "rule"),
    [
        ("EDR", f"[{EMOJI}]"),
        (ASCII_LETTERS + "FMDC", r"[^\W\d_]"),
        ("FMDC", _FOREIGN_LETTER.pattern),
        (ASCII_LETTERS + "FMDC0N", r"[^\W_]"),
        ("0$|", _SIGNS.pattern.rstrip("+")),
        (" \n-|", _LONE_LETTERS.pattern.partition("]")[0] + "]"),
        ("MT", "[\u00c2-\u00f4]"),
        ("C", "[\u0370-\u03ff\u0400-\u052f\u0531-\u0587\u13a0-\u13fd\u1400-\u167f\u1f00-\u1fff]"),  # of `homoglyphs`
    ],
)
def test_usual_characters_are_of_the_kind_that_a_rule_says(
    kinds: str, rule: str, repairs: bytes, usual: set[int]
) -> None:
    assert of_kinds(repairs, kinds) == of_rule(rule) & usual


def test_all_others_are_unusual(repairs: bytes, usual: set[int]) -> None:
    assert of_kinds(repairs, "?") == set(range(len(EVERY))) - usual


@pytest.mark.parametrize(
    ("kinds", "rule"),
    [
        ("a0i", r"[^\W_]"),
        ("0", r"\d"),
        (" \n", r"\s"),
        ("\n", r"\n"),
        (".!", "[.!?;…]"),
        (",", ","),
        ("'", "['’]"),
        ("e", "(?=[^\\w])[\U0001f1e6-\U0001faff☀-➿⬀-⯿]"),
    ],
)
def test_words_know_the_kinds_of_their_characters(kinds: str, rule: str) -> None:
    assert of_kinds(KINDS.read(EVERY_TEXT), kinds) == of_rule(rule)


def test_the_folded_text_is_the_text_as_a_pattern_without_case_sees_it() -> None:
    folded = Words(EVERY_TEXT).folded
    assert len(folded) == len(EVERY_TEXT)
    pattern = re.compile("[a-z]", re.IGNORECASE)
    assert {char for char in EVERY if pattern.match(char)} == {EVERY[at] for at in of_ascii_letters(folded)}
    for rule in (r"\w", r"\d", r"\s"):
        assert of_rule(rule) == {match.start() for match in re.finditer(rule, folded)}


def of_ascii_letters(folded: str) -> list[int]:
    return [match.start() for match in re.finditer("[a-z]", folded)]


def test_a_text_of_one_kind_of_characters_is_read_as_in_any_other() -> None:
    plain = "Gaji 5.000.000, hub 0812!\n"
    assert REPAIRS.read(plain) == REPAIRS.read(plain + "é")[:-1]  # ASCII has a way of its own
    assert REPAIRS.read("") == b""
    assert REPAIRS.read("\ud800") == b"?"
