"""The report of a file of ten texts whose figures can be counted by hand."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from detector.detector import Detector
from training import cli, evaluation, fairness, measures, mistakes, slices
from training.evaluation import Evaluated, LabelledFileError, read_labelled, report
from training.model_card import model_card

THRESHOLDS = {"high": 0.8, "elevated": 0.4}


def row(name: str, label: int, text: str = "kata " * 20, **told: Any) -> Evaluated:
    typology = told.pop("typology", "")
    facts = {"kind": "offer", "language": "id", "typologies": (typology,) if typology else ()} | told
    return Evaluated(id=name, text=text, label=label, typology=typology, **facts)


def result(risk: float, kind: str = "offer", named: str = "") -> dict[str, Any]:
    level = "high" if risk >= 0.8 else "elevated" if risk >= 0.4 else "low"
    return {
        "risk": risk,
        "logit": float(np.log(risk / (1 - risk))),
        "level": level,
        "answered_by": "fast",
        "document": {"kind": kind, "probability": 1.0},
        "typologies": [{"id": named, "probability": 0.9}] if named else [],
        "indicators": [],
        "terms": [],
    }


ROWS = [
    row("p1", 1, typology="scam_compound"),
    row("p2", 1, typology="scam_compound", language="en"),
    row("p3", 1, typology="task_scam"),
    row("p4", 1, typology="seafarer"),
    row("n1", 0, kind="legal_overseas"),
    row("n2", 0, kind="legal_overseas", language="en"),
    row("n3", 0, kind="news", text="kata " * 101),
    row("n4", 0, kind="news", text="kata " * 14),
    row("n5", 0, kind="testimony"),
    row("n6", 0, kind="domestic_job"),
]
RESULTS = [
    result(0.95, named="scam_compound"),
    result(0.90, named="seafarer"),
    result(0.60, named="task_scam"),
    result(0.20),
    result(0.90, kind="offer"),
    result(0.10, kind="offer"),
    result(0.50, kind="offer"),
    result(0.05, kind="news"),
    result(0.10, kind="testimony"),
    result(0.15, kind="offer"),
]


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    return report(ROWS, RESULTS, THRESHOLDS)


def test_figures_come_with_their_intervals(figures: dict[str, Any]) -> None:
    y, logit = np.array([r.label for r in ROWS]), np.array([r["logit"] for r in RESULTS])
    assert figures["average_precision"] == pytest.approx(measures.average_precision(y, logit))
    low, high = figures["average_precision_interval"]
    assert low <= figures["average_precision"] <= high
    assert figures["resampled"] == {"by": "text", "units": 10}


def test_levels(figures: dict[str, Any]) -> None:
    """High: p1, p2 and n1. Elevated: p3 and n3 besides."""
    high, elevated = figures["levels"]["high"], figures["levels"]["elevated"]
    assert (high["alarms"], high["precision"], high["recall"]) == (3, pytest.approx(2 / 3), pytest.approx(2 / 4))
    assert (elevated["alarms"], elevated["precision"], elevated["recall"]) == (5, 3 / 5, 3 / 4)
    assert elevated["false_alarms"]["overall"]["alarms"] == 2
    lawful = elevated["false_alarms"]["legal_overseas"]
    assert (lawful["alarms"], lawful["texts"]) == (1, 2)
    assert lawful["upper"] == pytest.approx(np.sqrt(0.95)), "at this share both of two would be flagged in 95 of 100"


def test_at_base_rates(figures: dict[str, Any]) -> None:
    """Recall 3/4 and false alarms 2/6; of 10,000 listings 1,000 recruit: 750 hits and 3,000 false alarms."""
    first = figures["levels"]["elevated"]["at_base_rates"][0]
    assert first["base_rate"] == 0.1
    assert first["alarms_per_10000"] == pytest.approx(3_750)
    assert first["precision"] == pytest.approx(750 / 3_750)
    assert first["alarms_per_10000_at_upper"] > first["alarms_per_10000"]
    assert first["precision_at_upper"] < first["precision"]


def test_confusions(figures: dict[str, Any]) -> None:
    """Flagged positives: p1 and p3 named right, p2 not. Kinds: only n3 is read as something else."""
    assert figures["typology_named_right"] == pytest.approx(2 / 3)
    assert figures["confusion"]["typologies"] == {
        "scam_compound": {"scam_compound": 1, "seafarer": 1},
        "task_scam": {"task_scam": 1},
    }
    assert figures["document_kind_right"] == 0.9
    assert figures["confusion"]["kinds"]["news"] == {"news": 1, "offer": 1}


def test_false_alarms_of_kinds(figures: dict[str, Any]) -> None:
    shares = figures["false_alarms_at_elevated"]
    assert {name: (part["alarms"], part["texts"]) for name, part in shares.items()} == {
        "domestic_job": (0, 1),
        "legal_overseas": (1, 2),
        "news": (1, 2),
        "testimony": (0, 1),
        "news, warning, testimony": (1, 3),
    }


def test_slices(figures: dict[str, Any]) -> None:
    parts = {
        family: {name: (s["positives"], s["texts"]) for name, s in f.items()} for family, f in figures["slices"].items()
    }
    assert parts["typology"] == {
        "overseas typologies": (3, 9),
        "scam_compound": (2, 8),
        "seafarer": (1, 7),
        "task_scam": (1, 7),
    }
    assert parts["language"] == {"en": (1, 2), "id": (3, 8)}
    assert parts["kind"]["news"] == (4, 6), "all positives against the negatives of a kind"
    assert parts["length"] == {"under 15 words": (0, 1), "15-39 words": (4, 8), "over 100 words": (0, 1)}
    assert parts["source"] == {}, "the file names none"
    assert figures["slices"]["language"]["en"]["roc_auc"] == 1.0
    assert figures["slices"]["length"]["over 100 words"]["roc_auc"] is None
    assert figures["slices"]["length"]["over 100 words"]["false_alarm_share"] == 1.0


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (1, "under 15 words"),
        (14, "under 15 words"),
        (15, "15-39 words"),
        (40, "40-100 words"),
        (100, "40-100 words"),
        (101, "over 100 words"),
    ],
)
def test_lengths(words: int, name: str) -> None:
    assert slices.length_of("kata " * words) == name


@pytest.mark.parametrize(
    ("source", "family"),
    [("Papan Kerja, data set 3 (row 4)", "Papan Kerja"), ("Koran https://k.example/1", "Koran"), ("", "")],
)
def test_source_families(source: str, family: str) -> None:
    assert slices.source_family(source) == family


def test_worst_mistakes(figures: dict[str, Any]) -> None:
    """n1 is off by 0.9, p4 by 0.8, n3 by 0.5."""
    assert mistakes.worst(ROWS, RESULTS) == [4, 3, 6]
    assert mistakes.worst(ROWS, RESULTS, limit=1) == [4]
    assert [(m["id"], m["mistake"]) for m in figures["worst_mistakes"]] == [
        ("n1", "false alarm"),
        ("p4", "missed"),
        ("n3", "false alarm"),
    ]


def test_ties() -> None:
    tied = measures.ties(np.array([0.9, 0.9000001, 0.95, 0.9999999]))
    assert tied == {"texts": 4, "distinct": 3, "tied_share": 0.5, "saturated_share": 0.25, "highest": 0.9999999}
    assert measures.ties(np.array([]))["tied_share"] == 0.0


def test_bounds_of_shares() -> None:
    """None of 59 leaves 5 % (0.95^59 = 0.0485); all of 59 mirror it."""
    assert measures.upper_bound(0, 59) == pytest.approx(1 - 0.05 ** (1 / 59))
    assert measures.lower_bound(59, 59) == pytest.approx(0.05 ** (1 / 59))
    assert measures.upper_bound(59, 59) == 1.0
    assert measures.lower_bound(0, 59) == 0.0
    assert measures.share_with_bounds(np.array([], dtype=bool)) is None


def test_curves_by_hand() -> None:
    y, score = np.array([1, 0, 1, 0]), np.array([0.9, 0.6, 0.6, 0.1])
    assert measures.precision_recall_curve(y, score) == [(0.5, 1.0), (1.0, 2 / 3), (1.0, 0.5)]
    bins = measures.reliability(y, score, bins=2)
    assert [(b["texts"], b["positives"]) for b in bins] == [(1, 0.0), (3, pytest.approx(2 / 3))]
    assert len(measures.precision_recall_curve(np.tile(y, 500), np.linspace(1, 0, 2000))) <= 200


def test_fairness_finds_texts_without_the_model() -> None:
    rows = [
        row("a", 0, "Cari ART menginap, gaji 2,5 juta", kind="domestic_job"),
        row("b", 1, "مطلوب عاملة"),
        row("c", 0, "招聘客服", kind="legal_overseas"),
        row("d", 0, "Interview with Mr. Wong on Monday", kind="other"),
        row("e", 0, "Kartu artis dan smart phone", kind="testimony"),
    ]
    picked = {
        name: [r.id for r, p in zip(rows, pick, strict=True) if p] for name, pick in fairness.memberships(rows).items()
    }
    assert picked == {
        "lawful overseas ads": ["c"],
        "victims' own words": ["e"],
        "Arabic script": ["b"],
        "Chinese script": ["c"],
        "Arabic or Chinese names": ["d"],
        "women's domestic work": ["a"],
    }
    shares = fairness.fairness(rows, np.array([r.label for r in rows]), np.array([True, True, False, False, False]))
    assert shares["women's domestic work"]["false_alarms"]["share"] == 1.0
    assert shares["women's domestic work"]["false_alarms_elsewhere"]["share"] == 0.0
    assert shares["women's domestic work"]["recall"] is None


def test_an_ablation_is_compared_on_the_same_resamples() -> None:
    rng = np.random.default_rng(1)
    y = np.array([1] * 40 + [0] * 60)
    good = y + rng.normal(scale=0.5, size=100)
    table = evaluation.ablation_table(y, {"whole": good, "same": good, "noise": rng.normal(size=100)})
    assert list(table) == ["whole", "same", "noise"]
    assert table["whole"]["difference"] is None
    assert (table["same"]["difference"], table["same"]["difference_interval"]) == (0.0, (0.0, 0.0))
    assert table["noise"]["difference"] < table["noise"]["difference_interval"][1] < 0


def test_relatives_are_resampled_together() -> None:
    rows = [row(str(n), n % 2, group=str(n // 4)) for n in range(12)]
    figures = report(rows, [result(0.5 + n / 100) for n in range(12)], THRESHOLDS, {"rival": np.arange(12.0)})
    assert figures["resampled"] == {"by": "group", "units": 3}
    assert list(figures["rankings"]) == ["this model", "rival"]


def test_no_recruiting_text_gives_no_ranking() -> None:
    figures = report(ROWS[4:], RESULTS[4:], THRESHOLDS)
    assert figures["average_precision"] is None
    assert figures["levels"]["elevated"]["at_base_rates"] == []
    assert "average precision -" in evaluation.as_text("calm", figures)


def test_an_evaluation_explains_the_mistakes_and_masks_the_names(detector: Detector) -> None:
    """The labels are the wrong way round, so that whatever the model says is a mistake."""
    calm = "Kartu antre pasien BPJS dibagikan mulai pukul tujuh pagi di loket depan rumah sakit umum daerah kota."
    lure = (
        "Dicari admin online ke Kamboja, visa turis dulu, tanpa pengalaman, gaji 15 juta, tiket dan mess ditanggung, "
        "paspor dipegang kantor. WA 0812-3456-7890"
    )
    figures = evaluation.evaluate(detector, [row("lure", 0, lure, kind="news"), row("calm", 1, calm)])
    assert {(m["id"], m["mistake"]) for m in figures["worst_mistakes"]} == {
        ("lure", "false alarm"),
        ("calm", "missed"),
    }
    alarm = next(m for m in figures["worst_mistakes"] if m["id"] == "lure")
    assert alarm["words"]
    for indicator in alarm["indicators"]:
        for evidence in indicator["evidence"]:
            assert lure[evidence["start"] : evidence["end"]] == evidence["text"]
    assert figures["masked"]["replaced"]["destination"] == 1
    assert figures["masked"]["replaced"]["phone"] == 1
    assert "worst_mistakes" not in figures["masked"]
    assert json.loads(evaluation.as_json(figures))["texts"] == 2
    shown = evaluation.as_text("file", figures)
    assert "masked" in shown
    assert "Kamboja" not in shown, "the summary quotes no text"


def test_a_text_that_shows_nothing_is_named(detector: Detector) -> None:
    with pytest.raises(LabelledFileError, match="text blank: no visible text"):
        evaluation.score(detector, [row("blank", 0, "\u200b")])


def test_the_card_and_the_command_tell_the_same_figures(detector: Detector, tmp_path: Path) -> None:
    rows = [{"id": r.id, "text": f"{r.id} {r.text}", "label": r.label, "kind": r.kind} for r in ROWS]
    path = tmp_path / "held.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    said, shown = tmp_path / "held.json", tmp_path / "held.html"
    ran = CliRunner().invoke(cli.evaluate, [str(path), "--json", str(said), "--html", str(shown)])
    assert ran.exit_code == 0, ran.output
    figures = json.loads(said.read_text(encoding="utf-8"))
    assert f"ROC-AUC {figures['held']['roc_auc']:.3f}" in ran.output
    assert "<h2>held</h2>" in shown.read_text(encoding="utf-8")
    card = model_card(detector.bundle, figures)
    assert f"| held | 10 | 4 | {figures['held']['average_precision']:.3f} (" in card
    assert "| held, masked | 10 | 4 |" in card


def test_the_command_names_the_row_that_it_cannot_read(tmp_path: Path) -> None:
    path = tmp_path / "held.jsonl"
    path.write_text('{"text": "x", "label": 5}', encoding="utf-8")
    ran = CliRunner().invoke(cli.evaluate, [str(path)])
    assert ran.exit_code == 1
    assert "row 1: column 'label' is not 0 or 1" in ran.output


def test_files_of_labelled_texts(tmp_path: Path) -> None:
    lines = tmp_path / "a.jsonl"
    lines.write_text(
        '{"text": "satu", "label": 1, "typologies": ["task_scam", "domestic_scam"], "campaign": "c1", "source": "s"}\n'
        '{"id": "b", "text": "dua", "label": 0, "kind": "news", "typology": null}\n',
        encoding="utf-8",
    )
    first, second = read_labelled(lines)
    assert (first.id, first.typology, first.group, first.source) == ("1", "task_scam", "c1", "s")
    assert first.recruits_into("domestic_scam")
    assert not first.recruits_into("seafarer")
    assert (second.id, second.kind, second.typologies, second.group) == ("b", "news", (), "")
    table = tmp_path / "a.csv"
    table.write_text("\ufeffiklan,jahat\nsatu,1\n", encoding="utf-8")
    assert read_labelled(table, "iklan", "jahat")[0].label == 1


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.jsonl", '{"text": "x"}', "row 1: column 'label' is not 0 or 1"),
        ("a.jsonl", '{"text": "x", "label": 2}', "row 1: column 'label'"),
        ("a.jsonl", '{"text": " ", "label": 1}', "row 1: no text in column 'text'"),
        ("a.jsonl", "no json", "no JSON lines"),
        ("a.csv", "text,label\n", "no rows"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, name: str, content: str, says: str) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(LabelledFileError, match=says):
        read_labelled(path)
