"""One self-contained HTML page from the figures of one or more evaluation files.

The texts are hostile: Jinja2 escapes every value, the page runs no script and its policy lets it load nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from training.report import plots
from training.report.highlight import Piece, pieces, without_controls
from training.report.terminal import figure

_TEMPLATE = "page.html.jinja"
MEASURES = (
    ("Average precision", "average_precision"),
    ("ROC-AUC", "roc_auc"),
    ("Recall at 1 % false alarms", "recall_at_1_percent"),
    ("Recall at 5 % false alarms", "recall_at_5_percent"),
    ("Calibration error (ECE)", "expected_calibration_error"),
    ("Brier score", "brier"),
)
_AT_LEVELS = (("Precision", "precision"), ("Recall", "recall"), ("Share of false alarms", "false_alarm_share"))


@dataclass(frozen=True, slots=True)
class Section:
    """One evaluation file: its name, its figures (`evaluation.evaluate`) and its texts in the order of the file."""

    name: str
    figures: Mapping[str, Any]
    texts: Sequence[str]


def page(sections: Sequence[Section], model: str, knowledge: str) -> str:
    """The page, as HTML."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["figure"] = figure
    environment.filters["percent"] = lambda value: f"{value:.1%}"
    shown = environment.get_template(_TEMPLATE).render(
        model=model,
        knowledge=knowledge,
        sections=[_shown(f"s{at}", section) for at, section in enumerate(sections)],
        measures=MEASURES,
        at_levels=_AT_LEVELS,
    )
    return without_controls(shown)


def _shown(key: str, section: Section) -> dict[str, Any]:
    """What the template needs of a section beside its figures."""
    figures = section.figures
    return {
        "key": key,
        "name": section.name,
        "figures": figures,
        "curves": plots.curves(f"{key}-pr", _lines(figures)),
        "reliability": plots.reliability(f"{key}-cal", figures["curves"]["reliability"]),
        "bars": [_bars(f"{key}-{family}", family, parts) for family, parts in figures["slices"].items() if parts],
        "confusions": [
            (
                "Typologies: told (rows) and named first (columns), of flagged positives",
                figures["confusion"]["typologies"],
            ),
            ("Kinds of document: told (rows) and said (columns)", figures["confusion"]["kinds"]),
        ],
        "mistakes": [(mistake, _pieces(section, mistake)) for mistake in figures["worst_mistakes"]],
    }


def _lines(figures: Mapping[str, Any]) -> dict[str, plots.Points]:
    lines = {"this model": figures["curves"]["precision_recall"]}
    if "masked" in figures:
        lines["names masked"] = figures["masked"]["curves"]["precision_recall"]
    for name, row in figures.get("rankings", {}).items():
        lines.setdefault(name, row["curve"])
    return lines


def _bars(key: str, family: str, parts: Mapping[str, Mapping[str, Any]]) -> Markup:
    """Recall at 5 % false alarms of a family's slices; the share of false alarms where none of them holds positives."""
    measure, axis = "recall_at_5_percent", "Recall at 5 % false alarms (line: 95 % interval)"
    if all(row[measure] is None for row in parts.values()):
        measure, axis = "false_alarm_share", "Share of false alarms at elevated (line: 95 % interval)"
    rows = [
        (f"{name}, {row['positives']} of {row['texts']}", row[measure], row[f"{measure}_interval"])
        for name, row in parts.items()
        if row[measure] is not None
    ]
    return plots.bars(key, f"By {family}", axis, rows, f"{family}, recruiting of all texts")


def _pieces(section: Section, mistake: Mapping[str, Any]) -> list[Piece]:
    return pieces(section.texts[mistake["row"]], mistake)
