"""Lists out of files: CSV or XLSX, with the columns that offices use in either language.

A folder holds the files and `lists.yaml`, which says of each what it is:

    - {file: p3mi.csv, kind: p3mi, as_of: 2026-11-01, origin: "Daftar P3MI, KP2MI"}
"""

import datetime
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from detector.batch.readers import ColumnMissing, Options, read
from detector.batch.rows import Rejected, Row
from detector.knowledge.loader import load
from detector.lists.office_list import KINDS, Entry, Kind, ListError, OfficeList

INDEX = "lists.yaml"
MOST_ENTRIES = 500_000
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
# What each column of a kind may be called, first the name used here; the first column of each kind must be there.
COLUMNS: Mapping[Kind, Mapping[str, tuple[str, ...]]] = {
    "p3mi": {
        "name": ("name", "nama", "nama_p3mi", "p3mi", "perusahaan", "nama_perusahaan", "company"),
        "licence": ("licence", "license", "sip3mi", "nomor_sip3mi", "no_sip3mi", "nomor_izin", "izin"),
        "valid_until": ("valid_until", "berlaku_sampai", "masa_berlaku", "expires"),
        "status": ("status", "keterangan"),
    },
    "job_orders": {
        "name": ("company", "p3mi", "nama_p3mi", "perusahaan", "name", "nama"),
        "country": ("country", "negara", "negara_penempatan", "destination"),
        "position": ("position", "jabatan", "pekerjaan", "job"),
        "valid_until": ("valid_until", "berlaku_sampai", "masa_berlaku", "expires"),
    },
    "domains": {
        "name": ("employer", "perusahaan", "company", "name", "nama", "instansi"),
        "domain": ("domain", "situs", "website", "alamat"),
    },
    "watched": {
        "name": ("value", "nilai", "kontak", "contact", "nomor"),
        "type": ("type", "jenis", "tipe"),
        "note": ("note", "catatan", "keterangan"),
    },
}
_NEEDED_TOO: Mapping[Kind, tuple[str, ...]] = {
    "p3mi": (),
    "job_orders": ("country",),
    "domains": ("domain",),
    "watched": (),
}


def read_folder(folder: Path) -> tuple[OfficeList, ...]:
    """The lists that `lists.yaml` in `folder` names.

    Raises:
        ListError: naming the file and what is wrong with it.
    """
    try:
        index = yaml.safe_load((folder / INDEX).read_text(encoding="utf-8"))
    except OSError as error:
        raise ListError(INDEX, "can't be read; it says what each list is") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ListError(INDEX, "is no YAML") from error
    if not isinstance(index, list):
        raise ListError(INDEX, "must be a list of {file, kind, as_of, origin}")
    return tuple(_named(folder, one) for one in index)


def read_file(path: Path, kind: str, as_of: str, origin: str, name: str | None = None) -> OfficeList:
    """One list out of a CSV or XLSX file; `name` is what errors call it.

    Raises:
        ListError: the kind or date is none, a needed column is missing, or a row can't be read.
    """
    called = name or path.name
    if kind not in KINDS:
        raise ListError(called, f"kind must be one of {', '.join(KINDS)}")
    if not _DAY.match(as_of) or not _is_day(as_of):
        raise ListError(called, "as_of must be a date such as 2026-11-01")
    if not origin.strip():
        raise ListError(called, "origin must say where the list comes from")
    entries = tuple(_entries(path, kind, called))
    if not entries:
        raise ListError(called, "holds no entry")
    return OfficeList(kind, as_of, origin.strip(), entries)


def _named(folder: Path, one: Any) -> OfficeList:
    keys = ("file", "kind", "as_of", "origin")
    if not isinstance(one, dict) or any(key not in one for key in keys):
        raise ListError(INDEX, "each entry needs file, kind, as_of and origin")
    file = str(one["file"])
    if Path(file).name != file:
        raise ListError(INDEX, f"{file!r} must be a file of this folder")
    return read_file(folder / file, str(one["kind"]), str(one["as_of"]), str(one["origin"]))


def _entries(path: Path, kind: Kind, called: str) -> Iterator[Entry]:
    """Rows come through the batch readers: encodings, delimiters, broken cells and bombs are their business."""
    columns: dict[str, str] = {}
    for number, row in enumerate(_rows(path, kind, called), start=1):
        if number > MOST_ENTRIES:
            raise ListError(called, f"has more than {MOST_ENTRIES:,} rows")
        if isinstance(row, Rejected):
            raise ListError(called, f"row {row.number}: {row.reason}")
        cells = {_plain(key): value.strip() for key, value in row.columns.items()}
        if not columns:
            columns = _recognised(cells, kind, called)
        data = {ours: cells.get(theirs, "") for ours, theirs in columns.items()}
        name = row.text.strip()
        if kind == "job_orders":
            data["country"] = _country(data["country"], called, row.number)
        yield Entry(name[:300], {key: value[:500] for key, value in data.items() if value})


def _rows(path: Path, kind: Kind, called: str) -> Iterator[Row | Rejected]:
    if path.suffix.lower() not in (".csv", ".tsv", ".xlsx"):
        raise ListError(called, "must be .csv, .tsv or .xlsx")
    if not path.is_file():
        raise ListError(called, "is missing")
    names = COLUMNS[kind]["name"]
    try:
        yield from read([str(path)], Options(text_columns=(names[0],)))
    except ColumnMissing as error:
        other = next((name for wanted in names for name in error.columns if _plain(name) == wanted), None)
        if other is None:
            raise ListError(called, f"no column is called {' or '.join(names[:3])}") from error
        yield from read([str(path)], Options(text_columns=(other,)))


def _recognised(cells: Mapping[str, str], kind: Kind, called: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for ours, names in COLUMNS[kind].items():
        if ours == "name":  # the reader gave it as the text of the row
            continue
        theirs = next((name for name in names if name in cells and name not in found.values()), None)
        if theirs is not None:
            found[ours] = theirs
    missing = [name for name in _NEEDED_TOO[kind] if name not in found]
    if missing:
        raise ListError(called, f"no column is called {' or '.join(COLUMNS[kind][missing[0]][:3])}")
    return found


def _plain(name: str) -> str:
    return re.sub(r"[^0-9a-z]+", "_", name.lower()).strip("_")


def _country(name: str, called: str, number: int) -> str:
    wanted = name.strip().lower()
    for place in load().destinations:
        if wanted in (
            place.iso2.lower(),
            place.name.id.lower(),
            place.name.en.lower(),
            *map(str.lower, place.spellings),
        ):
            return place.iso2
    raise ListError(called, f"row {number}: no country is called {name[:40]!r}")


def _is_day(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True
