"""A look at a file before it is scored: what it is, which columns it has, how its first rows read.

    python -m api.jobs.preview SOURCE      # one JSON object; see `look`

It runs as a child: what is looked at came from anybody.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from api.jobs import child
from api.jobs.folders import Folder

ROWS = 6  # that are shown
REJECTED = 3  # rows beside them that can't be read
MORE_ROWS = 200  # that are looked at for one that can be read
CELL = 400  # characters of a cell
COLUMNS = 200  # that are offered; a table with more is most likely none
TIMEOUT_S = 90.0
NICENESS = 5  # somebody waits for it
TABLES = ("csv", "tsv", "jsonl", "parquet", "xlsx")
_NOBODYS_COLUMN = "\ufffe"  # no table has it: asking for it makes a reader say which columns there are


@dataclass(frozen=True, slots=True)
class Sample:
    """A row as it stands in the file: `cells` in the order of the columns; of a page, its title and text.

    A row that can't be read has a `reason` and shows its bytes.
    """

    number: int
    cells: tuple[str, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What was found. `text`, `title` and `id` are columns, recognised by their names; none in a page or a text.

    `error` is a code where the file can't be scored as it is: see `job_error` in the catalog.
    """

    form: str
    compression: str = ""
    encoding: str = ""
    delimiter: str = ""
    columns: tuple[str, ...] = ()
    columns_left: int = 0
    text: tuple[str, ...] = ()
    title: str | None = None
    id: str | None = None
    rows: tuple[Sample, ...] = ()
    error: str = ""

    @property
    def is_table(self) -> bool:
        """Whether its columns have to be assigned."""
        return self.form in TABLES

    @property
    def chosen(self) -> tuple[str, ...]:
        """The columns whose words are scored, if nobody says otherwise."""
        return (*((self.title,) if self.title else ()), *self.text)

    @classmethod
    def of(cls, stored: dict[str, Any]) -> "Preview":
        """From JSON."""
        rows = tuple(Sample(row["number"], tuple(row["cells"]), row["reason"]) for row in stored.get("rows", ()))
        tuples = {name: tuple(stored.get(name, ())) for name in ("columns", "text")}
        return cls(**{**stored, **tuples, "rows": rows})


def preview_of(folder: Folder) -> Preview:
    """Look at the file of a job, in a child.

    A child that fails is an answer, too: nothing more is known of the file than that it brought a reader down.
    """
    try:
        source = folder.source
    except FileNotFoundError:
        return Preview("txt", error="file_missing")
    try:
        return Preview.of(child.ask("api.jobs.preview", str(source), timeout_s=TIMEOUT_S))
    except child.ChildFailed as error:
        return Preview(_form(source), error="too_slow" if error.reason == "timeout" else "unreadable")


def look(path: Path) -> Preview:
    """Look at a file, in this process."""
    form, compression = _form(path), path.suffix.lower().lstrip(".") if path.suffix.lower() in (".gz", ".zst") else ""
    bare = Preview(form, compression)
    if path.stat().st_size == 0:
        return replace(bare, error="empty_file")
    if form == "xlsx" and (error := _locked(path)):
        return replace(bare, error=error)
    found = _table(path, bare) if form in TABLES else _pages(path, bare)
    if found.error or any(not row.reason for row in found.rows):
        return found
    reason = found.rows[0].reason.partition(":")[0] if found.rows else ""
    return replace(found, error=f"broken_file: {reason}" if reason else "empty_file")


def _form(path: Path) -> str:
    suffixes = [suffix.lstrip(".").lower() for suffix in path.suffixes]
    last = next(suffix for suffix in reversed(suffixes) if suffix not in ("gz", "zst"))
    return {"ndjson": "jsonl", "htm": "html", "mht": "mhtml"}.get(last, last)


def _locked(path: Path) -> str:
    """Why a workbook isn't one: it has a password, or is of the time before 2007."""
    with path.open("rb") as file:
        head = file.read(1 << 20)
        file.seek(max(0, path.stat().st_size - (1 << 20)))
        both = head + file.read()
    if not head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return ""
    return "encrypted" if "EncryptedPackage".encode("utf-16-le") in both else "old_workbook"


def _table(path: Path, bare: Preview) -> Preview:
    """Columns, those with a meaning, and the first rows as they stand."""
    from detector.batch.readers import ColumnMissing, ColumnNotText
    from detector.batch.readers import Options as Reading
    from detector.batch.readers.columns import lay_out

    names: tuple[str, ...] = ()
    rejected: list[Sample] = []
    try:
        rejected = list(_samples(path, Reading(text_columns=(_NOBODYS_COLUMN,)), ()))
    except ColumnMissing as missing:
        names = missing.columns
    if not names:
        return replace(bare, rows=tuple(rejected))
    found = replace(_written(path, bare), columns=names[:COLUMNS], columns_left=max(0, len(names) - COLUMNS))
    try:
        layout = lay_out("", names, Reading())
    except ColumnMissing:
        pass  # whoever looks at the page says which
    else:
        found = replace(
            found,
            text=tuple(names[at] for at in layout.text),
            title=None if layout.title is None else names[layout.title],
            id=None if layout.id is None else names[layout.id],
        )
    rows: list[Sample] = []
    for name in (*found.text, *names[:COLUMNS]):  # any column of text shows the cells of all others
        try:
            rows = list(_samples(path, Reading(text_columns=(name,)), found.columns, found.id))
        except ColumnNotText:
            continue
        if any(not row.reason for row in rows):
            break
    return replace(found, rows=tuple(rows))


def _pages(path: Path, bare: Preview) -> Preview:
    from detector.batch.readers import Options as Reading

    return replace(bare, rows=tuple(_samples(path, Reading(), ())))


def _samples(path: Path, reading: Any, columns: Sequence[str], id_column: str | None = None) -> Iterator[Sample]:
    """The first rows, then rejected ones among them: cells in the order of `columns`, or title and text of a page."""
    from detector.batch.readers import read
    from detector.batch.rows import Row

    held: list[Sample] = []
    shown = 0
    for item in islice(read([str(path)], reading), MORE_ROWS):
        if not isinstance(item, Row):
            held.append(Sample(item.number, (_cut(item.raw.decode("utf-8", "replace")),), item.reason))
            continue
        if columns:
            given = {reading.text_columns[0]: item.text, **item.columns}
            cells = tuple(given.get(name, item.id if name == id_column else "") for name in columns)
        else:
            cells = (item.columns.get("title", "") or item.id, item.text)
        yield Sample(item.number, tuple(_cut(cell) for cell in cells))
        shown += 1
        if shown == ROWS:
            break
    yield from held[:REJECTED]


def _written(path: Path, bare: Preview) -> Preview:
    """With how the text is written down: encoding, and what stands between two cells."""
    if bare.form not in ("csv", "tsv", "jsonl"):
        return bare
    from detector.batch.readers import Options as Reading
    from detector.batch.readers.delimited import find_delimiter
    from detector.batch.readers.encodings import HEAD_BYTES, open_text
    from detector.batch.readers.formats import COMPRESSIONS
    from detector.batch.readers.streams import decompressed, opened, split_head

    compression = COMPRESSIONS.get(f".{bare.compression}")
    with opened(path) as file:
        head, stream = split_head(decompressed(file, compression) if compression else file, HEAD_BYTES)
        text = open_text(stream)
    bare = replace(bare, encoding=_encoding(head, text.head))
    if bare.form == "jsonl":
        return bare
    hint = text.head[:5].lower()
    named = hint[4:] if hint.startswith("sep=") else ""
    return replace(bare, delimiter=named or find_delimiter(text.head, Reading(), is_whole=text.is_whole))


def _encoding(head: bytes, text: str) -> str:
    """The name of the encoding in which `head` reads as `text`."""
    for mark, name in ((b"\xff\xfe\0\0", "UTF-32"), (b"\0\0\xfe\xff", "UTF-32"), (b"\xff\xfe", "UTF-16"),
                       (b"\xfe\xff", "UTF-16")):  # fmt: skip
        if head.startswith(mark):
            return name
    if head.isascii():
        return "UTF-16" if head.count(0) > len(head) // 4 else "ASCII"
    as_utf8 = head.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    # A head is cut anywhere; what it ends with says nothing.
    if as_utf8[:-8] == text[: len(as_utf8) - 8]:
        return "UTF-8"
    return "Windows-1252" if "\0" not in as_utf8 else "UTF-16"


def _cut(cell: str) -> str:
    return cell if len(cell) <= CELL else cell[:CELL] + "…"


def main() -> None:
    """Look at the file that the command line names."""
    child.step_back(NICENESS)
    child.answer(asdict(look(Path(sys.argv[1]))))


if __name__ == "__main__":
    main()
