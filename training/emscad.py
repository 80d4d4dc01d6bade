"""English fake advertisements (EMSCAD): a model of the same making, on groups that it was not fitted on.

Source: Vidros, Kolias, Kambourakis and Akoglu 2017, "Automatic detection of online recruitment frauds"; the file
beside this checkout says what it holds. Text only: the platform's own fields (a logo, a questionnaire) do not carry
over to a pasted advertisement. Half of these rows are fraud, twenty times their share in the world, so average
precision compares models on the same rows and says nothing more.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from detector.detector import Detector
from detector.features import FeatureNames
from training.baseline import baseline_logits, fit_baseline
from training.cascade import for_encoder, means
from training.evaluation import ablation_table
from training.examples import Example, prepare
from training.fit import Options, fit_risk, priors_of
from training.public_data import public
from training.records import SHARED, Record, lot, read_jsonl

FILE = SHARED / "english" / "emscad.jsonl.gz"
PARTS = 4
_FOLDS = 4
Floats = NDArray[np.float64]


def emscad(detector: Detector, path: Path = FILE) -> dict[str, dict[str, Any]]:
    """Rankings of every row by models fitted on the other groups' rows, as `evaluation.ablation_table` gives them.

    The groups are cut into `PARTS`; each part is scored by models that were fitted on the rest. Rows that repeat an
    earlier one (`dup`) are fitted on and not measured; so are the few that the released encoder was tuned on.
    """
    encoder = detector.bundle.deep.encoder() if detector.bundle.deep else None
    seen = {record.id.removeprefix("emscad_real-") for record in public() if for_encoder(record)}
    rows = list(read_jsonl(path))
    records = [
        Record(r["id"], r["text"], int(r["label"]), None, None, "en", r["group"], "public", "emscad") for r in rows
    ]
    examples = prepare(records, detector.reader)
    vectors = means(encoder, [e.text for e in examples]) if encoder else None
    part = np.array([lot(e.record.group) % PARTS for e in examples])
    measured = np.array([not row["dup"] and row["id"] not in seen for row in rows])
    scores: dict[str, Floats] = {}
    for at in range(PARTS):
        test = np.flatnonzero(part == at)
        for name, found in _part(examples, vectors, np.flatnonzero(part != at), test, detector).items():
            # Logits of different parts come from different models: ranks within the part make them comparable.
            scores.setdefault(name, np.zeros(len(examples)))[test] = found.argsort().argsort() / len(found)
    y = np.array([e.record.label for e in examples])
    groups = [e.record.group for e, kept in zip(examples, measured, strict=True) if kept]
    return ablation_table(y[measured], {name: s[measured] for name, s in scores.items()}, groups)


def _part(
    examples: Sequence[Example],
    vectors: Floats | None,
    train: NDArray[np.intp],
    test: NDArray[np.intp],
    detector: Detector,
) -> dict[str, Floats]:
    """Logits of the test rows by each model, all fitted on the train rows."""
    names = FeatureNames.of(detector.knowledge).names
    priors = priors_of(detector.knowledge, names, Options())
    fitted_on = [examples[at] for at in train]
    others = [examples[at] for at in test]
    bare = fit_baseline([e.record for e in fitted_on])
    found = {"bare TF-IDF + LR": baseline_logits(bare, [e.record.text for e in others])}
    found["fast"] = fit_risk(fitted_on, names, priors, Options())(others)
    if vectors is not None:
        y = np.array([e.record.label for e in fitted_on])
        groups = [e.record.group for e in fitted_on]
        held = np.zeros((len(train), 2))
        for inner, outer in GroupKFold(_FOLDS).split(train, groups=groups):
            some = [fitted_on[at] for at in inner]
            held[outer, 0] = fit_risk(some, names, priors, Options())([fitted_on[at] for at in outer])
            held[outer, 1] = _on_vectors(vectors[train][inner], y[inner]).decision_function(vectors[train][outer])
        weigh = LogisticRegression(C=10.0).fit(held, y)
        of_vectors = _on_vectors(vectors[train], y).decision_function(vectors[test])
        found["encoder's vectors + LR"] = of_vectors
        found["deep"] = weigh.decision_function(np.stack([found["fast"], of_vectors], axis=1))
    return found


def _on_vectors(x: Floats, y: NDArray[np.int64]) -> Any:
    """Logistic regression on the mean token vectors of the released encoder."""
    return make_pipeline(StandardScaler(), PCA(64, random_state=0), LogisticRegression(C=0.1, max_iter=2000)).fit(x, y)
