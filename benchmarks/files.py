"""A CSV file of listings through `sigap batch` into JSON lines, end to end: `python -m benchmarks.files`.

By mode and number of workers, on texts that are all different. Each run is a process of its own, as people start it;
what starting takes (measured on a file of one row) is told apart from the rate.
"""

import csv
import sys
import tempfile
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from benchmarks.listings import SOURCES, Source, endless, texts
from benchmarks.processes import Run, run
from benchmarks.tables import Cell, Table, parser, report
from detector.deep import MODES

_STARTS = 2


def table(source: Source, rows: int, modes: Sequence[str], workers: Sequence[int], explain_from: str) -> Table:
    """Rows a second for each mode and number of workers."""
    found: list[tuple[Cell, ...]] = []
    first: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        one, many = folder / "one.csv", folder / "many.csv"
        size = _write(one, source, 1) and _write(many, source, rows)
        for mode in modes:
            for count in workers:
                options = ["--model", mode, "--workers", str(count), "--explain-from", explain_from]
                start = min((_batch(one, folder, options) for _ in range(_STARTS)), key=lambda run: run.seconds)
                whole = _batch(many, folder, options)
                rate = rows / max(whole.seconds - start.seconds, 1e-9)
                busy = rows / max(whole.processor_s - start.processor_s, 1e-9)
                gain = rate / first.setdefault(mode, rate)
                row = (rate, gain, busy, rows / whole.seconds, start.seconds, whole.peaks.largest_mb)
                found.append((f"{mode}, {count} {'worker' if count == 1 else 'workers'}", *row))
    return Table(
        f"CSV to JSON lines, source {source!r}",
        ("run", "rows/s", "x first", "rows/processor s", "rows/s with start", "start s", "largest process MB"),
        found,
        [
            f"{rows:,} different rows, {size / 1e6:.1f} MB; reasons from {explain_from}; "
            "rows/s: after the start, with all reading, writing and syncing"
        ],
    )


def _write(path: Path, source: Source, rows: int) -> int:
    with path.open("w", encoding="utf-8", newline="", errors="replace") as handle:
        writer = csv.writer(handle)
        writer.writerow(["id", "text"])
        for at, text in enumerate(islice(endless(texts(source)), rows)):
            writer.writerow([f"row-{at}", text])
    return path.stat().st_size


def _batch(source: Path, folder: Path, options: Sequence[str]) -> Run:
    output = folder / "scored.jsonl"
    command = [sys.executable, "-m", "detector.cli", "batch", str(source), "--output", str(output), "--quiet"]
    return run([*command, "--overwrite", *options])


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    line = parser(__doc__)
    line.add_argument("--source", choices=SOURCES, nargs="+", default=list(SOURCES), help="the texts (default: both)")
    line.add_argument("--rows", type=int, default=4_000, help="of the file (default: %(default)s)")
    line.add_argument("--workers", type=int, nargs="+", default=[1, 2], help="processes that score (default: 1 2)")
    line.add_argument(
        "--model", choices=MODES, nargs="+", default=["fast", "auto"], help="answers (default: fast auto)"
    )
    line.add_argument("--explain-from", default="elevated", help="as in `sigap batch` (default: %(default)s)")
    given = line.parse_args(arguments)
    found = [table(source, given.rows, given.model, given.workers, given.explain_from) for source in given.source]
    report(found, given.json)


if __name__ == "__main__":
    main()
