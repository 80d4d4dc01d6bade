"""Parquet: text columns only, everything flat beside them, a few rows at a time."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.batch.readers import ColumnMissing, ColumnNotText, Options
from detector.batch.rows import Rejected, Row
from tests.detector.batch.reader_files import items, parquet, rows, told


def test_a_row_has_its_text_its_id_and_what_is_flat_beside_them() -> None:
    data = parquet(
        {
            "id": [12],
            "judul": ["Admin"],
            "deskripsi": pa.array(["Gaji 5 juta"]).dictionary_encode(),
            "tayang": pa.array([86_400_000_000_000], pa.timestamp("ns")),
            "harga": [1.5],
            "aktif": [True],
            "a.b": ["titik"],
            "vektor": [[0.1, 0.2]],
            "gambar": [b"\xff\xd8"],
        }
    )
    (row,) = items("x.parquet", data)
    assert isinstance(row, Row)
    assert (row.id, row.text) == ("12", "Admin\n\nGaji 5 juta")
    assert row.columns == {
        "judul": "Admin",
        "tayang": "1970-01-02 00:00:00.000000000",
        "harga": "1.5",
        "aktif": "true",
        "a.b": "titik",
    }


def test_nulls_have_no_text_and_no_id() -> None:
    assert told("x.parquet", parquet({"text": ["a", None, "", "b"]})) == ["a", "<empty>", "<empty>", "b"]
    assert rows("x.parquet", parquet({"id": ["x", None], "text": ["a", "b"]})) == [("x", "a"), ("2", "b")]


def test_bytes_that_are_no_text_cost_one_row() -> None:
    offsets = pa.array([0, 2, 4], pa.int32()).buffers()[1]
    broken = pa.Array.from_buffers(pa.string(), 2, [None, offsets, pa.py_buffer(b"ok\xff\xfe")])
    first, second = items("x.parquet", parquet({"text": broken, "lain": broken}))
    assert isinstance(first, Row)
    assert first.columns == {"lain": "ok"}
    assert isinstance(second, Rejected)
    assert (second.reason, second.raw) == ("encoding", b"\xff\xfe")


def test_a_text_above_the_limit_costs_one_row() -> None:
    data = parquet({"text": ["x" * 2_000_000, "a"], "lain": ["b", "c"]})
    assert told("x.parquet", data) == ["<too_long>", "a"]
    assert told("x.parquet", parquet({"text": ["a", "b"], "lain": ["x" * 5_000_000, ""]})) == ["<too_long>", "b"]


def test_columns_that_can_not_be_used_are_an_error() -> None:
    with pytest.raises(ColumnNotText, match="column text holds int64, not text"):
        items("x.parquet", parquet({"text": [1]}))
    with pytest.raises(ColumnNotText, match="holds list"):
        items("x.parquet", parquet({"teks": [["a"]]}), Options(("teks",)))
    with pytest.raises(ColumnMissing, match="no column named iklan; it has text"):
        items("x.parquet", parquet({"text": ["a"]}), Options(("iklan",)))


@pytest.mark.parametrize("kept", [0, 3, 40, -1, -8])
def test_a_file_that_is_cut_off_is_one_reject(kept: int) -> None:
    data = parquet({"text": ["a", "b"]})
    assert told("x.parquet", data[:kept]) == ["<unreadable>"]


def test_pages_that_unpack_to_absurdly_much_are_refused() -> None:
    data = parquet(
        {"text": ["a"], "lain": ["x" * 68_000_000]}, compression="zstd", use_dictionary=False, write_statistics=False
    )
    assert len(data) < 100_000
    assert told("x.parquet", data) == ["<bomb>"]


def test_a_cell_that_a_small_file_shows_again_and_again_is_refused() -> None:
    """A dictionary holds the text once, and every row would get its copy: 6 GB in all."""
    text = pa.DictionaryArray.from_arrays(pa.array([0] * 1_000, pa.int32()), pa.array(["x" * 6_000_000]))
    found = told("x.parquet", parquet({"text": text}, compression="zstd", store_schema=False))
    assert found[-1] == "<bomb>"
    assert set(found[:-1]) <= {"<too_long>"}


TEXT = st.none() | st.text(st.characters(codec="utf-8"), max_size=12)


@given(
    st.lists(st.tuples(TEXT, TEXT, st.none() | st.integers(-5, 5)), max_size=40),
    st.integers(1, 7),
    st.sampled_from(["none", "snappy", "gzip", "zstd"]),
    st.booleans(),
)
@settings(deadline=None, max_examples=60)
def test_what_is_written_is_read_back(
    lines: list[tuple[str | None, str | None, int | None]], group: int, codec: str, dictionary: bool
) -> None:
    texts, ids, numbers = ([line[column] for line in lines] for column in range(3))
    table = pa.table(
        {"n": pa.array(numbers, pa.int8()), "text": pa.array(texts, pa.string()), "id": pa.array(ids, pa.string())}
    )
    found = items("x.parquet", parquet(table, row_group_size=group, compression=codec, use_dictionary=dictionary))
    assert len(found) == len(lines)
    for number, (item, (text, id_, n)) in enumerate(zip(found, lines, strict=True), start=1):
        if (text or "").strip().strip("\0\ufeff"):
            assert isinstance(item, Row)
            assert (item.text, item.id) == (text, (id_ or "").strip() or str(number))
            assert item.columns == {"n": "" if n is None else str(n)}
        else:
            assert isinstance(item, Rejected)
            assert item.reason == "empty"
