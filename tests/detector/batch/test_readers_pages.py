"""Pages and single texts: HTML, MHTML, WARC, plain text."""

import gzip
import json
import zlib

import pytest

from detector.batch.rows import Rejected, Row
from tests.detector.batch.reader_files import items, rows, told

PAGE = b"<html><head><title>Loker</title></head><body><h1>Admin</h1><p>Dicari admin toko di Bekasi</p></body></html>"
TEXT = "Admin\n\nDicari admin toko di Bekasi"


def postings(*titles: str) -> bytes:
    described = "Kerja di gudang kami, kontrak satu tahun, datang langsung."
    data = [
        {"@type": "JobPosting", "title": title, "description": described, "url": f"https://contoh.id/{title}"}
        for title in titles
    ]
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'.encode()


def test_a_page_is_a_row_under_the_name_of_its_file() -> None:
    (row,) = items("halaman.html", PAGE)
    assert isinstance(row, Row)
    assert (row.id, row.text, row.columns) == ("halaman.html", TEXT, {"title": "Admin"})


def test_a_page_with_several_postings_gives_as_many_rows() -> None:
    first, second = items("papan.htm", postings("satu", "dua"))
    assert isinstance(first, Row)
    assert isinstance(second, Row)
    assert (first.id, second.id) == ("papan.htm#1", "papan.htm#2")
    assert first.columns == {"title": "satu", "url": "https://contoh.id/satu"}
    assert first.text.startswith("satu\n")


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("x.html", b" \n", "empty"),
        ("x.html", b"<html><script>1</script></html>", "unreadable_page"),
        ("x.html", b"\x89PNG\r\n\x1a\n\0\0\0\0", "not_text"),
        ("x.html", b"<p>" + b"x" * 4_000_000, "too_large"),
        ("x.txt", b"", "empty"),
        ("x.txt", b"%PDF-1.7 \x01\x02", "not_text"),
        ("x.txt", b"x" * 2_000_000, "too_long"),
        ("x.mhtml", b"", "unreadable_page"),
        ("x.mht", b"Content-Type: text/plain\n\nhalo", "unreadable_page"),
        ("x.mht", b"Content-Type: message/rfc822\n\n" * 5_000, "unreadable_page"),
        ("x.mht", b"Content-Type: multipart/mixed; boundary=a\n\n--a\n" * 5_000, "unreadable_page"),
        ("x.mht", b"\n" * 1_100_000, "too_large"),
    ],
)
def test_a_page_that_shows_nothing_is_one_reject_with_its_code(name: str, data: bytes, code: str) -> None:
    (reject,) = items(name, data)
    assert isinstance(reject, Rejected)
    assert (reject.reason.partition(":")[0], reject.raw) == (code, data[:65_536])


def test_a_text_file_is_one_listing() -> None:
    assert rows("pesan.txt", "Dicari admin,\ngaji €900".encode("utf-16")) == [("pesan.txt", "Dicari admin,\ngaji €900")]


def mhtml(part: bytes, *headers: str) -> bytes:
    lines = ["From: <Saved by Blink>", "MIME-Version: 1.0", 'Content-Type: multipart/related; boundary="--b"', ""]
    lines += ["----b", "Content-Type: text/css", "", "p {}", "----b", *headers, ""]
    return "\r\n".join(lines).encode() + b"\r\n" + part + b"\r\n----b--\r\n"


@pytest.mark.parametrize(
    ("part", "headers"),
    [
        ("<p>Dicari kafé</p>".encode(), ["Content-Type: text/html"]),
        (b"<p>Dicari kaf=C3=A9<=\r\n/p>", ["Content-Type: text/html", "Content-Transfer-Encoding: quoted-printable"]),
        (b"PHA+RGljYXJpIGthZsOpPC9wPg==", ["Content-Type: text/html", "Content-Transfer-Encoding: base64"]),
        ("<p>Dicari kafé</p>".encode("latin-1"), ["Content-Type: text/html; charset=iso-8859-1"]),
        ("<p>Dicari kafé</p>".encode(), ["Content-Type: text/html; charset=zlib"]),
        ("<p>Dicari kafé</p>".encode(), ["Content-Type: text/html; charset=gb-none"]),
    ],
)
def test_a_page_saved_in_one_file(part: bytes, headers: list[str]) -> None:
    assert rows("simpan.mhtml", mhtml(part, *headers)) == [("simpan.mhtml", "Dicari kafé")]


def record(kind: str, address: str, block: bytes) -> bytes:
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {address}\r\nContent-Length: {len(block)}\r\n\r\n"
    return head.encode() + block + b"\r\n\r\n"


def answer(body: bytes, headers: dict[str, str], status: str = "200 OK") -> bytes:
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


def warc(*records: tuple[str, bytes, dict[str, str]]) -> bytes:
    pages = (record("response", address, answer(body, headers)) for address, body, headers in records)
    return record("warcinfo", "", b"software: uji\r\n") + b"".join(pages)


HTML = {"Content-Type": "text/html; charset=utf-8"}


def test_an_archive_gives_its_pages_under_their_addresses() -> None:
    data = warc(
        ("https://contoh.id/1", PAGE, HTML),
        ("https://contoh.id/logo.png", b"\x89PNG", {"Content-Type": "image/png"}),
        ("dns:contoh.id", b"192.0.2.1", {"Content-Type": "text/html"}),
        ("<https://contoh.id/2>", postings("satu", "dua"), HTML),
    )
    data += record("resource", "https://contoh.id/3", PAGE) + record(
        "request", "https://contoh.id/1", b"GET / HTTP/1.1"
    )
    found = rows("x.warc", data)
    assert [id_ for id_, _ in found] == ["https://contoh.id/1", "https://contoh.id/2#1", "https://contoh.id/2#2"]
    assert found[0][1] == TEXT


def test_records_compressed_one_by_one_as_crawlers_do_it() -> None:
    records = [record("response", f"https://contoh.id/{number}", answer(PAGE, HTML)) for number in range(3)]
    found = rows("x.warc.gz", b"".join(map(gzip.compress, records)))
    assert found == [(f"https://contoh.id/{number}", TEXT) for number in range(3)]


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


CHUNKS = b"%x\r\n%b\r\n0\r\n\r\n" % (len(PAGE), PAGE)


@pytest.mark.parametrize(
    ("body", "headers", "expected", "why"),
    [
        (gzip.compress(PAGE), {"Content-Encoding": "gzip"}, [TEXT], "gzip"),
        (zlib.compress(PAGE), {"Content-Encoding": "deflate"}, [TEXT], "deflate as it should be"),
        (raw_deflate(PAGE), {"Content-Encoding": "deflate"}, [TEXT], "deflate as servers do it"),
        (PAGE, {"Content-Encoding": "gzip"}, [TEXT], "unpacked by the crawler, which kept the header"),
        (CHUNKS, {"Transfer-Encoding": "chunked"}, [TEXT], "chunks"),
        (PAGE, {"Transfer-Encoding": "chunked"}, [TEXT], "joined by the crawler, which kept the header"),
        (gzip.compress(bytes(80_000_000)), {"Content-Encoding": "gzip"}, ["<too_large>"], "a bomb"),
        (b"x" * 9_000_000, {}, ["<too_large>"], "more than any page"),
        (b"", {}, ["<empty>"], "nothing"),
    ],
)
def test_bodies_as_they_were_sent(body: bytes, headers: dict[str, str], expected: list[str], why: str) -> None:
    data = warc(("http://a.id/1", body, HTML | headers), ("http://a.id/2", PAGE, HTML))
    assert told("x.warc", data) == [*expected, TEXT], why


def test_pages_of_errors_are_no_listings() -> None:
    assert items("x.warc", record("response", "http://a.id/1", answer(PAGE, HTML, "404 Not Found"))) == []


@pytest.mark.parametrize(
    ("data", "expected", "why"),
    [
        (b"", [], "nothing"),
        (b"halo\n", ["<unreadable>"], "no archive"),
        (b"WARC/1.0\r\nX: " + b"a" * 1_000_000, ["<unreadable>"], "a header without end"),
        (b"WARC/1.0\r\n" + b"X: y\r\n" * 100_000, ["<unreadable>"], "headers without end"),
        (b"WARC/1.0\r\nWARC-Type: response\r\n\r\n", ["<unreadable>"], "no length"),
        (b"WARC/1.0\r\nContent-Length: 99\r\n\r\nhalo", ["<unreadable>"], "less than it says"),
        (warc(("http://a.id/1", PAGE, HTML))[:-20], [TEXT, "<unreadable>"], "cut off within a page"),
        (warc(("http://a.id/1", PAGE, HTML)) + b"sampah\r\n", [TEXT, "<unreadable>"], "rubbish behind"),
    ],
)
def test_broken_archives(data: bytes, expected: list[str], why: str) -> None:
    found = told("x.warc", data)
    assert len(found) == len(expected), why
    assert found[-1:] == expected[-1:], why
