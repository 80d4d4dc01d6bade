"""`sigap batch`."""

import sys
import time
from pathlib import Path
from typing import Any, Literal

import click

from detector.assessment import LEVELS, Level
from detector.deep import MODES, Mode
from detector.errors import SigapError

try:
    from detector.batch.journal import Progress
    from detector.batch.readers import Options as ReaderOptions
    from detector.batch.readers import parse_columns
    from detector.batch.run import Job, Summary, checked_shard, run
except ImportError as missing:  # said as an install line, when the command is called
    _MISSING: ImportError | None = missing
else:
    _MISSING = None

STRICT_EXIT = 3
_EVERY = 0.5  # seconds between two drawings of the progress line
_EVERY_PLAIN = 30.0  # where the output is no terminal


class Watch:
    """A progress line on standard error: rows, rows a second, share, time left, alerts and rejects.

    Where standard error is no terminal, it is a plain line now and then. Rate and time left are those of this run, from
    its first part on: what an earlier one did is passed over quickly.
    """

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._drawn = bool(sys.stderr.isatty())
        self._last = time.monotonic()
        self._first: tuple[float, int, float | None] | None = None  # time, items and share at the first part

    def __call__(self, progress: "Progress") -> None:
        """See the progress after a part."""
        now = time.monotonic()
        if self._first is None:
            self._first = now, progress.items, progress.share
        if self._quiet or now - self._last < (_EVERY if self._drawn else _EVERY_PLAIN):
            return
        self._last = now
        start, items, share = self._first
        rate = (progress.items - items) / (now - start) if now > start else 0.0
        alerts = sum(n for level, n in progress.levels.items() if level != "low")
        told = [f"{progress.items:,} rows", f"{rate:,.0f} rows/s"]
        if progress.share is not None:
            told.append(f"{progress.share:.0%}")
            if share is not None and progress.share > share:
                told.append(f"{_time((now - start) * (1 - progress.share) / (progress.share - share))} left")
        line = "  ".join([*told, f"{alerts:,} alerts", f"{progress.rejected:,} rejects"])
        click.echo(f"\r{line}\x1b[K" if self._drawn else line, err=True, nl=not self._drawn)

    def close(self) -> None:
        """End the line that was drawn."""
        if self._drawn and not self._quiet:
            click.echo("\r\x1b[K", err=True, nl=False)


def _time(seconds: float) -> str:
    """A time as people say it: `40 s`, `12 min`, `3 h 20 min`."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60:,} h {minutes % 60} min"


@click.command()
@click.argument("inputs", nargs=-1, required=True)
@click.option("--output", required=True, type=click.Path(path_type=Path), help=".jsonl, .csv, .parquet or .xlsx")
@click.option("--text-column", "text_columns", multiple=True, help="Column of the text; several are joined, as a+b.")
@click.option("--id-column", help="Column of the id; found by name, or the row's number, where not given.")
@click.option("--model", "mode", type=click.Choice(MODES), default="auto", show_default=True, help="Which answer.")
@click.option("--bundle", type=click.Path(path_type=Path, exists=True), help="Bundle folder; default the released one.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 256), help="Processes that score.")
@click.option("--engine", type=click.Choice(["local", "ray"]), default="local", show_default=True, help="Who scores.")
@click.option("--shard", default="1/1", show_default=True, help="I/N: every N-th part, for the I-th of N machines.")
@click.option(
    "--explain-from",
    type=click.Choice(LEVELS),
    default="elevated",
    show_default=True,
    help="Give reasons for rows of this level or a higher one.",
)
@click.option("--part-rows", default=500, hidden=True, type=click.IntRange(1, 100_000))
@click.option("--strict", is_flag=True, help=f"Exit with {STRICT_EXIT} when a row was rejected.")
@click.option("--overwrite", is_flag=True, help="Replace an output, or drop an unfinished run, of the same name.")
@click.option("--quiet", is_flag=True, help="Say nothing but errors.")
def batch(
    inputs: tuple[str, ...],
    output: Path,
    text_columns: tuple[str, ...],
    id_column: str | None,
    mode: Mode,
    bundle: Path | None,
    workers: int,
    engine: Literal["local", "ray"],
    shard: str,
    explain_from: Level,
    part_rows: int,
    strict: bool,
    overwrite: bool,
    quiet: bool,
) -> None:
    """Score files of listings.

    INPUTS are files, folders, globs or -: csv, tsv, jsonl, parquet, xlsx, html, mhtml, warc, each also as .gz or .zst.

    Rows that can't be read go to OUTPUT.rejects.jsonl; killed at any moment, the same command goes on.
    """
    if _MISSING is not None:
        raise click.ClickException(f"{_MISSING}: pip install 'sigap[batch]'")
    watch = Watch(quiet)
    try:
        job = Job(
            inputs=inputs,
            output=output,
            reading=ReaderOptions(text_columns=parse_columns(text_columns), id_column=id_column),
            mode=mode,
            workers=workers,
            engine=engine,
            shard=checked_shard(shard),
            explain_from=explain_from,
            bundle=bundle,
            overwrite=overwrite,
            part_rows=part_rows,
        )
        summary = run(job, watch)
    except SigapError as error:
        watch.close()
        raise click.ClickException(str(error)) from error
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    except OSError as error:
        watch.close()
        raise click.ClickException(
            f"{error.filename or output}: {error.strerror or error}; what was scored is safe, the same command goes on"
        ) from error
    watch.close()
    if not quiet:
        click.echo(_told(output, summary))
    if strict and summary.rejected:
        raise SystemExit(STRICT_EXIT)


def _told(output: Path, summary: "Summary") -> str:
    levels: dict[str, Any] = {level: summary.levels.get(level, 0) for level in LEVELS}
    told = f"{summary.rows:,} rows = {summary.scored:,} scored + {summary.rejected:,} rejected"
    return f"{told}; " + ", ".join(f"{n:,} {level}" for level, n in levels.items()) + f"; {output}"
