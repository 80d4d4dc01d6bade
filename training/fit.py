"""Fit the linear heads with scikit-learn and calibrate them on texts that took no part in fitting.

The risk head is fitted in two steps. N-grams come first. The named signs then get what they add to n-gram scores of
texts that those n-grams were not fitted on: fitted together, the signs, which were written while looking at such
texts, would take the credit and fail on texts of other hands (on real ads: average precision 0.91 instead of 0.95).
What a sign is worth before any text is seen comes from its severity (`expectations`); the texts move it from there.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, hstack
from scipy.special import expit
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from detector.assessment import KINDS, TYPOLOGIES
from detector.bundle import HEADS
from detector.classifier import Calibration, Heads
from detector.grams import GramVectorizer
from detector.knowledge.schema import Knowledge
from training.examples import Example, build_vectorizer, matrix

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Options:
    """What is chosen by hand or on development texts. `c_*` is the inverse strength of L2 regularisation.

    `named_scale` is the weight of one named sign beside the n-grams (which have length 1) in the typology and kind
    heads; in the risk head they have a step of their own.
    """

    c_grams: float = 40.0
    c_named: float = 0.1
    c_typology: float = 10.0
    c_kind: float = 10.0
    named_scale: float = 0.2
    fewest_words: int = 2
    fewest_characters: int = 4
    folds: int = 5
    use_named: bool = True
    use_grams: bool = True
    expect_combination: float = 0.2  # a point of severity
    expect_risk: float = 0.05
    expect_protective: float = 0.4


@dataclass(frozen=True)
class Model:
    """Fitted heads with the vectorizer that their columns belong to."""

    vectorizer: GramVectorizer
    heads: Heads


@dataclass(frozen=True)
class Held:
    """Logits of each example from heads that were fitted without its group, shape (n, heads of a bundle)."""

    logits: Floats

    def of(self, head: str) -> Floats:
        """Those of one head, shape (n,)."""
        return self.logits[:, HEADS.index(head)]


@dataclass(frozen=True, slots=True)
class Priors:
    """What is known of weights before any text is seen: the sign each may have (1, -1, 0 for either) and its mean."""

    sign: NDArray[np.int8]
    mean: Floats


def priors_of(knowledge: Knowledge, names: Sequence[str], options: Options) -> Priors:
    """The priors of the named features in the risk head, in log-odds.

    A sign of recruitment crime must never lower the risk, a protective one never raise it: an officer who reads
    "tourist visa: -0.3" would rightly stop trusting the page. Facts and frames may go either way.

    A sign is expected to be worth its severity, a combination the more; protective signs all the same; facts and frames
    nothing. With nothing expected of any (as was tried first) two thirds of the signs got no weight, since the n-grams
    explain the corpus without them, and an ad in new words had nothing left that spoke against it.
    """
    worth = {"combination": options.expect_combination, "risk": options.expect_risk}
    sign, mean = np.zeros(len(names), dtype=np.int8), np.zeros(len(names))
    for at, name in enumerate(names):
        if name.startswith("indicator:"):
            entry = knowledge.by_id[name.removeprefix("indicator:")]
            if entry.polarity in worth:
                sign[at], mean[at] = 1, worth[entry.polarity] * entry.severity
            elif entry.polarity == "protective":
                sign[at], mean[at] = -1, -options.expect_protective
    return Priors(sign, mean)


def fit_linear(x: csr_matrix, y: Labels, weight: Floats, c: float) -> tuple[Floats, float]:
    """Logistic regression over many sparse columns: (coefficients, intercept)."""
    model = LogisticRegression(C=c, solver="liblinear", intercept_scaling=5.0, random_state=0)
    model.fit(x, y, sample_weight=weight)
    return model.coef_[0], float(model.intercept_[0])


def fit_signed(x: csr_matrix, y: Labels, weight: Floats, c: float, priors: Priors) -> tuple[Floats, float]:
    """Logistic regression whose coefficients are drawn towards their priors and kept to their signs.

    Minimises the weighted log loss + |coefficients - priors.mean|^2 / (2 c) within bounds (L-BFGS-B; Byrd, Lu, Nocedal
    & Zhu 1995): (coefficients, intercept).
    """
    side = 2.0 * y - 1.0
    transposed = x.T.tocsr()

    def loss(at: Floats) -> tuple[float, Floats]:
        away = at[1:] - priors.mean
        margin = side * (at[0] + x @ at[1:])
        slope = -side * weight * expit(-margin)
        value = float(weight @ np.logaddexp(0.0, -margin) + away @ away / (2 * c))
        return value, np.concatenate([[slope.sum()], transposed @ slope + away / c])

    bounds = [(None, None)] + [(0.0 if one > 0 else None, 0.0 if one < 0 else None) for one in priors.sign]
    start = np.concatenate([[0.0], priors.mean])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 2_000, "gtol": 1e-6})
    return found.x[1:], float(found.x[0])


def fit_heads(
    examples: Sequence[Example], names: Sequence[str], priors: Priors, options: Options
) -> tuple[Model, Held]:
    """Fit every head on these examples; beside it the logits that each example has without its own group."""
    vectorizer = build_vectorizer(examples, options.fewest_words, options.fewest_characters)
    width = len(names)
    x = matrix(examples, vectorizer, width, 1.0)
    weight = np.array([e.record.weight for e in examples])
    groups = [e.record.group for e in examples]
    folds = list(GroupKFold(options.folds).split(groups, groups=groups))
    label = np.array([e.record.label for e in examples])
    rows = []
    held = np.zeros((len(examples), len(HEADS)))
    for train, test in folds:
        within = [groups[at] for at in train]
        fold, offset = _two_steps(x[train], width, label[train], weight[train], within, priors, options)
        held[test, HEADS.index("risk")] = x[test] @ fold + offset
    rows.append(("risk", *_two_steps(x, width, label, weight, groups, priors, options)))
    scale = np.concatenate([np.full(width, options.named_scale), np.ones(x.shape[1] - width)])
    scaled = x.multiply(scale).tocsr()
    told = np.array([e.record.typologies is not None for e in examples])
    for name in TYPOLOGIES:
        y = np.array([int(name in (e.record.typologies or ())) for e in examples])
        for train, test in folds:
            used = train[told[train]]
            fold, offset = fit_linear(scaled[used], y[used], weight[used], options.c_typology)
            held[test, HEADS.index(f"typology:{name}")] = scaled[test] @ fold + offset
        whole, offset = fit_linear(scaled[told], y[told], weight[told], options.c_typology)
        rows.append((f"typology:{name}", whole * scale, offset))
    kinds = [HEADS.index(f"kind:{kind}") for kind in KINDS]
    for train, test in folds:
        coefficients, offsets = _kinds(scaled[train], [examples[at] for at in train], weight[train], options)
        held[np.ix_(test, kinds)] = scaled[test] @ coefficients.T + offsets
    coefficients, offsets = _kinds(scaled, examples, weight, options)
    rows += [(f"kind:{kind}", coefficients[at] * scale, float(offsets[at])) for at, kind in enumerate(KINDS)]
    stacked = np.stack([row[1] for row in rows])
    heads = Heads(
        names=tuple(row[0] for row in rows),
        intercepts=np.array([row[2] for row in rows]),
        named=stacked[:, :width],
        grams=stacked[:, width:].astype(np.float16).astype(np.float32),
    )
    return Model(vectorizer, heads), Held(held)


def fit_risk(
    examples: Sequence[Example], names: Sequence[str], priors: Priors, options: Options
) -> Callable[[Sequence[Example]], Floats]:
    """The risk head alone, as a function from examples to logits."""
    vectorizer = build_vectorizer(examples, options.fewest_words, options.fewest_characters)
    x = matrix(examples, vectorizer, len(names), 1.0)
    label = np.array([e.record.label for e in examples])
    weight = np.array([e.record.weight for e in examples])
    groups = [e.record.group for e in examples]
    coefficients, offset = _two_steps(x, len(names), label, weight, groups, priors, options)

    def logits_of(others: Sequence[Example]) -> Floats:
        found: Floats = matrix(others, vectorizer, len(names), 1.0) @ coefficients + offset
        return found

    return logits_of


def _two_steps(
    x: csr_matrix,
    width: int,
    y: Labels,
    weight: Floats,
    groups: Sequence[str],
    priors: Priors,
    options: Options,
) -> tuple[Floats, float]:
    """The risk head on these rows: n-grams, then the named signs on scores that the n-grams held out."""
    named, grams = x[:, :width], x[:, width:]
    if not options.use_named:
        named = csr_matrix(named.shape)
    held = np.zeros(len(y))
    whole, offset = np.zeros(grams.shape[1]), 0.0
    if options.use_grams:
        for train, test in GroupKFold(options.folds).split(groups, groups=groups):
            fold, fold_offset = fit_linear(grams[train], y[train], weight[train], options.c_grams)
            held[test] = grams[test] @ fold + fold_offset
        whole, offset = fit_linear(grams, y, weight, options.c_grams)
    second = hstack([csr_matrix(held[:, None]), named]).tocsr()
    stack, stack_offset = fit_signed(
        second,
        y,
        weight,
        options.c_named,
        Priors(np.concatenate([[1], priors.sign]), np.concatenate([[1.0], priors.mean * options.use_named])),
    )
    return np.concatenate([stack[1:], stack[0] * whole]), stack_offset + stack[0] * offset


def _kinds(scaled: csr_matrix, examples: Sequence[Example], weight: Floats, options: Options) -> tuple[Floats, Floats]:
    """Multinomial regression over the kinds: coefficients (kinds, columns), intercepts (kinds,)."""
    kinds: list[str | None] = [e.record.kind for e in examples]
    told = np.array([kind is not None for kind in kinds])
    y = np.array([list(KINDS).index(kind) for kind in kinds if kind in KINDS])
    model = LogisticRegression(C=options.c_kind, max_iter=300)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the last digits do not matter for the kind
        model.fit(scaled[told], y, sample_weight=weight[told])
    return model.coef_, model.intercept_


def logits(model: Model, examples: Sequence[Example]) -> Floats:
    """Logits of every head, shape (examples, heads), computed as the detector does."""
    return np.stack([model.heads.logits(e.named, model.heads.words(model.vectorizer(e.tokens))) for e in examples])


def calibrate(values: Floats, y: Labels, weight: Floats) -> Calibration:
    """Platt scaling on held-out logits."""
    model = LogisticRegression(C=1e6).fit(values[:, None], y, sample_weight=weight)
    return Calibration(float(model.coef_[0, 0]), float(model.intercept_[0]))
