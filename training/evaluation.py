"""`sigap evaluate`: figures of a model on a labelled file, per kind of text, with intervals."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.bundle import Bundle
from detector.detector import Detector
from detector.errors import EmptyInput
from training import bootstrap, measures, mistakes
from training.bootstrap import Resampler
from training.fairness import fairness
from training.labelled import DEVELOPMENT, OVERSEAS, Evaluated, LabelledFileError, read_labelled
from training.masking import mask
from training.measures import Labels, Scores
from training.model_card import model_card
from training.report.terminal import as_text
from training.slices import slices

__all__ = [
    "BASE_RATES",
    "DEVELOPMENT",
    "OVERSEAS",
    "Evaluated",
    "LabelledFileError",
    "ablation_table",
    "as_json",
    "as_text",
    "evaluate",
    "read_labelled",
    "report",
    "score",
    "write_card",
]

BASE_RATES = (0.1, 0.01, 0.001)
LAWFUL_OVERSEAS = "legal_overseas"
TEXTS_ABOUT = ("news", "warning", "testimony")
_OFFERS = frozenset({LAWFUL_OVERSEAS, "domestic_job"})  # the evaluation files split lawful offers


def score(detector: Detector, rows: Sequence[Evaluated]) -> list[dict[str, Any]]:
    """What the detector says of each row, without the explanations.

    Raises:
        LabelledFileError: a row shows no visible text.
    """
    results = []
    for row in rows:
        try:
            results.append(detector.assess(row.text, id=row.id, explain=False).as_dict())
        except EmptyInput as error:
            raise LabelledFileError(f"text {row.id}: no visible text") from error
    return results


def evaluate(
    detector: Detector, rows: Sequence[Evaluated], rivals: Mapping[str, Scores] | None = None
) -> dict[str, Any]:
    """The whole report of a file: scores, the worst mistakes explained, and every figure again with names masked."""
    thresholds: dict[str, Any] = {"fast": dict(detector.bundle.thresholds)}
    if detector.bundle.deep is not None:
        thresholds["deep"] = dict(detector.bundle.deep.thresholds)
    results = score(detector, rows)
    for at in mistakes.worst(rows, results):
        results[at] = detector.assess(rows[at].text, id=rows[at].id).as_dict()
    figures = report(rows, results, thresholds, rivals)
    masked = [mask(row.text, detector.reader) for row in rows]
    replaced: dict[str, int] = {}
    for text in masked:
        for kind, n in text.replaced.items():
            replaced[kind] = replaced.get(kind, 0) + n
    neutral = [replace(row, text=text.text) for row, text in zip(rows, masked, strict=True)]
    again = report(neutral, score(detector, neutral), thresholds)
    del again["worst_mistakes"]
    return {**figures, "masked": {"replaced": dict(sorted(replaced.items())), **again}}


def write_card(directory: Path, bundle: Bundle, took: Mapping[str, int] | None = None) -> Path | None:
    """Evaluate the bundle in `directory` on the development files and write its card; None where there are none.

    `took` maps the steps of the training to seconds.
    """
    paths = [path for path in DEVELOPMENT.values() if path.is_file()]
    if not paths:
        return None
    detector = Detector.load(directory)
    evaluations = {path.stem: evaluate(detector, read_labelled(path)) for path in paths}
    card = directory / "MODEL_CARD.md"
    card.write_text(model_card(bundle, evaluations, took), encoding="utf-8")
    return card


def report(
    rows: Sequence[Evaluated],
    results: Sequence[dict[str, Any]],
    thresholds: Mapping[str, Any],
    rivals: Mapping[str, Scores] | None = None,
) -> dict[str, Any]:
    """Every figure of one evaluation as plain data; `name_interval` beside a figure is its 95 % interval.

    `rivals` are scores of the same rows by other models (a baseline, ablations), compared in `rankings`.
    """
    y = np.array([row.label for row in rows])
    # Texts are ranked by risk: it is the scale that the fast and the deep answer share.
    risk = np.array([result["risk"] for result in results], dtype=np.float64)
    levels = np.array([result["level"] for result in results])
    flagged, high = levels != "low", levels == "high"
    groups = [row.group for row in rows]
    resampler = Resampler.of(groups)
    named = _named(rows, results, flagged)
    kinds = _kinds(rows, results)
    figures = {
        "texts": len(rows),
        "positives": int(y.sum()),
        "answered_by": dict(sorted(Counter(str(result["answered_by"]) for result in results).items())),
        "resampled": {"by": "group" if any(groups) else "text", "units": len(set(resampler.units.tolist()))},
        **bootstrap.estimate(bootstrap.together(bootstrap.ranking(y, risk), bootstrap.calibration(y, risk)), resampler),
        "levels": {
            "high": _level(rows, y, high, resampler),
            "elevated": _level(rows, y, flagged, resampler),
            "thresholds": thresholds,
        },
        "false_alarms_at_elevated": _false_alarms(rows, y, flagged),
        "typology_named_right": _share([named_ in told for told, named_ in named]),
        "document_kind_right": _share([true == said for true, said in kinds]),
        "confusion": {
            "typologies": measures.confusion([(told[0], named_) for told, named_ in named]),
            "kinds": measures.confusion(kinds),
        },
        "ties_in_high": measures.ties(risk[high]),
        "slices": slices(rows, y, risk, flagged, resampler),
        "fairness": fairness(rows, y, flagged),
        "curves": {
            "precision_recall": measures.precision_recall_curve(y, risk),
            "reliability": measures.reliability(y, risk),
        },
        "worst_mistakes": mistakes.described(rows, results),
    }
    if rivals:
        figures["rankings"] = ablation_table(y, {"this model": risk, **rivals}, groups)
    return figures


def ablation_table(
    y: Labels, logits: Mapping[str, Scores], groups: Sequence[str] | None = None
) -> dict[str, dict[str, Any]]:
    """Rankings side by side: per name its figures with intervals and curve.

    All are judged on the same resamples, so `difference`, average precision less that of the first name, has the
    interval of the paired comparison: one that leaves out nought is a difference that these texts can tell.
    """
    resampler = Resampler.of(groups or [""] * len(y))
    table: dict[str, dict[str, Any]] = {}
    first: tuple[Scores, float] | None = None
    for name, scores in logits.items():
        figures = bootstrap.ranking(y, scores)
        drawn = bootstrap.draw(figures, resampler)
        row = {
            **bootstrap.estimate(figures, resampler, drawn),
            "curve": measures.precision_recall_curve(y, scores),
            "difference": None,
            "difference_interval": None,
        }
        point = row["average_precision"]  # None for all names alike: it hangs on the classes that are there
        if first is None:
            first = drawn["average_precision"], point
        elif point is not None:
            row["difference"] = point - first[1]
            row["difference_interval"] = bootstrap.percentiles(drawn["average_precision"] - first[0])
        table[name] = row
    return table


def _level(rows: Sequence[Evaluated], y: Labels, chosen: NDArray[np.bool_], resampler: Resampler) -> dict[str, Any]:
    lawful = np.array([row.kind == LAWFUL_OVERSEAS for row in rows], dtype=np.bool_)
    bounds = {
        "overall": measures.share_with_bounds(chosen[y == 0]),
        LAWFUL_OVERSEAS: measures.share_with_bounds(chosen[lawful & (y == 0)]),
    }
    estimated = bootstrap.estimate(bootstrap.alarms(y, chosen), resampler)
    return {
        "alarms": int(chosen.sum()),
        **estimated,
        "false_alarms": bounds,
        "at_base_rates": [
            _at_base_rate(estimated["recall"], bounds["overall"], rate)
            for rate in BASE_RATES
            if estimated["recall"] is not None
        ],
    }


def _at_base_rate(recall: float, false: Mapping[str, Any] | None, rate: float) -> dict[str, float]:
    """What listings of which `rate` recruit would give, with false alarms as seen and at their 95 % upper bound."""
    seen, upper = (false["share"], false["upper"]) if false else (0.0, 1.0)
    return {
        "base_rate": rate,
        "precision": measures.precision_at_base_rate(recall, seen, rate),
        "precision_at_upper": measures.precision_at_base_rate(recall, upper, rate),
        "alarms_per_10000": 10_000 * (recall * rate + seen * (1 - rate)),
        "alarms_per_10000_at_upper": 10_000 * (recall * rate + upper * (1 - rate)),
    }


def _false_alarms(rows: Sequence[Evaluated], y: Labels, flagged: NDArray[np.bool_]) -> dict[str, dict[str, Any]]:
    """Per kind of negative text, and for all texts about these crimes together."""
    kinds = [row.kind or "unknown" for row in rows]
    picks = {kind: [k == kind for k in kinds] for kind in sorted(set(kinds))}
    picks[", ".join(TEXTS_ABOUT)] = [kind in TEXTS_ABOUT for kind in kinds]
    shares = {name: measures.share_with_bounds(flagged[np.array(pick) & (y == 0)]) for name, pick in picks.items()}
    return {name: share for name, share in shares.items() if share}


def _named(
    rows: Sequence[Evaluated], results: Sequence[dict[str, Any]], flagged: NDArray[np.bool_]
) -> list[tuple[tuple[str, ...], str]]:
    """(typologies told, typology named first or "none") of the flagged positives."""
    return [
        (row.typologies or (row.typology,), result["typologies"][0]["id"] if result["typologies"] else "none")
        for row, result, alarm in zip(rows, results, flagged, strict=True)
        if row.label and row.typology and alarm
    ]


def _kinds(rows: Sequence[Evaluated], results: Sequence[dict[str, Any]]) -> list[tuple[str, str]]:
    """(document kind told, document kind said)."""
    return [
        ("offer" if row.kind in _OFFERS else row.kind, result["document"]["kind"])
        for row, result in zip(rows, results, strict=True)
        if row.kind
    ]


def _share(right: Sequence[bool]) -> float | None:
    return sum(right) / len(right) if right else None


def as_json(figures: Mapping[str, Any]) -> str:
    """The figures as JSON."""
    return json.dumps(figures, indent=1, ensure_ascii=False)
