"""JSON lines: one object a line, with the names of columns as its keys."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from detector.batch.readers.columns import TEXT_NAMES, Layout, check_names, join, partial_layout
from detector.batch.readers.encodings import LineDecoder, open_text
from detector.batch.readers.errors import ColumnMissing, SourceBroken
from detector.batch.readers.lines import LongLine, read_line
from detector.batch.readers.options import Options
from detector.batch.readers.source import Source
from detector.batch.rows import Rejected, Row

_HEAD_OBJECTS: Final = 100  # without the text in any of them, a name is wrong and not the rows
_HEAD_BYTES: Final = 1_048_576
_MAX_LAYOUTS: Final = 1_024


@dataclass(frozen=True, slots=True)
class _Line:
    """A line, without its end, and the object on it, or why there is none."""

    raw: bytes
    value: dict[str, Any] | None
    reason: str = ""


def read_jsonl(stream: io.BufferedReader, source: Source, options: Options) -> Iterator[Row | Rejected]:
    """The objects of a file; each may have other keys than the one before.

    Raises:
        ColumnMissing: a named column, or any for the text, is in none of the first objects.
        SourceBroken: it is evidently no text.
    """
    text = open_text(stream)
    head, rest = _split(_lines(text.stream, text.decoder))
    _check(head, source, options)
    layouts: dict[tuple[str, ...], Layout | None] = {}
    for line in chain(head, rest):
        if line.value is None:
            yield source.reject(line.reason, line.raw)
            continue
        keys = tuple(line.value)
        if keys not in layouts:
            if len(layouts) >= _MAX_LAYOUTS:
                layouts.clear()
            layouts[keys] = partial_layout(keys, options)
        yield _row(line, list(line.value.values()), layouts[keys], source)


def _lines(stream: io.BufferedReader, decoder: LineDecoder) -> Iterator[_Line]:
    while line := read_line(stream):
        if isinstance(line, LongLine):
            yield _Line(line.start, None, f"too_long: {line.size_bytes:,} bytes")
            continue
        line = line.rstrip(b"\r\n")
        text = decoder.decode(line)
        if decoder.bad:
            yield _Line(line, None, "encoding")
        elif text and not text.isspace():
            yield _parse(line, text)


def _parse(line: bytes, text: str) -> _Line:
    try:
        value = json.loads(text)
    except RecursionError:  # the parser counts its depth; no stack overflows
        return _Line(line, None, "json: nested too deeply")
    except json.JSONDecodeError as error:
        return _Line(line, None, f"json: broken at character {error.pos:,}")
    except ValueError:  # a number with thousands of digits
        return _Line(line, None, "json: a number too long")
    if not isinstance(value, dict):
        return _Line(line, None, "json: not an object")
    return _Line(line, value)


def _split(lines: Iterator[_Line]) -> tuple[list[_Line], Iterator[_Line]]:
    """The first lines, and those behind; where reading breaks among the first, it breaks behind them."""
    head: list[_Line] = []
    size = objects = 0
    try:
        for line in lines:
            head.append(line)
            size += len(line.raw)
            objects += line.value is not None
            if objects >= _HEAD_OBJECTS or size >= _HEAD_BYTES:
                break
    except (SourceBroken, OSError) as error:
        return head, _breach(error)
    return head, lines


def _breach(error: Exception) -> Iterator[_Line]:
    yield from ()
    raise error


def _check(head: list[_Line], source: Source, options: Options) -> None:
    keys = tuple(dict.fromkeys(key for line in head if line.value is not None for key in line.value))
    if not keys:
        return
    check_names(source.name, keys, options)
    if partial_layout(keys, options) is None:
        raise ColumnMissing(source.name, TEXT_NAMES, keys)


def _row(line: _Line, values: list[Any], layout: Layout | None, source: Source) -> Row | Rejected:
    if layout is None:
        return source.reject("empty: no column with the text", line.raw)
    texts = [values[place] for place in layout.text if values[place] is not None]
    if not all(isinstance(text, str) for text in texts):
        return source.reject("not_text", line.raw)
    title = "" if layout.title is None else values[layout.title]
    try:
        columns = {name: _as_text(values[place]) for place, name in layout.others}
        row_id = "" if layout.id is None else _as_text(values[layout.id]).strip()
    except RecursionError:
        return source.reject("json: nested too deeply", line.raw)
    parts = (title, *texts) if isinstance(title, str) else texts
    return source.row(join(parts), row_id=row_id, columns=columns, raw=line.raw)


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)
