"""Inputs to rows: every source in turn, each by the reader of its format, numbered through."""

import io
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import IO, Final

from detector.batch.readers.errors import ColumnMissing, ColumnNotText, SourceBroken
from detector.batch.readers.formats import Format, format_of, sniff_compression, sniff_format
from detector.batch.readers.inputs import STANDARD_INPUT, Input, expand
from detector.batch.readers.options import Options
from detector.batch.readers.remote import Remote
from detector.batch.readers.source import Source
from detector.batch.readers.streams import decompressed, opened, split_head, spooled
from detector.batch.rows import Rejected, Row

Reader = Callable[[IO[bytes], Source, Options], Iterator[Row | Rejected]]

# Module and function; a module is loaded when such a file is read: pyarrow alone takes longer to load than most files.
_READERS: Final[dict[Format, tuple[str, str]]] = {
    "csv": ("delimited", "read_csv"),
    "tsv": ("delimited", "read_csv"),
    "jsonl": ("json_lines", "read_jsonl"),
    "parquet": ("parquet", "read_parquet"),
    "xlsx": ("xlsx", "read_xlsx"),
    "html": ("pages", "read_html"),
    "mhtml": ("pages", "read_mhtml"),
    "txt": ("pages", "read_text"),
    "warc": ("warc", "read_warc"),
}
_JUMPING: Final = ("parquet", "xlsx")  # formats whose directory is at the end of the file
_TABLES: Final = ("csv", "tsv", "jsonl", *_JUMPING)  # formats with columns
_MAX_HELD: Final = 1_000
_SNIFFED_BYTES: Final = 4_096


def read(
    inputs: Sequence[str], options: Options | None = None, without: Sequence[Path] = ()
) -> Iterator[Row | Rejected]:
    """Every listing of the inputs, or why it can't be one, in the order of `expand`.

    A source that breaks gives what stands before the breach and one `Rejected`; the next source follows.

    Raises:
        InputError: the request is wrong (`errors.py`): at once for a missing file, later where no file has the columns.
    """
    return iter(Reading(expand(inputs, without), options or Options()))


class Reading:
    """Files being read: an iterable, once, over their rows and rejects that knows how far it has come.

    A file without the columns that are needed is one `Rejected`. Where that goes for all files, iterating raises the
    error instead, and has given no row before.
    """

    def __init__(self, paths: Sequence[Input], options: Options) -> None:
        self._paths = paths
        self._options = options
        self._sizes = [_size(path) for path in paths]
        self._total = None if STANDARD_INPUT in paths else sum(self._sizes)
        self._place = self._before = 0
        self._source = Source("")
        self._position: Callable[[], int] | None = None  # in the file that is being read, as it is stored
        self._lacking: list[ColumnMissing | ColumnNotText] = []
        self._has_columns = False  # whether some file gave what was needed

    @property
    def share(self) -> float | None:
        """The share that was read: in bytes of files, within a file in rows where it says how many it has.

        None where standard input is read, whose end nobody knows.
        """
        if not self._total:
            return None
        size = self._sizes[self._place] if self._place < len(self._sizes) else 0
        if self._source.expected:
            here = size * min(1.0, self._source.count / self._source.expected)
        else:
            here = float(min(size, self._position())) if self._position else 0.0
        return min(1.0, (self._before + here) / self._total)

    def __iter__(self) -> Iterator[Row | Rejected]:
        held: list[Rejected] = []  # nothing is given before a file had the columns, or all had none
        for item in self._items():
            if isinstance(item, Rejected) and not self._has_columns and len(held) < _MAX_HELD:
                held.append(item)
                continue
            yield from held
            held.clear()
            yield item
        if self._lacking and not self._has_columns:
            raise _of_all(self._lacking)
        yield from held

    def _items(self) -> Iterator[Row | Rejected]:
        count = 0
        for path, size in zip(self._paths, self._sizes, strict=True):
            # A name need not be Unicode, what is written must.
            name = os.fsencode(str(path)).decode(errors="replace")
            self._source = source = Source(name, count)
            try:
                yield from self._rows(path, source)
            except SourceBroken as error:
                yield source.reject(error.reason)
            except (ColumnMissing, ColumnNotText) as error:
                self._lacking.append(error)
                yield source.reject(f"no_{error.role}_column: {error}")
            except OSError as error:  # gone since, no right to read it, a disk that fails
                yield source.reject(f"unreadable: {type(error).__name__}")
            finally:
                self._position = None
            count += source.count
            self._before += size
            self._place += 1
            self._source = Source("")

    def _rows(self, path: Input, source: Source) -> Iterator[Row | Rejected]:
        with ExitStack() as stack:
            stream = stack.enter_context(path.opened() if isinstance(path, Remote) else opened(path))
            raw = stream.raw
            if path == STANDARD_INPUT:
                form, stream = _sniffed(stream)
                packed = True
            else:
                known = format_of(path.name if isinstance(path, Remote) else path)
                if known is None:
                    raise SourceBroken("unreadable: of no known format")
                form, compression = known
                # Over a network, every jump would be a request.
                packed = compression is not None or isinstance(path, Remote)
                stream = decompressed(stream, compression) if compression else stream
                self._position = None if form in _JUMPING else raw.tell
            file: IO[bytes] = stack.enter_context(spooled(stream)) if packed and form in _JUMPING else stream
            for item in _reader(form)(file, source, self._options):
                self._has_columns |= form in _TABLES or isinstance(item, Row)
                yield item


def _size(path: Input) -> int:
    try:
        return path.stat().st_size if path != STANDARD_INPUT else 0
    except OSError:
        return 0


def _of_all(lacking: Sequence[ColumnMissing | ColumnNotText]) -> ColumnMissing | ColumnNotText:
    """The error of the first file; where others lack columns, too, it says how many."""
    first = lacking[0]
    if isinstance(first, ColumnNotText) or len(lacking) == 1:
        return first
    return ColumnMissing(first.source, first.wanted, first.columns, first.role, len(lacking) - 1)


def _sniffed(stream: io.BufferedReader) -> tuple[Format, io.BufferedReader]:
    """The format of standard input and the stream, decompressed where it was compressed."""
    head, stream = split_head(stream, _SNIFFED_BYTES)
    compression = sniff_compression(head)
    if compression:
        head, stream = split_head(decompressed(stream, compression), _SNIFFED_BYTES)
    return sniff_format(head), stream


def _reader(form: Format) -> Reader:
    module, name = _READERS[form]
    reader: Reader = getattr(import_module(f"detector.batch.readers.{module}"), name)
    return reader
