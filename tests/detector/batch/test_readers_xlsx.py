"""XLSX: what a person sees in the first sheet, and nothing of what a workbook can do to its reader."""

import datetime
import io
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.batch.readers import ColumnMissing
from detector.batch.rows import Row
from tests.detector.batch.reader_files import excel_workbook, items, rows, told, workbook

SHEET = "xl/worksheets/sheet1.xml"


def changed(data: bytes, part: str, content: bytes) -> bytes:
    """The workbook with another content of one part."""
    old, new = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(new, "w") as archive:
        for name in {*old.namelist(), part}:
            archive.writestr(name, content if name == part else old.read(name))
    return new.getvalue()


def sheet(*cells: str, head: str = "") -> bytes:
    """A workbook whose sheet has a header `text` and then these rows of XML."""
    first = '<row><c t="inlineStr"><is><t>text</t></is></c></row>'
    xml = f'{head}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{first}'
    return changed(workbook(["text"]), SHEET, f"{xml}{''.join(cells)}</sheetData></worksheet>".encode())


def test_a_row_has_its_text_its_id_and_its_other_cells_as_they_show() -> None:
    data = workbook(
        [None, None],
        ["ID", "Teks", "Tanggal", "Jam", "Gaji", "Aktif"],
        [7, "Baris satu\nbaris <dua> & é", datetime.date(2026, 1, 31), datetime.time(8, 30), 5_500_000.0, True],
        [],
        ["x", "ok", datetime.datetime(2026, 1, 31, 23, 59, 59), None, 1.5, False],
    )
    first, second = items("loker.xlsx", data)
    assert isinstance(first, Row)
    assert isinstance(second, Row)
    assert (first.id, first.text) == ("7", "Baris satu\nbaris <dua> & é")
    assert first.columns == {"Tanggal": "2026-01-31", "Jam": "08:30:00", "Gaji": "5500000", "Aktif": "TRUE"}
    assert second.columns == {"Tanggal": "2026-01-31 23:59:59", "Jam": "", "Gaji": "1.5", "Aktif": "FALSE"}


def test_only_the_first_sheet_counts() -> None:
    book = openpyxl.Workbook()
    for sheet_, text in ((book.active, "satu"), (book.create_sheet("b"), "dua")):
        assert sheet_ is not None
        sheet_.append(["text"])
        sheet_.append([text])
    file = io.BytesIO()
    book.save(file)
    assert rows("x.xlsx", file.getvalue()) == [("1", "satu")]


@pytest.mark.parametrize(
    ("cells", "expected", "why"),
    [
        ('<row><c t="inlineStr"><is><t>a</t></is></c></row>', "a", "cells without references"),
        ('<row><c t="inlineStr"><is><r><t>a </t></r><r><t>b</t></r></is></c></row>', "a b", "several fonts"),
        ('<row><c t="inlineStr"><is><t>a</t><rPh><t>x</t></rPh></is></c></row>', "a", "a note on pronunciation"),
        ('<row><c t="inlineStr"><is><t>a_x000D_b_x0041_</t></is></c></row>', "a\rbA", "what XML can't hold"),
        ('<row><c t="inlineStr"><is><t>a_xD83D_</t></is></c></row>', "a\ufffd", "half an emoji"),
        ('<row><c t="str"><f>A1&amp;"x"</f><v>hasil</v></c></row>', "hasil", "a formula's result"),
        ("<row><c><v>5</v></c></row>", "<not_text>", "a number"),
        ('<row><c t="b"><v>1</v></c></row>', "<not_text>", "a truth value"),
        ('<row><c t="e"><v>#REF!</v></c></row>', "<not_text>", "an error"),
        ('<row><c t="s"><v>999</v></c><c r="B9"><v>1</v></c></row>', None, "a string that isn't there"),
        ('<row><c r="C1"><v>1</v></c></row>', "<empty>", "something where there is no header"),
        ('<row r="x"><c r="??" t="inlineStr"><is><t>a</t></is></c></row>', "a", "odd references"),
        ("<row><c/></row>", None, "nothing at all"),
    ],
)
def test_cells(cells: str, expected: str | None, why: str) -> None:
    last = '<row><c t="inlineStr"><is><t>akhir</t></is></c></row>'
    found = told("x.xlsx", sheet(cells, last))
    assert found[-1] == "akhir"
    assert found[0] == expected if expected else found[:-1] in ([], ["<empty>"]), why


def test_cells_far_apart_take_no_room_between_them() -> None:
    """calamine 0.9 asks for 512 GB here, and aborts the process."""
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active["A1"] = "text"
    book.active["A3"] = "a"
    book.active["XFD1048576"] = "jauh"
    file = io.BytesIO()
    book.save(file)
    assert told("x.xlsx", file.getvalue()) == ["a", "<empty>"]


def archive(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return file.getvalue()


ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
STRING = '<row><c t="inlineStr"><is><t>{}</t></is></c></row>'


@pytest.mark.parametrize(
    ("data", "expected", "why"),
    [
        (archive(a=bytes(20_000_000)), ["<bomb>"], "a ratio of 1,000"),
        (b"PK\x05\x06" + bytes(8) + b"\xff\xff\xff\x01" + bytes(6), ["<bomb>"], "a directory of 32 MiB"),
        (sheet(STRING.format("&b;"), head=ENTITIES), ["<unreadable>"], "entities that multiply"),
        (sheet(STRING.format("a"), f"<row {'x' * 9_000_000}='1'/>"), ["a", "<unreadable>"], "a tag of 9 MB"),
        (sheet(STRING.format("a"), STRING.format("é" * 600_000)), ["a", "<too_long>"], "a text above its limit"),
        (sheet(STRING.format("a"), "<row>", "<c><v>1</v></c>" * 20_000, "</row>"), ["a", "<not_text>"], "many cells"),
        (sheet(STRING.format("a"), "<row><c></row>"), ["<unreadable>"], "broken XML"),
        (workbook(["text"], ["a"])[:-60], ["<unreadable>"], "cut off"),
        (archive(a=b"b"), ["<unreadable>"], "another archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ["<unreadable>"], "an old or an encrypted workbook"),
        (b"", ["<unreadable>"], "nothing"),
    ],
)
def test_hostile_workbooks(data: bytes, expected: list[str], why: str) -> None:
    assert told("x.xlsx", data) == expected, why


def test_a_row_above_the_limit_costs_itself() -> None:
    """Ten thousand cells that show the same long string make 300 MB of one row."""
    data = excel_workbook(["text"], ["s" * 30_000])
    cells = '<c t="s"><v>1</v></c>' * 10_000
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        xml = old.read(SHEET).decode()
    data = changed(data, SHEET, xml.replace("</sheetData>", f"<row>{cells}</row></sheetData>").encode())
    assert told("x.xlsx", data) == ["s" * 30_000, "<too_long>"]


def test_a_shared_string_with_fonts_and_notes_is_its_text() -> None:
    data = excel_workbook(["text"], ["asal"])
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        xml = old.read("xl/sharedStrings.xml")
    rich = b"<r><t>Gaji </t></r><r><rPr/><t>5_x000D_</t></r><rPh><t>x</t></rPh>"
    data = changed(data, "xl/sharedStrings.xml", xml.replace(b"<t>asal</t>", rich))
    assert rows("x.xlsx", data) == [("1", "Gaji 5\r")]


def test_a_missing_column_names_those_that_exist() -> None:
    with pytest.raises(ColumnMissing, match="it has nama, umur"):
        items("x.xlsx", workbook(["nama", "umur"], ["a", 3]))


TEXT = st.text(
    st.sampled_from("ab <>&'\"\n\t_x0041_é") | st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")),
    max_size=12,
)


@given(st.lists(st.tuples(TEXT, TEXT), max_size=6), st.booleans())
@settings(deadline=None, max_examples=40)
def test_what_is_written_is_read_back(lines: list[tuple[str, str]], shared: bool) -> None:
    # Not empty, and no formula: a text that begins with = would be one to openpyxl.
    expected = [(f"i{id_}", f"t{text}") for id_, text in lines]
    if shared:
        data = excel_workbook(["id", "text"], *expected)
    else:  # openpyxl does not escape what looks like an escape; Excel does
        data = workbook(["id", "text"], *([part.replace("_x", "_x005F_x") for part in line] for line in expected))
    assert rows("x.xlsx", data) == [(id_.strip(), text) for id_, text in expected]
