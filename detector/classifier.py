"""Linear heads over named features and n-grams, their calibration, and what each word and sign added.

A head is `logit = intercept + sum(named) + sum(n-grams)`. They are fitted with scikit-learn (see `training/fit.py`)
and applied here as plain arrays: nothing is unpickled, and the explanation is the computation itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.grams import GramVector


@dataclass(frozen=True, slots=True)
class Heads:
    """Several linear heads over the same features.

    `named` has shape (heads, named features), `grams` (heads, vocabulary), `intercepts` (heads,).
    Fast where `grams` is in column order: the weights of one n-gram then lie beside each other.
    """

    names: tuple[str, ...]
    intercepts: NDArray[np.float64]
    named: NDArray[np.float64]
    grams: NDArray[np.float32]

    def words(self, grams: GramVector) -> NDArray[np.float64]:
        """What the n-grams add to every head, shape (heads,)."""
        added: NDArray[np.float64] = grams.values @ self.grams.T.take(grams.features, axis=0)
        return added

    def logits(self, named: NDArray[np.intp], words: NDArray[np.float64]) -> NDArray[np.float64]:
        """Logits of every head, shape (heads,), from the indices of the named features present and `words(...)`."""
        signs: NDArray[np.float64] = self.named[:, named].sum(axis=1)
        return self.intercepts + signs + words


@dataclass(frozen=True, slots=True)
class DeepHeads:
    """The same heads with the contextual encoder beside them: each takes `scale` times what the fast head says, and
    the mean token vector.

        logit = intercept + scale * (named + n-grams of the fast head) + vectors . mean token vector

    `intercepts` and `scale` have shape (heads,), `vectors` (heads, vector size).
    """

    intercepts: NDArray[np.float64]
    scale: NDArray[np.float64]
    vectors: NDArray[np.float64]

    def logits(
        self, fast: Heads, named: NDArray[np.intp], words: NDArray[np.float64], mean: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Logits of every head, shape (heads,)."""
        signs: NDArray[np.float64] = fast.named[:, named].sum(axis=1)
        return self.intercepts + self.scale * (signs + words) + self.vectors @ mean


@dataclass(frozen=True, slots=True)
class Calibration:
    """Platt scaling of one head: probability = sigmoid(slope * logit + offset) (Platt 1999)."""

    slope: float
    offset: float

    def __call__(self, logit: float) -> float:
        """The probability, strictly between 0 and 1 so that the order of logits is kept."""
        return sigmoid(self.slope * logit + self.offset)


def sigmoid(value: float) -> float:
    """The logistic function, without overflow."""
    if value >= 0:
        return float(1.0 / (1.0 + np.exp(-value)))
    small = np.exp(value)
    return float(small / (1.0 + small))


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities of exclusive classes, shape as `logits`."""
    raised = np.exp(logits - logits.max())
    shares: NDArray[np.float64] = raised / raised.sum()
    return shares


def gram_contributions(weights: NDArray[np.float32], grams: GramVector, tokens: int) -> NDArray[np.float64]:
    """What each token's n-grams add to a head's logit, shape (tokens,).

    The contribution of an n-gram is shared equally by its occurrences, that of a pair equally by its two words; the
    sum over tokens is the n-grams' whole part of the logit.
    """
    whole = weights[grams.features].astype(np.float64) * grams.values
    which, first, last = grams.places()
    counts = np.bincount(which, minlength=len(grams.features))
    each = (whole / np.maximum(counts, 1))[which] / 2.0
    added: NDArray[np.float64] = np.zeros(tokens)
    for places in (first, last):
        added += np.bincount(places, each, tokens)
    return added


def spread(amount: float, spans: Sequence[tuple[int, int]], tokens: list[float] | NDArray[np.float64]) -> float:
    """Add `amount` evenly to the tokens of `spans`, in place; returns what found no place (all or nothing)."""
    places = {at for start, end in spans for at in range(start, end)}
    if not places:
        return amount
    share = amount / len(places)
    for at in places:
        tokens[at] += share
    return 0.0
