"""Parquet: the text, the title, the id and all flat columns beside them, a few rows at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import IO, Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from detector.batch.readers.columns import Layout, join, lay_out, unique
from detector.batch.readers.errors import ColumnNotText, SourceBroken
from detector.batch.readers.options import Options
from detector.batch.readers.parquet_footer import MAX_FOOTER_BYTES, MAX_ITEMS, Footer, read_footer
from detector.batch.readers.parquet_sizes import Scale, check_sizes, refuse_bomb
from detector.batch.readers.source import MAX_RECORD_BYTES, Source
from detector.batch.rows import Rejected, Row

# One text in a dictionary may stand for every row of a batch, and each gets a copy: so few rows, whatever the average.
_BATCH_ROWS: Final = 16
_BATCH_BYTES: Final = 134_217_728  # of such copies, as far as a single row has not more
_BUFFER_BYTES: Final = 1_048_576
_FREE_SHOWN_BYTES: Final = 2**30  # what all rows together may show before it is compared with the size of the file
_MAX_SHOWN_RATIO: Final = 1_000

Value = str | bytes | None  # bytes where they are no UTF-8


def read_parquet(file: IO[bytes], source: Source, options: Options) -> Iterator[Row | Rejected]:
    """The rows of a table. Columns of lists, structures and bytes are left out.

    Raises:
        ColumnMissing: a column that was named, or any for the text, is not there.
        ColumnNotText: the text column holds something else.
        SourceBroken: the file is broken, or unpacks to absurdly much.
    """
    size = file.seek(0, 2)
    footer = read_footer(file, size)
    source.expected = check_sizes(footer, size)
    try:
        table = pq.ParquetFile(
            file,
            pre_buffer=False,
            buffer_size=_BUFFER_BYTES,
            thrift_string_size_limit=MAX_FOOTER_BYTES,
            thrift_container_size_limit=MAX_ITEMS,
        )
        schema = table.schema_arrow
        given = schema.names
    except Exception as error:  # Arrow has errors of its own, and passes on those of C++ and of thrift
        raise SourceBroken(f"unreadable: {type(error).__name__}") from error
    if len(given) != len(footer.leaves) or table.num_row_groups != len(footer.groups):
        raise SourceBroken("unreadable: broken footer")
    names = unique(given)
    layout = _layout(names, schema, source, options)
    kept = sorted({*layout.text, *(place for place, _ in layout.others), *_some(layout.title), *_some(layout.id)})
    at = {place: number for number, place in enumerate(kept)}
    for columns in _batches(table, footer, {place: given[place] for place in kept}, Scale(file, size), size):
        for row in zip(*columns, strict=True):
            yield _row(row, layout, at, source)


def _layout(names: Sequence[str], schema: Any, source: Source, options: Options) -> Layout:
    """The layout without columns that have no text form."""
    layout = lay_out(source.name, names, options)
    kinds = schema.types
    for place in layout.text:
        if not _is_text(kinds[place]):
            raise ColumnNotText(source.name, names[place], str(kinds[place])[:80])
    return replace(
        layout,
        title=layout.title if layout.title is not None and _is_text(kinds[layout.title]) else None,
        id=layout.id if layout.id is not None and _is_flat(kinds[layout.id]) else None,
        others=tuple((place, name) for place, name in layout.others if _is_flat(kinds[place])),
    )


def _batches(table: Any, footer: Footer, kept: dict[int, str], scale: Scale, size: int) -> Iterator[list[list[Value]]]:
    """Columns of a few rows, in the order of `kept`. A row group is weighed before Arrow reads it."""
    names = list(kept.values())
    leaves = [footer.leaves[place] for place in kept]
    if min(leaves) < 0:
        raise SourceBroken("unreadable: broken footer")
    shown = excess = 0
    for place, group in enumerate(footer.groups):
        rows = max(1, min(_BATCH_ROWS, _BATCH_BYTES // max(scale.per_row(group, leaves), 1)))
        batches = table.iter_batches(rows, row_groups=[place], columns=names, use_threads=False)
        left = group.rows
        while True:
            try:
                batch = next(batches, None)
                if batch is None:
                    break
                if batch.schema.names != names:  # a name that is there twice, or with a dot, selects more than it says
                    raise SourceBroken("unreadable: ambiguous column names")
                cells = [_cells(column) for column in batch.columns]
                sizes = [pc.binary_length(column) for column in cells]
                excess += sum(map(_excess, sizes))
                refuse_bomb(excess, size)
                shown += sum(pc.sum(column).as_py() or 0 for column in sizes)
                if shown > _FREE_SHOWN_BYTES and shown > _MAX_SHOWN_RATIO * size:
                    raise SourceBroken(f"bomb: {shown:,} bytes of repeated cells out of {size:,}")
                columns = [_values(column) for column in cells]
            except SourceBroken:
                raise
            except Exception as error:  # see above
                raise SourceBroken(f"unreadable: {type(error).__name__}") from error
            left -= batch.num_rows
            yield columns
        if left:
            raise SourceBroken("unreadable: not as many rows as the footer says")


def _cells(column: Any) -> Any:
    """A column as bytes, since one cell that is no text must not cost the batch."""
    texts = column if _is_string(column.type) else pc.cast(column, pa.string())
    return pc.cast(texts, pa.large_binary())


def _excess(sizes: Any) -> int:
    """Bytes in cells above the limit; a small file can show one such cell in millions of rows."""
    above = pc.greater(sizes, MAX_RECORD_BYTES)
    return pc.sum(sizes.filter(above)).as_py() or 0 if pc.any(above).as_py() else 0


def _values(cells: Any) -> list[Value]:
    values: list[Value] = []
    for cell in cells.to_pylist():
        try:
            values.append(None if cell is None else cell.decode())
        except UnicodeDecodeError:
            values.append(cell)
    return values


def _row(row: Sequence[Value], layout: Layout, at: dict[int, int], source: Source) -> Row | Rejected:
    parts = [row[at[place]] for place in (*_some(layout.title), *layout.text)]
    raw = next((part for part in parts if isinstance(part, bytes)), None)
    if raw is not None:
        return source.reject("encoding", raw)
    return source.row(
        join(part for part in parts if isinstance(part, str)),
        row_id="" if layout.id is None else _shown(row[at[layout.id]]).strip(),
        columns={name: _shown(row[at[place]]) for place, name in layout.others},
    )


def _shown(value: Value) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else value or ""


def _some(place: int | None) -> tuple[int, ...]:
    return () if place is None else (place,)


def _is_string(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_text(kind: Any) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return _is_string(kind) or bool(pa.types.is_string_view(kind) or pa.types.is_null(kind))


def _is_flat(kind: Any) -> bool:
    """Whether Arrow can write such values as text."""
    tests = (
        pa.types.is_boolean,
        pa.types.is_integer,
        pa.types.is_floating,
        pa.types.is_decimal,
        pa.types.is_date,
        pa.types.is_time,
        pa.types.is_timestamp,
    )
    return _is_text(kind) or any(test(kind) for test in tests)
