"""Heads, calibration, and how contributions are laid on tokens."""

import numpy as np
import pytest

from detector.classifier import Calibration, Heads, gram_contributions, sigmoid, softmax, spread
from detector.grams import GramVectorizer
from detector.tokens import Tokens


def tokens_of(*words: str) -> Tokens:
    n = len(words)
    return Tokens(words, tuple(range(n)), tuple(range(1, n + 1)), ("",) * n, (False,) * n)


VOCABULARY = ["di", "kerja", "kerja di", "~ di", "~erj"]
WEIGHTS = np.array([[0.5, -2.0, 4.0, 0.25, 1.0]], dtype=np.float32)


def test_contributions_sum_to_the_whole_part_of_the_grams() -> None:
    vector = GramVectorizer(VOCABULARY, np.ones(5))(tokens_of("kerja", "di", "kerja", "rumah"))
    contributions = gram_contributions(WEIGHTS[0], vector, 4)
    assert contributions.shape == (4,)
    assert contributions.sum() == pytest.approx(float(WEIGHTS[0, vector.features] @ vector.values), abs=1e-12)
    assert contributions[3] == 0, "a word that the vocabulary does not hold"


def test_a_pair_is_shared_by_its_two_words_and_a_gram_by_its_occurrences() -> None:
    pair = GramVectorizer(["kerja di"], np.ones(1))(tokens_of("kerja", "di"))
    assert gram_contributions(np.array([3.0], dtype=np.float32), pair, 2).tolist() == [1.5, 1.5]
    twice = GramVectorizer(["kerja"], np.ones(1))(tokens_of("kerja", "di", "kerja"))
    assert gram_contributions(np.array([3.0], dtype=np.float32), twice, 3).tolist() == [1.5, 0.0, 1.5]


def test_no_grams_contribute_nothing() -> None:
    vector = GramVectorizer(VOCABULARY, np.ones(5))(tokens_of("selamat", "pagi"))
    assert gram_contributions(WEIGHTS[0], vector, 2).tolist() == [0.0, 0.0]


def test_logits_add_intercept_signs_and_grams() -> None:
    heads = Heads(("risk",), np.array([-1.0]), np.array([[0.5, 7.0, -0.25]]), WEIGHTS)
    vector = GramVectorizer(VOCABULARY, np.ones(5))(tokens_of("kerja"))
    grams = float(WEIGHTS[0, vector.features] @ vector.values)
    assert heads.logits(np.array([0, 2]), heads.words(vector)) == pytest.approx([-1.0 + 0.5 - 0.25 + grams])
    assert heads.logits(np.array([], dtype=np.intp), heads.words(vector)) == pytest.approx([-1.0 + grams])


@pytest.mark.parametrize(
    ("amount", "spans", "tokens", "left", "why"),
    [
        (0.6, [(0, 2)], [0.3, 0.3, 0.0], 0.0, "evenly"),
        (0.6, [(0, 1), (2, 3)], [0.3, 0.0, 0.3], 0.0, "over several places"),
        (0.6, [(0, 2), (1, 3)], [0.2, 0.2, 0.2], 0.0, "a token of two spans counts once"),
        (-0.6, [(1, 2)], [0.0, -0.6, 0.0], 0.0, "what lowers the score, too"),
        (0.6, [], [0.0, 0.0, 0.0], 0.6, "no place: all of it is left"),
        (0.6, [(0, 0)], [0.0, 0.0, 0.0], 0.6, "an empty span is no place"),
    ],
)
def test_spread(amount: float, spans: list[tuple[int, int]], tokens: list[float], left: float, why: str) -> None:
    laid = np.zeros(3)
    assert spread(amount, spans, laid) == left, why
    assert laid == pytest.approx(tokens), why


def test_probabilities_keep_the_order_of_logits_and_never_reach_0_or_1() -> None:
    calibration = Calibration(slope=1.5, offset=-0.5)
    risks = [calibration(logit) for logit in (-20.0, -3.0, 0.0, 0.1, 3.0, 20.0)]
    assert risks == sorted(risks)
    assert len(set(risks)) == len(risks)
    assert all(0 < risk < 1 for risk in risks)
    assert Calibration(1.0, 0.0)(0.0) == 0.5


@pytest.mark.parametrize("value", [-1e6, -745.0, -1.0, 0.0, 1.0, 745.0, 1e6])
def test_the_logistic_function_never_overflows(value: float) -> None:
    assert sigmoid(value) + sigmoid(-value) == pytest.approx(1)


def test_softmax() -> None:
    assert softmax(np.array([1e4, 1e4, 1e4])) == pytest.approx([1 / 3] * 3)
    assert softmax(np.log(np.array([1.0, 3.0]))) == pytest.approx([0.25, 0.75])
