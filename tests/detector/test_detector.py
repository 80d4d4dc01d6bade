"""The whole path on the released model: the contract, the sum of the explanation, and places in the received text."""

import json
import string
from pathlib import Path

import numpy as np
import pytest

from detector import detector as detector_module
from detector.assessment import KINDS, SCHEMA, TYPOLOGIES, Assessment
from detector.classifier import gram_contributions, spread
from detector.detector import FEWEST_WORDS, LISTED_TYPOLOGY, Detector
from detector.errors import EmptyInput, UnreadablePage
from detector.explanation import SMALLEST_TERM
from training.records import ROOT, corpus

SAMPLES = ROOT / "data" / "samples"
LURE = (SAMPLES / "lure_scam_compound.txt").read_text(encoding="utf-8")
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in sorted(SAMPLES.glob("*.txt"))} | {
    record.id: record.text for record in corpus()[::140]
}
DISGUISED = {
    "styled letters": "Lowongan admin 𝑲𝒂𝒎𝒃𝒐𝒋𝒂, gaji 𝟭𝟱 juta, 𝐯𝐢𝐬𝐚 𝐭𝐮𝐫𝐢𝐬 dulu. WA 𝟎𝟖𝟏𝟐-𝟎𝟎𝟎𝟎-𝟎𝟎𝟏𝟏",
    "zero-width letters": "Lowongan admin Kam\u200bboja, g\u200daji 15 juta, visa\u200b turis dulu. WA 0812-0000-0011",
    "spaced letters": "Lowongan admin K a m b o j a, g a j i 15 juta, visa turis dulu. WA 0812 0000 0011",
    "leet": "Lowongan admin K4mb0j4, g4ji 15 juta, v1sa turis dulu. WA 0812-0000-0011",
    "stretched letters": "Lowongan admin Kambojaaaaa, gajiiiii 15 juta, visa turisss dulu. WA 0812-0000-0011",
    "homoglyphs": "Lowongan admin Каmbоjа, gаji 15 juta, visа turis dulu. WA 0812-0000-0011",
    "mojibake": "Lowongan admin Kamboja â€“ gaji 15 juta â€œvisa turisâ€\x9d dulu. WA 0812-0000-0011",
    "emoji before": "🔥🔥🇰🇭🔥 Lowongan admin Kamboja 🇰🇭, gaji 15 juta, visa turis dulu. WA 0812-0000-0011",
    "blank start": "\n\n \u200b\t  Lowongan admin Kamboja, gaji 15 juta, visa turis dulu. WA 0812-0000-0011  \n",
    "windows lines": "Lowongan admin\r\nKamboja\r\ngaji 15 juta\r\nvisa turis dulu\r\nWA 0812-0000-0011",
    "astral": "😀 𝒲 Lowongan admin di Kamboja 😀, gaji 15 juta 😀 visa turis dulu WA 0812-0000-0011",
}
KEYS = [
    *("schema", "id", "risk", "level", "logit", "intercept", "rest", "document", "typologies", "indicators", "terms"),
    *("entities", "language", "truncated", "warnings", "answered_by", "model", "knowledge"),
]


def shown_places(assessment: Assessment) -> list[tuple[int, int, str]]:
    """Everything of an assessment that points into the text."""
    places = [(e.start, e.end, e.text) for i in assessment.indicators for e in i.evidence]
    places += [(t.start, t.end, t.text) for t in assessment.terms]
    return places + [(e.start, e.end, e.text) for e in assessment.entities]


def total(assessment: Assessment) -> float:
    """The explanation, added up."""
    signs = sum(i.contribution for i in assessment.indicators)
    return assessment.intercept + signs + sum(t.contribution for t in assessment.terms) + assessment.rest


@pytest.fixture(scope="module")
def fast(detector: Detector) -> Detector:
    """The released model without its encoder."""
    return Detector(detector.bundle, detector.knowledge, "fast")


@pytest.mark.parametrize("name", [*TEXTS, *DISGUISED])
def test_the_deep_answer_adds_up_as_well(deep: Detector, name: str) -> None:
    assessment = deep.assess(TEXTS.get(name) or DISGUISED[name])
    assert assessment.answered_by == "deep"
    assert total(assessment) == pytest.approx(assessment.logit, abs=1e-6)
    assert abs(assessment.rest) < 1, "what is listed is nearly all"


@pytest.fixture(scope="module")
def deep(detector: Detector) -> Detector:
    """The released model with its encoder asked every time."""
    return Detector(detector.bundle, detector.knowledge, "deep")


def test_the_contract(detector: Detector) -> None:
    result = detector.assess(LURE, id="row-17").as_dict()
    assert list(result) == KEYS
    assert (result["schema"], result["id"]) == (SCHEMA, "row-17")
    assert result["answered_by"] in ("fast", "deep")
    assert (result["model"], result["knowledge"]) == (detector.version, detector.knowledge.as_of)
    assert list(result["document"]) == ["kind", "probability"]
    assert list(result["typologies"][0]) == ["id", "probability"]
    keys = ["id", "name", "severity", "legal_basis", "contribution", "evidence"]
    assert all(list(row) == keys for row in result["indicators"])
    assert all(list(row["name"]) == ["id", "en"] for row in result["indicators"])
    evidence = [row for indicator in result["indicators"] for row in indicator["evidence"]]
    assert all(list(row) == ["start", "end", "text"] for row in evidence)
    assert all(list(row) == ["start", "end", "text", "contribution"] for row in result["terms"])
    assert all(list(row) == ["type", "text", "value", "start", "end"] for row in result["entities"])
    assert json.loads(json.dumps(result)) == result


@pytest.mark.parametrize("name", TEXTS)
def test_an_assessment_is_whole(fast: Detector, name: str) -> None:
    detector, text = fast, TEXTS[name]
    assessment = detector.assess(text)
    assert 0 < assessment.risk < 1
    assert assessment.document.kind in KINDS
    assert 0 < assessment.document.probability <= 1
    assert all(typology.id in TYPOLOGIES for typology in assessment.typologies)
    assert all(LISTED_TYPOLOGY <= typology.probability <= 1 for typology in assessment.typologies)
    laws = {law.text for law in detector.knowledge.laws.values()}
    for indicator in assessment.indicators:
        entry = detector.knowledge.by_id[indicator.id]
        assert 0 <= indicator.severity <= 5
        assert (indicator.severity == 0) >= (entry.polarity == "protective")
        assert set(indicator.legal_basis) <= laws
        assert indicator.contribution == detector.weight(indicator.id)


@pytest.mark.parametrize("name", TEXTS)
def test_contributions_sum_to_the_logit(fast: Detector, name: str) -> None:
    """`rest` is not simply what is missing: it is the sum of the tokens that were too small to list."""
    detector = fast
    assessment = detector.assess(TEXTS[name])
    assert total(assessment) == pytest.approx(assessment.logit, abs=1e-6)
    reading = detector.reader.read(TEXTS[name])
    grams, named = detector.vectorizer(reading.tokens), detector.features.present(reading)
    heads = detector.bundle.heads
    risk = heads.names.index("risk")
    assert assessment.logit == pytest.approx(heads.logits(named, heads.words(grams))[risk], abs=1e-9)
    tokens = gram_contributions(heads.grams[risk], grams, len(reading.tokens))
    homeless = 0.0
    for at in named:
        fact = detector.features.fact_at(int(at))
        if fact:
            homeless += spread(float(heads.named[risk, at]), reading.facts[fact], tokens)
    small = tokens[np.abs(tokens) < SMALLEST_TERM].sum()
    assert assessment.rest == pytest.approx(small + homeless, abs=1e-6)


@pytest.mark.parametrize("name", [*TEXTS, *DISGUISED])
def test_every_place_is_in_the_received_text(detector: Detector, name: str) -> None:
    text = TEXTS.get(name) or DISGUISED[name]
    for start, end, shown in shown_places(detector.assess(text)):
        assert 0 <= start < end <= len(text)
        assert text[start:end] == shown


@pytest.mark.parametrize("name", DISGUISED)
def test_a_disguise_hides_nothing(detector: Detector, name: str) -> None:
    assessment = detector.assess(DISGUISED[name])
    assert "tourist_visa_for_work" in {indicator.id for indicator in assessment.indicators}
    entities = {(entity.type, entity.value) for entity in assessment.entities}
    assert {("destination", "KH"), ("phone", "+6281200000011")} <= entities
    assert any(type_ == "pay" for type_, _ in entities)
    assert total(assessment) == pytest.approx(assessment.logit, abs=1e-6)


PLAIN = "Lowongan admin Kamboja, gaji 15 juta, visa turis dulu. WA 0812-0000-0011"


@pytest.mark.parametrize(
    "name",
    [
        "styled letters",
        "zero-width letters",
        "spaced letters",
        "leet",
        "stretched letters",
        "homoglyphs",
        "blank start",
    ],
)
def test_a_disguise_changes_neither_the_signs_nor_the_level(detector: Detector, name: str) -> None:
    plain, hidden = detector.assess(PLAIN), detector.assess(DISGUISED[name])
    assert {i.id for i in hidden.indicators} >= {i.id for i in plain.indicators if i.severity}
    assert hidden.level == plain.level
    assert hidden.logit == pytest.approx(plain.logit, abs=1.0)


def test_without_explanation_the_judgement_is_the_same(detector: Detector) -> None:
    for text in TEXTS.values():
        whole, quick = detector.assess(text), detector.assess(text, explain=False)
        assert quick.indicators == quick.terms == ()
        assert (quick.risk, quick.logit, quick.level) == (whole.risk, whole.logit, whole.level)
        assert (quick.document, quick.typologies) == (whole.document, whole.typologies)
        assert (quick.entities, quick.language, quick.warnings) == (whole.entities, whole.language, whole.warnings)
        assert quick.rest == pytest.approx(quick.logit - quick.intercept, abs=1e-9)


def test_order(detector: Detector) -> None:
    """By contribution, then by place, then by name: the same text always gives the same list."""
    for text in TEXTS.values():
        assessment = detector.assess(text)
        signs = [(-i.contribution, i.evidence[0].start if i.evidence else 0, i.id) for i in assessment.indicators]
        assert signs == sorted(signs)
        assert len({i.id for i in assessment.indicators}) == len(signs), "an indicator is listed once"
        for indicator in assessment.indicators:
            places = [(e.start, e.end) for e in indicator.evidence]
            assert places == sorted(places)
        terms = [(-t.contribution, t.start) for t in assessment.terms]
        assert terms == sorted(terms)
        assert all(abs(t.contribution) >= SMALLEST_TERM for t in assessment.terms)
        entities = [(e.start, e.end, e.type) for e in assessment.entities]
        assert entities == sorted(entities)
        typologies = [(-t.probability, t.id) for t in assessment.typologies]
        assert typologies == sorted(typologies)


def test_assessing_twice_gives_the_same(detector: Detector) -> None:
    assert detector.assess(LURE) == detector.assess(LURE)
    assert Detector.load().assess(LURE) == detector.assess(LURE)


def test_many_texts_come_one_by_one_and_in_order(detector: Detector) -> None:
    taken = []

    def texts() -> object:
        for text in TEXTS.values():
            taken.append(text)
            yield text

    results = detector.assess_many(texts())  # type: ignore[arg-type]
    assert next(results) == detector.assess(next(iter(TEXTS.values())))
    assert len(taken) == 1, "lazily"
    assert [r.logit for r in results] == [detector.assess(t, explain=False).logit for t in list(TEXTS.values())[1:]]


LITTLE = [
    ("https://example.com/loker", True, "a bare link"),
    ("bit.ly/contoh0000", True, "a bare short link"),
    ("Budi Santoso", True, "a name"),
    ("kerja di Kamboja", True, "three words, however alarming"),
    ("🔥🔥🔥 ✅ 🇰🇭", True, "only emoji"),
    ("!!! ... ???", True, "only punctuation"),
    ("0812-0000-0011", True, "a phone"),
    ("Lowongan kasir toko di Bekasi", False, "five words"),
    (LURE, False, "an advertisement"),
]


@pytest.mark.parametrize(("text", "little", "why"), LITTLE, ids=[why for _, _, why in LITTLE])
def test_too_little_text(detector: Detector, text: str, little: bool, why: str) -> None:
    assessment = detector.assess(text)
    assert ("too_little_text" in assessment.warnings) == little, why
    if little:
        assert assessment.level == "low", "nothing is judged"
    assert FEWEST_WORDS == 5


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (LURE, "id"),
        ("We are looking for a cook to work with us in the kitchen of our hotel. You must have experience.", "en"),
        ("Syarikat kami mencari pekerja kilang, gaji RM 1.700 sebulan, asrama disediakan. Sila hubungi kami.", "ms"),
        ("Требуется повар в ресторан, опыт работы от трёх лет, оплата по договорённости каждую неделю", "unknown"),
        ("招聘客服人员，包吃包住，工资面议，需要会中文和英文，有经验者优先，请联系我们的人事部门", "unknown"),
    ],
    ids=["Indonesian", "English", "Malay", "Russian", "Chinese"],
)
def test_language(detector: Detector, text: str, language: str) -> None:
    assessment = detector.assess(text)
    assert assessment.language == language
    assert ("unknown_language" in assessment.warnings) == (language == "unknown")


def test_a_language_that_the_caller_knows(detector: Detector) -> None:
    assessment = detector.assess("Требуется повар в ресторан, опыт от трёх лет, оплата каждую неделю", language="en")
    assert assessment.language == "en"
    assert "unknown_language" not in assessment.warnings


def test_truncated(detector: Detector) -> None:
    long = detector.assess("Lowongan kasir toko di Bekasi. " * 1000)
    assert long.truncated
    assert "truncated" in long.warnings
    assert all(end <= 20_000 for _, end, _ in shown_places(long))
    assert not detector.assess(LURE).truncated


def test_hidden_text(detector: Detector) -> None:
    hidden = detector.assess("Lowongan admin di Kam\u200bbo\u200bja, gaji 15 ju\u200bta per bulan")
    assert "hidden_text" in hidden.warnings
    assert "hidden_text" not in detector.assess(LURE).warnings


@pytest.mark.parametrize("text", ["", "   ", "\n\t\r", "\u200b\u200d", "\ufeff", "\u2060 \u00ad"])
def test_nothing_visible(detector: Detector, text: str) -> None:
    with pytest.raises(EmptyInput):
        detector.assess(text)


def test_a_page(detector: Detector) -> None:
    html = (SAMPLES / "lawful_domestic.html").read_text(encoding="utf-8")
    [(listing, assessment)] = detector.assess_page(html)
    assert listing.title == "Customer Service Chat (shift malam)"
    assert all(listing.text[start:end] == shown for start, end, shown in shown_places(assessment))
    assert "Beranda" not in listing.text, "the menu is no part of the offer"
    assert assessment == detector.assess(listing.text)
    assert detector.assess_page(html.encode()) == [(listing, assessment)]


def test_many_at_once(fast: Detector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detector_module, "_AT_ONCE", 2)
    texts = [LURE, " \u200b ", "Toko kami di Bekasi mencari kasir, lamaran diantar sendiri.", LURE]
    found = fast.assess_batch(texts, explain_from="elevated")
    assert isinstance(found[1], EmptyInput)
    assert [found[0], found[2], found[3]] == [
        fast.assess(text, explain_from="elevated") for text in (LURE, texts[2], LURE)
    ]
    assert fast.assess_batch([]) == []


def test_a_page_without_text(detector: Detector) -> None:
    with pytest.raises(UnreadablePage):
        detector.assess_page("<html><head><script>var x = 1</script></head><body></body></html>")


def test_long_lines_without_spaces_are_survived(detector: Detector) -> None:
    for text in ("x" * 50_000, string.punctuation * 900, "1" * 50_000, "a " * 20_000):
        assert 0 < detector.assess(text).risk < 1


def test_the_card_tells_what_was_loaded(detector: Detector) -> None:
    card = detector.model_card()
    assert card["version"] == detector.version
    assert set(card["thresholds"]) == {"high", "elevated"}
    assert card["thresholds"]["elevated"] <= card["thresholds"]["high"]
    assert card["features"]["named"] == len(detector.features.names)
    assert json.dumps(card)


def test_samples_are_in_their_places(detector: Detector) -> None:
    """The lawful announcement is below the lure, however many hot words both hold."""
    risk = {path.stem: detector.assess(path.read_text(encoding="utf-8")) for path in Path(SAMPLES).glob("*.txt")}
    assert risk["lawful_p3mi_hongkong"].logit < risk["lure_scam_compound"].logit
    assert risk["news_police"].logit < risk["lure_scam_compound"].logit
    assert risk["lure_scam_compound"].level == "high"
    assert risk["lure_scam_compound"].typologies[0].id == "scam_compound"
    assert risk["lawful_p3mi_hongkong"].level != "high"
    assert risk["news_police"].document.kind == "news"
