"""The look at a file before it is scored."""

import gzip
import json
from pathlib import Path

import pytest

from api.jobs import child, preview
from api.jobs.child import ChildFailed
from api.jobs.folders import Folder
from api.jobs.intake import without_what_is_found
from api.jobs.preview import CELL, COLUMNS, Preview, Sample, look, preview_of
from api.store.jobs import Options
from tests.api.ads import TWO_JOBS_PAGE
from tests.api.jobs.job_files import LAWFUL, LURE
from tests.detector.batch.reader_files import parquet, workbook

TABLE = f'nomor;judul;teks;kota\n7;Admin;"{LURE}";Poipet\n8;Kasir;"{LAWFUL}";Sleman\n9;rusak\n'
SEEN = (Sample(1, ("7", "Admin", LURE, "Poipet")), Sample(2, ("8", "Kasir", LAWFUL, "Sleman")))


def seen(tmp_path: Path, name: str, content: bytes) -> Preview:
    path = tmp_path / name
    path.write_bytes(content)
    return look(path)


def test_a_table_shows_its_columns_and_what_they_are(tmp_path: Path) -> None:
    found = seen(tmp_path, "source.csv", TABLE.encode())
    assert (found.form, found.encoding, found.delimiter, found.error) == ("csv", "ASCII", ";", "")
    assert found.columns == ("nomor", "judul", "teks", "kota")
    assert (found.title, found.text, found.id) == ("judul", ("teks",), None)
    assert found.chosen == ("judul", "teks")
    assert found.rows[:2] == SEEN
    assert [(row.number, row.reason, row.cells) for row in found.rows[2:]] == [
        (3, "columns: 2 where the header has 4", ("9;rusak",))
    ]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("teks\nkerja di Kamboja, gaji “besar” …\n".encode(), "UTF-8"),
        (b"\xef\xbb\xbf" + "teks\nibu Fatimahé\n".encode(), "UTF-8"),
        ("teks\ngaji “besar” …\n".encode("cp1252"), "Windows-1252"),
        ("teks\nkerja di Kamboja\n".encode("utf-16"), "UTF-16"),
        ("teks\nkerja di Kamboja “x”\n".encode("utf-16-le"), "UTF-16"),
        ("teks\nkerja di Kamboja\n".encode("utf-32"), "UTF-32"),
        (b"teks\nkerja di Kamboja\n", "ASCII"),
    ],
)
def test_the_encoding_is_named(tmp_path: Path, content: bytes, encoding: str) -> None:
    found = seen(tmp_path, "source.csv", content)
    assert found.encoding == encoding
    assert found.columns == ("teks",)
    assert found.rows[0].cells[0].startswith(("kerja", "ibu", "gaji"))


@pytest.mark.parametrize("name", ["source.csv.gz", "source.tsv", "source.jsonl", "source.xlsx", "source.parquet"])
def test_every_kind_of_table_reads_alike(tmp_path: Path, name: str) -> None:
    rows = [dict(zip(("nomor", "judul", "teks", "kota"), sample.cells, strict=True)) for sample in SEEN]
    content = {
        "source.csv.gz": lambda: gzip.compress(TABLE.encode()),
        "source.tsv": lambda: TABLE.replace(";", "\t").encode(),
        "source.jsonl": lambda: "\n".join(json.dumps(row) for row in rows).encode(),
        "source.xlsx": lambda: workbook(tuple(rows[0]), *(tuple(row.values()) for row in rows)),
        "source.parquet": lambda: parquet({key: [row[key] for row in rows] for key in rows[0]}),
    }[name]()
    found = seen(tmp_path, name, content)
    assert found.columns == ("nomor", "judul", "teks", "kota")
    assert (found.title, found.text, found.error) == ("judul", ("teks",), "")
    assert found.rows[:2] == SEEN


def test_without_a_known_name_the_columns_are_shown_and_none_is_chosen(tmp_path: Path) -> None:
    found = seen(
        tmp_path, "source.parquet", parquet({"angka": [1, 2], "uraian_iklan": [LURE, LAWFUL], "daftar": [[1], [2]]})
    )
    assert (found.columns, found.chosen, found.error) == (("angka", "uraian_iklan", "daftar"), (), "")
    assert found.rows == (Sample(1, ("1", LURE, "")), Sample(2, ("2", LAWFUL, "")))


def test_the_id_stands_in_its_column(tmp_path: Path) -> None:
    found = seen(tmp_path, "source.csv", f"kota,id,teks\nPoipet,x-7,{LAWFUL.replace(',', ' ')}\n".encode())
    assert (found.id, found.rows[0].cells[:2]) == ("id", ("Poipet", "x-7"))


def test_much_is_cut(tmp_path: Path) -> None:
    names = [f"k{at}" for at in range(COLUMNS + 30)]
    content = ",".join([*names, "teks"]) + "\n" + ",".join([*("x" for _ in names), "y" * 2_000]) + "\n"
    found = seen(tmp_path, "source.csv", content.encode())
    assert (len(found.columns), found.columns_left) == (COLUMNS, 31)
    assert found.text == ("teks",)
    assert max(len(cell) for cell in seen(tmp_path, "source.txt", b"kerja " * 900).rows[0].cells) == CELL + 1


def test_a_page_shows_its_postings(tmp_path: Path) -> None:
    found = seen(tmp_path, "source.html", TWO_JOBS_PAGE.encode())
    assert (found.form, found.is_table, found.columns) == ("html", False, ())
    assert [row.cells[0] for row in found.rows] == ["Kasir toko roti", "Admin chat Kamboja"]
    assert "visa turis" in found.rows[1].cells[1]


OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4_000


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("source.csv", b"", "empty_file"),
        ("source.csv", b"teks,kota\n", "empty_file"),
        ("source.xlsx", OLD + "EncryptedPackage".encode("utf-16-le") + b"\0" * 99, "encrypted"),
        ("source.xlsx", OLD, "old_workbook"),
        ("source.xlsx", b"PK\x03\x04 no workbook", "broken_file: unreadable"),
        ("source.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "broken_file: not_text"),
        ("source.jsonl", b"{broken\n{too\n", "broken_file: json"),
        ("source.csv.gz", b"no gzip", "broken_file: unreadable"),
        ("source.parquet", b"PAR1 nothing PAR1", "broken_file: unreadable"),
    ],
)
def test_what_can_not_be_scored_is_said_at_once(tmp_path: Path, name: str, content: bytes, error: str) -> None:
    assert seen(tmp_path, name, content).error == error


def test_it_is_looked_at_in_a_child_and_comes_back_whole(tmp_path: Path) -> None:
    (tmp_path / "source.csv").write_text(TABLE + '10;"\ud800";x;y\n', errors="surrogatepass")
    found = preview_of(Folder(tmp_path))
    assert found == look(tmp_path / "source.csv")
    assert found.rows[:2] == SEEN


@pytest.mark.parametrize(("reason", "error"), [("timeout", "too_slow"), ("ended with -11", "unreadable")])
def test_a_file_that_brings_the_child_down_is_an_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: str, error: str
) -> None:
    (tmp_path / "source.csv").write_text(TABLE)

    def fail(module: str, *_: str, **__: float) -> None:
        raise ChildFailed(module, reason)

    monkeypatch.setattr(child, "ask", fail)
    assert preview_of(Folder(tmp_path)) == Preview("csv", error=error)


def test_a_child_that_dies_or_hangs_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(ChildFailed, match="ended with 1"):
        child.ask("api.jobs.preview", str(tmp_path / "nothing.csv"), timeout_s=60)
    with pytest.raises(ChildFailed, match="timeout"):
        child.ask("http.server", "--bind", "127.0.0.1", "0", timeout_s=0.2)


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (Options(("judul", "teks"), "id"), Options()),  # what the readers find, and in their order
        (Options(("teks", "judul"), None), Options()),
        (Options(("teks",), "id"), Options(("teks",))),
        (Options(("kota", "teks"), "kota"), Options(("kota", "teks"), "kota")),
    ],
)
def test_what_is_found_by_itself_is_not_spelt_out(given: Options, stored: Options) -> None:
    found = preview.Preview("csv", columns=("id", "judul", "teks", "kota"), text=("teks",), title="judul", id="id")
    assert without_what_is_found(given, found) == stored
