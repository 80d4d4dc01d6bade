"""From fitted heads to a bundle: weigh the encoder, calibrate, choose thresholds and the band."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import sha256
from importlib.metadata import version as library_version
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from detector.assessment import TYPOLOGIES
from detector.bundle import HEADS, Bundle
from detector.classifier import Calibration, DeepHeads
from detector.deep import Deep
from detector.features import FeatureNames
from detector.knowledge.schema import Knowledge
from detector.reading import Reader
from training.cascade import Floats, band, fit_deep, held_out, means
from training.examples import Example, prepare
from training.fit import Held, Model, calibrate, logits
from training.labelled import DEVELOPMENT, read_labelled
from training.measures import threshold_for_precision, threshold_for_recall
from training.ordinary_mix import ordinary_mix
from training.records import Record

if TYPE_CHECKING:
    from training.pipeline import OwnEncoder

VERSION = "2026.12.1"
# The base rate that `risk` is stated at: as likely as not, before a word is read. Any other rate shifts its log-odds.
BASE_RATE = 0.5
HIGH_PRECISION = 0.95
ELEVATED_RECALL = 0.97
_RISK = HEADS.index("risk")
_LIBRARIES = ("numpy", "scipy", "scikit-learn", "ftfy", "phonenumbers")


def release(
    model: Model,
    held: Held,
    records: Sequence[Record],
    encoder: "OwnEncoder | None",
    knowledge: Knowledge,
    reader: Reader,
) -> Bundle:
    """The bundle of these heads. `held` holds the out-of-fold logits of `records`, row by row.

    Thresholds are chosen on the real development texts where those are at hand (a choice of two numbers per answer,
    no fitting), and on the held-out scores of the training texts otherwise.
    """
    development = _development(reader)
    fast = _calibrations(records, held.logits)
    label = np.array([record.label for record in records])
    if development:
        y, scores = np.array([e.record.label for e in development]), logits(model, development)[:, _RISK]
    else:
        y, scores = label, held.of("risk")
    deep = None if encoder is None else _deep(model, held, records, encoder, development, reader)
    return Bundle(
        version=VERSION,
        named_features=FeatureNames.of(knowledge).names,
        vocabulary=model.vectorizer.vocabulary,
        idf=model.vectorizer.idf,
        heads=model.heads,
        calibration=fast,
        thresholds=_thresholds(y, scores, fast["risk"]),
        knowledge_as_of=knowledge.as_of,
        knowledge_digest=knowledge.digest,
        facts=_facts(records, development, deep),
        deep=deep,
    )


def _deep(
    model: Model,
    held: Held,
    records: Sequence[Record],
    encoder: "OwnEncoder",
    development: Sequence[Example],
    reader: Reader,
) -> Deep:
    ready = encoder.ready()
    rows = np.array([at for at, record in enumerate(records) if held_out(record)], dtype=np.intp)
    unseen = [records[at] for at in rows]
    vectors = means(ready, [reader.read(record.text).text.normal for record in unseen])
    fast = held.logits[rows]
    heads = fit_deep(fast, model.heads.intercepts, vectors, encoder.weight, encoder.bias, unseen)
    answers = deep_logits(heads, fast, model.heads.intercepts, vectors)
    calibration = _calibrations(unseen, answers)
    if development:
        y = np.array([e.record.label for e in development])
        of_fast = logits(model, development)
        scores = deep_logits(heads, of_fast, model.heads.intercepts, means(ready, [e.text for e in development]))
    else:
        y, scores = np.array([record.label for record in unseen]), answers
    label = np.array([record.label for record in records])
    mix = _mix(model, records, reader)
    innocent = held.of("risk")[label == 0] if not len(mix) else mix
    return Deep(
        heads=heads,
        calibration=calibration,
        thresholds=_thresholds(y, scores[:, _RISK], calibration["risk"]),
        band=band(innocent, held.of("risk"), label),
        tokenizer=encoder.tokenizer,
        network=encoder.network,
    )


def deep_logits(heads: DeepHeads, fast: Floats, fast_intercepts: Floats, vectors: Floats) -> Floats:
    """Deep logits (texts, heads) of fast logits and mean token vectors, as `DeepHeads.logits` gives them."""
    return heads.intercepts + heads.scale * (fast - fast_intercepts) + vectors @ heads.vectors.T


def _mix(model: Model, records: Sequence[Record], reader: Reader) -> Floats:
    """Fast logits of an ordinary mix of listings, none of which the model was fitted on."""
    texts = ordinary_mix({record.text for record in records})
    listings = [Record(str(at), text, 0, None, None, "", str(at), "mix", "mix") for at, text in enumerate(texts)]
    return logits(model, prepare(listings, reader))[:, _RISK] if listings else np.zeros(0)


def _calibrations(records: Sequence[Record], scores: Floats) -> dict[str, Calibration]:
    """Platt scaling of the risk and of each typology on logits that these texts had no part in."""
    weight = np.array([record.weight for record in records])
    label = np.array([record.label for record in records])
    even = np.where(label == 1, BASE_RATE / weight[label == 1].sum(), (1 - BASE_RATE) / weight[label == 0].sum())
    found = {"risk": calibrate(scores[:, _RISK], label, weight * even * len(records))}
    told = np.array([record.typologies is not None for record in records])
    for name in TYPOLOGIES:
        y = np.array([int(name in record.typologies) for record in records if record.typologies is not None])
        found[f"typology:{name}"] = calibrate(scores[told, HEADS.index(f"typology:{name}")], y, weight[told])
    return found


def _thresholds(y: NDArray[np.int64], score: Floats, calibration: Calibration) -> dict[str, float]:
    elevated = calibration(threshold_for_recall(y, score, ELEVATED_RECALL))
    high = max(elevated, calibration(threshold_for_precision(y, score, HIGH_PRECISION)))
    return {"high": high, "elevated": elevated}


def _development(reader: Reader) -> list[Example]:
    real = DEVELOPMENT["realworld"]
    return prepare([row.as_record() for row in read_labelled(real)], reader) if real.is_file() else []


def _facts(records: Sequence[Record], development: Sequence[Example], deep: Deep | None) -> Mapping[str, Any]:
    digest = sha256()
    for record in records:
        digest.update(json.dumps([record.id, record.text, record.label]).encode())
    chosen_on = (
        f"{DEVELOPMENT['realworld'].name} ({len(development)} real texts)"
        if development
        else "held-out scores of the training texts"
    )
    return {
        "licence": "Apache-2.0",
        "trained_on": {
            "texts": len(records),
            "digest": digest.hexdigest(),
            "sources": dict(sorted(Counter(f"{r.part}/{r.source}" for r in records).items())),
        },
        "encoder": None if deep is None else {"held_out_texts": sum(held_out(record) for record in records)},
        "thresholds_chosen_on": chosen_on,
        "risk_stated_at_base_rate": BASE_RATE,
        "libraries": {name: library_version(name) for name in _LIBRARIES},
    }
