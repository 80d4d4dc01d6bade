"""MODEL_CARD.md of a bundle, generated from its evaluation so that the text can't say other figures."""

from collections.abc import Mapping
from typing import Any

from detector.bundle import Bundle
from training.report.terminal import figure

_SUMMARY = (
    "average_precision",
    "recall_at_1_percent",
    "recall_at_5_percent",
    "expected_calibration_error",
    "brier",
)

_INTRODUCTION = """# Model card: Sigap {version}

Linear heads over word and character n-grams and {named} named signs and facts of the knowledge of {knowledge}, fitted
with scikit-learn {sklearn}{encoder}. Licence of the weights: Apache-2.0; data and their licences: `NOTICE`.

## For what, and not for what

To help a person decide which advertisements to look at first, and to show which words speak for it. Not for automatic
sanctions, blocking or reporting of a person or firm, not as proof, not for texts that are no advertisement or post,
and not for languages other than Indonesian, Malay and English. `low` never means safe.

## Fitted on

{texts:,} texts: those of `training/corpus`, written for this project, and public data as weaker examples (mostly
negatives). The development files took no part in fitting. The two thresholds were chosen on {chosen_on}, and options
(regularisation, weights of the public sources, which features exist) were compared on both development files: their
figures flatter the model a little. Its mistakes there were looked at, and which genres of text were missing in the
corpus was judged by them, too; texts that came close to a development text were dropped.

## Figures
"""
_ENCODER = (
    ", and, where these are undecided, a small contextual encoder beside them (multilingual-e5-small, MIT, fine-tuned; "
    "int8)"
)
_KNOWN_FAILURES = """
## Known failures

- A fake that copies a lawful vacancy word for word, with the fraud behind the link: text alone can't tell.
- Lawful offers abroad that name neither licence nor employer are the most frequent false alarms; then promotional and
  prize text messages.
- Tidy English postings of scam companies, and mystery-shopper or car-sticker mails, are the most frequent misses.
- `auto` reads a text deeply only where the fast answer is undecided: a dull fake that the fast answer takes for an
  ordinary vacancy stays unseen, though `deep` would have found some of these. Where few texts are judged, take `deep`.
- Fragments of the press that give advice are called news where people call them warnings, and fragments of
  conversations are called `other`.
- Indicators were written while reading corpus texts, so their hit rates there are better than in the field; they are
  weighed on held-out scores for that reason.
- Regional languages and dialects were not checked by native readers.
"""


def model_card(
    bundle: Bundle, evaluations: Mapping[str, Mapping[str, Any]], took: Mapping[str, int] | None = None
) -> str:
    """The card, as Markdown. `evaluations` maps the name of a labelled file to its report, `took` the steps of the
    training to the seconds that each took.
    """
    facts = bundle.facts
    lines = [
        _INTRODUCTION.format(
            version=bundle.version,
            named=len(bundle.named_features),
            knowledge=bundle.knowledge_as_of,
            sklearn=facts["libraries"]["scikit-learn"],
            encoder="" if bundle.deep is None else _ENCODER,
            texts=facts["trained_on"]["texts"],
            chosen_on=facts["thresholds_chosen_on"],
        )
    ]
    lines += [
        "Brackets hold 95 % intervals: bootstrap for figures, Clopper-Pearson for shares. `masked` repeats a file with",
        "phones, links, places and company names replaced by neutral ones.",
        "",
        "| file | texts | recruiting | AP | recall at 1 % false alarms | at 5 % | ECE | Brier |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, row in evaluations.items():
        lines.append(_summary(name, row))
        if "masked" in row:
            lines.append(_summary(f"{name}, masked", row["masked"]))
    for name, row in evaluations.items():
        lines += ["", f"### {name}", "", *_levels(row), "", *_slices(row), "", *_fairness(row)]
    return "\n".join(lines) + "\n" + _KNOWN_FAILURES + _cost(took or {})


_WATTS = 60  # of the two cores of a server, with memory and cooling: an assumption, not a measurement
_GRAMS_PER_KWH = 700  # CO2e of mostly coal-fired electricity, as in Java's grid: an assumption on the high side


def _cost(took: Mapping[str, int]) -> str:
    if not took:
        return ""
    steps = ", ".join(f"{name} {seconds / 60:.0f} min" for name, seconds in took.items())
    kwh = sum(took.values()) / 3600 * _WATTS / 1000
    return (
        f"\n## What training cost\n\nOn two processor cores, no graphics card: {steps}. At {_WATTS} W that is "
        f"{kwh:.2f} kWh, about {kwh * _GRAMS_PER_KWH:.0f} g CO2e at {_GRAMS_PER_KWH} g a kWh (both\n"
        "assumed). Trials and the pretraining of the encoder by others are not counted.\n"
    )


def _summary(name: str, row: Mapping[str, Any]) -> str:
    cells = [name, str(row["texts"]), str(row["positives"])]
    cells += [figure(row, key) for key in _SUMMARY]
    return f"| {' | '.join(cells)} |"


def _levels(row: Mapping[str, Any]) -> list[str]:
    lines = ["| level | alarms | precision | recall |", "|---|---|---|---|"]
    for level in ("high", "elevated"):
        part = row["levels"][level]
        lines.append(f"| {level} | {part['alarms']} | {figure(part, 'precision', 2)} | {figure(part, 'recall', 2)} |")
    lines += [
        "",
        "| level, base rate | precision | at least | alarms per 10,000 | at most |",
        "|---|---|---|---|---|",
    ]
    for level in ("high", "elevated"):
        for part in row["levels"][level]["at_base_rates"]:
            lines.append(
                f"| {level}, {part['base_rate']:.1%} | {part['precision']:.2f} | {part['precision_at_upper']:.2f} | "
                f"{part['alarms_per_10000']:.0f} | {part['alarms_per_10000_at_upper']:.0f} |"
            )
    lines += ["", "| kind of negative text | false alarms at `elevated` | at most |", "|---|---|---|"]
    for kind, part in row["false_alarms_at_elevated"].items():
        lines.append(f"| {kind} | {_share(part)} | {part['upper']:.0%} |")
    tied = row["ties_in_high"]
    lines += ["", f"Inside `high`, {tied['tied_share']:.1%} of {tied['texts']} texts share their risk with another."]
    for what, key in (("Typology", "typology_named_right"), ("Kind of document", "document_kind_right")):
        if row[key] is not None:
            lines.append(f"{what} named right: {row[key]:.0%}.")
    return lines


def _slices(row: Mapping[str, Any]) -> list[str]:
    lines = [
        "| slice | recruiting / texts | AP | recall at 5 % | false alarms at `elevated` |",
        "|---|---|---|---|---|",
    ]
    for family, parts in row["slices"].items():
        for name, part in parts.items():
            cells = [figure(part, key, 2) for key in ("average_precision", "recall_at_5_percent", "false_alarm_share")]
            lines.append(f"| {family}: {_cell(name)} | {part['positives']} / {part['texts']} | {' | '.join(cells)} |")
    return lines


def _fairness(row: Mapping[str, Any]) -> list[str]:
    lines = ["| fairness slice | false alarms | elsewhere | recall | elsewhere |", "|---|---|---|---|---|"]
    keys = ("false_alarms", "false_alarms_elsewhere", "recall", "recall_elsewhere")
    for name, part in row["fairness"].items():
        lines.append(f"| {name} | {' | '.join(_share(part[key]) for key in keys)} |")
    return lines


def _share(part: Mapping[str, Any] | None) -> str:
    return f"{part['alarms']} of {part['texts']} ({part['share']:.0%})" if part else "-"


def _cell(text: str) -> str:
    """A name out of a file, so that it can't break the table."""
    return text.replace("\\", "").replace("|", "/").replace("\n", " ").replace("<", "‹")
