"""What carries the figures: the same evaluation with one part left out at a time.

Every variant is fitted on the training texts alone, as the model is; the risk head is all that is looked at.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from detector.bundle import Bundle
from detector.detector import Detector
from detector.encoder import ContextualEncoder
from detector.features import FeatureNames
from training.baseline import baseline_logits, fit_baseline
from training.cascade import means
from training.examples import Example, prepare
from training.fit import Options, fit_risk, priors_of
from training.labelled import Evaluated
from training.records import Record

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Rows:
    """Texts to measure on, read once."""

    rows: Sequence[Evaluated]
    examples: Sequence[Example]

    @classmethod
    def of(cls, rows: Sequence[Evaluated], detector: Detector) -> "Rows":
        """Read labelled rows with the detector's own reader."""
        return cls(rows, prepare([row.as_record() for row in rows], detector.reader))


def ablations(
    detector: Detector,
    records: Sequence[Record],
    measured: Mapping[str, Rows],
    options: Options | None = None,
    say: Callable[[str], None] = print,
) -> dict[str, dict[str, Floats]]:
    """Risk scores by file and variant; the first variant is the released model in `auto`.

    Args:
        detector: the released model.
        records: what it was fitted on.
        measured: the texts of each file to measure on.
        options: of the fast heads.
    """
    options = options or Options()
    bundle = detector.bundle
    names = FeatureNames.of(detector.knowledge).names
    examples = prepare(records, detector.reader)
    halves = _half(examples)
    corpus_only = [e for e in examples if e.record.part == "corpus"]
    scores: dict[str, dict[str, Floats]] = {name: {} for name in measured}
    for mode in ("auto", "fast", "deep"):
        if mode == "fast" or bundle.deep is not None:
            judge = Detector(bundle, detector.knowledge, mode)
            for name, part in measured.items():
                found = [judge.assess(row.text, explain=False).risk for row in part.rows]
                scores[name][f"released, {mode}"] = np.array(found)
    if bundle.deep is not None:
        _encoder_alone(bundle, bundle.deep.encoder(), measured, scores)
    for title, fitted_on, chosen in (
        ("fast without signs", examples, replace(options, use_named=False)),
        ("fast without n-grams", examples, replace(options, use_grams=False)),
        ("fast on half of the corpus", halves, options),
        ("fast without public texts", corpus_only, options),
    ):
        say(f"fitting: {title}")
        risk = fit_risk(fitted_on, names, priors_of(detector.knowledge, names, chosen), chosen)
        for name, part in measured.items():
            scores[name][title] = risk(part.examples)
    for title, some in (("bare TF-IDF + LR", examples), ("bare TF-IDF + LR on half of the corpus", halves)):
        say(f"fitting: {title}")
        bare = fit_baseline([e.record for e in some])
        for name, part in measured.items():
            scores[name][title] = baseline_logits(bare, [row.text for row in part.rows])
    return scores


def _encoder_alone(
    bundle: Bundle, encoder: ContextualEncoder, measured: Mapping[str, Rows], scores: dict[str, dict[str, Floats]]
) -> None:
    assert bundle.deep is not None
    weight = bundle.deep.heads.vectors[bundle.heads.names.index("risk")]
    for name, part in measured.items():
        scores[name]["encoder alone"] = means(encoder, [e.text for e in part.examples]) @ weight


def _half(examples: Sequence[Example]) -> list[Example]:
    """Half of the corpus by group, and all public texts."""
    groups = sorted({e.record.group for e in examples if e.record.part == "corpus"})
    random.Random(0).shuffle(groups)  # noqa: S311 (sampling, not secrets)
    kept = set(groups[: len(groups) // 2])
    return [e for e in examples if e.record.part != "corpus" or e.record.group in kept]
