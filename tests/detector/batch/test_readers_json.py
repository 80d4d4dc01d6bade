"""JSON lines: every object by its own keys; what is no object, or no text, costs one line."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.batch.readers import ColumnMissing, Options
from detector.batch.rows import Rejected, Row
from tests.detector.batch.reader_files import items, rows, told


def lines(*values: Any) -> bytes:
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values).encode()


def test_a_row_has_its_text_its_id_and_its_other_keys_as_text() -> None:
    data = lines({"title": "Admin", "isi": "Gaji 5 juta", "post_id": 7, "tags": ["a", {"b": 1}], "ada": None, "n": 1.5})
    (row,) = items("x.jsonl", data)
    assert isinstance(row, Row)
    assert (row.id, row.text) == ("7", "Admin\n\nGaji 5 juta")
    assert row.columns == {"title": "Admin", "tags": '["a", {"b": 1}]', "ada": "", "n": "1.5"}


@pytest.mark.parametrize(
    ("line", "expected", "why"),
    [
        (b'{"text": 5}', "<not_text>", "a number"),
        (b'{"text": {"id": "halo"}}', "<not_text>", "an object"),
        (b'{"text": null}', "<empty>", "nothing"),
        (b'{"other": "a"}', "<empty>", "no such key"),
        (b'{"title": 5, "text": "a"}', "a", "a title that is none"),
        (b'{"text": "a", "x": NaN}', "a", "what Python and JavaScript write for no number"),
        (b'{"text": "a"', "<json>", "cut off"),
        (b'["text"]', "<json>", "no object"),
        (b"[" * 100_000, "<json>", "nested without end"),
        (b'{"x":' * 900 + b"1" + b"}" * 900, "<empty>", "nested, but closed"),
        (b'{"text": "a", "x":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "<json>", "nested beside the text"),
        (b'{"text": "a", "x": ' + b"1" * 10_000 + b"}", "<json>", "a number of 10,000 digits"),
        ('{"text": "é"}'.encode("latin-1"), "<encoding>", "a byte that is no UTF-8"),
        (b'{"text": "' + b"x" * 5_000_000 + b'"}', "<too_long>", "a line above the limit"),
        (b'{"text": "' + b"x" * 2_000_000 + b'"}', "<too_long>", "a text above the limit"),
        (rb'{"text": "siap \ud83d"}', "siap \ufffd", "half an emoji"),
        (rb'{"text": "siap \ud83d\ude00"}', "siap \U0001f600", "a whole one"),
    ],
)
def test_one_odd_line_costs_one_line(line: bytes, expected: str, why: str) -> None:
    data = '{"text": "sebelum é"}\n\n'.encode() + line + b"\n" + b'{"text": "sesudah"}'
    assert told("x.ndjson", data) == ["sebelum é", expected, "sesudah"], why


def test_a_reject_keeps_its_line() -> None:
    _, reject = items("x.jsonl", b'{"text": "a"}\n{"text": oops}\n')
    assert isinstance(reject, Rejected)
    assert (reject.raw, reject.reason) == (b'{"text": oops}', "json: broken at character 9")


def test_keys_may_differ_from_line_to_line() -> None:
    data = lines({"text": "a"}, {"url": "u", "caption": "b"}, {"ID": 3, "Text": "c", "caption": "d"})
    assert rows("x.jsonl", data) == [("1", "a"), ("u", "b"), ("3", "c")]


def test_a_named_key_that_some_lines_lack() -> None:
    data = lines({"a": "x", "b": "y"}, {"b": "z"}, {"a": "w", "kode": "k"})
    assert rows("x.jsonl", data, Options(("a", "b"), "kode")) == [("1", "x\n\ny"), ("2", "z"), ("k", "w")]


def test_a_key_that_no_line_has_is_an_error() -> None:
    with pytest.raises(ColumnMissing, match="no column named iklan; it has text, id"):
        items("x.jsonl", lines({"text": "a"}, {"id": 1}), Options(("iklan",)))
    with pytest.raises(ColumnMissing, match="it has komentar"):
        items("x.jsonl", lines(*[{"komentar": "a"}] * 200))


def test_lines_before_the_breach_of_a_short_file_are_read() -> None:
    assert told("x.jsonl", b'{"text": "a"}\n{"text": "b"}\n{"te') == ["a", "b", "<json>"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@given(st.lists(st.dictionaries(st.sampled_from(["text", "id", "judul", "x"]), JSON), min_size=1, max_size=6))
@settings(deadline=None, max_examples=60)
def test_what_is_written_is_read_back(objects: list[dict[str, Any]]) -> None:
    found = items("x.jsonl", lines({"text": "pertama"}, *objects))[1:]
    assert len(found) == len(objects)
    for item, value in zip(found, objects, strict=True):
        text, title = value.get("text"), value.get("judul")
        if isinstance(text, str) and text.strip().strip("\0\ufeff"):
            assert isinstance(item, Row)
            assert item.text == (f"{title}\n\n{text}" if isinstance(title, str) and title.strip() else text)
        elif text is not None and not isinstance(text, str):
            assert isinstance(item, Rejected)
            assert item.reason == "not_text"
