"""Two Ray nodes of one processor each against two local workers: the same bytes, and how many rows a second.

    python -m benchmarks.ray_nodes [ROWS] [--workers N] [--passes N] [--json FILE]

The texts are distinct, of about 100 words, and made from the corpus by swapping sentences between ads; the same seed
gives the same texts. Rates leave out the start: they run from the first answers to the last ones. Engines take turns,
and the best pass of each counts, since other work on the machine slows a pass and never speeds it up.
"""

import json
import os
import random
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Literal, get_args

from benchmarks.tables import Table, parser, report
from detector.batch.journal import Progress
from detector.batch.run import Job, run

Engine = Literal["local", "ray"]

CORPUS = Path(__file__).parent.parent / "training" / "corpus"
WORDS = 100
NODES = 2
SLOWEST = 0.8  # of the local rate
_STORE_BYTES = 256 * 2**20
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


def texts(rows: int, seed: int = 0) -> Iterator[str]:
    """So many texts, no two alike: an ad of the corpus, half of its sentences swapped for those of other ads, filled up
    to `WORDS` words."""
    rng = random.Random(seed)  # noqa: S311 (texts, not secrets)
    ads = []
    for path in sorted(CORPUS.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if text := json.loads(line).get("text"):
                ads.append([part for part in _SENTENCE.split(text) if part.strip()])
    seen: set[str] = set()
    while len(seen) < rows:
        mixed = [rng.choice(rng.choice(ads)) if rng.random() < 0.5 else sentence for sentence in rng.choice(ads)]
        while sum(len(sentence.split()) for sentence in mixed) < WORDS:
            mixed.append(rng.choice(rng.choice(ads)))
        text = " ".join(" ".join(mixed).split()[: WORDS + WORDS // 5])
        if text not in seen:
            seen.add(text)
            yield text


class Clock:
    """When the first and the last answers came, and rows a second between the two."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._first: tuple[float, int] | None = None
        self._last: tuple[float, int] = (self._start, 0)

    def __call__(self, progress: Progress) -> None:
        """See the progress after a part."""
        self._last = (time.monotonic(), progress.items)
        self._first = self._first or self._last

    def told(self) -> tuple[float, float]:
        """Rows a second after the first answers, and seconds up to them."""
        first = self._first or self._last
        return (self._last[1] - first[1]) / max(self._last[0] - first[0], 1e-9), first[0] - self._start


def measure(rows: int, workers: int, passes: int) -> tuple[Table, bool]:
    """Rates of both engines, and whether all runs gave the same bytes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "listings.jsonl"
        with source.open("w", encoding="utf-8") as file:
            for at, text in enumerate(texts(rows)):
                file.write(json.dumps({"id": f"ad-{at}", "text": text}, ensure_ascii=False) + "\n")
        outputs: set[bytes] = set()
        rates: dict[Engine, list[float]] = {engine: [] for engine in get_args(Engine)}
        starts: dict[Engine, list[float]] = {engine: [] for engine in get_args(Engine)}
        for _ in range(passes):
            for engine in rates:
                job = Job((str(source),), folder / "scored.jsonl", mode="fast", workers=workers, engine=engine)
                clock = Clock()
                with _two_nodes() if engine == "ray" else nullcontext():
                    run(replace(job, overwrite=True), clock)
                rate, start = clock.told()
                rates[engine].append(rate)
                starts[engine].append(start)
                outputs.add(sha256(job.output.read_bytes()).digest())
    best = {engine: max(found) for engine, found in rates.items()}
    lines = [(engine, best[engine], best[engine] / best["local"], min(starts[engine])) for engine in rates]
    same = len(outputs) == 1
    notes = (
        f"{rows:,} different rows of about {WORDS} words, {workers} workers, best of {passes} passes",
        f"Ray: {NODES} nodes of one processor each on this machine; outputs: {'the same' if same else 'OTHER'} bytes",
    )
    return Table("Ray against local workers, fast", ("engine", "rows/s", "x local", "start s"), lines, notes), same


@contextmanager
def _two_nodes() -> Iterator[None]:
    """A cluster on this machine, which `RAY_ADDRESS` names."""
    # Read when Ray is imported.
    os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_AUTH_MODE": "disabled"}
    from ray.cluster_utils import Cluster

    cluster = Cluster()
    try:
        for _ in range(NODES):
            cluster.add_node(num_cpus=1, object_store_memory=_STORE_BYTES, include_dashboard=False)
        os.environ["RAY_ADDRESS"] = cluster.address
        yield
    finally:
        cluster.shutdown()


def main() -> int:
    """Print the table; 1 where the bytes differ or Ray's rate is under `SLOWEST`."""
    given = parser(__doc__)
    given.add_argument("rows", nargs="?", type=int, default=100_000)
    given.add_argument("--workers", type=int, default=NODES)
    given.add_argument("--passes", type=int, default=1)
    told = given.parse_args()
    table, same = measure(told.rows, told.workers, told.passes)
    report([table], told.json)
    ratio = table.rows[-1][2]
    return 0 if same and isinstance(ratio, float) and ratio >= SLOWEST else 1


if __name__ == "__main__":
    raise SystemExit(main())
