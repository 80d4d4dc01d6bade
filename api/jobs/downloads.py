"""A job's results in the formats that people ask for, made from its result file when they first do.

    python -m api.jobs.downloads RESULTS TARGET     # says {"error": CODE} or {}

The rows become the flat records of `sigap batch`, and `detector.batch.writers` makes the file of them: a job's CSV is
the one that the command would have written. It runs as a child: a large workbook takes a minute of pure computing.
"""

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from api.jobs import child
from api.jobs.folders import Folder
from detector.assessment import Assessment
from detector.errors import SigapError

SUFFIXES: Final = (".jsonl", ".csv", ".xlsx", ".parquet")
MEDIA_TYPES: Final = {
    ".jsonl": "application/x-ndjson",
    ".csv": "text/csv; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".parquet": "application/vnd.apache.parquet",
}
TIMEOUT_S = 900.0
NICENESS = 10
MAX_SHEET_ROWS: Final = 1_048_575  # below the header of an Excel sheet


class DownloadFailed(SigapError):
    """The file could not be made; `code` is one of a job's failures, or `too_many_rows`."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(f"the results could not be written: {code}")


def file_of(folder: Folder, suffix: str, rows: int) -> Path:
    """The results, of so many `rows`, in a format; made now where nobody asked before.

    Raises:
        DownloadFailed: the disk is full, or the format can't hold so many rows.
    """
    results = folder.results
    if suffix == ".xlsx" and rows > MAX_SHEET_ROWS:
        raise DownloadFailed("too_many_rows")
    if suffix == ".jsonl":
        return results
    target = folder.path / f"result{suffix}"
    if results == folder.growing:  # of a job that was stopped and may go on: what is made of it must not stay
        target = folder.path / f"result.partial{suffix}"
        target.unlink(missing_ok=True)
    if not target.exists():
        try:
            told = child.ask("api.jobs.downloads", str(results), str(target), timeout_s=TIMEOUT_S)
        except child.ChildFailed as error:
            raise DownloadFailed("too_slow" if error.reason == "timeout" else "internal") from error
        if told.get("error"):
            raise DownloadFailed(str(told["error"]))
    return target


def write(results: Path, target: Path) -> None:
    """Write the rows of `results` to `target`, in one step at the end.

    Raises:
        BatchError: more rows than the format can hold.
        OSError: the disk is full.
    """
    from detector.batch.writers import finish

    room = Path(tempfile.mkdtemp(prefix="download-", dir=target.parent))
    try:
        columns: dict[str, None] = {}
        flat = room / "flat.jsonl"
        with flat.open("w", encoding="utf-8", errors="backslashreplace") as file:
            for record in _records(results):
                columns.update(dict.fromkeys(record["columns"]))
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
        made = room / f"made{target.suffix}"
        finish(flat, made, list(columns))
        made.replace(target)
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _records(results: Path) -> Iterator[dict[str, Any]]:
    from detector.batch.parts import flat_line

    with results.open("rb") as lines:
        for line in lines:
            if not line.endswith(b"\n"):  # of a run that was killed
                return
            told = json.loads(line)
            row = {"id": told["id"], "source": told["source"], "text": told["text"]}
            row["columns"] = json.dumps(told["columns"], ensure_ascii=False)
            yield json.loads(flat_line(row, Assessment.from_dict(told)))


def main() -> None:
    """Write the file that the command line names."""
    from api.jobs.failures import failure_of  # with the readers, which the server does without

    child.step_back(NICENESS)
    results, target = map(Path, sys.argv[1:3])
    try:
        write(results, target)
    except Exception as error:  # said to the server, which has words for it
        child.answer({"error": failure_of(error)})
    else:
        child.answer({})


if __name__ == "__main__":
    main()
