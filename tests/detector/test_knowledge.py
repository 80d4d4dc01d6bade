"""The knowledge files: every entry holds its own examples, and a broken file is refused with file, entry and reason."""

import dataclasses
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from detector.assessment import TYPOLOGIES
from detector.errors import KnowledgeError
from detector.knowledge.loader import DIRECTORY, load
from detector.knowledge.schema import Bilingual, Condition, IndicatorEntry, Knowledge, LicenceList
from detector.patterns import PLACE_CLASSES
from detector.reading import Reader

KNOWLEDGE = load()
ENTRIES = {entry.id: entry for entry in KNOWLEDGE.indicators}
COMBINATIONS = [entry for entry in KNOWLEDGE.indicators if entry.id.startswith("combo_")]
PROTECTIVE = [e for e in KNOWLEDGE.indicators if e.polarity == "protective" and e not in COMBINATIONS]
FRAMES = {"offer_frame", "self_warning", "news_frame", "warning_frame", "testimony_frame", "question_frame"}
# A complete list of licensed companies, as an installation would load it; the shipped one is empty and says so.
LISTED = LicenceList(complete=True, as_of="2026-11-23", source="OWN", companies=("PT Contoh Terdaftar",))


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(KNOWLEDGE)


@pytest.fixture(scope="module")
def reader_with_licences() -> Reader:
    return Reader(dataclasses.replace(KNOWLEDGE, licences=LISTED))


def shown(reader: Reader, text: str) -> dict[str, list[str]]:
    """Indicators that a text shows, with the words that show them."""
    reading = reader.read(text)
    words: dict[str, list[str]] = {}
    for hit in reading.hits:
        words.setdefault(hit.id, []).append(" ".join(reading.tokens.words[hit.start : hit.end]))
    return words


def needs_licences(entry: IndicatorEntry) -> bool:
    return any(atom == "fact:licence_unlisted" for condition in entry.derive for atom in condition.atoms())


@pytest.mark.parametrize("entry", KNOWLEDGE.indicators, ids=lambda entry: entry.id)
def test_an_entry_holds_its_own_examples(entry: IndicatorEntry, reader: Reader, reader_with_licences: Reader) -> None:
    used = reader_with_licences if needs_licences(entry) else reader
    missed = [text for text in entry.examples.match if entry.id not in shown(used, text)]
    false = [(text, words[entry.id]) for text in entry.examples.no_match if entry.id in (words := shown(used, text))]
    assert not missed, "should show it and does not"
    assert not false, "should not show it and does"


@pytest.mark.parametrize("entry", KNOWLEDGE.indicators, ids=lambda entry: entry.id)
def test_an_entry_is_complete(entry: IndicatorEntry) -> None:
    least = 1 if entry in COMBINATIONS else 3
    assert len(entry.examples.match) >= least
    assert len(entry.examples.no_match) >= min(least + 1, 3)
    assert len(set(entry.examples.match) | set(entry.examples.no_match)) == len(entry.examples.match) + len(
        entry.examples.no_match
    ), "an example is given twice"
    assert entry.sources
    assert (entry.severity > 0) == (entry.polarity in ("risk", "combination")) or entry.polarity == "frame"
    assert not (entry.verified and set(entry.sources) == {"OWN"}), "own knowledge cannot be verified"
    if entry.polarity == "risk":
        assert entry.typologies, "a risk belongs to at least one typology"


def test_counts() -> None:
    polarity = Counter(entry.polarity for entry in KNOWLEDGE.indicators if entry not in COMBINATIONS)
    assert polarity["risk"] >= 90
    assert len(PROTECTIVE) == 19
    assert len(COMBINATIONS) >= 16
    assert {entry.id for entry in KNOWLEDGE.indicators if entry.polarity == "frame"} >= FRAMES
    assert set(KNOWLEDGE.typologies) == set(TYPOLOGIES)
    assert len(KNOWLEDGE.destinations) >= 45
    assert len(KNOWLEDGE.laws) == 37


def test_every_class_of_places_has_members() -> None:
    for name, flags in PLACE_CLASSES.items():
        assert [d.iso2 for d in KNOWLEDGE.destinations if any(d.has(flag) for flag in flags)], name


def bilingual_texts() -> list[tuple[str, Bilingual]]:
    found = [
        (f"{e.id}.{name}", text) for e in KNOWLEDGE.indicators for name, text in (("name", e.name), ("why", e.why))
    ]
    found += [(d.iso2, d.name) for d in KNOWLEDGE.destinations]
    found += [(law.code, law.about) for law in KNOWLEDGE.laws.values()]
    for typology in KNOWLEDGE.typologies.values():
        found += [(typology.id, typology.name), (typology.id, typology.definition)]
        found += [(f"{typology.id}.lawful_if", requirement.name) for requirement in typology.lawful_if]
    return found


def test_people_read_every_name_and_reason_in_both_languages() -> None:
    for where, text in bilingual_texts():
        assert text.id.strip(), where
        assert text.en.strip(), where
    for entry in KNOWLEDGE.indicators:
        assert entry.name.id != entry.name.en, entry.id
        assert entry.why.id != entry.why.en, entry.id


def test_every_source_that_is_cited_exists_and_every_source_is_cited() -> None:
    cited = {source for e in KNOWLEDGE.indicators for source in e.sources}
    for place in KNOWLEDGE.destinations:
        cited |= {place.source} | {flag.source for flag in place.flags}
        cited |= {place.wage.source} if place.wage else set()
    cited |= {currency.source for currency in KNOWLEDGE.currencies}
    cited |= {law.source for law in KNOWLEDGE.laws.values()}
    cited |= {source for typology in KNOWLEDGE.typologies.values() for source in typology.sources}
    assert cited - KNOWLEDGE.sources.keys() == set()
    assert KNOWLEDGE.sources.keys() - cited - {"UMP-2026"} == set(), "a source that nothing cites"


def test_what_rests_on_own_knowledge_is_never_called_verified() -> None:
    assert KNOWLEDGE.sources["OWN"].access == "own_knowledge"
    for law in KNOWLEDGE.laws.values():
        assert not (law.verified and law.source == "OWN"), law.code
    for place in KNOWLEDGE.destinations:
        for flag in place.flags:
            assert not (flag.verified and flag.source == "OWN"), (place.iso2, flag.flag)
        if place.wage and place.wage.source == "OWN":
            assert not place.wage.verified_min, place.iso2


def a_date(text: str) -> date:
    year, month, day, *_ = [*(int(part) for part in text.split("-")), 1, 1]
    return date(year, month, day)


def test_dates_are_dates_and_not_in_the_future() -> None:
    reviewed = a_date(KNOWLEDGE.as_of)
    dated: list[tuple[str, str]] = [(e.id, e.as_of) for e in KNOWLEDGE.indicators]
    for place in KNOWLEDGE.destinations:
        dated += [(place.iso2, place.as_of), *((place.iso2, flag.as_of) for flag in place.flags)]
        dated += [(place.iso2, place.wage.as_of)] if place.wage else []
    dated += [(law.code, law.as_of) for law in KNOWLEDGE.laws.values()]
    dated += [(currency.code, currency.as_of) for currency in KNOWLEDGE.currencies]
    dated += [(typology.id, typology.as_of) for typology in KNOWLEDGE.typologies.values()]
    for where, text in dated:
        assert a_date(text) <= reviewed, where


def test_requirements_are_met_by_protective_indicators() -> None:
    protective = {entry.id for entry in PROTECTIVE}
    for typology in KNOWLEDGE.typologies.values():
        assert 4 <= len(typology.lawful_if) <= 8, typology.id
        for requirement in typology.lawful_if:
            assert set(requirement.met_by) <= protective, (typology.id, requirement.name.en)


def test_no_name_of_a_place_belongs_to_two_countries() -> None:
    owner: dict[str, str] = {}
    for place in KNOWLEDGE.destinations:
        for name in {n.lower() for n in (place.name.id, place.name.en, *place.spellings, *place.places)}:
            assert owner.setdefault(name, place.iso2) == place.iso2, name


def test_wages_and_currencies() -> None:
    codes = {currency.code for currency in KNOWLEDGE.currencies}
    symbols = Counter(symbol for currency in KNOWLEDGE.currencies for symbol in currency.symbols)
    assert [symbol for symbol, count in symbols.items() if count > 1] == []
    assert KNOWLEDGE.minimum_wage_idr_month == 5_729_876
    for place in KNOWLEDGE.destinations:
        if place.wage:
            assert place.wage.currency in codes, place.iso2
            assert 0 < place.wage.min <= place.wage.max, place.iso2


@pytest.mark.parametrize(
    ("text", "iso2", "why"),
    [
        ("Penempatan Sihanoukville", "KH", "a town of a scam hub"),
        ("kerja di KK Park", "MM", "a compound"),
        ("Mae Sot, Thailand", "TH", "the last stop before the border"),
        ("Jl. Kamboja No. 5, Denpasar", "ID", "a street at home, no country"),
        ("Pabrik di Cikarang", "ID", "an industrial area at home"),
        ("Papua Nugini", "PG", "the longer name wins over Papua"),
        ("Job Hongkong", "HK", "written in one word"),
        ("ke Arab Saudi", "SA", "the full name"),
    ],
)
def test_places_are_recognised(reader: Reader, text: str, iso2: str, why: str) -> None:
    found = {mention.value for mention in reader.read(f"Lowongan. {text}").mentions if mention.type == "destination"}
    assert iso2 in found, why
    assert found == {iso2} or iso2 != "ID", why


@pytest.mark.parametrize(
    "text",
    [
        "male or female, victoria's secret, clark kent",
        "26 hk, sg, kl, tw, kh ahmad, oz",
        "bahasa arab, thai tea, nippon paint",
        "medan perang, obeng perak, lima orang",
    ],
)
def test_words_that_only_look_like_places(reader: Reader, text: str) -> None:
    assert [m for m in reader.read(text).mentions if m.type == "destination"] == []


def test_a_company_is_never_called_unlisted_without_a_complete_list(reader: Reader) -> None:
    entry = ENTRIES["combo_licence_unlisted_offer"]
    assert not KNOWLEDGE.licences.complete
    for text in entry.examples.match:
        assert entry.id not in shown(reader, text)


def test_a_warning_of_the_advertiser_shields_its_own_sentence_only(reader: Reader) -> None:
    lawful = (
        "Lowongan admin Bekasi, gaji UMK. Waspada penipuan: kami tidak memungut biaya pendaftaran dan uang seragam!"
    )
    assert "upfront_fee" not in shown(reader, lawful)
    fake = "Waspada penipuan! Kami resmi. Penempatan Kamboja, admin slot, gaji 15 juta, biaya pendaftaran 500 ribu."
    assert {"scam_hub_destination", "upfront_fee", "self_warning"} <= shown(reader, fake).keys()


@pytest.fixture
def knowledge_copy(tmp_path: Path) -> Path:
    directory = tmp_path / "knowledge"
    shutil.copytree(DIRECTORY, directory, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return directory


def rewrite(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(data)
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")


def test_an_unchanged_copy_loads_the_same(knowledge_copy: Path) -> None:
    assert load(knowledge_copy).digest == KNOWLEDGE.digest


def set_first(key: str, name: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        data[key][0][name] = value

    return change


def drop_first(key: str, name: str) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        del data[key][0][name]

    return change


def repeat_first(key: str) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        data[key].append(dict(data[key][0]))

    return change


FIRST_FRAME = "offer_frame"
BROKEN = [
    ("indicators/frames.yaml", set_first("indicators", "severity", 9), FIRST_FRAME, "severity", "over the scale"),
    ("indicators/frames.yaml", drop_first("indicators", "why"), FIRST_FRAME, "why", "a reason is missing"),
    ("indicators/frames.yaml", set_first("indicators", "name", {"id": "x"}), FIRST_FRAME, "name.en", "one language"),
    ("indicators/frames.yaml", set_first("indicators", "colour", "red"), FIRST_FRAME, "colour", "an unknown key"),
    ("indicators/frames.yaml", set_first("indicators", "as_of", "kemarin"), FIRST_FRAME, "as_of", "no date"),
    ("indicators/frames.yaml", set_first("indicators", "sources", ["NO-1"]), FIRST_FRAME, "NO-1", "unknown source"),
    ("indicators/frames.yaml", set_first("indicators", "legal_basis", ["Z9"]), FIRST_FRAME, "Z9", "unknown law"),
    (
        "indicators/frames.yaml",
        set_first("indicators", "typologies", ["loud"]),
        FIRST_FRAME,
        "loud",
        "unknown typology",
    ),
    ("indicators/frames.yaml", repeat_first("indicators"), FIRST_FRAME, "twice", "an id used twice"),
    (
        "indicators/frames.yaml",
        set_first("indicators", "derive", [{"all": ["indicator:nobody"]}]),
        FIRST_FRAME,
        "indicator:nobody",
        "an unknown indicator in a condition",
    ),
    (
        "indicators/frames.yaml",
        set_first("indicators", "derive", [{"all": ["fact:weather"]}]),
        FIRST_FRAME,
        "fact:weather",
        "an unknown fact in a condition",
    ),
    ("destinations.yaml", set_first("destinations", "iso2", "kh"), "kh", "iso2", "a country code in lower case"),
    ("destinations.yaml", set_first("currencies", "idr", "much"), "IDR", "idr", "a rate that is no number"),
    ("laws.yaml", drop_first("laws", "about"), "T2", "about", "a law that nobody explains"),
    ("sources.yaml", set_first("sources", "access", "heard"), "UU18-2017", "access", "an unknown way of reading"),
    ("typologies.yaml", lambda data: data["typologies"].pop(), "-", "eight", "a typology is missing"),
]


@pytest.mark.parametrize(("file", "change", "entry", "reason", "why"), BROKEN, ids=[case[-1] for case in BROKEN])
def test_a_broken_entry_is_named(
    knowledge_copy: Path, file: str, change: Callable[[dict[str, Any]], None], entry: str, reason: str, why: str
) -> None:
    rewrite(knowledge_copy / file, change)
    with pytest.raises(KnowledgeError) as caught:
        load(knowledge_copy)
    assert caught.value.entry == entry, why
    assert reason in caught.value.reason, why
    assert caught.value.file in (Path(file).name, file, "indicators"), why


@pytest.mark.parametrize(
    ("file", "content", "why"),
    [
        ("laws.yaml", "laws: [unclosed", "no YAML"),
        ("laws.yaml", "- a list\n", "not a mapping"),
        ("laws.yaml", "laws: 7\n", "the list is a number"),
        ("laws.yaml", None, "the file is missing"),
        ("indicators/frames.yaml", "indicators:\n  - just words\n", "an entry that is no mapping"),
        ("language.yaml", "spelling: {gaji: [gji], juga: [gji]}\n", "a spelling of two words"),
    ],
)
def test_a_broken_file_is_named(knowledge_copy: Path, file: str, content: str | None, why: str) -> None:
    path = knowledge_copy / file
    if content is None:
        path.unlink()
    else:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(KnowledgeError) as caught:
        load(knowledge_copy)
    assert caught.value.file == path.name, why


def test_a_pattern_that_breaks_the_language_is_named() -> None:
    entry = ENTRIES[FIRST_FRAME].model_copy(update={"patterns": {"id": ("kerja @mars",)}})
    broken: Knowledge = dataclasses.replace(KNOWLEDGE, indicators=(entry,))
    with pytest.raises(KnowledgeError, match="@mars"):
        Reader(broken)


def test_a_circle_of_conditions_is_refused() -> None:
    first, second = (
        ENTRIES[name].model_copy(update={"derive": (Condition(all=(f"indicator:{other}",)),), "patterns": {}})
        for name, other in (("offer_frame", "news_frame"), ("news_frame", "offer_frame"))
    )
    with pytest.raises(KnowledgeError, match="circle"):
        Reader(dataclasses.replace(KNOWLEDGE, indicators=(first, second)))
