"""Fitting: signs that never turn round, the same weights each time, and groups that a split never cuts."""

import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from detector.assessment import KINDS, TYPOLOGIES
from detector.bundle import HEADS
from detector.features import FeatureNames
from detector.grams import GramVectorizer
from detector.reading import Reader
from tests.detector.small_knowledge import SHIPPED, entry
from training.examples import Example, build_vectorizer, matrix, prepare
from training.fit import Held, Model, Options, Priors, calibrate, fit_heads, fit_signed, logits, priors_of
from training.measures import roc_auc
from training.records import Record, corpus

NAMES = FeatureNames.of(SHIPPED).names
PRIORS = priors_of(SHIPPED, NAMES, Options())
QUICK = Options(folds=3)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(SHIPPED)


@pytest.fixture(scope="module")
def examples(reader: Reader) -> list[Example]:
    """Some texts of every kind and typology; each with its twins."""
    records = corpus()
    groups: set[str] = set()
    for kind in KINDS:
        groups.update([record.group for record in records if record.kind == kind][::90])
    for typology in TYPOLOGIES:
        groups.update([record.group for record in records if typology in (record.typologies or ())][::60])
    return prepare([record for record in records if record.group in groups], reader)


@pytest.fixture(scope="module")
def fitted(examples: list[Example]) -> tuple[Model, Held]:
    return fit_heads(examples, NAMES, PRIORS, QUICK)


def free(columns: int) -> Priors:
    return Priors(np.zeros(columns, dtype=np.int8), np.zeros(columns))


def test_priors_follow_what_an_entry_is() -> None:
    kinds = {"risk": 1, "combination": 1, "protective": -1, "frame": 0}
    entries = tuple(entry(polarity, "kerja", polarity=polarity) for polarity in kinds)  # type: ignore[arg-type]
    knowledge = replace(SHIPPED, indicators=entries, fact_names=("phone",))
    names = FeatureNames.of(knowledge).names
    options = Options(expect_combination=0.2, expect_risk=0.05, expect_protective=0.4)
    found = priors_of(knowledge, names, options)
    assert dict(zip(names, found.sign.tolist(), strict=True)) == {
        "fact:phone": 0,
        **{f"indicator:{polarity}": sign for polarity, sign in kinds.items()},
    }
    severity = entries[0].severity
    assert dict(zip(names, found.mean.tolist(), strict=True)) == pytest.approx(
        {
            "fact:phone": 0.0,
            "indicator:risk": 0.05 * severity,
            "indicator:combination": 0.2 * severity,
            "indicator:protective": -0.4,
            "indicator:frame": 0.0,
        }
    )


def test_what_no_text_shows_keeps_what_was_expected_of_it() -> None:
    x = csr_matrix(np.array([[1.0, 0.0]] * 20 + [[0.0, 0.0]] * 20))
    y = np.array([1] * 18 + [0] * 2 + [0] * 18 + [1] * 2)
    priors = Priors(np.array([1, 1], dtype=np.int8), np.array([0.0, 0.8]))
    (seen, unseen), _ = fit_signed(x, y, np.ones(40), 0.1, priors)
    assert seen > 0.5
    assert unseen == pytest.approx(0.8)


def table(seed: int, rows: int = 80, columns: int = 8) -> tuple[csr_matrix, np.ndarray]:
    """Signs of which some go with the label, some against it and some nowhere."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, rows)
    pull = rng.choice([-0.3, 0.0, 0.3], columns)
    return csr_matrix((rng.uniform(size=(rows, columns)) < 0.5 + np.outer(y - 0.5, pull)).astype(float)), y


@pytest.mark.parametrize("seed", range(12))
def test_no_weight_ever_has_the_wrong_sign(seed: int) -> None:
    x, y = table(seed)
    wanted = np.random.default_rng(seed + 100).choice([-1, 0, 1], x.shape[1]).astype(np.int8)
    coefficients, intercept = fit_signed(x, y, np.ones(len(y)), 1.0, Priors(wanted, np.zeros(len(wanted))))
    assert coefficients.shape == (x.shape[1],)
    assert (coefficients * wanted >= 0).all()
    assert np.isfinite(intercept)


def test_what_may_go_either_way_does_and_what_goes_wrong_stays_at_nothing() -> None:
    y = np.array([0, 1] * 40)
    x = csr_matrix(np.stack([y, 1 - y, 1 - y], axis=1).astype(float))
    coefficients, _ = fit_signed(x, y, np.ones(80), 1.0, Priors(np.array([1, 1, 0], dtype=np.int8), np.zeros(3)))
    assert coefficients[0] > 0
    assert coefficients[1] == 0, "a sign of crime that speaks for innocence"
    assert coefficients[2] < 0, "a fact may speak for innocence"


def test_texts_with_more_weight_count_more() -> None:
    x, y = csr_matrix(np.ones((4, 1))), np.array([1, 1, 0, 0])
    (slope,), intercept = fit_signed(x, y, np.ones(4), 1.0, free(1))
    assert slope + intercept == pytest.approx(0, abs=1e-3)
    (slope,), intercept = fit_signed(x, y, np.array([5.0, 5.0, 1.0, 1.0]), 1.0, free(1))
    assert slope + intercept > 1


def test_heads_have_the_names_and_shapes_of_a_bundle(examples: list[Example], fitted: tuple[Model, Held]) -> None:
    model, held = fitted
    assert model.heads.names == HEADS
    assert model.heads.named.shape == (len(HEADS), len(NAMES))
    assert model.heads.grams.shape == (len(HEADS), len(model.vectorizer.vocabulary))
    assert held.logits.shape == (len(examples), len(HEADS))


def test_risk_signs_of_a_fitted_head(fitted: tuple[Model, Held]) -> None:
    assert (fitted[0].heads.named[HEADS.index("risk")] * PRIORS.sign >= 0).all()


def test_fitting_again_gives_the_same_weights(examples: list[Example], fitted: tuple[Model, Held]) -> None:
    model, held = fit_heads(examples, NAMES, PRIORS, QUICK)
    assert model.vectorizer.vocabulary == fitted[0].vectorizer.vocabulary
    for name in ("intercepts", "named", "grams"):
        assert np.array_equal(getattr(model.heads, name), getattr(fitted[0].heads, name)), name
    assert np.array_equal(held.logits, fitted[1].logits)


def test_weights_survive_being_stored_at_half_precision(fitted: tuple[Model, Held]) -> None:
    grams = fitted[0].heads.grams
    assert np.array_equal(grams.astype(np.float16).astype(np.float32), grams)


def test_the_detector_computes_what_was_fitted(examples: list[Example], fitted: tuple[Model, Held]) -> None:
    model, _ = fitted
    scores = logits(model, examples)
    x = matrix(examples, model.vectorizer, len(NAMES), 1.0)
    weights = np.concatenate([model.heads.named, model.heads.grams], axis=1)
    assert scores == pytest.approx(x @ weights.T + model.heads.intercepts, abs=1e-9)
    label = np.array([e.record.label for e in examples])
    assert roc_auc(label, scores[:, 0]) > 0.95, "texts that it was fitted on"


def typologies(held: Held) -> np.ndarray:
    """Held-out logits, (texts, typologies)."""
    return np.stack([held.of(f"typology:{name}") for name in TYPOLOGIES], axis=1)


def test_no_held_out_typology_sees_its_group(examples: list[Example], fitted: tuple[Model, Held]) -> None:
    """What a text's twins are labelled changes nothing in its own held-out logits."""
    groups = [e.record.group for e in examples]
    group = max(sorted(set(groups)), key=groups.count)
    inside = [at for at, name in enumerate(groups) if name == group]
    assert len(inside) >= 2
    first = inside[0]
    turned = list(examples)
    other = () if "task_scam" in (examples[first].record.typologies or ()) else ("task_scam",)
    turned[first] = replace(examples[first], record=replace(examples[first].record, typologies=other))
    _, held = fit_heads(turned, NAMES, PRIORS, QUICK)
    assert typologies(held)[inside] == pytest.approx(typologies(fitted[1])[inside], abs=1e-12)
    outside = [at for at in range(len(examples)) if at not in inside]
    assert not np.allclose(typologies(held)[outside], typologies(fitted[1])[outside]), "others do see it"


def nonsense(groups: int, each: int) -> list[Record]:
    """Groups of texts that share words with each other and with nobody else; the label belongs to the group."""
    rng = random.Random(11)
    records = []
    for group in range(groups):
        words = ["".join(rng.choices("bdfghjklmnprstvwz", k=7)) for _ in range(8)]
        label = rng.randint(0, 1)
        for at in range(each):
            kind = "offer" if label else KINDS[(group + at) % len(KINDS)]
            records.append(
                Record(
                    f"{group}-{at}", " ".join(rng.sample(words, 8)), label, kind,
                    TYPOLOGIES if label else (), "id", str(group), "corpus", "nonsense",
                )
            )  # fmt: skip
    return records


def test_a_group_whose_words_are_its_own_can_only_be_guessed(reader: Reader) -> None:
    """Known by heart where it was fitted, a coin toss where it was held out: no twin stood on the other side."""
    read = prepare(nonsense(groups=40, each=4), reader)
    model, held = fit_heads(read, NAMES, PRIORS, QUICK)
    label = np.array([e.record.label for e in read])
    assert roc_auc(label, logits(model, read)[:, HEADS.index("typology:scam_compound")]) == 1.0
    assert roc_auc(label, held.of("risk")) < 0.7
    for column in range(len(TYPOLOGIES)):
        assert roc_auc(label, typologies(held)[:, column]) < 0.7


@pytest.mark.parametrize(("use_named", "use_grams"), [(True, False), (False, True)])
def test_each_half_can_be_left_out(examples: list[Example], use_named: bool, use_grams: bool) -> None:
    options = replace(QUICK, use_named=use_named, use_grams=use_grams)
    model, _ = fit_heads(examples, NAMES, PRIORS, options)
    assert bool(model.heads.named[0].any()) == use_named
    assert bool(model.heads.grams[0].any()) == use_grams


def test_calibration_is_found_again() -> None:
    rng = np.random.default_rng(3)
    values = rng.normal(scale=2, size=4000)
    y = (rng.uniform(size=4000) < 1 / (1 + np.exp(-(0.5 * values - 1)))).astype(int)
    found = calibrate(values, y, np.ones(4000))
    assert (found.slope, found.offset) == pytest.approx((0.5, -1.0), abs=0.1)


def only_words(vectorizer: GramVectorizer) -> Sequence[str]:
    return [gram for gram in vectorizer.vocabulary if not gram.startswith("~")]


def test_the_vocabulary_holds_what_enough_texts_hold(reader: Reader) -> None:
    texts = ["gaji besar", "gaji kecil gaji", "mess besar"]
    read = prepare([replace(nonsense(1, 1)[0], id=str(at), text=text) for at, text in enumerate(texts)], reader)
    vectorizer = build_vectorizer(read, fewest_words=2, fewest_characters=2)
    assert only_words(vectorizer) == ["besar", "gaji"]
    assert list(vectorizer.vocabulary) == sorted(vectorizer.vocabulary)
    idf = dict(zip(vectorizer.vocabulary, vectorizer.idf, strict=True))
    assert idf["gaji"] == pytest.approx(np.log(4 / 3) + 1), "two of three texts hold it, however often"


def test_a_record_without_visible_text_is_left_out(reader: Reader) -> None:
    record = nonsense(1, 1)[0]
    assert prepare([replace(record, text="\u200b "), record], reader)[0].record is record
