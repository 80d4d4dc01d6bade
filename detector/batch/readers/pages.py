"""Single pages and single texts: HTML, MHTML and plain text files, one or several listings in each."""

import email
import io
import re
from collections.abc import Iterator
from email.message import Message
from pathlib import Path
from typing import Final

from detector.batch.readers.options import Options
from detector.batch.readers.source import Source
from detector.batch.rows import MAX_TEXT_BYTES, Rejected, Row
from detector.encoding import decode
from detector.errors import InputError, InputTooLarge
from detector.page import MAX_PAGE_BYTES, read_page

MAX_MHTML_BYTES: Final = 33_554_432  # with its pictures
_MAX_MHTML_LINES: Final = 1_000_000  # about a second
_MAX_BOUNDARIES: Final = 20  # the parser looks for every one on every line
# Encodings that a part may name and that are none of those which are recognised.
_CHARSET: Final = re.compile("gb|big5|shift_jis|euc-|iso-8859-|windows-12|koi8|tis-620")


def read_html(stream: io.BufferedReader, source: Source, options: Options) -> Iterator[Row | Rejected]:
    """The listings of a saved page."""
    data = stream.read(MAX_PAGE_BYTES + 1)
    yield from listings(data, source, row_id=Path(source.name).name, raw=data)


def read_text(stream: io.BufferedReader, source: Source, options: Options) -> Iterator[Row | Rejected]:
    """The one text of a file."""
    data = stream.read(MAX_TEXT_BYTES + 1)
    try:
        text = decode(data, MAX_TEXT_BYTES)
    except InputError as error:
        yield source.reject("too_long" if isinstance(error, InputTooLarge) else error.code, data)
    else:
        yield source.row(text, row_id=Path(source.name).name, raw=data)


def read_mhtml(stream: io.BufferedReader, source: Source, options: Options) -> Iterator[Row | Rejected]:
    """The listings of a page that a browser saved in one file."""
    data = stream.read(MAX_MHTML_BYTES + 1)
    if len(data) > MAX_MHTML_BYTES or data.count(b"\n") > _MAX_MHTML_LINES:
        yield source.reject(InputTooLarge.code, data)
        return
    if data.lower().count(b"boundary=") > _MAX_BOUNDARIES:
        yield source.reject("unreadable_page: too many parts", data)
        return
    try:
        page = _page_of(email.message_from_bytes(data))
    except Exception as error:  # one saved page; the parser raises whatever a broken header makes it raise
        yield source.reject(f"unreadable_page: {type(error).__name__}", data)
        return
    if page is None:
        yield source.reject("unreadable_page: no HTML in it", data)
        return
    yield from listings(page, source, row_id=Path(source.name).name, raw=data)


def listings(page: str | bytes, source: Source, *, row_id: str, raw: bytes) -> Iterator[Row | Rejected]:
    """A row for each listing of a page; where they are several, `#1` and so on tells their ids apart."""
    try:
        found = read_page(page)
    except InputError as error:
        yield source.reject(error.code, raw)
        return
    except Exception as error:  # one page among millions; what broke is named
        yield source.reject(f"unreadable_page: {type(error).__name__}", raw)
        return
    for number, listing in enumerate(found, start=1):
        columns = {"title": listing.title, "url": listing.url}
        yield source.row(
            listing.text,
            row_id=f"{row_id}#{number}" if len(found) > 1 else row_id,
            columns={name: value for name, value in columns.items() if value},
            raw=raw,
        )


def _page_of(message: Message) -> str | bytes | None:
    """The first part in HTML: text where it names an encoding of its own, else bytes that may name one within."""
    for part in message.walk():
        if part.get_content_type() not in ("text/html", "application/xhtml+xml"):
            continue
        payload = part.get_payload(decode=True)
        if not isinstance(payload, bytes):
            return None
        charset = part.get_content_charset("")
        try:
            return payload.decode(charset) if _CHARSET.match(charset) else payload
        except (LookupError, UnicodeDecodeError):
            return payload
    return None
