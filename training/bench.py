"""`sigap bench`: what loading and one assessment cost, and the share of each stage. Timings never belong in tests."""

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from detector.detector import Detector
from detector.facts import facts
from detector.language import identify
from detector.text import normalise
from detector.tokens import tokenise
from training.records import ROOT, corpus
from training.rivals import rates

_WORDS = (80, 120)  # an "ad of 100 words"
_LOAD = """
import resource, time
start = time.perf_counter()
from detector.detector import Detector
imported = time.perf_counter()
Detector.load()
loaded = time.perf_counter()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(imported - start, loaded - imported, peak)
"""


def run(texts: int) -> str:
    """Measure on samples of about 100 words out of the corpus; returns the report."""
    imports, load, peak = map(float, _child().split())
    detector = Detector.load(mode="fast")  # what the encoder adds is told by the rates at the end
    ads = _ads(texts)
    for ad in ads[:20]:
        detector.assess(ad)
    whole = [_seconds(lambda ad=ad: detector.assess(ad)) for ad in ads]  # type: ignore[misc]
    quick = [_seconds(lambda ad=ad: detector.assess(ad, explain=False)) for ad in ads]  # type: ignore[misc]
    lines = [
        f"import {imports:.2f} s, Detector.load() {load:.2f} s, peak memory of that process {peak:.0f} MB",
        f"{len(ads)} ads of {_WORDS[0]}-{_WORDS[1]} words, one core",
        f"assess, fast:           median {statistics.median(whole) * 1e3:.2f} ms, "
        f"p95 {sorted(whole)[int(0.95 * len(whole))] * 1e3:.2f} ms, {len(whole) / sum(whole):.0f} texts/s",
        f"assess without reasons: median {statistics.median(quick) * 1e3:.2f} ms, "
        f"{len(quick) / sum(quick):.0f} texts/s",
    ]
    stages = _stages(detector, ads)
    total = sum(stages.values())
    lines += [f"  {name:<12} {ms:6.3f} ms  {ms / total:5.1%}" for name, ms in stages.items()]
    rows = rates(ads)
    bare = rows["bare TF-IDF + LR"]
    lines.append(f"the same {len(ads)} ads, one thread, beside other makings (x: times the bare TF-IDF + LR):")
    lines += [f"  {name:<38} {rate:8.0f} texts/s  {rate / bare:6.2f} x" for name, rate in rows.items()]
    lines.append(f"peak memory now {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    return "\n".join(lines)


def _child() -> str:
    done = subprocess.run(  # noqa: S603 (our own interpreter, fixed code)
        [sys.executable, "-c", _LOAD], check=True, capture_output=True, text=True, cwd=Path(ROOT)
    )
    return done.stdout


def _ads(limit: int) -> list[str]:
    offers = [r.text for r in corpus() if r.kind == "offer" and _WORDS[0] <= len(r.text.split()) <= _WORDS[1]]
    return offers[:limit]


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _stages(detector: Detector, ads: list[str]) -> dict[str, float]:
    """Mean milliseconds of each stage, each run on its own over the same ads."""
    reader = detector.reader
    spent: dict[str, float] = {}

    def timed(name: str, start: float) -> float:
        now = time.perf_counter()
        spent[name] = spent.get(name, 0.0) + now - start
        return now

    for ad in ads:
        at = time.perf_counter()
        text = normalise(ad, reader.lexicon)
        at = timed("normalise", at)
        mentions = reader.extractor.extract(text.normal)
        at = timed("entities", at)
        tokens = tokenise(text.normal, mentions)
        at = timed("tokens", at)
        shown = facts(mentions, tokens, reader.knowledge)
        at = timed("facts", at)
        reader.matcher.match(tokens, shown)
        at = timed("indicators", at)
        identify(tokens, reader.knowledge.function_words)
        at = timed("language", at)
        grams = detector.vectorizer(tokens)
        at = timed("n-grams", at)
        reading = reader.read(ad)
        at = time.perf_counter()
        heads = detector.bundle.heads
        heads.logits(detector.features.present(reading), heads.words(grams))
        timed("heads", at)
    judged = [reader.read(ad) for ad in ads]
    start = time.perf_counter()
    for reading in judged:
        detector.judge(reading, None, None, explain=True)
    whole = time.perf_counter() - start
    spent["explain"] = max(0.0, whole - spent["n-grams"] - spent["heads"])
    return {name: 1e3 * seconds / len(ads) for name, seconds in spent.items()}
