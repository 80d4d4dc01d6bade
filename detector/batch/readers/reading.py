"""Inputs to rows: every source in turn, each by the reader of its format, numbered through."""

import io
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import IO, Final

from detector.batch.readers.errors import SourceBroken
from detector.batch.readers.formats import Format, format_of, sniff_compression, sniff_format
from detector.batch.readers.inputs import STANDARD_INPUT, expand
from detector.batch.readers.options import Options
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
_SNIFFED_BYTES: Final = 4_096


def read(inputs: Sequence[str], options: Options | None = None) -> Iterator[Row | Rejected]:
    """Every listing of the inputs, or why it can't be one, in the order of `expand`.

    A source that breaks gives what stands before the breach and one `Rejected`; the next source follows.

    Raises:
        InputError: the request is wrong (`errors.py`): at once for a missing file, on reaching the source for a
            missing column.
    """
    return _read(expand(inputs), options or Options())


def _read(paths: Sequence[Path], options: Options) -> Iterator[Row | Rejected]:
    count = 0
    for path in paths:
        name = os.fsencode(path).decode(errors="replace")  # a name need not be Unicode, what is written must
        source = Source(name, count)
        try:
            yield from _rows(path, source, options)
        except SourceBroken as error:
            yield source.reject(error.reason)
        except OSError as error:  # gone since, no right to read it, a disk that fails
            yield source.reject(f"unreadable: {type(error).__name__}")
        count += source.count


def _rows(path: Path, source: Source, options: Options) -> Iterator[Row | Rejected]:
    with ExitStack() as stack:
        stream = stack.enter_context(opened(path))
        if path == STANDARD_INPUT:
            form, stream = _sniffed(stream)
            packed = True
        else:
            known = format_of(path)
            if known is None:
                raise SourceBroken("unreadable: of no known format")
            form, compression = known
            packed = compression is not None
            stream = decompressed(stream, compression) if compression else stream
        file: IO[bytes] = stack.enter_context(spooled(stream)) if packed and form in _JUMPING else stream
        yield from _reader(form)(file, source, options)


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
