"""The table of minimum-functionality cases is well-formed, balanced, varied, and nothing that a model was fitted on."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from detector.assessment import KINDS, TYPOLOGIES
from training.check_corpus import HIGHEST_LIKENESS, near_duplicates
from training.records import ROOT, corpus

TABLE = ROOT / "training" / "behaviour" / "minimum.yaml"
FIELDS = {"id", "label", "kind", "typology", "language", "channel", "text", "why"}
CHANNELS = {
    *("facebook", "whatsapp", "telegram", "instagram", "tiktok", "linkedin", "forum"),
    *("email", "sms", "portal", "website", "poster", "news"),
}
# What the recruiting texts say too: the lawful ones must use these words as well, or the table would test words alone.
LURE_WORDS = re.compile(
    r"kamboja|kemboja|cambodia|poipet|phnom penh|tiket|ticket|flights paid|12 juta|12 million|tourist visa|visa turis"
    r"|visa pelancong|tanpa pengalaman|pengalaman tidak|(?:tiada|takde) pengalaman|no experience|\badmin\b|\bcs\b"
    r"|customer service",
    re.IGNORECASE,
)
EMOJI = re.compile("[\U0001f1e6-\U0001faff\u2600-\u27bf\u203c]")
# A number of a person or a line, however it is printed: the invented ones all hold a run of zeros or the exchange 000.
PHONE = re.compile(r"(?:\+62|\b08\d\d|\+60)[ \d-]{8,}")


def cases(path: Path = TABLE) -> list[dict[str, Any]]:
    """The rows of the table as they stand in the file."""
    rows: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return rows


CASES = cases()


def relatives(own: list[tuple[str, str]], others: list[tuple[str, str]]) -> list[tuple[str, str, float]]:
    """Near-duplicate pairs with at least one text of `own`; ids of `own` must differ from those of `others`."""
    names = {name for name, _ in own}
    return [pair for pair in near_duplicates(own + others) if names & set(pair[:2])]


def own_texts() -> list[tuple[str, str]]:
    """The table's texts under names that no corpus text has."""
    return [(f"minimum:{row['id']}", row["text"]) for row in CASES]


@pytest.mark.parametrize("row", CASES, ids=[str(row["id"]) for row in CASES])
def test_each_case_is_well_formed(row: dict[str, Any]) -> None:
    assert set(row) == FIELDS
    assert row["label"] in (0, 1)
    assert row["kind"] in KINDS
    assert row["typology"] in (TYPOLOGIES if row["label"] else ("",))
    assert row["kind"] == "offer" or row["label"] == 0, "only an offer recruits"
    assert row["language"] in ("id", "ms", "en")
    assert row["channel"] in CHANNELS
    assert row["text"] == row["text"].strip()
    assert 20 <= len(row["text"].split()) <= 90
    assert 4 <= len(row["why"].split()) <= 14
    for phone in PHONE.findall(row["text"]):
        assert re.search(r"0000|000 0", phone), f"{phone} could belong to somebody"


def test_ids_and_texts_are_unique() -> None:
    assert len({row["id"] for row in CASES}) == len(CASES)
    assert len({row["text"] for row in CASES}) == len(CASES)


def test_labels_and_typologies_have_enough_cases_each() -> None:
    assert Counter(row["label"] for row in CASES) == {1: 160, 0: 160}
    held = Counter(row["typology"] for row in CASES if row["label"])
    assert set(held) == set(TYPOLOGIES)
    assert held["scam_compound"] >= 40
    assert min(held.values()) >= 16


@pytest.mark.parametrize("label", [0, 1])
def test_languages_are_spread_alike_over_both_labels(label: int) -> None:
    assert Counter(row["language"] for row in CASES if row["label"] == label) == {"id": 96, "ms": 32, "en": 32}


def test_every_kind_of_text_is_there() -> None:
    held = Counter(row["kind"] for row in CASES if not row["label"])
    assert set(held) == set(KINDS)
    assert held["offer"] >= 80, "lawful offers are half of what does not recruit"
    for kind in ("news", "warning", "testimony", "question"):
        assert held[kind] >= 12, kind


def test_words_and_dress_do_not_give_the_label_away() -> None:
    negatives = [row for row in CASES if not row["label"]]
    assert sum(bool(LURE_WORDS.search(row["text"])) for row in negatives) >= len(negatives) / 2
    lawful = [row for row in negatives if row["kind"] == "offer"]
    recruiting = [row for row in CASES if row["label"]]
    assert sum(bool(EMOJI.search(row["text"])) for row in recruiting) <= len(recruiting) / 2
    share_lawful = sum(bool(EMOJI.search(row["text"])) for row in lawful) / len(lawful)
    share_recruiting = sum(bool(EMOJI.search(row["text"])) for row in recruiting) / len(recruiting)
    assert share_lawful > share_recruiting, "emoji must not be a sign of crime"


def test_no_two_cases_are_variants_of_each_other() -> None:
    assert relatives(own_texts(), []) == []


def test_no_case_is_or_resembles_a_text_of_the_corpus() -> None:
    fitted_on = [(record.id, record.text) for record in corpus()]
    assert fitted_on
    assert {row["text"] for row in CASES}.isdisjoint(text for _, text in fitted_on)
    assert relatives(own_texts(), fitted_on) == []


def test_a_reworded_corpus_text_would_be_found() -> None:
    planted = max((record.text for record in corpus()), key=len)
    words = planted.split()
    reworded = " ".join([*words[: len(words) // 2], "lainnya", *words[len(words) // 2 :]])
    (pair,) = relatives([("planted", reworded)], [("corpus", planted)])
    assert pair[2] > HIGHEST_LIKENESS
