"""CSV and TSV: any delimiter and encoding that a spreadsheet writes, and everything that goes wrong with quotes."""

import csv
import io
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.batch.readers import ColumnMissing, Options, read
from detector.batch.rows import MAX_RAW, Rejected, Row
from tests.detector.batch.reader_files import items, rows, told, written


def table(lines: list[list[str]], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(lines)
    return text.getvalue().encode(encoding)


def test_a_row_has_its_text_its_id_and_its_other_columns() -> None:
    (row,) = items("loker.csv", b"ID,Judul,Deskripsi,Kota\n7,Admin,Gaji 5 juta,Bekasi\n")
    assert isinstance(row, Row)
    assert (row.id, row.text) == ("7", "Admin\n\nGaji 5 juta")
    assert row.columns == {"Judul": "Admin", "Kota": "Bekasi"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "windows-1252"]
)
def test_delimiters_and_encodings_are_found(delimiter: str, encoding: str) -> None:
    data = table(
        [["id", "teks"], ["a", "Gaji €900, kafé; siap | ya\nbaris dua"], ["b", "“Admin”"]], delimiter, encoding
    )
    assert rows("x.csv", data) == [("a", "Gaji €900, kafé; siap | ya\nbaris dua"), ("b", "“Admin”")]


# What text has, and what breaks readers: quotes, delimiters and line ends of all kinds, but no control characters.
CELL = st.text(
    st.sampled_from("ab \"',;|\t\n\r=éñ€“”") | st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")),
    max_size=20,
)


@given(
    st.lists(st.tuples(CELL, CELL, CELL), max_size=8),
    st.sampled_from(",;\t|"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]),
)
@settings(deadline=None, max_examples=70)
def test_what_a_writer_writes_is_read_back(lines: list[tuple[str, str, str]], delimiter: str, encoding: str) -> None:
    data = table([["kota", "id", "text"], *map(list, lines)], delimiter, encoding)
    found = items("x.csv", data)
    assert len(found) == len(lines)
    for number, (item, (city, id_, text)) in enumerate(zip(found, lines, strict=True), start=1):
        if text.strip().strip("\ufeff"):
            assert isinstance(item, Row)
            assert (item.text, item.id, item.columns) == (text, id_.strip() or str(number), {"kota": city})
        else:
            assert isinstance(item, Rejected)
            assert item.reason == "empty"


@pytest.mark.parametrize(
    ("data", "expected", "why"),
    [
        (b"id,text\n1,a\n2,b,c\n3\n4,d\n", ["a", "<columns>", "<columns>", "d"], "too many and too few cells"),
        (b"id,text\n1,a\n\n\n2,b\n", ["a", "b"], "blank lines are no rows"),
        (b"id,text\n1,a\n2, \n,\n", ["a", "<empty>", "<empty>"], "no text"),
        (b"id,text\r1,a\r2,b\r", ["a", "b"], "line ends of old Macs"),
        (b"sep=;\r\nid;text\r\n1;a, b\r\n", ["a, b"], "the hint that spreadsheets write"),
        (b"text\na, b; c\nd\n", ["a, b; c", "d"], "one column needs no quotes"),
        (b"id,text\n1,a\n2,b\rc\n3,d\n", ["a", "<columns>", "d"], "a lone CR within a cell"),
        (b'id,text\n1,"a ""b"" c"\n2,x "y" z\n', ['a "b" c', 'x "y" z'], "quotes that are part of the text"),
        ("id,text\n1,é\n".encode() + b"2,\xff\xfe!\n3,b\n", ["é", "<encoding>", "b"], "bad bytes in one row"),
        (
            b"id,text\n" + b"1,%s\n" % (b"x" * 99) * 3_000 + b"2,caf\xe9\n",
            ["x" * 99] * 3_000 + ["café"],
            "windows-1252, seen late",
        ),
        ("id,text\n1,a\n2,\ud800\n3,b\n".encode("utf-16-le", "surrogatepass"), ["a", "<encoding>", "b"], "half a pair"),
        (b"", [], "nothing"),
        (b"id,text\n", [], "only a header"),
    ],
)
def test_rows_that_do_not_fit(data: bytes, expected: list[str], why: str) -> None:
    assert told("x.csv", data) == expected, why


@pytest.mark.parametrize(
    ("data", "expected", "why"),
    [
        (b'id,text\n1,"a\n2,b\n3,c\n4,d\n5,e\n', ["<quote>", "b", "c", "d", "e"], "to the end of the file"),
        (b'id,text\n1,"a\n2,b\n3,c\n4,"d"\n5,e\n', ["<quote>", "b", "c", "d", "e"], "to the next quote"),
        (
            b'id,text\n1,"a\n2,"b\n3,c\n4,d\n5,e\n',
            ["<quote>", "<quote>", "c", "d", "e"],
            "to the next row's stray quote",
        ),
        (b'id,text\n1,a\n2,"cut off\nin here', ["a", "<quote>"], "a file that ends within a text"),
        (b'id,text\n1,"a, b\nc, d\ne, f\ng, h"\n2,i\n', ["a, b\nc, d\ne, f\ng, h", "i"], "no stray quote at all"),
        (
            b'id,text\n1,"a\n' + b"2,%s\n" % (b"b " * 100) * 30_000,
            ["<quote>"] + ["b " * 100] * 30_000,
            "beyond the limit of a record",
        ),
    ],
)
def test_a_stray_quote_costs_one_row(data: bytes, expected: list[str], why: str) -> None:
    assert told("x.csv", data) == expected, why


@pytest.mark.parametrize(
    ("data", "expected", "why"),
    [
        (b"id,text\n1," + b"x" * 5_000_000 + b"\n2,a\n", ["<too_long>", "a"], "a line"),
        (b'id,text\n1,"' + b"xxxxxxxxx\n" * 500_000 + b'"\n2,a\n', ["<too_long>", "a"], "a text of many lines"),
        (b'id,text\n1,"' + b"x" * 5_000_000 + b'\ny"\n2,a\n', ["<too_long>", "a"], "a long line within a text"),
        (b'id,text\n1,"' + b"x" * 25_000_000 + b"\n2,a\n", ["<too_long>", "a"], "and it is never closed"),
        (b"id,text\n1," + b"x" * 2_000_000 + b"\n2,a\n", ["<too_long>", "a"], "a text above its own limit"),
        (b"id,text\n" + b"," * 3_000_000 + b"\n2,a\n", ["<columns>", "a"], "three million cells"),
        (b"," * 3_000_000 + b"\n2,a\n", ["<columns>"], "three million names"),
    ],
)
def test_what_is_too_long_is_skipped_to_its_end(data: bytes, expected: list[str], why: str) -> None:
    assert told("x.csv", data)[: len(expected)] == expected, why


def test_a_reject_keeps_the_bytes_that_it_came_as() -> None:
    _, short, long = items("x.csv", b"id,text\n1,a\n2,b,c\n3," + b"x" * 5_000_000)
    assert isinstance(short, Rejected)
    assert (short.raw, short.reason) == (b"2,b,c", "columns: 3 where the header has 2")
    assert isinstance(long, Rejected)
    assert long.raw == (b"3," + b"x" * MAX_RAW)[:MAX_RAW]


def test_names_of_columns_are_found_whatever_their_case_and_kept_apart() -> None:
    (row,) = items("x.csv", b" Job Description ,POST-ID,a,a,,a\nhalo,9,1,2,3,4\n")
    assert isinstance(row, Row)
    assert (row.id, row.text) == ("9", "halo")
    assert row.columns == {"a": "1", "a_2": "2", "column_5": "3", "a_3": "4"}


def test_a_missing_column_names_those_that_exist() -> None:
    with pytest.raises(ColumnMissing, match=r"no column named iklan; it has id, text"):
        items("x.csv", b"id,text\n1,a\n", Options(text_columns=("iklan",)))
    with pytest.raises(ColumnMissing, match=r"it has nama, umur"):
        items("x.csv", b"nama,umur\na,3\n")
    with pytest.raises(ColumnMissing) as caught:
        items("x.csv", b"1,Dicari admin toko di Bekasi dengan gaji lima juta sebulan dan mess\n")
    assert "sebulan" not in str(caught.value), "a file without a header has an ad in its place"


def test_memory_stays_flat() -> None:
    """20 MB in ordinary rows, then one line of 20 MB: neither is ever held."""
    data = b"id,text\n" + b"1,%s\n" % (b"x" * 4_000) * 5_000 + b"2," + b"y" * 20_000_000 + b"\n"
    with written("x.csv", data) as path:
        del data
        tracemalloc.start()
        count = sum(1 for _ in read([path]))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert count == 5_001
    assert peak < 12_000_000
