"""Fit the linear heads with scikit-learn and calibrate them on texts that took no part in fitting."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from detector.assessment import KINDS, TYPOLOGIES
from detector.classifier import Calibration, Heads
from detector.grams import GramVectorizer
from detector.knowledge.schema import Knowledge
from training.examples import Example, build_vectorizer, matrix


@dataclass(frozen=True, slots=True)
class Options:
    """What is chosen by hand or on development texts. `c_*` is the inverse strength of L2 regularisation."""

    c_risk: float = 40.0
    c_typology: float = 8.0
    c_kind: float = 8.0
    named_scale: float = 0.5
    fewest_words: int = 2
    fewest_characters: int = 4
    folds: int = 5
    iterations: int = 400
    use_named: bool = True
    use_grams: bool = True


@dataclass(frozen=True)
class Model:
    """Fitted heads with the vectorizer that their columns belong to."""

    vectorizer: GramVectorizer
    heads: Heads


def signs(knowledge: Knowledge, names: Sequence[str]) -> NDArray[np.int8]:
    """The sign that each named feature's weight may have in the risk head: 1, -1 or 0 for either.

    A sign of recruitment crime must never lower the risk, a protective one never raise it: an officer who reads
    "tourist visa: -0.3" would rightly stop trusting the page. Facts and frames may go either way.
    """
    wanted = {"risk": 1, "combination": 1, "protective": -1, "frame": 0}
    by_id = knowledge.by_id
    return np.array(
        [wanted[by_id[n.removeprefix("indicator:")].polarity] if n.startswith("indicator:") else 0 for n in names],
        dtype=np.int8,
    )


def fit_binary(
    x: csr_matrix, y: NDArray[np.int64], weight: NDArray[np.float64], c: float, iterations: int,
    sign: NDArray[np.int8] | None = None,
) -> tuple[NDArray[np.float64], float]:
    """Logistic regression; features whose weight gets the wrong sign are left out and the rest is fitted again."""
    banned = np.zeros(0, dtype=np.intp)
    scale = np.ones(x.shape[1])
    coefficients = np.zeros(x.shape[1])
    for _ in range(6):
        model = LogisticRegression(C=c, max_iter=iterations)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(x.multiply(scale).tocsr() if len(banned) else x, y, sample_weight=weight)
        coefficients = model.coef_[0] * scale
        if sign is None:
            break
        named = coefficients[: len(sign)]
        wrong = np.flatnonzero((named * sign < 0) & (scale[: len(sign)] > 0))
        if not len(wrong):
            break
        banned = np.union1d(banned, wrong)
        scale[banned] = 0.0
    return coefficients, float(model.intercept_[0])


def fit_heads(
    examples: Sequence[Example], names: Sequence[str], sign: NDArray[np.int8], options: Options, only_risk: bool = False
) -> Model:
    """Fit every head on these examples. Named columns are divided out of their scale again."""
    vectorizer = build_vectorizer(examples, options.fewest_words, options.fewest_characters)
    width = len(names)
    x = matrix(examples, vectorizer, width, options.named_scale)
    if not options.use_named:
        x = x.multiply(np.concatenate([np.zeros(width), np.ones(x.shape[1] - width)])).tocsr()
    if not options.use_grams:
        x = x.multiply(np.concatenate([np.ones(width), np.zeros(x.shape[1] - width)])).tocsr()
    weight = np.array([e.record.weight for e in examples])
    label = np.array([e.record.label for e in examples])
    rows: list[tuple[str, NDArray[np.float64], float]] = [
        ("risk", *fit_binary(x, label, weight, options.c_risk, options.iterations, sign))
    ]
    if not only_risk:
        told = np.flatnonzero([e.record.typologies is not None for e in examples])
        for name in TYPOLOGIES:
            y = np.array([int(name in (examples[at].record.typologies or ())) for at in told])
            rows.append(
                (f"typology:{name}", *fit_binary(x[told], y, weight[told], options.c_typology, options.iterations))
            )
        told = np.flatnonzero([e.record.kind is not None for e in examples])
        y = np.array([KINDS.index(examples[at].record.kind) for at in told])  # type: ignore[arg-type]
        model = LogisticRegression(C=options.c_kind, max_iter=options.iterations)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(x[told], y, sample_weight=weight[told])
        rows += [(f"kind:{kind}", model.coef_[at], float(model.intercept_[at])) for at, kind in enumerate(KINDS)]
    coefficients = np.stack([row[1] for row in rows])
    return Model(
        vectorizer,
        Heads(
            names=tuple(row[0] for row in rows),
            intercepts=np.array([row[2] for row in rows]),
            named=coefficients[:, :width] * options.named_scale,
            grams=coefficients[:, width:].astype(np.float16).astype(np.float32),
        ),
    )


def logits(model: Model, examples: Sequence[Example]) -> NDArray[np.float64]:
    """Logits of every head, shape (examples, heads), computed as the detector does."""
    return np.stack([model.heads.logits(e.named, model.vectorizer(e.tokens)) for e in examples])


def out_of_fold(
    examples: Sequence[Example], names: Sequence[str], sign: NDArray[np.int8], options: Options, only_risk: bool = False
) -> NDArray[np.float64]:
    """Logits of each example from a model that was fitted without its group, shape (examples, heads)."""
    groups = [e.record.group for e in examples]
    held: NDArray[np.float64] | None = None
    for train, test in GroupKFold(options.folds).split(groups, groups=groups):
        model = fit_heads([examples[i] for i in train], names, sign, options, only_risk)
        found = logits(model, [examples[i] for i in test])
        held = np.zeros((len(examples), found.shape[1])) if held is None else held
        held[test] = found
    assert held is not None
    return held


def calibrate(values: NDArray[np.float64], y: NDArray[np.int64], weight: NDArray[np.float64]) -> Calibration:
    """Platt scaling on out-of-fold logits."""
    model = LogisticRegression(C=1e6).fit(values[:, None], y, sample_weight=weight)
    return Calibration(float(model.coef_[0, 0]), float(model.intercept_[0]))
