"""The words of the pages: both languages say everything, and numbers look as each language writes them."""

import re
from pathlib import Path
from string import Formatter

import pytest

from api.catalog import Catalog, load_catalogs
from api.problems import KINDS
from detector.assessment import KINDS as DOCUMENT_KINDS

CATALOGS = load_catalogs()
ID, EN = CATALOGS["id"], CATALOGS["en"]
API = Path(__file__).parent.parent.parent / "api"


def places(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name)


def test_both_languages_have_the_same_keys_and_places() -> None:
    assert sorted(ID.strings) == sorted(EN.strings)
    for key in ID.strings:
        assert places(ID.strings[key]) == places(EN.strings[key]), key
        assert ID.strings[key].strip(), key
        assert EN.strings[key].strip(), key


def test_every_key_of_a_template_exists_and_none_is_left_over() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in [*API.rglob("*.html"), *API.rglob("*.py")])
    used = set(re.findall(r"""\b(?:t|self)\(\s*["']([a-z_]+(?:\.[a-z0-9_-]+)+)["']""", sources))
    assert used <= set(ID.strings)
    used |= set(re.findall(r"""["']([a-z_]+(?:\.[a-z0-9_-]+)+)["']""", sources))  # chosen before it is looked up
    families = "level problem warnings kind legend severity group_about entity lawful sum language visa period age"
    families += " nav verdict job channel difference people give list_kind claim case alarm stale"
    families += " history contact_type"
    families += " admin_rooms role role_about member_error audit_break audit_action"
    computed = tuple(f"{family}." for family in families.split())
    left_over = {key for key in ID.strings if key not in used and not key.startswith(computed)}
    assert not left_over


@pytest.mark.parametrize("catalog", [ID, EN], ids=["id", "en"])
def test_every_code_that_may_be_shown_has_words(catalog: Catalog) -> None:
    for kind in DOCUMENT_KINDS:
        assert catalog(f"kind.{kind}")
    for code in ("unknown_language", "repaired_text", "hidden_text", "truncated"):
        assert catalog(f"warnings.{code}")
    of_the_api_alone = {"broken_json", "not_utf8", "invalid", "several_listings"}
    for code in KINDS.keys() - of_the_api_alone:
        assert catalog(f"problem.{code}")


def test_no_sentence_calls_a_text_safe() -> None:
    for catalog, word, allowed in (
        (ID, r"\baman\b", r"(bukan berarti|belum tentu) aman"),
        (EN, r"\bsafe", r"not mean safe"),
    ):
        for key, text in catalog.strings.items():
            assert len(re.findall(word, text)) == len(re.findall(allowed, text)), key


@pytest.mark.parametrize(
    ("value", "indonesian", "english"),
    [(0.974, "97,4%", "97.4%"), (0.99991, ">99,9%", ">99.9%"), (0.0, "<0,1%", "<0.1%"), (1.0, ">99,9%", ">99.9%")],
)
def test_a_probability_is_never_certainty(value: float, indonesian: str, english: str) -> None:
    assert (ID.percent(value), EN.percent(value)) == (indonesian, english)


@pytest.mark.parametrize(
    ("value", "indonesian", "english"),
    [(1.306, "+1,31", "+1.31"), (-0.5, "−0,50", "−0.50"), (-0.001, "+0,00", "+0.00"),
     (12345.6, "+12.345,60", "+12,345.60")],
)  # fmt: skip
def test_signed_numbers(value: float, indonesian: str, english: str) -> None:
    assert (ID.signed(value), EN.signed(value)) == (indonesian, english)


@pytest.mark.parametrize(
    ("log_odds", "words"),
    [
        (0.693, "suspicion 2.0 times stronger"),
        (-1.386, "suspicion 4.0 times weaker"),
        (0.01, "hardly changes the suspicion"),
        (9.0, "suspicion 8,103 times stronger"),
    ],
)
def test_contributions_in_words(log_odds: float, words: str) -> None:
    assert EN.times(log_odds) == words
