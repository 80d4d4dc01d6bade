"""Weighted figures: with weights of one they are the plain figures, and units are drawn as a whole."""

import numpy as np
import pytest

from training import bootstrap, measures
from training.bootstrap import Resampler

# Six texts, best score first: + + - + - -
Y = np.array([1, 1, 0, 1, 0, 0])
SCORE = np.array([0.9, 0.8, 0.7, 0.6, 0.4, 0.2])
ONES = np.ones((1, 6))


def test_ranking_by_hand() -> None:
    figures = bootstrap.ranking(Y, SCORE)(ONES)
    assert figures["average_precision"] == pytest.approx((1 / 1 + 2 / 2 + 3 / 4) / 3)
    assert figures["roc_auc"] == pytest.approx(8 / 9)
    assert figures["recall_at_5_percent"] == pytest.approx(2 / 3), "no false alarm is allowed among three"


def test_a_weight_of_two_is_the_text_twice() -> None:
    weights = np.array([[1.0, 0, 2, 1, 3, 1]])
    drawn = np.repeat(np.arange(6), weights[0].astype(int))
    figures = bootstrap.ranking(Y, SCORE)(weights)
    assert figures["average_precision"] == pytest.approx(measures.average_precision(Y[drawn], SCORE[drawn]))
    assert figures["roc_auc"] == pytest.approx(measures.roc_auc(Y[drawn], SCORE[drawn]))


def test_ranking_agrees_with_the_plain_measures_on_ties() -> None:
    rng = np.random.default_rng(3)
    score = rng.integers(0, 12, 300) / 12
    y = (rng.uniform(size=300) < score).astype(int)
    figures = bootstrap.ranking(y, score)(np.ones((1, 300)))
    assert figures["average_precision"] == pytest.approx(measures.average_precision(y, score))
    assert figures["roc_auc"] == pytest.approx(measures.roc_auc(y, score))
    for name, share in (("recall_at_1_percent", 0.01), ("recall_at_5_percent", 0.05)):
        assert figures[name] == pytest.approx(measures.recall_at_false_alarms(y, score, share))


def test_calibration_by_hand() -> None:
    """Two bins of two: 0.25 against 0.5 and 0.75 against 1."""
    y, probability = np.array([0, 1, 1, 1]), np.array([0.2, 0.3, 0.7, 0.8])
    figures = bootstrap.calibration(y, probability, bins=2)(np.ones((1, 4)))
    assert figures["expected_calibration_error"] == pytest.approx(0.25)
    assert figures["brier"] == pytest.approx((0.04 + 0.49 + 0.09 + 0.04) / 4)


def test_alarms_by_hand() -> None:
    figures = bootstrap.alarms(Y, SCORE >= 0.5)(ONES)
    assert figures["precision"] == pytest.approx(3 / 4)
    assert figures["recall"] == 1
    assert figures["false_alarm_share"] == pytest.approx(1 / 3)


def test_one_class_alone_has_no_ranking() -> None:
    found = bootstrap.estimate(bootstrap.ranking(np.zeros(3, dtype=int), np.arange(3.0)), Resampler.of(["", "", ""]))
    assert found["average_precision"] is None
    assert found["average_precision_interval"] is None


def test_relatives_are_drawn_together() -> None:
    resampler = Resampler.of(["a", "b", "a", "", ""], rounds=50)
    weights = np.concatenate(list(resampler.blocks()))
    assert weights.shape == (50, 5)
    assert (weights[:, 0] == weights[:, 2]).all()
    assert (weights[:, 3] != weights[:, 4]).any(), "texts without a group are on their own"
    assert len(set(weights[:, 1])) > 1


def test_a_part_keeps_its_relatives() -> None:
    part = Resampler.of(["a", "b", "a", "c"]).part(np.array([True, False, True, True]))
    assert part.units.tolist() == [0, 0, 1]


def test_groups_widen_the_interval() -> None:
    """Every text ten times: as ten texts of their own they look like more evidence than they are."""
    y, score = np.tile([1, 0, 1, 1, 0, 0, 1, 0], 10), np.tile([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2], 10)
    figures = bootstrap.ranking(y, score)
    low, high = bootstrap.estimate(figures, Resampler.of([""] * 80))["roc_auc_interval"]
    wide_low, wide_high = bootstrap.estimate(figures, Resampler.of([str(n % 8) for n in range(80)]))["roc_auc_interval"]
    assert wide_high - wide_low > 2 * (high - low)


def test_blocks_of_many_texts_hold_all_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "_CELLS", 30)
    assert [block.shape for block in Resampler.of([""] * 10, rounds=8).blocks()] == [(3, 10), (3, 10), (2, 10)]


def test_the_interval_holds_the_figure_and_is_the_same_each_time() -> None:
    y, score = np.tile(Y, 10), np.tile(SCORE, 10)
    found = bootstrap.estimate(bootstrap.ranking(y, score), Resampler.of([""] * len(y), rounds=100))
    low, high = found["roc_auc_interval"]
    assert low < measures.roc_auc(y, score) < high
    again = bootstrap.estimate(bootstrap.ranking(y, score), Resampler.of([""] * len(y), rounds=100))
    assert again["roc_auc_interval"] == (low, high)
