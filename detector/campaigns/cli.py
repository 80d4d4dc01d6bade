"""`sigap campaigns`."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from detector.errors import SigapError
from detector.knowledge.loader import load as load_knowledge

try:
    from detector.batch.readers import Options as ReaderOptions
    from detector.batch.readers import parse_columns, read
    from detector.batch.rows import Rejected, Row
    from detector.campaigns import Clustering, Listing, cluster, contacts_of, write_csv, write_html, write_jsonl
    from detector.entities import EntityExtractor
except ImportError as missing:  # said as an install line, when the command is called
    _MISSING: ImportError | None = missing
else:
    _MISSING = None

_DATES = ("date", "tanggal", "posted", "posted_at", "date_posted", "dateposted", "published", "created_at", "time")
_WRITERS = (".jsonl", ".csv", ".html")


@click.command()
@click.argument("inputs", nargs=-1, required=True)
@click.option(
    "--output",
    "outputs",
    required=True,
    multiple=True,
    type=click.Path(path_type=Path),
    help=".jsonl, .csv or .html; may be given for each.",
)
@click.option("--text-column", "text_columns", multiple=True, help="Column of the text; several are joined, as a+b.")
@click.option("--id-column", help="Column of the id; found by name where not given.")
@click.option("--date-column", help="Column of the day an ad was seen; found by name where not given.")
def campaigns(
    inputs: tuple[str, ...],
    outputs: tuple[Path, ...],
    text_columns: tuple[str, ...],
    id_column: str | None,
    date_column: str | None,
) -> None:
    """Group near-duplicate listings and listings that share contacts.

    INPUTS are what `sigap batch` reads, or what it wrote as .csv, .parquet or .xlsx: then campaigns have a risk, too.
    """
    if _MISSING is not None:
        raise click.ClickException(f"{_MISSING}: pip install 'sigap[batch]'")
    for output in outputs:
        if output.suffix not in _WRITERS:
            raise click.UsageError(f"{output}: the output must end in {', '.join(_WRITERS)}")
    rejected: list[str] = []
    try:
        options = ReaderOptions(text_columns=parse_columns(text_columns), id_column=id_column)
        found = cluster(_listings(read(inputs, options, outputs), date_column, rejected))
        for output in outputs:
            output.parent.mkdir(parents=True, exist_ok=True)
            {".jsonl": write_jsonl, ".csv": write_csv, ".html": write_html}[output.suffix](found, output)
    except SigapError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"{error.filename or outputs[0]}: {error.strerror or error}") from error
    click.echo(_told(found, len(rejected)))
    for line in rejected[:5]:
        click.echo(line, err=True)


def _listings(items: Iterable["Row | Rejected"], date_column: str | None, rejected: list[str]) -> Iterator["Listing"]:
    """Rows as listings; what can't be read is counted and left out."""
    extractor = EntityExtractor(load_knowledge())
    for item in items:
        if not isinstance(item, Row):
            rejected.append(f"{item.source}: row {item.number}: {item.reason}")
            continue
        columns = {name.lower(): value for name, value in item.columns.items()}
        names = (date_column.lower(),) if date_column else _DATES
        yield Listing(
            id=item.id,
            text=item.text,
            contacts=contacts_of(item.text, extractor),
            risk=_number(columns.get("risk")),
            typologies=tuple(filter(None, [columns.get("typology")])) if columns.get("level", "low") != "low" else (),
            date=next((columns[name] for name in names if columns.get(name)), None),
            source=item.source,
        )


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None


def _told(found: "Clustering", rejected: int) -> str:
    grouped = sum(campaign.size for campaign in found.campaigns)
    return (
        f"{len(found.campaigns):,} campaigns of {grouped:,} listings, {len(found.singles):,} listings alone, "
        f"{len(found.hubs):,} contacts left out as hubs, {rejected:,} rows rejected"
    )
