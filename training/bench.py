"""`sigap bench`: what loading and one assessment cost, and the share of each stage. Timings never belong in tests.

More of them, with tables that can be kept as JSON, are in `benchmarks/`; docs/benchmarks.md lists them.
"""

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from detector.detector import Detector
from detector.facts import facts
from detector.language import identify
from detector.text import normalise
from detector.tokens import tokenise
from training.records import ROOT, corpus
from training.rivals import BARE, rates

WORDS = (80, 120)  # an "ad of 100 words"
# The peak is read from /proc where there is one: `ru_maxrss` of a child begins at what its parent had.
_LOAD = """
import pathlib, resource, sys, time
start = time.perf_counter()
from detector.detector import Detector
imported = time.perf_counter()
Detector.load(mode=sys.argv[1])
loaded = time.perf_counter()
status = pathlib.Path("/proc/self/status")
told = status.read_text().splitlines() if status.is_file() else []
peaks = [float(line.split()[1]) for line in told if line.startswith("VmHWM")]
peak = (peaks or [resource.getrusage(resource.RUSAGE_SELF).ru_maxrss])[0] / 1024
print(imported - start, loaded - imported, peak)
"""


@dataclass(frozen=True, slots=True)
class Loading:
    """What a fresh process takes until it can judge: seconds, and its peak memory in MB."""

    import_s: float
    load_s: float
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Assessing:
    """What one assessment takes, in seconds, and how many a second that makes."""

    median_s: float
    p95_s: float
    texts_per_s: float


def run(texts: int) -> str:
    """Measure on samples of about 100 words out of the corpus; returns the report."""
    loaded = loading("auto")
    detector = Detector.load(mode="fast")  # what the encoder adds is told by the rates at the end
    sample = ads(texts)
    whole = assessing(detector, sample, explain=True)
    quick = assessing(detector, sample, explain=False)
    lines = [
        f"import {loaded.import_s:.2f} s, Detector.load() {loaded.load_s:.2f} s, "
        f"peak memory of that process {loaded.peak_mb:.0f} MB",
        f"{len(sample)} ads of {WORDS[0]}-{WORDS[1]} words, one core",
        f"assess, fast:           median {whole.median_s * 1e3:.2f} ms, p95 {whole.p95_s * 1e3:.2f} ms, "
        f"{whole.texts_per_s:.0f} texts/s",
        f"assess without reasons: median {quick.median_s * 1e3:.2f} ms, {quick.texts_per_s:.0f} texts/s",
    ]
    spent = stages(detector, sample)
    total = sum(spent.values())
    lines += [f"  {name:<18} {1e3 * s:6.3f} ms  {s / total:5.1%}" for name, s in spent.items()]
    rows = rates(sample)
    bare = rows[BARE].texts_per_s
    lines.append(f"the same {len(sample)} ads beside other makings, of processor time (x: times the bare TF-IDF + LR):")
    lines += [
        f"  {name:<38} {rate.texts_per_s:8.0f} texts/s  {rate.texts_per_s / bare:6.2f} x" for name, rate in rows.items()
    ]
    lines.append(f"peak memory now {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    return "\n".join(lines)


def loading(mode: str) -> Loading:
    """Load the released model in a fresh process."""
    done = subprocess.run(  # noqa: S603 (our own interpreter, fixed code)
        [sys.executable, "-c", _LOAD, mode], check=True, capture_output=True, text=True, cwd=Path(ROOT)
    )
    return Loading(*map(float, done.stdout.split()))


def ads(limit: int) -> list[str]:
    """The first offers of the corpus that have about 100 words."""
    offers = [r.text for r in corpus() if r.kind == "offer" and WORDS[0] <= len(r.text.split()) <= WORDS[1]]
    return offers[:limit]


def assessing(detector: Detector, texts: Sequence[str], *, explain: bool) -> Assessing:
    """Assess each text once, after a few that warm up."""
    for text in texts[:20]:
        detector.assess(text, explain=explain)
    spent = sorted(_seconds(lambda text=text: detector.assess(text, explain=explain)) for text in texts)  # type: ignore[misc]
    return Assessing(statistics.median(spent), spent[int(0.95 * len(spent))], len(spent) / sum(spent))


def stages(detector: Detector, texts: Sequence[str]) -> dict[str, float]:
    """Mean seconds of processor time of each stage for one text, each run on its own over the same texts.

    They were read once before, as a long run has met most words before.
    """
    reader, clock = detector.reader, time.process_time
    spent: dict[str, float] = {}

    def timed(name: str, start: float) -> float:
        now = clock()
        spent[name] = spent.get(name, 0.0) + now - start
        return now

    for received in texts:
        detector.assess(received)
    for received in texts:
        at = clock()
        text = normalise(received, reader.lexicon)
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
        detector.vectorizer(tokens)
        timed("n-grams", at)
        reading = reader.read(received)
        at = clock()
        detector.judge(reading, None, None, explain=False)
        at = timed("judge", at)
        detector.judge(reading, None, None, explain=True)
        timed("judge and explain", at)
    spent["explain"] = spent.pop("judge and explain") - spent["judge"]
    spent["heads, calibration"] = spent.pop("judge") - spent["n-grams"]
    return {name: max(0.0, seconds) / len(texts) for name, seconds in spent.items()}


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
