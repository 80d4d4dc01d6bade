"""Peak memory of `sigap batch` against the number of rows: `python -m benchmarks.memory --rows 10000 100000`.

The rows are made while they are read, through a pipe, so that nothing but the batch itself can grow with them. The
first `--distinct` texts are all different and fill whatever remembers texts; after them, recent ones come again, as
scraped listings do, and are not judged anew. That makes a million rows a matter of minutes; `--distinct` above
the number of rows makes every row a new text.
"""

import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from benchmarks.listings import SOURCES, Source, repeating, texts
from benchmarks.processes import run
from benchmarks.tables import Cell, Table, parser, report
from detector.deep import MODES

LIMIT_MB = 700.0  # of one process
FLAT = 1.10  # times the memory at 100,000 rows, for any larger number
_FROM = 100_000
_HOT = 5_000  # recent texts that come again
_CHUNK = 200  # rows


def table(source: Source, counts: Sequence[int], distinct: int, mode: str, workers: int, folder: Path | None) -> Table:
    """Peaks of the parent and of each worker for each number of rows, and whether they keep the limits."""
    found: list[tuple[Cell, ...]] = []
    largest: dict[int, float] = {}
    base = texts(source)
    for count in sorted(counts):
        with tempfile.TemporaryDirectory(dir=folder) as name:
            output = Path(name) / "scored.jsonl"
            command = [sys.executable, "-m", "detector.cli", "batch", "-", "--output", str(output), "--quiet"]
            command += ["--model", mode, "--workers", str(workers)]
            done = run(command, _lines(islice(repeating(base, distinct, min(_HOT, distinct)), count)))
            size = output.stat().st_size
        peaks = done.peaks
        largest[count] = peaks.largest_mb
        children = sorted(peaks.children_mb.values(), reverse=True)[:workers]
        worst = max(children, default=None)
        found.append((count, peaks.own_mb, worst, peaks.together_mb, size / 1e6, count / done.seconds))
    return Table(
        f"Peak memory of sigap batch --model {mode} --workers {workers}, source {source!r}",
        ("rows", "parent MB", "largest worker MB", "all together MB", "output MB", "rows/s with start"),
        found,
        [
            "resident memory, what processes share counted in each; together: shared memory counted once",
            f"the first {distinct:,} texts differ, then the last {min(_HOT, distinct):,} of them repeat",
            *verdicts(largest),
        ],
    )


def verdicts(largest: dict[int, float]) -> list[str]:
    """Whether the largest process of each run keeps the limits, in words; `largest`: rows -> MB."""
    most = max(largest.values())
    told = [f"{'kept' if most <= LIMIT_MB else 'BROKEN'}: at most {LIMIT_MB:.0f} MB a process; the most was {most:.0f}"]
    base = largest.get(_FROM)
    above = [mb for rows, mb in largest.items() if rows > _FROM]
    if base is None or not above:
        return [*told, f"not measured: flat within 10 % from {_FROM:,} rows on (give {_FROM} and more to --rows)"]
    growth = max(above) / base
    return [*told, f"{'kept' if growth <= FLAT else 'BROKEN'}: flat from {_FROM:,} rows on; it grew {growth - 1:+.1%}"]


def _lines(stream: Iterator[str]) -> Iterator[bytes]:
    """The texts as JSON lines, some hundred rows at once."""
    at = 0
    while some := list(islice(stream, _CHUNK)):
        rows = (json.dumps({"id": f"row-{at + step}", "text": text}) for step, text in enumerate(some))
        yield ("\n".join(rows) + "\n").encode()
        at += len(some)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    line = parser(__doc__)
    line.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000], help="(default: 10000 100000)")
    line.add_argument("--distinct", type=int, default=50_000, help="texts that differ (default: %(default)s)")
    line.add_argument("--source", choices=SOURCES, default="ordinary", help="the texts (default: %(default)s)")
    line.add_argument("--model", choices=MODES, default="fast", help="which answer (default: %(default)s)")
    line.add_argument("--workers", type=int, default=2, help="processes that score (default: %(default)s)")
    line.add_argument("--folder", type=Path, help="where the output grows, about 1.5 KB a row (default: the system's)")
    given = line.parse_args(arguments)
    found = table(given.source, given.rows, given.distinct, given.model, given.workers, given.folder)
    report([found], given.json)


if __name__ == "__main__":
    main()
