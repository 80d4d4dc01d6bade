"""The same scorer as a Ray Data map: parts become blocks, actors hold the model, order is put right here.

Only a thin adapter: what a part is, what is written and how a run goes on after a kill are those of the local engine.
"""

import logging
import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from detector.batch.engine import Part
from detector.batch.journal import BatchError
from detector.batch.parts import Scorer, Wanted
from detector.bundle import default_path
from detector.deep import Mode
from detector.detector import Detector

# Parts that are handed over at once: enough that every actor stays busy while the last blocks of a wave are scored.
_WAVE_PER_ACTOR = 40


class _Actor:
    """Holds a loaded model; Ray calls it with one block, which is one part."""

    def __init__(self, bundle: str, mode: Mode, wanted: Wanted) -> None:
        self._score = Scorer(Detector.load(Path(bundle), mode), wanted)

    def __call__(self, part: pa.Table) -> pa.Table:
        return self._score(part)


def on_ray(
    parts: Iterable[Part], bundle: Path | None, mode: Mode, wanted: Wanted, workers: int
) -> Iterator[tuple[Part, pa.Table]]:
    """Answers in the order of the parts, scored by `workers` actors of the cluster that `RAY_ADDRESS` names (or of one
    that is started on this machine).

    Raises:
        BatchError: Ray is not installed, or the cluster has not one processor more than there are actors.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
        from ray.data import ActorPoolStrategy
    except ImportError as error:
        raise BatchError("--engine ray needs Ray: pip install 'sigap[cluster]'") from error
    if not ray.is_initialized():
        ray.init(include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
    processors = int(ray.cluster_resources().get("CPU", 0))
    if workers >= processors:
        # Actors that claim every processor leave none for the tasks that read and hand out blocks: a silent hang.
        raise BatchError(
            f"the cluster has {processors} processors: --workers {workers} would leave none to hand out the parts; "
            f"take at most {max(processors - 1, 0)}"
        )
    ray.data.DataContext.get_current().enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    model = str(bundle or default_path())
    stream = iter(parts)
    while wave := list(islice(stream, workers * _WAVE_PER_ACTOR)):
        data = ray.data.from_arrow([part.table for part in wave]).map_batches(
            _Actor,
            fn_constructor_args=(model, mode, wanted),
            batch_format="pyarrow",
            batch_size=None,  # a block, whole: one part
            compute=ActorPoolStrategy(size=workers),
            num_cpus=1,  # an actor that dies is started anew by Ray Data, and its block is scored again
        )
        yield from _in_order(wave, data)


def _in_order(wave: list[Part], data: Any) -> Iterator[tuple[Part, pa.Table]]:
    """Each part with its answers, whatever order or cut the blocks come back in."""
    answers = pa.concat_tables(data.iter_batches(batch_format="pyarrow", batch_size=None)).sort_by("number")
    first = 0
    for part in wave:
        rows = part.table.num_rows
        yield part, answers.slice(first, rows)
        first += rows
