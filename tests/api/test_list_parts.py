"""Excerpts, moments and the geometry of small pictures."""

from datetime import UTC, date, datetime

import pytest

from api import charts, moments
from api.catalog import load_catalogs
from api.excerpts import LENGTH, excerpt

LONG = "awal " * 100 + "kasir di Kamboja, gaji besar " + "akhir " * 100


def test_the_beginning_of_a_text_on_one_line() -> None:
    assert [bit.text for bit in excerpt(" a\n\n b\tc ")] == ["a b c"]
    bits = excerpt(LONG)
    assert bits[0].text.startswith("awal awal")
    assert bits[-1].text == " …"
    assert len(bits[0].text) == LENGTH


def test_the_part_around_the_first_word_that_was_searched() -> None:
    bits = excerpt(LONG, ["kamboja", "gaji"])
    assert bits[0].text == "… "
    assert [bit.text for bit in bits if bit.is_hit] == ["Kamboja", "gaji"]


@pytest.mark.parametrize(
    ("text", "words", "hits"),
    [
        ("Gaji GAJI penggajian", ["gaji"], ["Gaji", "GAJI"]),
        ("kamboja kambojaan", ["kamb"], ["kamboja", "kambojaan"]),
        ("12-15 juta", ["15"], ["15"]),
        ("K4mb0ja", ["kamboja"], []),  # in disguise: found, not marked
        ("a.b", ["."], []),
        ("", ["x"], []),
    ],
)
def test_marks(text: str, words: list[str], hits: list[str]) -> None:
    assert [bit.text for bit in excerpt(text, words) if bit.is_hit] == hits


def test_moments_are_told_in_western_indonesian_time() -> None:
    catalogs = load_catalogs()
    moment = datetime(2026, 8, 31, 17, 30, tzinfo=UTC)
    assert moments.day_and_time(moment, catalogs["id"]) == "1 Sep 2026 00:30 WIB"
    assert moments.day(moment, catalogs["id"]) == "1 Sep 2026"
    assert moments.day(date(2026, 8, 31), catalogs["id"]) == "31 Agu 2026"
    assert moments.day(date(2026, 8, 31), catalogs["en"]) == "31 Aug 2026"
    assert moments.start_of(date(2026, 9, 1)) <= moment < moments.start_of(date(2026, 9, 2))


@pytest.mark.parametrize("written", ["", "x", "2026-2-1", "2026-02-30", "1969-12-31", "9999-01-01", "2026-W01-1x"])
def test_what_is_no_day(written: str) -> None:
    assert moments.read_day(written) is None


def test_columns_share_a_scale_and_what_is_there_is_seen() -> None:
    strip = charts.strip("high", "Tinggi", moments.week_number(date(2026, 11, 23)), [0, 1, 1000, 500], 1000)
    heights = [column.height for column in strip.columns]
    assert heights == [0, 0.8, charts.HEIGHT, charts.HEIGHT / 2]
    assert all(column.y + column.height == pytest.approx(charts.HEIGHT) for column in strip.columns)
    assert (strip.width, strip.total, strip.peak.day) == (4, 1501, date(2026, 12, 7))
    assert [column.height for column in charts.strip("", "", 0, [0, 0], 0).columns] == [0, 0]


def test_a_ranking_is_drawn_against_its_longest() -> None:
    bars = charts.ranking([("KH", "Kamboja", 40), ("TW", "Taiwan", 10)])
    assert [bar.width for bar in bars] == [100, 25]
    assert charts.ranking([]) == ()
