"""One batch from inputs to output: read, cut into parts, score, keep safe, finish, sum up."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from detector.assessment import Level
from detector.batch.engine import Part, local
from detector.batch.journal import BatchError, Journal, Progress, replace_file
from detector.batch.parts import PART_ROWS, Wanted, table
from detector.batch.ray_engine import on_ray
from detector.batch.readers import Options as ReaderOptions
from detector.batch.readers import expand, read
from detector.batch.rows import Rejected, Row
from detector.batch.writers import finish, is_flat
from detector.bundle import MANIFEST, default_path
from detector.deep import Mode
from detector.errors import BundleMissing

SUMMARY = "batch-summary/1"


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done. `shard` (i, n) takes every n-th part, from the i-th on, counted from 1."""

    inputs: tuple[str, ...]
    output: Path
    reading: ReaderOptions = field(default_factory=ReaderOptions)
    mode: Mode = "auto"
    workers: int = 1
    engine: Literal["local", "ray"] = "local"
    shard: tuple[int, int] = (1, 1)
    explain_from: Level = "elevated"
    bundle: Path | None = None
    overwrite: bool = False
    part_rows: int = PART_ROWS


@dataclass(frozen=True, slots=True)
class Summary:
    """How a batch ended: `rows == scored + rejected` when it is complete."""

    rows: int
    scored: int
    rejected: int
    levels: dict[str, int]
    answered_by: dict[str, int]
    complete: bool
    resumed: bool


def run(job: Job, watch: Callable[[Progress], None] = lambda progress: None) -> Summary:
    """Do a job, or go on with it where an earlier run of the same job ended.

    `watch` sees the progress after every part.

    Raises:
        BatchError: the job can't start (the output exists or can't be written, inputs changed) or a worker died.
        InputError: an input is missing or holds nothing that can be read.
        OSError: the disk is full; what was scored is safe, and the same command goes on.
    """
    flat = is_flat(job.output)
    journal = Journal(job.output, _signature(job))
    summary_path = job.output.with_name(job.output.name + ".summary.json")
    resumed = _open(job, journal, summary_path)
    try:
        parts = _parts(read(job.inputs, job.reading), job.part_rows, journal.progress.numbers, job.shard)
        engine = on_ray if job.engine == "ray" else local
        for part, answers in engine(parts, job.bundle, job.mode, Wanted(flat, job.explain_from), job.workers):
            journal.add(answers, part.table.num_rows, part.last, part.columns)
            watch(journal.progress)
    finally:
        journal.close()
        summary = _summary(journal.progress, complete=False, resumed=resumed)
        replace_file(summary_path, _as_json(job, summary))
    if summary.rows != summary.scored + summary.rejected:  # an engine lost or doubled rows
        raise BatchError(f"{summary.rows} rows were read, but {summary.scored} + {summary.rejected} came back")
    finish(journal.partial, job.output, journal.progress.columns)
    summary = _summary(journal.progress, complete=True, resumed=resumed)
    replace_file(summary_path, _as_json(job, summary))
    journal.path.unlink()
    return summary


def _open(job: Job, journal: Journal, summary_path: Path) -> bool:
    """Look before the work begins: nothing is overwritten unasked, and what can't be written is said now."""
    try:
        job.output.parent.mkdir(parents=True, exist_ok=True)
        if job.overwrite:
            journal.discard()
            for path in (job.output, summary_path):
                path.unlink(missing_ok=True)
        if job.output.exists() and not journal.path.is_file():
            raise BatchError(f"{job.output} exists; --overwrite replaces it")
        resumed = journal.open()
        replace_file(summary_path, _as_json(job, _summary(journal.progress, complete=False, resumed=resumed)))
    except OSError as error:
        raise BatchError(f"{job.output}: can't be written: {error.strerror}") from error
    return resumed


def _parts(items: Iterable[Row | Rejected], size: int, done: int, shard: tuple[int, int]) -> Iterator[Part]:
    """Parts of the items after number `done`, those of other shards left out."""
    stream = iter(items)
    for at in range(1 << 62):
        held = list(islice(stream, size))
        if not held:
            return
        if held[-1].number <= done or at % shard[1] != shard[0] - 1:
            continue
        columns = list(dict.fromkeys(name for item in held if isinstance(item, Row) for name in item.columns))
        yield Part(table(held), held[-1].number, columns)


def _signature(job: Job) -> str:
    """What a run must share with the one that it goes on from. Workers may differ: they change nothing."""
    bundle = job.bundle or default_path()
    try:
        model = sha256((bundle / MANIFEST).read_bytes()).hexdigest()
    except OSError as error:
        raise BundleMissing(str(bundle)) from error
    files = []
    for path in expand(job.inputs):
        if str(path) == "-":
            files.append(["-", 0, 0])
        else:
            status = path.stat()
            files.append([str(path), status.st_size, status.st_mtime_ns])
    told = [files, asdict(job.reading), job.mode, list(job.shard), job.explain_from, model, job.part_rows]
    return sha256(json.dumps(told, default=str).encode()).hexdigest()


def _summary(progress: Progress, *, complete: bool, resumed: bool) -> Summary:
    return Summary(
        rows=progress.items,
        scored=progress.scored,
        rejected=progress.rejected,
        levels=dict(sorted(progress.levels.items())),
        answered_by=dict(sorted(progress.answered_by.items())),
        complete=complete,
        resumed=resumed,
    )


def _as_json(job: Job, summary: Summary) -> bytes:
    told: dict[str, Any] = {"schema": SUMMARY, "inputs": list(job.inputs), "output": str(job.output)}
    told |= {"shard": f"{job.shard[0]}/{job.shard[1]}", **asdict(summary)}
    return json.dumps(told, indent=1, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"


def checked_shard(text: str) -> tuple[int, int]:
    """`2/8` as (2, 8).

    Raises:
        ValueError: it is not of that form, or out of range.
    """
    try:
        at, of = (int(part) for part in text.split("/"))
    except ValueError:
        raise ValueError(f"{text!r} is not of the form I/N") from None
    if not 1 <= at <= of:
        raise ValueError(f"{text!r}: I must lie between 1 and N")
    return at, of


def parse_columns(names: Sequence[str]) -> tuple[str, ...]:
    """Column names as given on the command line: repeated, or separated by `+`."""
    return tuple(name for given in names for name in given.split("+") if name)
