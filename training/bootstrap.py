"""Figures with 95 % bootstrap intervals: every round is a row of weights, so that all rounds are worked out at once.

A figure is a function from weights (rounds, texts) to values (rounds,). With weights of one it gives the figure itself,
with how often each text was drawn it gives the figure of each resample. A resample that holds no text of a needed class
gives NaN and is left out of the interval.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.measures import Labels, Scores

Weights = NDArray[np.float64]
Figures = Callable[[Weights], dict[str, Scores]]

ROUNDS = 500
_CELLS = 2_000_000  # of one block of rounds: memory stays at some 16 MB an array
_ALLOWED_SHARES = {"recall_at_1_percent": 0.01, "recall_at_5_percent": 0.05}


@dataclass(frozen=True, slots=True)
class Resampler:
    """Draws texts with replacement; texts of one unit are drawn together. `units` numbers the unit of each text."""

    units: NDArray[np.int64]
    rounds: int = ROUNDS
    seed: int = 0

    @classmethod
    def of(cls, groups: Sequence[str], rounds: int = ROUNDS, seed: int = 0) -> "Resampler":
        """Units from group names; a text without one ("") is a unit of its own."""
        numbers: dict[tuple[str, int], int] = {}
        keys = [(group, -1) if group else ("", at) for at, group in enumerate(groups)]
        return cls(np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64), rounds, seed)

    def part(self, chosen: NDArray[np.bool_]) -> "Resampler":
        """The same for a part of the texts."""
        _, units = np.unique(self.units[chosen], return_inverse=True)
        return Resampler(units.astype(np.int64), self.rounds, self.seed)

    def blocks(self) -> Iterator[Weights]:
        """Weights, shape (some rounds, texts), until all rounds are drawn."""
        rng = np.random.default_rng(self.seed)
        count = int(self.units.max()) + 1
        size = max(1, _CELLS // max(len(self.units), 1))
        for begin in range(0, self.rounds, size):
            drawn = rng.multinomial(count, np.full(count, 1 / count), size=min(size, self.rounds - begin))
            yield drawn[:, self.units].astype(np.float64)


def draw(figures: Figures, resampler: Resampler) -> dict[str, Scores]:
    """Every figure in every resample, shape (rounds,)."""
    blocks = [figures(weights) for weights in resampler.blocks()]
    return {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}


def estimate(figures: Figures, resampler: Resampler, drawn: dict[str, Scores] | None = None) -> dict[str, Any]:
    """Every figure as `name` and its interval as `name_interval`; None where the texts do not allow it.

    `drawn` is what `draw` gave for these figures and this resampler, where it is at hand.
    """
    drawn = draw(figures, resampler) if drawn is None else drawn
    found: dict[str, Any] = {}
    for name, value in figures(np.ones((1, len(resampler.units)))).items():
        found[name] = None if np.isnan(value[0]) else float(value[0])
        found[f"{name}_interval"] = percentiles(drawn[name])
    return found


def percentiles(values: Scores) -> tuple[float, float] | None:
    """The middle 95 % of the values that are numbers; None where there are none."""
    values = values[~np.isnan(values)]
    if not len(values):
        return None
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def together(*parts: Figures) -> Figures:
    """Several families of figures as one."""

    def figures(weights: Weights) -> dict[str, Scores]:
        return {name: value for part in parts for name, value in part(weights).items()}

    return figures


def ranking(y: Labels, score: Scores) -> Figures:
    """Average precision, ROC-AUC, recall at 1 % and 5 % false alarms; as in `measures`, ties included."""
    order = np.argsort(-score, kind="stable")
    ranked = score[order]
    ends = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))
    positive = (y[order] == 1).astype(np.float64)

    def figures(weights: Weights) -> dict[str, Scores]:
        drawn = weights[:, order]
        hits = np.cumsum(drawn * positive, axis=1)[:, ends]
        alarms = np.cumsum(drawn * (1 - positive), axis=1)[:, ends]
        positives, negatives = hits[:, -1], alarms[:, -1]
        new_hits = np.diff(hits, axis=1, prepend=0)
        new_alarms = np.diff(alarms, axis=1, prepend=0)
        both = (positives > 0) & (negatives > 0)
        found = {
            "average_precision": divide((new_hits * divide(hits, hits + alarms, 0.0)).sum(axis=1), positives),
            "roc_auc": divide(
                (new_hits * (negatives[:, None] - alarms + new_alarms / 2)).sum(axis=1), positives * negatives
            ),
        }
        for name, share in _ALLOWED_SHARES.items():
            within = alarms <= np.floor(share * negatives)[:, None]
            found[name] = divide((hits * within).max(axis=1), positives)
        return {name: np.where(both, value, np.nan) for name, value in found.items()}

    return figures


def calibration(y: Labels, probability: Scores, bins: int = 10) -> Figures:
    """Expected calibration error over equal-width bins and Brier score.

    Chance alone opens gaps in a resample: the interval of the calibration error lies a little too high.
    """
    place = np.minimum((probability * bins).astype(int), bins - 1)
    gaps = np.zeros((len(y), bins))
    gaps[np.arange(len(y)), place] = probability - y
    squares = np.square(probability - y)

    def figures(weights: Weights) -> dict[str, Scores]:
        total = weights.sum(axis=1)
        return {
            "expected_calibration_error": divide(np.abs(weights @ gaps).sum(axis=1), total),
            "brier": divide(weights @ squares, total),
        }

    return figures


def alarms(y: Labels, chosen: NDArray[np.bool_]) -> Figures:
    """Precision, recall and share of false alarms of a choice of texts."""
    hit = (chosen & (y == 1)).astype(np.float64)
    false = (chosen & (y == 0)).astype(np.float64)
    positive = (y == 1).astype(np.float64)

    def figures(weights: Weights) -> dict[str, Scores]:
        hits, falses = weights @ hit, weights @ false
        return {
            "precision": divide(hits, hits + falses),
            "recall": divide(hits, weights @ positive),
            "false_alarm_share": divide(falses, weights @ (1 - positive)),
        }

    return figures


def divide(above: Scores, below: Scores, otherwise: float = np.nan) -> Scores:
    """`above / below`, and `otherwise` where `below` is nought."""
    out: Scores = np.full(above.shape, otherwise, dtype=np.float64)
    np.divide(above, below, out=out, where=below > 0)
    return out
