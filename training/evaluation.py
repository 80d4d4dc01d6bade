"""`sigap evaluate`: figures of a model on a labelled file, per kind of text, with intervals."""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.bundle import Bundle
from detector.detector import Detector
from training import measures
from training.model_card import model_card
from training.records import SHARED, read_jsonl

DEVELOPMENT = {"realworld": SHARED / "realworld_dev.jsonl", "challenge": SHARED / "challenge_dev.jsonl"}
OVERSEAS = ("scam_compound", "conflict_zone", "illegal_placement", "fake_placement", "seafarer", "sham_internship")
BASE_RATES = (0.1, 0.01, 0.001)


@dataclass(frozen=True, slots=True)
class Evaluated:
    """One labelled text of an evaluation file; `kind` and `typology` are "" where the file does not tell."""

    id: str
    text: str
    label: int
    kind: str
    typology: str
    language: str


class LabelledFileError(ValueError):
    """A file of labelled texts that can't be read; names the row and the reason."""


def read_labelled(path: Path, text_column: str = "text", label_column: str = "label") -> list[Evaluated]:
    """Rows of a .jsonl or .csv file with a text and a 0/1 label.

    Raises:
        LabelledFileError: with the row number and the reason.
    """
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as handle:
            rows: list[dict[str, Any]] = list(csv.DictReader(handle))
    else:
        rows = list(read_jsonl(path))
    found = []
    for number, row in enumerate(rows, 1):
        if not isinstance(row.get(text_column), str):
            raise LabelledFileError(f"{path}: row {number}: no text in column {text_column!r}")
        if str(row.get(label_column)) not in ("0", "1"):
            raise LabelledFileError(f"{path}: row {number}: column {label_column!r} is not 0 or 1")
        typology = row.get("typology") or (row.get("typologies") or [""])[0]
        found.append(
            Evaluated(
                str(row.get("id") or number),
                row[text_column],
                int(row[label_column]),
                str(row.get("kind") or ""),
                str(typology or ""),
                str(row.get("language") or ""),
            )
        )
    return found


def score(detector: Detector, rows: Sequence[Evaluated]) -> list[dict[str, Any]]:
    """What the detector says of each row, without the explanations."""
    return [detector.assess(row.text, id=row.id, explain=False).as_dict() for row in rows]


def write_card(directory: Path, bundle: Bundle) -> Path | None:
    """Evaluate the bundle in `directory` on the development files and write its card; None where there are none."""
    paths = [path for path in DEVELOPMENT.values() if path.is_file()]
    if not paths:
        return None
    detector = Detector.load(directory)
    evaluations = {}
    for path in paths:
        rows = read_labelled(path)
        evaluations[path.stem] = report(rows, score(detector, rows), dict(bundle.thresholds))
    card = directory / "MODEL_CARD.md"
    card.write_text(model_card(bundle, evaluations), encoding="utf-8")
    return card


def report(
    rows: Sequence[Evaluated], results: Sequence[dict[str, Any]], thresholds: dict[str, float]
) -> dict[str, Any]:
    """Every figure of one evaluation as plain data."""
    y = np.array([row.label for row in rows])
    logit = np.array([result["logit"] for result in results])
    risk = np.array([result["risk"] for result in results])
    levels = [result["level"] for result in results]
    flagged = np.array([level != "low" for level in levels])
    high = np.array([level == "high" for level in levels])
    named = [
        (row.typology, result["typologies"][0]["id"] if result["typologies"] else "")
        for row, result, alarm in zip(rows, results, flagged, strict=True)
        if row.label and row.typology and alarm
    ]
    return {
        "texts": len(rows),
        "positives": int(y.sum()),
        **ranking(y, logit),
        "expected_calibration_error": measures.expected_calibration_error(y, risk),
        "brier": measures.brier(y, risk),
        "levels": {
            "high": _level(y, high),
            "elevated": _level(y, flagged),
            "thresholds": thresholds,
            "at_base_rates": [_at_base_rate(y, flagged, rate) for rate in BASE_RATES],
        },
        "false_alarms_at_elevated": _shares(rows, flagged, y),
        "typology_named_right": (sum(a == b for a, b in named) / len(named)) if named else None,
        "document_kind_right": _kind_right(rows, results),
        "slices": slices(rows, y, logit),
    }


def ranking(y: NDArray[np.int64], logit: NDArray[np.float64]) -> dict[str, Any]:
    """Average precision with its interval, ROC-AUC and recall at fixed shares of false alarms."""
    return {
        "average_precision": measures.average_precision(y, logit),
        "average_precision_interval": measures.interval(measures.average_precision, y, logit),
        "roc_auc": measures.roc_auc(y, logit),
        "recall_at_1_percent": measures.recall_at_false_alarms(y, logit, 0.01),
        "recall_at_5_percent": measures.recall_at_false_alarms(y, logit, 0.05),
    }


def slices(rows: Sequence[Evaluated], y: NDArray[np.int64], logit: NDArray[np.float64]) -> dict[str, dict[str, Any]]:
    """The positives of a typology group or language against all negatives (of that language, for languages)."""
    picks: dict[str, NDArray[np.bool_]] = {
        "overseas": np.array([not r.label or r.typology in OVERSEAS for r in rows]),
        "domestic_scam": np.array([not r.label or r.typology == "domestic_scam" for r in rows]),
        "task_scam": np.array([not r.label or r.typology == "task_scam" for r in rows]),
    }
    for language in sorted({row.language for row in rows if row.language}):
        picks[f"language {language}"] = np.array([row.language == language for row in rows])
    found = {}
    for name, pick in picks.items():
        if 0 < y[pick].sum() < pick.sum():
            found[name] = {
                "texts": int(pick.sum()),
                "positives": int(y[pick].sum()),
                "average_precision": measures.average_precision(y[pick], logit[pick]),
                "recall_at_5_percent": measures.recall_at_false_alarms(y[pick], logit[pick], 0.05),
            }
    return found


def _level(y: NDArray[np.int64], chosen: NDArray[np.bool_]) -> dict[str, Any]:
    alarms = int(chosen.sum())
    return {
        "alarms": alarms,
        "precision": float(y[chosen].mean()) if alarms else None,
        "recall": float(chosen[y == 1].mean()) if y.any() else None,
    }


def _at_base_rate(y: NDArray[np.int64], chosen: NDArray[np.bool_], rate: float) -> dict[str, float]:
    recall, false = float(chosen[y == 1].mean()), float(chosen[y == 0].mean())
    return {
        "base_rate": rate,
        "precision": measures.precision_at_base_rate(recall, false, rate),
        "alarms_per_10000": 10_000 * (recall * rate + false * (1 - rate)),
    }


def _shares(rows: Sequence[Evaluated], flagged: NDArray[np.bool_], y: NDArray[np.int64]) -> dict[str, dict[str, float]]:
    kinds = [row.kind or "unknown" for row in rows]
    counts = measures.false_alarms(y, flagged.astype(np.float64), kinds, 1.0)
    return {kind: {"alarms": a, "texts": n, "share": a / n} for kind, (a, n) in counts.items()}


def _kind_right(rows: Sequence[Evaluated], results: Sequence[dict[str, Any]]) -> float | None:
    """Share of right document kinds; the evaluation files split offers into lawful overseas and domestic ones."""
    offers = {"legal_overseas", "domestic_job"}
    pairs = [
        ("offer" if row.kind in offers else row.kind, result["document"]["kind"])
        for row, result in zip(rows, results, strict=True)
        if row.kind
    ]
    return sum(a == b for a, b in pairs) / len(pairs) if pairs else None


def as_text(name: str, figures: dict[str, Any]) -> str:
    """The figures for a terminal."""
    low, high = figures["average_precision_interval"]
    lines = [
        f"{name}: {figures['texts']} texts, {figures['positives']} recruiting",
        f"  average precision {figures['average_precision']:.3f} ({low:.3f} to {high:.3f}), "
        f"ROC-AUC {figures['roc_auc']:.3f}",
        f"  recall at 1 % / 5 % false alarms {figures['recall_at_1_percent']:.2f} / "
        f"{figures['recall_at_5_percent']:.2f}",
    ]
    if "levels" in figures:
        for level in ("high", "elevated"):
            row = figures["levels"][level]
            precision = "-" if row["precision"] is None else f"{row['precision']:.2f}"
            lines.append(f"  {level}: {row['alarms']} alarms, precision {precision}, recall {row['recall']:.2f}")
        for row in figures["levels"]["at_base_rates"]:
            lines.append(
                f"  at a base rate of {row['base_rate']:.1%}: precision {row['precision']:.2f}, "
                f"{row['alarms_per_10000']:.0f} alarms per 10,000"
            )
        lines.append(f"  calibration error {figures['expected_calibration_error']:.3f}, Brier {figures['brier']:.3f}")
        for label, key in (("typology", "typology_named_right"), ("document kind", "document_kind_right")):
            if figures[key] is not None:
                lines.append(f"  {label} right {figures[key]:.2f}")
        lines.append("  false alarms at elevated:")
        for kind, row in figures["false_alarms_at_elevated"].items():
            lines.append(f"    {kind:<16} {row['alarms']:>3} of {row['texts']:<4} {row['share']:.1%}")
        for part, row in figures["slices"].items():
            lines.append(
                f"  {part:<16} {row['positives']:>3} of {row['texts']:<4} AP {row['average_precision']:.3f}, "
                f"recall at 5 % {row['recall_at_5_percent']:.2f}"
            )
    return "\n".join(lines)


def as_json(figures: dict[str, Any]) -> str:
    """The figures as JSON."""
    return json.dumps(figures, indent=1, ensure_ascii=False)
