"""Figures of merit on tables small enough to work out by hand."""

import numpy as np
import pytest

from training import measures

# Six texts, best score first: + + - + - -
Y = np.array([1, 1, 0, 1, 0, 0])
SCORE = np.array([0.9, 0.8, 0.7, 0.6, 0.4, 0.2])


def test_average_precision() -> None:
    assert measures.average_precision(Y, SCORE) == pytest.approx((1 / 1 + 2 / 2 + 3 / 4) / 3)
    assert measures.average_precision(Y, -SCORE) == pytest.approx((1 / 3 + 2 / 5 + 3 / 6) / 3)


def test_roc_auc() -> None:
    """Eight of the nine pairs are in order: only 0.6 stands below 0.7."""
    assert measures.roc_auc(Y, SCORE) == pytest.approx(8 / 9)


@pytest.mark.parametrize(
    ("share", "recall", "why"),
    [
        (0.0, 2 / 3, "no false alarm: above 0.7"),
        (0.33, 2 / 3, "a third of three negatives rounds down to none"),
        (0.34, 1.0, "one false alarm: above 0.4"),
        (1.0, 1.0, "every alarm is allowed"),
    ],
)
def test_recall_at_false_alarms(share: float, recall: float, why: str) -> None:
    assert measures.recall_at_false_alarms(Y, SCORE, share) == pytest.approx(recall), why


def test_a_tie_counts_as_a_false_alarm() -> None:
    y, score = np.array([1, 0, 1, 0]), np.array([0.5, 0.5, 0.9, 0.1])
    assert measures.recall_at_false_alarms(y, score, 0.0) == 0.5


@pytest.mark.parametrize(
    ("recall", "threshold", "why"),
    [
        (1.0, 0.5, "down to the last positive, 0.6, and half-way to 0.4"),
        (0.6, 0.75, "two of three positives, 0.8, and half-way to 0.7"),
        (0.3, 0.85, "one of three, 0.9, and half-way to 0.8"),
    ],
)
def test_threshold_for_recall(recall: float, threshold: float, why: str) -> None:
    chosen = measures.threshold_for_recall(Y, SCORE, recall)
    assert chosen == pytest.approx(threshold), why
    assert (SCORE[Y == 1] >= chosen).mean() >= recall


def test_threshold_for_recall_of_the_lowest_score() -> None:
    assert measures.threshold_for_recall(np.array([1, 1]), np.array([0.4, 0.3]), 1.0) == pytest.approx(0.3)


def test_threshold_for_precision_waits_for_ten_texts() -> None:
    """Nine positives, a negative, a positive, then negatives. At ten texts precision is 0.9."""
    y = np.array([1] * 9 + [0] + [1] + [0] * 9)
    score = np.linspace(0.95, 0.0, 20)
    assert measures.threshold_for_precision(y, score, 0.95) == pytest.approx((score[8] + score[9]) / 2)
    assert measures.threshold_for_precision(y, score, 0.9) == pytest.approx((score[10] + score[11]) / 2)
    assert measures.threshold_for_precision(y, score, 0.0) == pytest.approx(score[19])


def test_precision_holds_at_the_chosen_threshold_and_above() -> None:
    rng = np.random.default_rng(5)
    score = rng.uniform(size=400)
    y = (rng.uniform(size=400) < score).astype(int)
    chosen = measures.threshold_for_precision(y, score, 0.8)
    for threshold in np.sort(score[score >= chosen])[:-9]:
        assert y[score >= threshold].mean() >= 0.8


def test_calibration_error() -> None:
    """Two bins of two: 0.25 against 0.5 and 0.75 against 1."""
    y, probability = np.array([0, 1, 1, 1]), np.array([0.2, 0.3, 0.7, 0.8])
    assert measures.expected_calibration_error(y, probability, bins=2) == pytest.approx(0.25)
    assert measures.expected_calibration_error(y, y.astype(float)) == 0.0


def test_brier() -> None:
    assert measures.brier(np.array([1, 0]), np.array([0.8, 0.4])) == pytest.approx((0.04 + 0.16) / 2)


@pytest.mark.parametrize(
    ("recall", "false", "rate", "precision"),
    [(1.0, 0.0, 0.01, 1.0), (0.9, 0.05, 0.5, 0.9 / 0.95), (0.9, 0.05, 0.01, 0.009 / 0.0585), (0.0, 0.0, 0.01, 0.0)],
)
def test_precision_at_a_base_rate(recall: float, false: float, rate: float, precision: float) -> None:
    assert measures.precision_at_base_rate(recall, false, rate) == pytest.approx(precision)
