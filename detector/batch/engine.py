"""Engines: run the scorer over parts, in this process or in a pool of processes, and give the answers in order."""

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from detector.batch.journal import BatchError
from detector.batch.parts import Scorer, Wanted
from detector.bundle import Bundle, default_path
from detector.bundle import load as load_bundle
from detector.deep import Mode
from detector.detector import Detector
from detector.knowledge.loader import load as load_knowledge

_AHEAD = 2  # parts per worker that are read before they are needed


@dataclass(frozen=True, slots=True)
class Part:
    """A table to be scored, the number of its last item, and the columns of its sources."""

    table: pa.Table
    last: int
    columns: list[str]


def local(
    parts: Iterable[Part], bundle: Path | None, mode: Mode, wanted: Wanted, workers: int
) -> Iterator[tuple[Part, pa.Table]]:
    """Answers in the order of the parts. The model is loaded once; where the system can fork, workers share its arrays.

    Raises:
        BatchError: a worker died.
    """
    model = load_bundle(bundle or default_path(), deep=mode != "fast")
    if workers == 1:
        scorer = Scorer(Detector(model, load_knowledge(), mode), wanted)
        for part in parts:
            yield part, scorer(part.table)
        return
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    pool = ProcessPoolExecutor(
        workers, multiprocessing.get_context(method), initializer=_prepare, initargs=(model, mode, wanted)
    )
    waiting: deque[tuple[Part, Future[pa.Table]]] = deque()
    try:
        for part in parts:
            waiting.append((part, pool.submit(_score, part.table)))
            if len(waiting) > workers * _AHEAD:
                first, answer = waiting.popleft()
                yield first, answer.result()
        while waiting:
            first, answer = waiting.popleft()
            yield first, answer.result()
    except BrokenProcessPool as error:
        raise BatchError("a worker died (killed, or out of memory); the same command goes on where it was") from error
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


_scorer: Scorer | None = None


def _prepare(model: Bundle, mode: Mode, wanted: Wanted) -> None:
    global _scorer
    _scorer = Scorer(Detector(model, load_knowledge(), mode), wanted)


def _score(table: pa.Table) -> pa.Table:
    assert _scorer is not None
    return _scorer(table)
