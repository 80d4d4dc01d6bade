"""Bytes that people really send: which are text, and which are refused and why."""

import random

import pytest

from detector.encoding import decode
from detector.errors import EmptyInput, InputTooLarge, NotText

TEXT = "Loker café “admin”, gaji 5jt"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "windows-1252"]
)
def test_encodings_that_are_read(encoding: str) -> None:
    assert decode(TEXT.encode(encoding)) == TEXT


@pytest.mark.parametrize(
    ("data", "text", "why"),
    [
        ("Gaji café".encode("latin-1"), "Gaji café", "Latin-1 that ends in the lead byte of a UTF-8 character"),
        ("café 🔥".encode()[:-1], "café ", "cut inside a character"),
        ("café 🔥 à la carte".encode() + b"\xff!", "café 🔥 à la carte\ufffd!", "one stray byte in UTF-8"),
        (b"ga\x00ji kerja di rumah", "ga\x00ji kerja di rumah", "one NUL makes no binary file"),
        (b"\x80 900", "€ 900", "the euro sign of windows-1252"),
        ("招聘客服".encode(), "招聘客服", "UTF-8 without any ASCII"),
        (b"BZh itu apa? ID3 orang, PAR1, MZ", "BZh itu apa? ID3 orang, PAR1, MZ", "letters of magic numbers in a text"),
    ],
)
def test_odd_but_text(data: bytes, text: str, why: str) -> None:
    assert decode(data) == text, why


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"%PDF-1.7\n%abc", "PDF"),
        (b"PK\x03\x04\x14\x00\x06\x00", "ZIP"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "PNG"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "JPEG"),
        (b"\x7fELF\x02\x01\x01\x00", "program"),
        (b"\x1f\x8b\x08\x00\x00", "gzip"),
        (b"\x00" * 64, "control"),
        (random.Random(3).randbytes(512), "control"),
        ("Работа в Бангкоке".encode("windows-1251"), "encoding"),
        ("招聘客服包吃住".encode("gbk"), "encoding"),
        (b"\xff\xfe\x00\xd8\x00\x00", "UTF-16"),
    ],
)
def test_refused(data: bytes, reason: str) -> None:
    with pytest.raises(NotText, match=reason):
        decode(data)


@pytest.mark.parametrize("data", [b"", b" \r\n\t", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_empty(data: bytes) -> None:
    with pytest.raises(EmptyInput):
        decode(data)


def test_too_large_counts_bytes() -> None:
    assert decode("é".encode(), 2) == "é"
    with pytest.raises(InputTooLarge) as caught:
        decode("éa".encode(), 2)
    assert (caught.value.size_bytes, caught.value.limit_bytes) == (3, 2)
