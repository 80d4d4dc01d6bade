"""How found words become indicators: `unless`, `requires`, `derive` and shields, on knowledge of a few entries."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from detector.knowledge.loader import DIRECTORY, load
from detector.knowledge.schema import LicenceList
from detector.reading import Reader
from tests.detector.small_knowledge import SHIPPED, entry, reader_of, shown

UNLESS: list[tuple[str, bool, str]] = [
    # text, is the fee found?, why
    ("bayar biaya admin", True, "nothing voids it"),
    ("tidak ada biaya", False, "the negation touches it"),
    ("biaya tidak ada", False, "on either side"),
    ("tidak satu dua tiga empat lima biaya", False, "five tokens away"),
    ("tidak satu dua tiga empat lima enam biaya", False, "six tokens away: just in reach"),
    ("tidak satu dua tiga empat lima enam tujuh biaya", True, "seven tokens away: out of reach"),
    ("tidak ada biaya. Satu dua tiga empat lima enam tujuh biaya", True, "only the near one is voided"),
]


@pytest.mark.parametrize(("text", "found", "why"), UNLESS, ids=[why for _, _, why in UNLESS])
def test_unless_voids_what_stands_near(text: str, found: bool, why: str) -> None:
    reader = reader_of(entry("fee", "biaya", unless=["tidak"]))
    assert ("fee" in shown(reader, text)) == found, why


def test_unless_voids_its_own_entry_only() -> None:
    reader = reader_of(entry("fee", "biaya", unless=["tidak"]), entry("money", "biaya"))
    assert shown(reader, "tidak ada biaya") == {"money": ["biaya"]}


REQUIRES: list[tuple[dict[str, tuple[str, ...]], str, bool, str]] = [
    ({"all": ("indicator:offer",)}, "lowongan operator", True, "the other indicator is there"),
    ({"all": ("indicator:offer",)}, "saya operator", False, "it is not"),
    ({"all": ("fact:destination_hub",)}, "operator di Kamboja", True, "a fact"),
    ({"all": ("fact:destination_hub",)}, "operator di Bekasi", False, "a fact that fails"),
    ({"all": ("indicator:offer", "fact:destination_hub")}, "operator di Kamboja", False, "one of two is missing"),
    ({"any": ("indicator:offer", "fact:destination_hub")}, "operator di Kamboja", True, "one of two is enough"),
    ({"any": ("indicator:offer", "fact:destination_hub")}, "operator pabrik", False, "none of two"),
    ({"none": ("fact:destination_home",)}, "operator di Kamboja", True, "what must be absent is"),
    ({"none": ("fact:destination_home",)}, "operator di Bekasi", False, "what must be absent is there"),
]


@pytest.mark.parametrize(("condition", "text", "found", "why"), REQUIRES, ids=[row[-1] for row in REQUIRES])
def test_requires(condition: dict[str, tuple[str, ...]], text: str, found: bool, why: str) -> None:
    reader = reader_of(entry("role", "operator", requires=condition), entry("offer", "lowongan", polarity="frame"))
    assert ("role" in shown(reader, text)) == found, why


@pytest.mark.parametrize("order", [("first", "second", "third"), ("third", "second", "first")])
def test_requirements_of_requirements_hold_in_any_order(order: tuple[str, ...]) -> None:
    entries = {
        "first": entry("first", "satu", requires={"all": ("indicator:second",)}),
        "second": entry("second", "dua", requires={"all": ("indicator:third",)}),
        "third": entry("third", "tiga", requires={"all": ("fact:destination_hub",)}),
    }
    reader = reader_of(*(entries[name] for name in order))
    assert set(shown(reader, "satu dua tiga di Kamboja")) == {"first", "second", "third"}
    assert shown(reader, "satu dua tiga di Bekasi") == {}, "what it stands on has fallen"


DERIVED = (
    entry("offer", "lowongan ...4 segera", polarity="frame"),
    entry("unskilled", "tanpa pengalaman"),
    entry(
        "combo",
        polarity="combination",
        derive=[{"all": ("indicator:offer", "fact:destination_hub"), "any": ("indicator:unskilled",)}],
    ),
    entry("on_top", polarity="combination", derive=[{"all": ("indicator:combo",)}]),
    entry("only_absence", polarity="combination", derive=[{"none": ("indicator:offer", "fact:destination_hub")}]),
)


def test_derived_indicators_show_what_they_follow_from() -> None:
    found = shown(reader_of(*DERIVED), "Lowongan admin di Kamboja, segera. Tanpa pengalaman.")
    assert found["combo"] == ["kamboja", "tanpa pengalaman"], "a frame is no evidence where there is other evidence"
    assert found["on_top"] == found["combo"]
    assert "only_absence" not in found


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Lowongan admin di Bekasi, segera. Tanpa pengalaman.", "no hub"),
        ("Lowongan admin di Kamboja, segera.", "nothing of `any`"),
        ("Admin di Kamboja, tanpa pengalaman.", "no offer"),
    ],
)
def test_a_conjunction_needs_every_part(text: str, why: str) -> None:
    found = shown(reader_of(*DERIVED), text)
    assert "combo" not in found, why
    assert "on_top" not in found, why


def test_a_conclusion_from_absence_has_no_place() -> None:
    assert shown(reader_of(*DERIVED), "selamat pagi") == {"only_absence": [""]}


def test_what_is_derived_does_not_depend_on_the_order_of_the_files() -> None:
    text = "Lowongan admin di Kamboja, segera. Tanpa pengalaman."
    assert shown(reader_of(*DERIVED), text) == shown(reader_of(*reversed(DERIVED)), text)


SHIELD = (
    entry("self_warning", "waspada penipuan", polarity="frame", shields=True),
    entry("fee", "biaya"),
    entry("free", "gratis", polarity="protective"),
)
SHIELDED: list[tuple[str, set[str], str]] = [
    ("Bayar biaya dulu.", {"fee"}, "no warning"),
    ("Waspada penipuan yang meminta biaya.", {"self_warning"}, "the warning names the fee"),
    ("Yang meminta biaya itu penipu, waspada penipuan!", {"self_warning"}, "before it, too"),
    ("Waspada penipuan! Bayar biaya dulu.", {"self_warning", "fee"}, "the next sentence is not covered"),
    ("Bayar biaya dulu. Waspada penipuan!", {"self_warning", "fee"}, "nor the one before"),
    ("Waspada penipuan, semua gratis.", {"self_warning", "free"}, "protective signs need no shield"),
    (
        "Waspada penipuan satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas biaya",
        {"self_warning"},
        "the twelfth token",
    ),
    (
        "Waspada penipuan satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas duabelas biaya",
        {"self_warning", "fee"},
        "a text without full stops is not covered to its end",
    ),
]


@pytest.mark.parametrize(("text", "found", "why"), SHIELDED, ids=[row[-1] for row in SHIELDED])
def test_shields(text: str, found: set[str], why: str) -> None:
    assert set(shown(reader_of(*SHIELD), text)) == found, why


def test_hits_come_in_reading_order() -> None:
    reader = reader_of(entry("b", "gaji"), entry("a", "gaji"), entry("c", "kerja"))
    hits = reader.read("kerja, gaji, kerja").hits
    assert [(hit.id, hit.start) for hit in hits] == [("c", 0), ("a", 1), ("b", 1), ("c", 2)]


UNLISTED = "Kami PT Contoh Gelap, SIP3MI No. 000/2024, membuka lowongan ART Hong Kong, kirim lamaran ke kantor."
LISTED = UNLISTED.replace("Gelap", "Terang")


def test_no_company_is_called_unlisted_with_the_shipped_list_which_is_incomplete() -> None:
    reader = Reader(SHIPPED)
    for text in (UNLISTED, LISTED):
        assert "combo_licence_unlisted_offer" not in shown(reader, text)


def test_a_licence_that_is_named_but_not_on_a_complete_list() -> None:
    licences = LicenceList(complete=True, as_of="2026-11-23", source="OWN", companies=("PT Contoh Terang",))
    reader = Reader(replace(SHIPPED, licences=licences))
    assert "combo_licence_unlisted_offer" in shown(reader, UNLISTED)
    assert "combo_licence_unlisted_offer" not in shown(reader, LISTED)


def test_an_installation_can_load_its_own_list(tmp_path: Path) -> None:
    directory = tmp_path / "knowledge"
    shutil.copytree(DIRECTORY, directory, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    licences = {"complete": True, "as_of": "2026-11-23", "source": "OWN", "companies": ["PT Contoh Terang"]}
    (directory / "licences.yaml").write_text(yaml.safe_dump(licences), encoding="utf-8")
    knowledge = load(directory)
    assert knowledge.digest != SHIPPED.digest, "the bundle was fitted on other knowledge"
    reader = Reader(knowledge)
    assert "combo_licence_unlisted_offer" in shown(reader, UNLISTED)
    assert "combo_licence_unlisted_offer" not in shown(reader, LISTED)
