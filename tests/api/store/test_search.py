"""The search box: what is typed becomes a query that finds the same ads on both databases and never breaks."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.listing import Window
from api.store import Store, ads, history
from api.store.search import Query, Term, parse, shown_words, words_of
from detector.detector import Detector
from detector.text import normalise

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
TEXTS = (
    "Dibutuhkan admin chat untuk Kamboja, gaji 15 juta. Hubungi 0812-0000-0011 atau t.me/hrd_contoh",
    "Kasir toko roti di Sleman, gaji sesuai UMK, surat lamaran ke loker@roti.example",
    "K4mb0ja butuh ope­rator, GAJI besar, visa turis dulu",  # leet, and a soft hyphen within a word
    "Caf\u00e9 Nusantara mencari barista; chat admin di nomor 0812 0000 0022",
    "Взрослый 日本語 ทดสอบ lowongan 1e5 12.5",
)


def words(*found: str, **more: bool) -> Term:
    return Term(found, more.get("prefix", False), more.get("excluded", False))


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("admin kamboja", [words("admin"), words("kamboja")]),
        ("  Admin   KAMBOJA admin ", [words("admin"), words("kamboja")]),
        ('"visa turis" gaji', [words("visa", "turis"), words("gaji")]),
        ("“visa turis”", [words("visa", "turis")]),
        ('"visa turis', [words("visa", "turis")]),
        ("kamb*", [words("kamb", prefix=True)]),
        ('"visa tur"*', [words("visa", "tur", prefix=True)]),
        ("-umk gaji", [words("umk", excluded=True), words("gaji")]),
        ('-"visa turis"', [words("visa", "turis", excluded=True)]),
        ("0812-0000-0011", [words("0812", "0000", "0011")]),
        ("t.me/hrd_contoh", [words("t", "me", "hrd", "contoh")]),
        ("café", [words("cafe")]),
        ("a*", [words("a")]),  # too short to stand for every word that begins so
        ("gaji AND kamboja", [words("gaji"), words("and"), words("kamboja")]),
        ("normal:gaji ^ NEAR(a b)", [words("normal", "gaji"), words("near", "a"), words("b")]),
        ("' OR 1=1", [words("or"), words("1", "1")]),
        ("", []),
        (' - -- " "" * -* & | ! : ( ) \\ ', []),
    ],
)  # fmt: skip
def test_what_is_typed_is_read_as(typed: str, terms: list[Term]) -> None:
    assert list(parse(typed).terms) == terms


def test_a_disguised_spelling_is_folded_as_the_detector_folds_it(detector: Detector) -> None:
    def fold(typed: str) -> str:
        return normalise(typed, detector.reader.lexicon).normal

    for disguised in ("K4mb0ja", "k a m b o j a", "ｋａｍｂｏｊａ", "каmbоjа", "kam\u200bboja"):
        assert parse(disguised, fold) == Query((words("kamboja"),)), disguised


def test_words_are_told_apart_by_letters_and_digits_alone() -> None:
    assert words_of("Gaji Rp15.000.000/bulan — Café_Crème, TIKET!") == "gaji rp15 000 000 bulan cafe creme tiket"
    assert len(words_of("x" * 5_000)) == 100


def test_the_words_to_mark_are_those_that_are_wanted() -> None:
    assert list(shown_words(parse('gaji -umk "visa turis"'))) == ["gaji", "visa", "turis"]


@pytest.fixture(scope="module")
def told(detector: Detector) -> list[ads.NewAd]:
    return [
        ads.NewAd(text, detector.reader.read(text).text.normal, detector.assess(text), NOW + timedelta(minutes=number))
        for number, text in enumerate(TEXTS)
    ]


@pytest.fixture
def filled(store: Store, told: list[ads.NewAd]) -> Store:
    with store.writing() as connection:
        for new in told:
            ads.keep(connection, new)
    return store


def found_by(store: Store, typed: str) -> list[int]:
    with store.reading() as connection:
        page = history.find(connection, history.Filter(query=parse(typed)), Window())
    return sorted(row.id for row in page.rows)


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("gaji", [1, 2, 3]),
        ("gaji kamboja", [1, 3]),
        ("gaji -kamboja", [2]),
        ("-gaji", [4, 5]),
        ("-gaji -lowongan", [4]),
        ('"admin chat"', [1]),
        ('"chat admin"', [4]),
        ("admin chat", [1, 4]),
        ("kamb*", [1, 3]),
        ('"visa tur"*', [3]),
        ("-kamb* gaji", [2]),
        ("operator", [3]),
        ("cafe", [4]),
        ("CAFÉ", [4]),
        ("0812-0000-0011", [1]),
        ("0812 0000", [1, 4]),
        ("0812-0000", [1, 4]),
        ("hrd_contoh", [1]),
        ("contoh", [1]),
        ("loker@roti.example", [2]),
        ("roti.example", [2]),
        ("взрослый", [5]),
        ("1e5", [5]),
        ("12.5", [5]),
        ("nothing_like_it", []),
        ("'; DROP TABLE ads; --", []),
        ("!!!", []),
        ("", []),
    ],
)
def test_both_databases_find_the_same_ads(filled: Store, typed: str, ids: list[int]) -> None:
    assert found_by(filled, typed) == ids


def test_a_text_that_changed_is_found_by_its_new_words(filled: Store) -> None:
    with filled.writing() as connection:
        connection.exec_driver_sql("UPDATE ads SET words = 'petani sawit' WHERE id = 1")
        connection.exec_driver_sql("DELETE FROM ads WHERE id = 2")
    assert found_by(filled, "kasir") == []
    assert found_by(filled, "kamboja") == [3]
    assert found_by(filled, "sawit") == [1]


PIECES = st.sampled_from(
    [*"\"-*()':&|!\\ ^\x00é日\ud800", "gaji", "kamb*", "NEAR", " OR ", " NOT ", "<->", '-"a b"', "1e5", "  "]
)


@given(typed=st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=12).map("".join)))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_that_is_typed_breaks_a_database(filled: Store, told: list[ads.NewAd], typed: str) -> None:
    query = parse(typed)
    ids = found_by(filled, typed)
    assert set(ids) <= {1, 2, 3, 4, 5}
    if not query.terms:
        assert ids == []
    # What is found shows every single word that is wanted, and none of the single words that are excluded.
    for id_ in ids:
        shown = words_of(told[id_ - 1].normal).split()
        for term in query.terms:
            if len(term.words) == 1 and not term.is_prefix:
                assert (term.words[0] in shown) is not term.is_excluded
