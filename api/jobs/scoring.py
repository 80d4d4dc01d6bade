"""The run of one job: the batch of `detector.batch`, with answers that carry the text they are about."""

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from api.jobs.folders import Folder
from api.store.jobs import Options
from detector.batch.engine import Part
from detector.batch.journal import Progress
from detector.batch.parts import Scorer, Wanted
from detector.batch.readers import Options as Reading
from detector.batch.run import Job, run
from detector.deep import Mode
from detector.detector import Detector

# Rows of a part. A part is the unit of progress, of cancelling and of what a kill costs: well under a second of work.
PART_ROWS: dict[Mode, int] = {"fast": 100, "auto": 25, "deep": 10}


def score(
    folder: Folder,
    file_name: str,
    options: Options,
    detector: Detector,
    bundle: Path | None,
    watch: Callable[[Progress], None],
    passed: Callable[[int], None],
    *,
    anew: bool = False,
) -> None:
    """Score the file of a job into its folder, or go on where an earlier run stopped; `anew` drops what that left.

    `watch` sees the progress after every part, and ends the run by raising; `passed` how many bytes a part has, before.

    Raises:
        BatchError, InputError, OSError: see `detector.batch.run`.
    """
    job = Job(
        inputs=(str(folder.source),),
        output=folder.output,
        reading=Reading(options.text_columns, options.id_column),
        mode=options.mode,
        bundle=bundle,
        overwrite=anew,
        part_rows=PART_ROWS[options.mode],
    )

    def engine(
        parts: Iterable[Part], _bundle: Path | None, _mode: Mode, wanted: Wanted, _workers: int
    ) -> Iterator[tuple[Part, pa.Table]]:
        scorer = Scorer(detector, wanted)
        for part in parts:
            passed(sum(part.table.column(name).nbytes for name in ("text", "columns", "raw")))
            yield part, _told(part.table, scorer(part.table), file_name)

    run(job, watch, engine)


def _told(part: pa.Table, answers: pa.Table, file_name: str) -> pa.Table:
    """Answers whose lines hold the row, too, and name the file as its sender does and not where it lies here."""
    lines: list[str | None] = []
    for row, line in zip(part.to_pylist(), answers.column("line").to_pylist(), strict=True):
        lines.append(None if line is None else _with_row(line, row, file_name))
    names: list[Any] = [file_name] * len(lines)
    for name, values in (("line", lines), ("source", names)):
        at = answers.schema.get_field_index(name)
        answers = answers.set_column(at, name, pa.array(values, type=pa.string()))
    return answers


def _with_row(line: str, row: dict[str, Any], file_name: str) -> str:
    beside = {
        "number": row["number"],
        "source": file_name,
        "columns": json.loads(row["columns"]),
        "text": row["text"],
    }
    return f"{line[:-1]}, {json.dumps(beside, ensure_ascii=False)[1:]}"
