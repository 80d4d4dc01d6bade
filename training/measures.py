"""Figures of merit, each from labels and scores alone."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta
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


def precision_at_base_rate(recall: float, false_alarm_rate: float, base_rate: float) -> float:
    """Precision that these rates give where `base_rate` of the texts are positive (Bayes)."""
    alarms = recall * base_rate + false_alarm_rate * (1 - base_rate)
    return recall * base_rate / alarms if alarms else 0.0


def upper_bound(alarms: int, texts: int, confidence: float = 0.95) -> float:
    """One-sided upper bound of a share of which `alarms` of `texts` were seen (Clopper and Pearson 1934)."""
    return 1.0 if alarms >= texts else float(beta.ppf(confidence, alarms + 1, texts - alarms))


def lower_bound(alarms: int, texts: int, confidence: float = 0.95) -> float:
    """One-sided lower bound of a share of which `alarms` of `texts` were seen."""
    return 0.0 if alarms <= 0 else float(beta.ppf(1 - confidence, alarms, texts - alarms + 1))


def share_with_bounds(flagged: NDArray[np.bool_]) -> dict[str, Any] | None:
    """How many of some texts were flagged, the share, its two-sided 95 % interval and its one-sided upper bound; None
    for no texts.
    """
    texts, alarms = len(flagged), int(flagged.sum())
    if not texts:
        return None
    return {
        "alarms": alarms,
        "texts": texts,
        "share": alarms / texts,
        "interval": (lower_bound(alarms, texts, 0.975), upper_bound(alarms, texts, 0.975)),
        "upper": upper_bound(alarms, texts),
    }


def ties(risk: Scores, digits: int = 6) -> dict[str, Any]:
    """Whether `risk` still ranks: the share of texts that share theirs, rounded, and the share that reads as 1."""
    rounded = np.round(risk, digits)
    counts = Counter(rounded.tolist())
    texts = len(risk)
    return {
        "texts": texts,
        "distinct": len(counts),
        "tied_share": sum(n for n in counts.values() if n > 1) / texts if texts else 0.0,
        "saturated_share": float((rounded >= 1.0).mean()) if texts else 0.0,
        "highest": float(risk.max()) if texts else None,
    }


def confusion(pairs: Sequence[tuple[str, str]]) -> dict[str, dict[str, int]]:
    """True name -> named -> how many, both sorted."""
    found: dict[str, dict[str, int]] = {}
    for (true, named), n in sorted(Counter(pairs).items()):
        found.setdefault(true, {})[named] = n
    return found


def precision_recall_curve(y: Labels, score: Scores, most_points: int = 200) -> list[tuple[float, float]]:
    """Points (recall, precision), one for each distinct score from the highest; thinned where there are many."""
    order = np.argsort(-score, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(score[order]) != 0, True))
    hits = np.cumsum(y[order])[ends]
    if len(ends) > most_points:
        kept = np.unique(np.linspace(0, len(ends) - 1, most_points).astype(int))
        ends, hits = ends[kept], hits[kept]
    return [(float(hit / max(y.sum(), 1)), float(hit / (end + 1))) for hit, end in zip(hits, ends, strict=True)]


def reliability(y: Labels, probability: Scores, bins: int = 10) -> list[dict[str, Any]]:
    """Per equal-width bin that holds texts: how many, mean probability, share of positives and its interval."""
    place = np.minimum((probability * bins).astype(int), bins - 1)
    found = []
    for b in range(bins):
        inside = place == b
        share = share_with_bounds(y[inside] == 1)
        if share is not None:
            found.append(
                {
                    "from": b / bins,
                    "to": (b + 1) / bins,
                    "texts": share["texts"],
                    "mean_risk": float(probability[inside].mean()),
                    "positives": share["share"],
                    "interval": share["interval"],
                }
            )
    return found
