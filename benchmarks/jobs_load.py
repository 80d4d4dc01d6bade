"""How long an officer waits for an assessment while a file is uploaded and scored, against an idle server.

python -m benchmarks.jobs_load [ROWS] [SECONDS]

Five officers each paste an ad, read for a second and paste the next; first alone, then while a file of so many rows is
sent and scored. Beside the times of assessing: the longest time that the file's progress stood still.
"""

import random
import sys
import tempfile
import threading
import time
from contextlib import closing
from itertools import islice
from pathlib import Path

from api.store import Store
from benchmarks.listings import endless, texts
from tests.api.jobs.job_files import csv_of
from tests.api.jobs.job_processes import Visitor, free_port, server

OFFICERS = 5
READING_S = 1.0


class Officers:
    """Officers at work while the block runs; `waits` are their times in seconds."""

    def __init__(self, base: str) -> None:
        self._base, self._over = base, threading.Event()
        self.waits: list[float] = []
        self._threads = [threading.Thread(target=self._work, args=(at,)) for at in range(OFFICERS)]

    def __enter__(self) -> "Officers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _work(self, seed: int) -> None:
        rng = random.Random(seed)  # noqa: S311 (texts, not secrets)
        ads = texts("ads")
        with closing(Visitor(self._base)) as visitor:
            token = visitor.token("/")
            while not self._over.wait(READING_S * rng.uniform(0.5, 1.5)):
                start = time.perf_counter()
                answer = visitor.http.post("/", data={"csrf": token, "text": rng.choice(ads)})
                self.waits.append(time.perf_counter() - start)
                assert answer.status_code == 200, answer.status_code


def main(rows: int, seconds: float) -> int:
    """Print the percentiles of both; 1 where the p95 grew more than threefold."""
    content = csv_of([{"id": str(at), "teks": text} for at, text in enumerate(islice(endless(texts("ads")), rows))])
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        store = Store(f"sqlite:///{folder / 'sigap.db'}")
        base = f"http://127.0.0.1:{port}"
        with server(store, folder, port, folder / "log"), closing(Visitor(base)) as visitor:
            with Officers(base):
                time.sleep(5)  # warm
            with Officers(base) as idle:
                time.sleep(seconds)
            with Officers(base) as busy:
                start = time.monotonic()
                page = visitor.upload("iklan.csv", content).headers["location"]
                print(f"{len(content) / 1e6:.0f} MB sent and looked at in {time.monotonic() - start:.1f} s")
                visitor.post(f"{page}/start", page, text="teks", id_column="id", mode="auto")
                stood, rate = _watch(visitor, page, seconds)
        store.close()
    first, second = _percentile(idle.waits, 95), _percentile(busy.waits, 95)
    for told, waits in (("idle", idle.waits), ("busy", busy.waits)):
        half, most = _percentile(waits, 50), _percentile(waits, 95)
        print(f"{told}: {len(waits)} assessments, p50 {1000 * half:.0f} ms, p95 {1000 * most:.0f} ms")
    print(f"p95 {second / first:.2f} times; {rate:.0f} rows/s beside; progress stood still for {stood:.1f} s at most")
    return 0 if second <= 3 * first else 1


def _watch(visitor: Visitor, page: str, seconds: float) -> tuple[float, float]:
    """Look at the progress every tenth of a second; the longest stand and the rows a second."""
    seen, moved, longest = 0, 0.0, 0.0
    start = began = time.monotonic()
    while time.monotonic() - start < seconds:
        told = visitor.http.get(f"{page}/progress.json").json()
        now = time.monotonic()
        if told["rows"] != seen:
            if seen:
                longest = max(longest, now - moved)
            else:
                began = now
            seen, moved = told["rows"], now
        if told["state"] not in ("queued", "running"):
            break
        time.sleep(0.1)
    return longest, seen / max(time.monotonic() - began, 1e-9)


def _percentile(values: list[float], at: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * at // 100)]


if __name__ == "__main__":
    arguments = [float(one) for one in sys.argv[1:]]
    rows, seconds = arguments + [100_000, 120][len(arguments) :]
    raise SystemExit(main(int(rows), seconds))
