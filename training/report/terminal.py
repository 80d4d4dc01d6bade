"""The figures of an evaluation as plain text; it quotes no text of the file."""

from collections.abc import Mapping
from typing import Any

_RANKING = (
    ("average precision", "average_precision"),
    ("ROC-AUC", "roc_auc"),
    ("recall at 1 % false alarms", "recall_at_1_percent"),
    ("recall at 5 % false alarms", "recall_at_5_percent"),
    ("calibration error", "expected_calibration_error"),
    ("Brier", "brier"),
)


def figure(row: Mapping[str, Any], key: str, digits: int = 3) -> str:
    """A figure with its interval: "0.912 (0.884 to 0.940)"; "-" where there is none."""
    if row.get(key) is None:
        return "-"
    shown = f"{row[key]:.{digits}f}"
    interval = row.get(f"{key}_interval")
    return f"{shown} ({interval[0]:.{digits}f} to {interval[1]:.{digits}f})" if interval else shown


def as_text(name: str, figures: Mapping[str, Any]) -> str:
    """The figures for a terminal; those that are missing are left out."""
    lines = [f"{name}: {figures['texts']} texts, {figures['positives']} recruiting"]
    lines += [f"  {label} {figure(figures, key)}" for label, key in _RANKING if key in figures]
    if "levels" in figures:
        lines += _levels(figures)
    if "slices" in figures:
        lines += _slices(figures)
    if "masked" in figures:
        lines.append("  with phones, links, places and company names masked:")
        lines += [f"    {label} {figure(figures['masked'], key)}" for label, key in _RANKING]
    for rival, row in figures.get("rankings", {}).items():
        lines.append(f"  {rival}: AP {figure(row, 'average_precision')}, difference {figure(row, 'difference')}")
    return "\n".join(lines)


def _levels(figures: Mapping[str, Any]) -> list[str]:
    lines = []
    for level in ("high", "elevated"):
        row = figures["levels"][level]
        lines.append(
            f"  {level}: {row['alarms']} alarms, precision {figure(row, 'precision', 2)}, "
            f"recall {figure(row, 'recall', 2)}"
        )
        for part in row["at_base_rates"]:
            lines.append(
                f"    at a base rate of {part['base_rate']:.1%}: precision {part['precision']:.2f}, "
                f"{part['alarms_per_10000']:.0f} alarms per 10,000 (at most {part['alarms_per_10000_at_upper']:.0f})"
            )
        for kind, share in row["false_alarms"].items():
            if share:
                lines.append(f"    false alarms, {kind}: {share['share']:.1%}, at most {share['upper']:.1%}")
    for label, key in (("typology", "typology_named_right"), ("document kind", "document_kind_right")):
        if figures[key] is not None:
            lines.append(f"  {label} right {figures[key]:.2f}")
    tied = figures["ties_in_high"]
    lines.append(
        f"  inside high: {tied['tied_share']:.1%} of {tied['texts']} share their risk, "
        f"{tied['saturated_share']:.1%} have risk 1"
    )
    lines.append("  false alarms at elevated:")
    for kind, row in figures["false_alarms_at_elevated"].items():
        lines.append(f"    {kind:<24} {row['alarms']:>3} of {row['texts']:<4} {row['share']:.1%}")
    return lines


def _slices(figures: Mapping[str, Any]) -> list[str]:
    lines = []
    for family, parts in figures["slices"].items():
        for part, row in parts.items():
            told = (
                f"false alarms {figure(row, 'false_alarm_share', 2)}"
                if row["average_precision"] is None
                else f"AP {figure(row, 'average_precision', 2)}, recall at 5 % {figure(row, 'recall_at_5_percent', 2)}"
            )
            lines.append(f"  {family}: {part[:30]:<30} {row['positives']:>3} of {row['texts']:<4} {told}")
    return lines


def ranking_table(table: Mapping[str, Mapping[str, Any]]) -> str:
    """Rankings side by side, one a line, as `evaluation.ablation_table` gives them."""
    lines = [f"  {'':<36} {'AP':<24} {'recall at 1 %':<14} {'at 5 %':<14} difference"]
    for name, row in table.items():
        cells = f"{figure(row, 'average_precision'):<24} {row['recall_at_1_percent']:<14.2f} "
        lines.append(f"  {name:<36} {cells}{row['recall_at_5_percent']:<14.2f} {figure(row, 'difference')}")
    return "\n".join(lines)
