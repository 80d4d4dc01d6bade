"""Bytes to text: UTF-8, UTF-16, UTF-32 with a mark, windows-1252. What is evidently no text is refused."""

import codecs
import re

import ftfy.bad_codecs  # noqa: F401 (registers sloppy-windows-1252, which has a character for every byte)

from detector.errors import EmptyInput, InputTooLarge, NotText

MAX_BYTES = 1_048_576

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "a PDF file"),
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\x00", "a program"),
    (b"\x1f\x8b", "gzip data"),
    (b"\x28\xb5\x2f\xfd", "Zstandard data"),
    (b"BZh", "bzip2 data"),
    (b"\xfd7zXZ\x00", "xz data"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"ID3", "an audio file"),
    (b"OggS", "an Ogg file"),
    (b"wOFF", "a font"),
)
_MARKS: tuple[tuple[bytes, str], ...] = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 4096  # bytes that decide whether UTF-16 was written without a mark
_NUL_SHARE = 0.4  # of every second byte, in UTF-16 text of Latin script
_CONTROL_SHARE = 0.02  # of all bytes, above which they are no text
_HIGH_SHARE = 0.3  # of all bytes, above which a text is not windows-1252 of a Latin script
_CONTROLS = bytes([*range(0x00, 0x09), *range(0x0E, 0x1B), *range(0x1C, 0x20), 0x7F])
_HIGH = bytes(range(0x80, 0x100))
_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def decode(data: bytes, limit: int = MAX_BYTES) -> str:
    """The text in `data`, without a byte order mark.

    Raises:
        InputTooLarge: more than `limit` bytes.
        EmptyInput: no bytes, or nothing but white space.
        NotText: a known binary format, many control bytes, or an encoding that Sigap does not read.
    """
    if len(data) > limit:
        raise InputTooLarge(len(data), limit)
    text = _decode(data)
    if not text.replace("\0", "").replace("\ufeff", "").strip():
        raise EmptyInput
    return text


def _decode(data: bytes) -> str:
    for magic, name in _MAGIC:
        # Three letters may begin an honest text; then the bytes that follow are letters, too.
        if data.startswith(magic) and (len(magic) > 4 or _count(data[:_SAMPLE], _CONTROLS)):
            raise NotText(name)
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(data, encoding)
    encoding = unmarked_utf16(data[:_SAMPLE])
    if encoding:
        return _strict(data, encoding)
    if _count(data, _CONTROLS) > max(1, _CONTROL_SHARE * len(data)):
        raise NotText("it holds many control characters")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        tail = len(data) - error.start
        cut = error.reason == "unexpected end of data" and error.start > 0
        if cut and (tail > 1 or _SEQUENCE.search(data)):  # not "café" in Latin-1, which ends in the same byte
            return data[: error.start].decode("utf-8-sig")
    sequences = _SEQUENCE.findall(data)
    stray = _count(data, _HIGH) - sum(map(len, sequences))
    if stray <= len(sequences):
        return data.decode("utf-8-sig", errors="replace")
    if _count(data, _HIGH) > max(1, _HIGH_SHARE * len(data)):
        raise NotText("its encoding is none of UTF-8, UTF-16 and windows-1252")
    return data.decode("sloppy-windows-1252")


def _strict(data: bytes, encoding: str) -> str:
    """Decode UTF-16 or UTF-32; a last character that was cut off is dropped."""
    width = 4 if encoding == "utf-32" else 2
    try:
        return data[: len(data) - len(data) % width].decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise NotText(f"it is not valid {encoding.upper()}") from error


def unmarked_utf16(sample: bytes) -> str:
    """`utf-16-le` or `utf-16-be` where every second byte is mostly NUL and the others are not; else an empty string."""
    half = len(sample) // 2
    if half < 2:
        return ""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > _NUL_SHARE * half and even < odd / 8:
        return "utf-16-le"
    if even > _NUL_SHARE * half and odd < even / 8:
        return "utf-16-be"
    return ""


def _count(data: bytes, of: bytes) -> int:
    return len(data) - len(data.translate(None, of))
