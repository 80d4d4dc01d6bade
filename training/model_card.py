"""MODEL_CARD.md of a bundle, generated from its evaluation so that the text can't say other figures."""

from collections.abc import Mapping
from typing import Any

from detector.bundle import Bundle

_INTRODUCTION = """# Model card: Sigap {version}

Linear heads over word and character n-grams and {named} named signs and facts of the knowledge of {knowledge}, fitted
with scikit-learn {sklearn}. Licence of the weights: Apache-2.0; data and their licences: `NOTICE`.

## For what, and not for what

To help a person decide which advertisements to look at first, and to show which words speak for it. Not for automatic
sanctions, blocking or reporting of a person or firm, not as proof, not for texts that are no advertisement or post,
and not for languages other than Indonesian, Malay and English. `low` never means safe.

## Fitted on

{texts:,} texts: those of `training/corpus`, written for this project, and public data as weaker examples (mostly
negatives). The development files took no part in fitting. The two thresholds were chosen on {chosen_on}, and options
(regularisation, weights of the public sources, which features exist) were compared on both development files: their
figures flatter the model a little. Its mistakes there were looked at.

## Figures
"""
_KNOWN_FAILURES = """
## Known failures

- A fake that copies a lawful vacancy word for word, with the fraud behind the link: text alone can't tell.
- A warning or question that quotes a whole advertisement and adds only a sentence scores far below the advertisement,
  but can still reach `high`.
- Victims' and relatives' words without any frame around them, and short lawful offers abroad without a licence, are
  the most frequent false alarms at `elevated`.
- Tidy English postings of scam companies, and mystery-shopper or car-sticker mails, are the most frequent misses.
- Indicators were written while reading corpus texts, so their hit rates there are better than in the field; they are
  weighed on held-out scores for that reason.
- Regional languages and dialects were not checked by native readers.
"""


def model_card(bundle: Bundle, evaluations: Mapping[str, Mapping[str, Any]]) -> str:
    """The card, as Markdown. `evaluations` maps the name of a labelled file to its report."""
    facts = bundle.facts
    lines = [
        _INTRODUCTION.format(
            version=bundle.version,
            named=len(bundle.named_features),
            knowledge=bundle.knowledge_as_of,
            sklearn=facts["libraries"]["scikit-learn"],
            texts=facts["trained_on"]["texts"],
            chosen_on=facts["thresholds_chosen_on"],
        )
    ]
    lines += ["| file | texts | recruiting | AP (95 %) | recall at 1 % / 5 % false alarms | ECE | Brier |"]
    lines += ["|---|---|---|---|---|---|---|"]
    for name, row in evaluations.items():
        low, high = row["average_precision_interval"]
        lines.append(
            f"| {name} | {row['texts']} | {row['positives']} | {row['average_precision']:.3f} ({low:.3f}-{high:.3f}) | "
            f"{row['recall_at_1_percent']:.2f} / {row['recall_at_5_percent']:.2f} | "
            f"{row['expected_calibration_error']:.3f} | {row['brier']:.3f} |"
        )
    for name, row in evaluations.items():
        lines += ["", f"### {name}", "", "| level | alarms | precision | recall |", "|---|---|---|---|"]
        for level in ("high", "elevated"):
            part = row["levels"][level]
            lines.append(f"| {level} | {part['alarms']} | {part['precision']:.2f} | {part['recall']:.2f} |")
        lines += ["", "| at `elevated`, base rate | precision | alarms per 10,000 |", "|---|---|---|"]
        for part in row["levels"]["at_base_rates"]:
            lines.append(f"| {part['base_rate']:.1%} | {part['precision']:.2f} | {part['alarms_per_10000']:.0f} |")
        lines += ["", "| kind of negative text | false alarms at `elevated` |", "|---|---|"]
        for kind, part in row["false_alarms_at_elevated"].items():
            lines.append(f"| {kind} | {part['alarms']} of {part['texts']} ({part['share']:.0%}) |")
        lines += ["", "| slice | recruiting / texts | AP | recall at 5 % |", "|---|---|---|---|"]
        for part_name, part in row["slices"].items():
            lines.append(
                f"| {part_name} | {part['positives']} / {part['texts']} | {part['average_precision']:.3f} | "
                f"{part['recall_at_5_percent']:.2f} |"
            )
    return "\n".join(lines) + "\n" + _KNOWN_FAILURES
