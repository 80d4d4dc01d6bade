"""One batch from inputs to output: read, cut into parts, score, keep safe, finish, sum up."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from detector.assessment import Level
from detector.batch.cutting import PART_BYTES, cut
from detector.batch.engine import Part, local
from detector.batch.journal import Files, Journal, Progress, replace_file
from detector.batch.parts import PART_ROWS, Wanted
from detector.batch.ray_engine import on_ray
from detector.batch.readers import Input, Reading, expand
from detector.batch.readers import Options as ReaderOptions
from detector.batch.writers import finish, is_flat
from detector.bundle import MANIFEST, default_path
from detector.deep import Mode
from detector.errors import BatchError, BundleMissing, InputError

SUMMARY = "batch-summary/1"
Engine = Callable[[Iterable[Part], Path | None, Mode, Wanted, int], Iterator[tuple[Part, pa.Table]]]


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


def run(job: Job, watch: Callable[[Progress], None] = lambda progress: None, engine: Engine | None = None) -> Summary:
    """Do a job, or go on with it where an earlier run of the same job ended.

    `watch` sees the progress after every part; it may end the run by raising. `engine` scores instead of the job's own.

    Raises:
        BatchError: the job can't start (the output exists or can't be written, inputs changed) or a worker died.
        InputError: an input is missing, is the output, or no file has the columns; nothing was scored or changed.
        OSError: the disk is full; what was scored is safe, and the same command goes on.
    """
    flat = is_flat(job.output)
    files = Files.of(job.output)
    paths = expand(job.inputs, files.all())
    journal = Journal(files, _signature(job, paths))
    if not job.overwrite and journal.is_finished(job.output):
        return _end(job, journal, files, resumed=True)
    resumed = _open(job, journal, files)
    reading = Reading(paths, job.reading)
    is_wrong = False
    try:
        score = engine or (on_ray if job.engine == "ray" else local)
        shares: dict[int, float | None] = {}
        parts = _noted(cut(reading, job.part_rows, journal.progress.numbers, job.shard), reading, shares)
        for part, answers in score(parts, job.bundle, job.mode, Wanted(flat, job.explain_from), job.workers):
            journal.add(answers, part.table.num_rows, part.last, part.columns)
            if job.overwrite:  # not before: the request may turn out to be wrong
                job.output.unlink(missing_ok=True)
            journal.progress.share = shares.pop(part.last, None)
            watch(journal.progress)
    except InputError:  # no file has the columns
        is_wrong = journal.progress.parts == 0
        raise
    finally:
        journal.close()
        if is_wrong:
            journal.discard()
            files.summary.unlink(missing_ok=True)
        else:
            replace_file(files.summary, _as_json(job, _summary(journal.progress, complete=False, resumed=resumed)))
    now = journal.progress
    if now.items != now.scored + now.rejected:  # an engine lost or doubled rows
        raise BatchError(f"{now.items} rows were read, but {now.scored} + {now.rejected} came back")
    finish(journal.partial, job.output, now.columns)
    return _end(job, journal, files, resumed=resumed)


def _end(job: Job, journal: Journal, files: Files, *, resumed: bool) -> Summary:
    """The output is in its place: sum up, and forget how far the run had come."""
    summary = _summary(journal.progress, complete=True, resumed=resumed)
    replace_file(files.summary, _as_json(job, summary))
    journal.path.unlink(missing_ok=True)  # there is none where there was no row
    return summary


def _open(job: Job, journal: Journal, files: Files) -> bool:
    """Look before the work begins: nothing is overwritten unasked, and what can't be written is said now.

    With `overwrite`, an old output stays until the first part of the new one is safe.
    """
    try:
        job.output.parent.mkdir(parents=True, exist_ok=True)
        if job.overwrite:
            journal.discard()
        elif job.output.exists() and not journal.path.is_file():
            raise BatchError(f"{job.output} exists; --overwrite replaces it")
        resumed = journal.open()
        replace_file(files.summary, _as_json(job, _summary(journal.progress, complete=False, resumed=resumed)))
    except OSError as error:
        raise BatchError(f"{job.output}: can't be written: {error.strerror}") from error
    return resumed


def _noted(parts: Iterable[Part], reading: Reading, shares: dict[int, float | None]) -> Iterator[Part]:
    """The parts, while what share of the inputs lies behind each is noted: engines read ahead."""
    for part in parts:
        shares[part.last] = reading.share
        yield part


def _signature(job: Job, paths: Iterable[Input]) -> str:
    """What a run must share with the one that it goes on from. Workers may differ: they change nothing."""
    bundle = job.bundle or default_path()
    try:
        model = sha256((bundle / MANIFEST).read_bytes()).hexdigest()
    except OSError as error:
        raise BundleMissing(str(bundle)) from error
    files = []
    for path in paths:
        if str(path) == "-":
            files.append(["-", 0, 0])
        else:
            status = path.stat()
            files.append([str(path), status.st_size, status.st_mtime_ns])
    told = [files, asdict(job.reading), job.mode, list(job.shard), job.explain_from, model, job.part_rows, PART_BYTES]
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
