"""Lines put together from parts that were made before are the lines that the whole would give."""

import json
from typing import Any

import pytest

from detector.batch import parts
from detector.batch.parts import Scorer, Wanted, flat_line, table
from detector.batch.rows import Rejected, Row
from detector.detector import Detector

LURE = "Dicari admin \u201cCS\u201d di Kamboja, gaji 15 juta, visa turis, tiket & paspor ditanggung. WA 0812-0000-0017"
LAWFUL = "Toko Contoh di Bekasi mencari kasir. Lamaran diantar sendiri ke toko, tanpa biaya."


@pytest.fixture(scope="module")
def fast(detector: Detector) -> Detector:
    return Detector(detector.bundle, detector.knowledge, "fast")


def answers(scorer: Scorer, *items: Row | Rejected) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = scorer(table(items)).to_pylist()
    return found


def row(number: int, text: str, **columns: str) -> Row:
    return Row(number, f'id "{number}" \u2028 \U0001f525', text, "list.csv", columns)


@pytest.mark.parametrize("text", [LURE, LAWFUL])
def test_a_line_is_the_assessment_under_the_row_s_id(fast: Detector, text: str) -> None:
    scorer = Scorer(fast, Wanted(explain_from="elevated"))
    for _ in range(2):  # the second time from memory
        [answer] = answers(scorer, row(1, text, kota="Bekasi"))
        expected = fast.assess(text, explain_from="elevated").as_dict() | {"id": row(1, text).id}
        assert json.loads(answer["line"]) == expected
        assert list(json.loads(answer["line"])) == list(expected), "in the order of the contract"
        assert "\n" not in answer["line"]
        assert (answer["level"], answer["answered_by"]) == (expected["level"], "fast")


def test_a_flat_line_holds_the_row_and_its_columns(fast: Detector) -> None:
    given = row(1, LURE, kota='Bekasi "Timur"', id="lain")
    [answer] = answers(Scorer(fast, Wanted(flat=True)), given)
    record = json.loads(answer["line"])
    assert (record["id"], record["source"], record["text"]) == (given.id, "list.csv", LURE)
    assert record["columns"] == given.columns
    assert record["contacts"] == "+6281200000017"
    assert record["level"] == answer["level"] == "high"
    told = {"id": given.id, "source": "list.csv", "text": LURE, "columns": json.dumps(given.columns)}
    assert json.loads(flat_line(told, fast.assess(LURE))) == record


def test_rejects_keep_their_place_and_their_bytes(fast: Detector) -> None:
    found = answers(Scorer(fast, Wanted()), Rejected(1, "a", "not_text", b"\xff"), row(2, LAWFUL), row(3, " \u200b"))
    assert [(one["number"], one["reason"], one["raw"]) for one in found] == [
        (1, "not_text", b"\xff"),
        (2, None, None),
        (3, "empty", " \u200b".encode()),
    ]
    assert [one["line"] is None for one in found] == [True, False, True]


@pytest.mark.parametrize(("limit", "most"), [("_REMEMBERED", 1), ("_MOST_HELD", 10)])
def test_what_is_forgotten_is_judged_again(
    fast: Detector, monkeypatch: pytest.MonkeyPatch, limit: str, most: int
) -> None:
    monkeypatch.setattr(parts, limit, most)
    scorer = Scorer(fast, Wanted())
    first = answers(scorer, row(1, LURE), row(2, LAWFUL), row(3, LURE))
    assert answers(scorer, row(1, LURE), row(2, LAWFUL), row(3, LURE)) == first
    assert len(scorer._known) <= most
