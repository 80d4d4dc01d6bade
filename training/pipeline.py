"""`sigap train`: corpus and public data in, a released bundle out. Deterministic: same inputs, same bytes."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from hashlib import sha256
from importlib.metadata import version as library_version
from pathlib import Path
from typing import Any

import numpy as np

from detector.assessment import TYPOLOGIES
from detector.bundle import Bundle, save
from detector.classifier import Calibration
from detector.features import FeatureNames
from detector.knowledge.loader import load as load_knowledge
from detector.reading import Reader
from training.examples import Example, prepare
from training.fit import Held, Model, Options, calibrate, fit_heads, logits, signs
from training.labelled import DEVELOPMENT, Evaluated, read_labelled
from training.measures import threshold_for_precision, threshold_for_recall
from training.public_data import public
from training.records import Record, corpus

VERSION = "2026.11.0"
HIGH_PRECISION = 0.95
ELEVATED_RECALL = 0.97
_LIBRARIES = ("numpy", "scipy", "scikit-learn", "spacy", "ftfy", "phonenumbers")


def train(output: Path, options: Options | None = None, say: Callable[[str], None] = print) -> Bundle:
    """Fit, calibrate, set thresholds and save a bundle with its card to `output`.

    Thresholds are chosen on the real development texts where those are at hand (a choice of two numbers, no
    fitting), and on the out-of-fold scores of the training texts otherwise.
    """
    options = options or Options()
    knowledge = load_knowledge()
    reader = Reader(knowledge)
    records = corpus() + public()
    say(f"read {len(records):,} texts: {_counts(records)}")
    examples = prepare(records, reader)
    names = FeatureNames.of(knowledge).names
    sign = signs(knowledge, names)
    say("fitting")
    model, held = fit_heads(examples, names, sign, options)
    calibration = _calibrations(examples, held)
    thresholds, chosen_on = _thresholds(model, calibration["risk"], examples, held, reader)
    bundle = Bundle(
        version=VERSION,
        named_features=names,
        vocabulary=model.vectorizer.vocabulary,
        idf=model.vectorizer.idf,
        heads=model.heads,
        calibration=calibration,
        thresholds=thresholds,
        knowledge_as_of=knowledge.as_of,
        knowledge_digest=knowledge.digest,
        facts=_facts(records, chosen_on),
    )
    save(bundle, output)
    return bundle


def _counts(records: Sequence[Record]) -> str:
    parts = Counter((record.part, record.label) for record in records)
    return ", ".join(f"{n:,} {part} {'recruiting' if label else 'other'}" for (part, label), n in sorted(parts.items()))


def _calibrations(examples: Sequence[Example], held: Held) -> dict[str, Calibration]:
    weight = np.array([e.record.weight for e in examples])
    label = np.array([e.record.label for e in examples])
    found = {"risk": calibrate(held.risk, label, weight)}
    told = np.array([e.record.typologies is not None for e in examples])
    for column, name in enumerate(TYPOLOGIES):
        y = np.array([int(name in e.record.typologies) for e in examples if e.record.typologies is not None])
        found[f"typology:{name}"] = calibrate(held.typologies[told, column], y, weight[told])
    return found


def _thresholds(
    model: Model, calibration: Calibration, examples: Sequence[Example], held: Held, reader: Reader
) -> tuple[dict[str, float], str]:
    real = DEVELOPMENT["realworld"]
    risk = model.heads.names.index("risk")
    if real.is_file():
        labelled = read_labelled(real)
        read = prepare([_record(row) for row in labelled], reader)
        y = np.array([e.record.label for e in read])
        score = logits(model, read)[:, risk]
        chosen_on = f"{real.name} ({len(read)} real texts)"
    else:
        y = np.array([e.record.label for e in examples])
        score = held.risk
        chosen_on = "out-of-fold scores of the training texts"
    elevated = calibration(threshold_for_recall(y, score, ELEVATED_RECALL))
    high = max(elevated, calibration(threshold_for_precision(y, score, HIGH_PRECISION)))
    return {"high": high, "elevated": elevated}, chosen_on


def _record(row: Evaluated) -> Record:
    return Record(row.id, row.text, row.label, None, None, row.language, row.id, "development", "development")


def _facts(records: Sequence[Record], chosen_on: str) -> dict[str, Any]:
    digest = sha256()
    for record in records:
        digest.update(json.dumps([record.id, record.text, record.label]).encode())
    return {
        "licence": "Apache-2.0",
        "trained_on": {
            "texts": len(records),
            "digest": digest.hexdigest(),
            "sources": dict(sorted(Counter(f"{r.part}/{r.source}" for r in records).items())),
        },
        "thresholds_chosen_on": chosen_on,
        "libraries": {name: library_version(name) for name in _LIBRARIES},
    }
