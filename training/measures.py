"""Figures of merit, each from labels and scores alone."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

Labels = NDArray[np.int64]
Scores = NDArray[np.float64]


def average_precision(y: Labels, score: Scores) -> float:
    """Area under the precision-recall steps."""
    return float(average_precision_score(y, score))


def roc_auc(y: Labels, score: Scores) -> float:
    """Probability that a positive outranks a negative."""
    return float(roc_auc_score(y, score))


def recall_at_false_alarms(y: Labels, score: Scores, share: float) -> float:
    """Recall at the lowest threshold that at most `share` of the negatives pass. Ties count as alarms."""
    negatives = np.sort(score[y == 0])[::-1]
    allowed = int(np.floor(share * len(negatives)))
    if allowed >= len(negatives):
        return 1.0
    return float((score[y == 1] > negatives[allowed]).mean())


def threshold_for_recall(y: Labels, score: Scores, recall: float) -> float:
    """The highest threshold at which at least `recall` of the positives are at or above it, moved half-way down to the
    next lower score: no text of the choice sits on the edge, where a rounded digit would decide.
    """
    positives = np.sort(score[y == 1])
    chosen = float(positives[int(np.floor((1 - recall) * len(positives)))])
    below = score[score < chosen]
    return (chosen + float(below.max())) / 2 if len(below) else chosen


def threshold_for_precision(y: Labels, score: Scores, precision: float) -> float:
    """The lowest threshold such that precision is at least `precision` there and at every higher threshold that
    still holds ten texts or more (fewer texts say little), moved half-way down to the next lower score.
    """
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(y[order])
    precisions = hits / np.arange(1, len(y) + 1)
    best = float(score[order[0]])
    for at in range(len(order)):
        if at >= 9 and precisions[at] < precision:
            break
        best = float(score[order[at]])
    below = score[score < best]
    return (best + float(below.max())) / 2 if len(below) else best


def expected_calibration_error(y: Labels, probability: Scores, bins: int = 10) -> float:
    """Mean gap between probability and frequency over equal-width bins, weighted by their size (Guo et al. 2017)."""
    place = np.minimum((probability * bins).astype(int), bins - 1)
    gaps = [
        (place == b).mean() * abs(probability[place == b].mean() - y[place == b].mean())
        for b in range(bins)
        if (place == b).any()
    ]
    return float(sum(gaps))


def brier(y: Labels, probability: Scores) -> float:
    """Mean squared error of the probabilities."""
    return float(np.square(probability - y).mean())


def interval(
    measure: Callable[[Labels, Scores], float], y: Labels, score: Scores, rounds: int = 500, seed: int = 0
) -> tuple[float, float]:
    """95 % bootstrap interval of a measure, resampling texts."""
    rng = np.random.default_rng(seed)
    values: list[float] = []
    while len(values) < rounds:
        pick = rng.integers(0, len(y), len(y))
        if 0 < y[pick].sum() < len(pick):
            values.append(measure(y[pick], score[pick]))
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def precision_at_base_rate(recall: float, false_alarm_rate: float, base_rate: float) -> float:
    """Precision that these rates give where `base_rate` of the texts are positive (Bayes)."""
    alarms = recall * base_rate + false_alarm_rate * (1 - base_rate)
    return recall * base_rate / alarms if alarms else 0.0


def false_alarms(y: Labels, score: Scores, kinds: Sequence[str], threshold: float) -> dict[str, tuple[int, int]]:
    """Per kind of negative text: (alarms at the threshold, texts)."""
    found: dict[str, tuple[int, int]] = {}
    for label, value, kind in zip(y, score, kinds, strict=True):
        if label == 0:
            alarms, texts = found.get(kind, (0, 0))
            found[kind] = (alarms + int(value >= threshold), texts + 1)
    return dict(sorted(found.items()))
