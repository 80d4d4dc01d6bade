"""Formats and compressions, by the name of a file or, for standard input, by its first bytes."""

from pathlib import PurePath
from typing import Final, Literal

from detector.page import looks_like_html

Format = Literal["csv", "tsv", "jsonl", "parquet", "xlsx", "html", "mhtml", "warc", "txt"]
Compression = Literal["gzip", "zstd"]

SUFFIXES: Final[dict[str, Format]] = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".xlsx": "xlsx",
    ".html": "html",
    ".htm": "html",
    ".mhtml": "mhtml",
    ".mht": "mhtml",
    ".warc": "warc",
    ".txt": "txt",
}
COMPRESSIONS: Final[dict[str, Compression]] = {".gz": "gzip", ".zst": "zstd"}

_BLANK = b" \t\r\n\xef\xbb\xbf\xfe\xff"  # byte order marks, too


def format_of(path: PurePath) -> tuple[Format, Compression | None] | None:
    """What the name of a file says; none where it says nothing known."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    compression = COMPRESSIONS.get(suffixes[-1]) if suffixes else None
    if compression:
        suffixes.pop()
    known = SUFFIXES.get(suffixes[-1]) if suffixes else None
    return (known, compression) if known else None


def sniff_compression(head: bytes) -> Compression | None:
    """What the first bytes are compressed with."""
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    return "zstd" if head.startswith(b"\x28\xb5\x2f\xfd") else None


def sniff_format(head: bytes) -> Format:
    """What the first bytes are, once decompressed; a table where they are nothing else."""
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"PK\x03\x04"):
        return "xlsx"
    if head.startswith(b"WARC/"):
        return "warc"
    start = head.replace(b"\0", b"").lstrip(_BLANK)  # UTF-16 of Latin letters, without its NULs, reads as ASCII
    if start.startswith((b"{", b"[")):
        return "jsonl"
    # A table may hold HTML; a page begins with it.
    if start.startswith(b"<") and looks_like_html(start.decode("utf-8", errors="replace")):
        return "html"
    return "csv"
