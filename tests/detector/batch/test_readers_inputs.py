"""From what a user names to files that are read, and from several files to one stream of rows."""

import gzip
import io
import os
from pathlib import Path

import pytest

from detector.batch.readers import (
    ColumnMissing,
    ColumnNotText,
    InputIsOutput,
    InputMissing,
    NothingToRead,
    Options,
    Reading,
    UnknownFormat,
    expand,
    read,
)
from detector.batch.rows import Rejected, Row
from detector.errors import InputError
from tests.detector.batch.reader_files import excel_workbook, parquet


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"text\nhalo\n")


def test_a_folder_gives_its_readable_files_in_order_at_any_depth(tmp_path: Path) -> None:
    put(tmp_path, "b.csv", "a/x.jsonl.gz", "a/y.HTML", "notes.docx", "a/.hidden.csv", ".git/config.txt", "c.warc.zst")
    names = [str(path.relative_to(tmp_path)) for path in expand([str(tmp_path)])]
    assert names == ["a/x.jsonl.gz", "a/y.HTML", "b.csv", "c.warc.zst"]


def test_links_in_a_folder_are_not_followed_out_or_round(tmp_path: Path) -> None:
    put(tmp_path, "in/a.csv", "out/secret.csv")
    (tmp_path / "in/loop").symlink_to(tmp_path / "in")
    (tmp_path / "in/out").symlink_to(tmp_path / "out")
    (tmp_path / "in/b.csv").symlink_to(tmp_path / "out/secret.csv")
    assert [path.name for path in expand([str(tmp_path / "in")])] == ["a.csv"]
    assert [path.name for path in expand([str(tmp_path / "in/**/*.csv")])] == ["a.csv"]
    assert [path.name for path in expand([str(tmp_path / "in/b.csv")])] == ["b.csv"], "it was named"


def test_a_pipe_in_a_folder_is_passed_over_and_one_that_is_named_is_refused(tmp_path: Path) -> None:
    put(tmp_path, "a.csv")
    os.mkfifo(tmp_path / "b.csv")
    assert [path.name for path in expand([str(tmp_path)])] == ["a.csv"]
    with pytest.raises(InputMissing, match="neither a file nor a folder"):
        expand([str(tmp_path / "b.csv")])


def test_what_the_caller_will_write_is_left_out_of_a_folder_and_refused_by_name(tmp_path: Path) -> None:
    put(tmp_path, "a.csv", "out.csv", "sub/out.csv", "out.csv.rejects.jsonl")
    own = [tmp_path / "out.csv", tmp_path / "out.csv.rejects.jsonl", tmp_path / "not-yet.csv"]
    for name in (str(tmp_path), str(tmp_path / "**")):
        found = [str(path.relative_to(tmp_path)) for path in expand([name], own)]
        assert found == ["a.csv", "sub/out.csv"], "another file of the same name"
    with pytest.raises(InputIsOutput, match=r"out\.csv is what this run writes"):
        expand([str(tmp_path / "sub" / ".." / "out.csv")], own)
    with pytest.raises(NothingToRead):
        expand([str(tmp_path / "o*")], own)


def test_patterns_and_names_keep_their_order_and_no_file_is_read_twice(tmp_path: Path) -> None:
    put(tmp_path, "z.csv", "a.csv", "m.csv", "m.docx", "sub/q.csv")
    names = expand([str(tmp_path / "z.csv"), str(tmp_path / "*"), "-", "-"])
    assert [path.name for path in names] == ["z.csv", "a.csv", "m.csv", "q.csv", "-"]


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("none.csv", InputMissing),
        ("*.csv", NothingToRead),
        (".", NothingToRead),
        ("page.docx", UnknownFormat),
        ("a\0b", InputMissing),
        ("x" * 5_000, InputMissing),
        ("**x/*", InputMissing),
    ],
)
def test_what_is_missing_is_named_before_anything_is_read(
    name: str, error: type[InputError], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.docx").touch()
    with pytest.raises(error) as caught:
        read([name])
    assert name[:20] in str(caught.value)


def test_nothing_at_all_is_an_error() -> None:
    with pytest.raises(InputMissing):
        expand([])


def test_numbers_run_over_all_sources_and_ids_start_anew(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b'text\nsatu\n""\n')
    (tmp_path / "b.jsonl").write_bytes(b'{"text": "dua"}\n')
    (tmp_path / "c.csv").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0")
    (tmp_path / "d.csv").write_bytes(b"url,text\nhttps://contoh.id/9,tiga\n")
    found = list(read([str(tmp_path)]))
    assert found == [
        Row(1, "1", "satu", str(tmp_path / "a.csv")),
        Rejected(2, str(tmp_path / "a.csv"), "empty", b'""'),
        Row(3, "1", "dua", str(tmp_path / "b.jsonl")),
        Rejected(4, str(tmp_path / "c.csv"), "not_text: a PNG image", b""),
        Row(5, "https://contoh.id/9", "tiga", str(tmp_path / "d.csv")),
    ]


def test_a_file_that_is_gone_when_its_turn_comes_costs_only_itself(tmp_path: Path) -> None:
    put(tmp_path, "a.csv", "b.csv", "c.csv")
    stream = read([str(tmp_path)])
    assert isinstance(next(stream), Row)
    (tmp_path / "b.csv").unlink()
    assert [item.reason if isinstance(item, Rejected) else item.id for item in stream] == [
        "unreadable: FileNotFoundError",
        "1",
    ]


def test_a_name_that_is_no_unicode_can_be_written_down(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"iklan-\xff.txt")).write_bytes(b"Dicari admin")
    (row,) = read([str(tmp_path)])
    assert isinstance(row, Row)
    assert row.id == "iklan-\ufffd.txt"
    assert row.source == str(tmp_path / "iklan-\ufffd.txt")


def test_files_are_closed_even_when_reading_stops_early(tmp_path: Path) -> None:
    put(tmp_path, *(f"{number}.csv" for number in range(20)))
    (tmp_path / "z.csv.gz").write_bytes(gzip.compress(b"text\n" + b"halo\n" * 1_000))
    before = len(list(Path("/proc/self/fd").iterdir()))
    stream = read([str(tmp_path)])
    for _ in range(25):
        next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert len(list(Path("/proc/self/fd").iterdir())) == before


@pytest.mark.parametrize(
    ("data", "texts"),
    [
        (b"id,text\n1,halo\n", ["halo"]),
        ("id;teks\n1;halo\n".encode("utf-16"), ["halo"]),
        (b'\n {"text": "halo"}\n', ["halo"]),
        (b"<!doctype html><p>halo semua</p>", ["halo semua"]),
        (b"text\n<br>halo\n", ["<br>halo"]),
        (gzip.compress(b'{"text": "halo"}\n'), ["halo"]),
        (b"", []),
    ],
)
def test_standard_input_is_recognised(data: bytes, texts: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(data))
    monkeypatch.setattr("sys.stdin", stdin)
    found = list(read(["-"]))
    assert [item.text for item in found if isinstance(item, Row)] == texts
    assert {item.source for item in found} <= {"-"}
    assert not stdin.buffer.closed


def test_options_name_columns(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"kode,iklan,syarat,text\nA7,Admin,SMA,lain\n")
    (row,) = read([str(tmp_path)], Options(text_columns=("iklan", "Syarat"), id_column="kode"))
    assert row == Row(1, "A7", "Admin\n\nSMA", str(tmp_path / "a.csv"), {"text": "lain"})


def told(folder: Path, options: Options | None = None) -> list[str]:
    """The text of each row, and the code of each reject in angle brackets."""
    return [
        item.text if isinstance(item, Row) else f"<{item.reason.partition(':')[0]}>"
        for item in read([str(folder)], options)
    ]


@pytest.mark.parametrize(
    ("files", "expected", "why"),
    [
        ({"a.csv": b"nama\nx\n", "b.csv": b"text\nhalo\n"}, ["<no_text_column>", "halo"], "the first lacks it"),
        ({"a.csv": b"text\nhalo\n", "b.jsonl": b'{"nama": "x"}\n'}, ["halo", "<no_text_column>"], "a later one"),
        ({"a.csv": b"text\nhalo\n", "b.parquet": parquet({"text": [1]})}, ["halo", "<no_text_column>"], "numbers"),
        ({"a.csv": b"nama\nx\n", "b.txt": b"halo"}, ["<no_text_column>", "halo"], "another has no columns at all"),
        ({"a.csv": b"id,text\n1\n", "b.csv": b"nama\nx\n"}, ["<columns>", "<no_text_column>"], "another has bad rows"),
        (
            {"a.csv": b"nama\nx\n", "b.csv": b"\x89PNG\r\n\x1a\n\0", "c.txt": b"halo"},
            ["<no_text_column>", "<not_text>", "halo"],
            "what can't be read keeps its place",
        ),
    ],
)
def test_a_file_without_the_column_is_one_reject(
    files: dict[str, bytes], expected: list[str], why: str, tmp_path: Path
) -> None:
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    assert told(tmp_path) == expected, why


@pytest.mark.parametrize(
    ("files", "error", "said"),
    [
        ({"a.csv": b"nama\nx\n"}, ColumnMissing, "a.csv has no column"),
        ({"a.csv": b"nama\nx\n", "b.csv": b"umur\n7\n"}, ColumnMissing, "it has nama; 1 other files lack a column"),
        ({"a.csv": b"nama\nx\n", "b.csv": b"\x89PNG\r\n\x1a\n\0"}, ColumnMissing, "a.csv has no column"),
        ({"a.parquet": parquet({"text": [1]}), "b.csv": b"nama\nx\n"}, ColumnNotText, "holds int64"),
    ],
)
def test_where_no_file_has_the_column_that_is_an_error_and_nothing_is_given(
    files: dict[str, bytes], error: type[InputError], said: str, tmp_path: Path
) -> None:
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    with pytest.raises(error, match=said):
        next(read([str(tmp_path)]))


AD = "Dicari admin " * 400
LINES = b"text\n" + b"%s\n" % AD.encode() * 400


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", LINES),
        (
            "a.jsonl.gz",
            gzip.compress(b"".join(b'{"text": "%s"}\n' % os.urandom(2_000).hex().encode() for _ in range(400))),
        ),
        ("a.parquet", parquet({"text": [AD] * 400})),
        ("a.parquet.gz", gzip.compress(parquet({"text": [AD] * 400}))),
        ("a.xlsx", excel_workbook(["text"], *([f"{AD} {at}"] for at in range(400)))),
    ],
)
def test_reading_knows_its_share(name: str, data: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    (tmp_path / "b.txt").write_bytes(b"x" * len(data))  # as large, so that the other file is half of all
    reading = Reading(expand([str(tmp_path)]), Options())
    shares = [reading.share or 0.0 for _ in reading]
    assert len(shares) == 401
    assert shares == sorted(shares)
    assert 0.15 < shares[200] < 0.4, "the buffers of a small file are a part of it"
    assert 0.5 <= shares[400] <= 1.0
    assert reading.share == 1.0


def test_of_standard_input_nobody_knows_a_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(LINES)))
    reading = Reading(expand(["-"]), Options())
    assert {reading.share for _ in reading} == {None}
