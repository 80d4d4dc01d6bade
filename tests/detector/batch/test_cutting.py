"""Rows to parts: by number and by weight, whatever happens to them afterwards."""

from collections.abc import Iterator

import pytest

from detector.batch import cutting
from detector.batch.cutting import cut
from detector.batch.rows import Rejected, Row

ALL = (1, 1)


def items(*sizes: int) -> list[Row | Rejected]:
    """Rows with texts of so many bytes."""
    return [Row(number, str(number), "x" * size, "s") for number, size in enumerate(sizes, start=1)]


def parts(given: list[Row | Rejected], rows: int, done: int = 0, shard: tuple[int, int] = ALL) -> list[list[int]]:
    """The numbers of the items in each part."""
    cuts = list(cut(given, rows, done, shard))
    assert [part.last for part in cuts] == [part.table.column("number").to_pylist()[-1] for part in cuts]
    return [part.table.column("number").to_pylist() for part in cuts]


@pytest.mark.parametrize(
    ("sizes", "expected", "why"),
    [
        ([1] * 7, [[1, 2, 3], [4, 5, 6], [7]], "by number"),
        ([40, 60, 1, 1], [[1, 2], [3, 4]], "closed once it weighs enough"),
        ([99, 1, 100, 250, 3], [[1, 2], [3], [4], [5]], "a heavy one closes the part that it is in"),
        ([], [], "nothing"),
    ],
)
def test_parts_are_bounded_in_rows_and_in_bytes(
    sizes: list[int], expected: list[list[int]], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cutting, "PART_BYTES", 100)
    assert parts(items(*sizes), 3) == expected, why


def test_bytes_are_those_of_utf_8_of_other_columns_and_of_rejects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cutting, "PART_BYTES", 6)
    heavy: list[Row | Rejected] = [
        Row(1, "", "ééé", "s"),
        Row(2, "", "a", "s", {"kota": "Solo!"}),
        Rejected(3, "s", "json", b"{broken"),
        Row(4, "", "a", "s"),
    ]
    assert parts(heavy, 500) == [[1], [2], [3], [4]]


def test_long_texts_are_not_held_by_the_hundred() -> None:
    read = 0

    def endless() -> Iterator[Row]:
        nonlocal read
        while True:
            read += 1
            yield Row(read, str(read), "x" * 1_048_576, "s")

    next(cut(endless(), 500, 0, ALL))
    assert read == 8


def test_what_is_done_and_what_others_do_is_left_out() -> None:
    seven = items(*[1] * 7)
    assert parts(seven, 2, done=4) == [[5, 6], [7]]
    assert parts(seven, 2, shard=(1, 3)) == [[1, 2], [7]]
    assert parts(seven, 2, shard=(2, 3)) == [[3, 4]]


def test_a_part_names_the_columns_of_its_rows() -> None:
    rows: list[Row | Rejected] = [Row(1, "", "a", "s", {"b": "1", "a": "2"}), Row(2, "", "a", "s", {"c": "3", "a": ""})]
    [part] = cut(rows, 10, 0, ALL)
    assert part.columns == ["b", "a", "c"]
