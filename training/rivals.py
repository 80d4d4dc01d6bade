"""The same texts through other makings, side by side in one run: what Sigap's speed and ranking are held against."""

import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from detector.detector import Detector
from training.baseline import baseline_logits, fit_baseline
from training.public_data import public
from training.records import ROOT, corpus

_BATCH = 64


def rates(texts: Sequence[str], repeats: int = 3) -> dict[str, float]:
    """Texts a second of each making, one thread, the best of some repeats, all in this process one after the other.

    The bare rival is fitted on everything that Sigap is fitted on and judges texts that are already in memory.
    """
    makings: dict[str, Callable[[Sequence[str]], object]] = {}
    bare = fit_baseline(corpus() + public())
    makings["bare TF-IDF + LR"] = lambda some: baseline_logits(bare, some)
    fast = Detector.load(mode="fast")
    makings["fast, no reasons"] = lambda some: [fast.assess(text, explain=False) for text in some]
    makings["fast, reasons for alerts"] = lambda some: [fast.assess(text, explain_from="elevated") for text in some]
    makings["fast, all reasons"] = lambda some: [fast.assess(text) for text in some]
    auto = Detector.load()
    if auto.bundle.deep is not None:
        deep = Detector(auto.bundle, auto.knowledge, "deep")
        makings["auto, reasons for alerts"] = lambda some: [auto.assess(text, explain_from="elevated") for text in some]
        makings["deep, no reasons"] = lambda some: [deep.assess(text, explain=False) for text in some]
    whole = _whole_encoder()
    if whole is not None:
        makings["whole encoder, sentence-transformers"] = whole
    found = {}
    for name, judge in makings.items():
        judge(texts[:_BATCH])
        some = texts if "encoder" not in name else texts[: max(_BATCH, len(texts) // 8)]
        best = float("inf")
        for _ in range(1 if "encoder" in name else repeats):
            start = time.perf_counter()
            judge(some)
            best = min(best, time.perf_counter() - start)
        found[name] = len(some) / best
    return found


def _whole_encoder() -> Callable[[Sequence[str]], object] | None:
    """multilingual-e5-small, unpruned and in 32 bits, through sentence-transformers; None where that is not installed
    or the packaged weights were never fetched (`sigap train --encoder fit` does).
    """
    downloads = ROOT / "build" / "train" / "downloads"
    if find_spec("sentence_transformers") is None or not (downloads / "e5-small-q4.bin").is_file():
        return None
    from training.encoder.whole import sentence_transformer

    model = sentence_transformer(downloads, Path(downloads.parent / "whole"))
    weight = np.zeros(model.get_sentence_embedding_dimension())
    return lambda some: model.encode(list(some), batch_size=_BATCH, show_progress_bar=False) @ weight
