"""From the grown partial output to the file that was asked for; streaming, in one step at the end.

JSON lines are the partial output itself. The flat formats are made from flat records (`parts.flat_line`), whose own
columns are only known when every row was seen.
"""

import csv
import datetime
import json
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from detector.batch.journal import BatchError, sync_folder
from detector.cells import neutralised

FLAT = (
    "id",
    "source",
    "risk",
    "level",
    "typology",
    "kind",
    "reasons",
    "contacts",
    "language",
    "warnings",
    "answered_by",
    "model",
    "knowledge",
    "text",
)
SUFFIXES = (".jsonl", ".ndjson", ".csv", ".parquet", ".xlsx")
_ROWS = 2_000  # of one row group
_SHEET_ROWS = 1_048_576  # of an Excel sheet, its header included
_CELL = 32_767  # characters of an Excel cell
_EPOCH = datetime.datetime(1980, 1, 1, tzinfo=datetime.UTC).replace(tzinfo=None)


def is_flat(output: Path) -> bool:
    """Whether the output holds flat records and not `assessment/1`.

    Raises:
        BatchError: the suffix names no format.
    """
    if output.suffix.lower() not in SUFFIXES:
        raise BatchError(f"{output}: the output must end in {', '.join(SUFFIXES)}")
    return output.suffix.lower() not in (".jsonl", ".ndjson")


def finish(partial: Path, output: Path, columns: Sequence[str]) -> None:
    """Make `output` of the complete `partial` and remove that; killed in between, it can be run again.

    Raises:
        BatchError: more rows than the format can hold.
        OSError: the disk is full.
    """
    suffix = output.suffix.lower()
    if suffix in (".jsonl", ".ndjson"):
        partial.replace(output)
        sync_folder(output.parent)
        return
    header = names(columns)
    fresh = output.with_name(output.name + ".new")
    write = {".csv": _csv, ".parquet": _parquet, ".xlsx": _xlsx}[suffix]
    write(fresh, header, _records(partial, columns))
    with fresh.open("rb+") as handle:
        os.fsync(handle.fileno())
    fresh.replace(output)
    sync_folder(output.parent)
    partial.unlink()


def names(columns: Sequence[str]) -> list[str]:
    """The header: our own columns, then the source's; one of the same name gets `source.` in front."""
    header = list(FLAT)
    for column in columns:
        name = f"source.{column}" if column in FLAT else column
        while name in header:
            name += "_"
        header.append(name)
    return header


def _records(partial: Path, columns: Sequence[str]) -> Iterator[list[Any]]:
    """Values of each row in the order of the header."""
    with partial.open(encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            own = record["columns"]
            yield [record[name] for name in FLAT] + [own.get(name, "") for name in columns]


def _csv(path: Path, header: Sequence[str], rows: Iterator[list[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="", errors="backslashreplace") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow([neutralised(name) for name in header])
        for row in rows:
            writer.writerow([neutralised(value) if isinstance(value, str) else repr(value) for value in row])


def _parquet(path: Path, header: Sequence[str], rows: Iterator[list[Any]]) -> None:
    schema = pa.schema([(name, pa.float64() if name == "risk" else pa.string()) for name in header])
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        held: list[list[Any]] = []

        def flush() -> None:
            if held:
                columns = zip(*held, strict=True)
                arrays = [pa.array(values, type=kind.type) for values, kind in zip(columns, schema, strict=True)]
                writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
                held.clear()

        for row in rows:
            held.append([_utf8(value) if isinstance(value, str) else value for value in row])
            if len(held) == _ROWS:
                flush()
        flush()


def _xlsx(path: Path, header: Sequence[str], rows: Iterator[list[Any]]) -> None:
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        # Without a fixed date two runs would differ in it.
        book.set_properties({"created": _EPOCH})
        sheet = book.add_worksheet("sigap")
        for column, name in enumerate(header):
            sheet.write_string(0, column, name)
        for at, row in enumerate(rows, 1):
            if at >= _SHEET_ROWS:
                raise BatchError(f"an Excel sheet holds {_SHEET_ROWS - 1:,} rows; choose .csv or .parquet")
            for column, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(at, column, _printable(value[:_CELL]))
                else:
                    sheet.write_number(at, column, value)


def _utf8(value: str) -> str:
    """Without lone surrogates, which Arrow refuses."""
    return value.encode("utf-8", "replace").decode()


_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def _printable(value: str) -> str:
    """Without what XML can't hold."""
    return _NOT_XML.sub("", value)
