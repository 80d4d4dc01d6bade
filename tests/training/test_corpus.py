"""The check of the corpus finds what was planted, and the corpus itself is clean."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from detector.knowledge.loader import load as load_knowledge
from training import check_corpus, shortcuts
from training.check_corpus import broken_records, leaks, near_duplicates, shingles
from training.records import Record, corpus, read_jsonl

IDS = frozenset({"tourist_visa_for_work"})
GOOD = Record(
    id="a-1",
    text="Lowongan admin, pakai visa turis dulu.",
    label=1,
    kind="offer",
    typologies=("scam_compound",),
    language="id",
    group="a-1",
    part="corpus",
    source="test",
    spans=((22, 32, "tourist_visa_for_work"),),
)
PLANTED: list[tuple[str, Record, str]] = [
    ("a label that is none", replace(GOOD, label=2), "label 2"),
    ("a kind that is none", replace(GOOD, kind="rumour"), "rumour"),
    ("a language that is none", replace(GOOD, language="jv"), "jv"),
    ("news that recruits", replace(GOOD, kind="news"), "no offer"),
    ("a crime without a type", replace(GOOD, typologies=()), "names no typology"),
    ("a type without a crime", replace(GOOD, label=0), "does not recruit, but names"),
    ("a type that is none", replace(GOOD, typologies=("loud",)), "unknown typology loud"),
    ("a span behind the text", replace(GOOD, spans=((30, 99, "tourist_visa_for_work"),)), "30-99 points nowhere"),
    ("a span before the text", replace(GOOD, spans=((-1, 3, "tourist_visa_for_work"),)), "-1-3 points nowhere"),
    ("an empty span", replace(GOOD, spans=((5, 5, "tourist_visa_for_work"),)), "5-5 points nowhere"),
    ("a span of blanks", replace(GOOD, spans=((8, 9, "tourist_visa_for_work"),)), "8-9 points nowhere"),
    ("a span of a sign that is none", replace(GOOD, spans=((0, 8, "nobody"),)), "unknown indicator nobody"),
]


def test_a_good_record_has_no_problem() -> None:
    assert GOOD.text[22:32] == "visa turis"
    assert broken_records([GOOD], IDS) == []


@pytest.mark.parametrize(("why", "record", "says"), PLANTED, ids=[why for why, _, _ in PLANTED])
def test_planted_problems(why: str, record: Record, says: str) -> None:
    problems = broken_records([record], IDS)
    assert any(says in problem for problem in problems), why
    assert all(problem.startswith("a-1: ") for problem in problems), "each names its text"


def test_an_id_that_is_used_twice() -> None:
    assert broken_records([GOOD, GOOD], IDS) == ["a-1: the id is used 2 times"]


def test_shingles_see_no_case_punctuation_or_numbers() -> None:
    assert shingles("Gaji 5 juta, mess & makan!") == shingles("gaji juta mess makan") == frozenset()
    assert shingles("Satu dua, tiga 7 EMPAT lima enam") == {
        ("satu", "dua", "tiga", "empat", "lima"),
        ("dua", "tiga", "empat", "lima", "enam"),
    }


LONG = "dicari pelayan restoran untuk cabang baru kami di kota sebelah mulai bekerja bulan depan setiap hari"


def test_near_duplicates_are_found_and_twins_that_differ_are_not() -> None:
    texts = [("a", LONG), ("b", LONG.replace("depan", "ini")), ("c", "hanya beberapa kata yang lain sekali")]
    [(first, second, likeness)] = near_duplicates(texts)
    assert (first, second) == ("a", "b")
    assert 0.25 < likeness < 1


def test_a_text_that_repeats_a_held_out_one() -> None:
    held_out = [("dev-1", LONG + " dengan gaji yang cukup dan mess untuk semua"), ("dev-2", "teks lain sama sekali")]
    records = [replace(GOOD, id="copy", text=LONG), GOOD]
    [(ours, theirs, share)] = leaks(records, held_out)
    assert (ours, theirs, share) == ("copy", "dev-1", 1.0)


def test_a_word_that_decides_alone_is_reported() -> None:
    records = [replace(GOOD, id=f"c-{n}", text="kamboja kerja", label=1) for n in range(10)]
    records += [replace(GOOD, id=f"o-{n}", text="bekasi kerja", label=0) for n in range(10)]
    assert sorted(shortcuts.words(records)[:2]) == [("bekasi", 10, 0.0), ("kamboja", 10, 1.0)]
    assert shortcuts.words(records)[-1] == ("kerja", 20, 0.5)


def test_twins_share_a_group(tmp_path: Path) -> None:
    rows = [
        {"origin": "written for a test"},
        {"id": "a", "text": "x", "label": 0, "kind": "offer", "typologies": [], "language": "id"},
        {"id": "b", "text": "y", "label": 0, "kind": "offer", "typologies": [], "language": "id", "twin_of": "a"},
        {"id": "c", "text": "z", "label": 0, "kind": "offer", "typologies": [], "language": "id", "twin_of": "b"},
        {"id": "d", "text": "w", "label": 0, "kind": "offer", "typologies": [], "language": "id", "twin_of": "e"},
        {"id": "e", "text": "v", "label": 0, "kind": "offer", "typologies": [], "language": "id", "twin_of": "d"},
    ]
    (tmp_path / "test.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    groups = {record.id: record.group for record in corpus(tmp_path)}
    assert groups["a"] == groups["b"] == groups["c"] == "a"
    assert len(groups) == 5, "a circle of twins is survived, and the origin is no text"


def test_the_corpus_is_clean(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """As `make lint` checks it, but for the texts that only measure, which are not part of the project."""
    monkeypatch.setattr(check_corpus, "DEVELOPMENT", {})
    assert check_corpus.main() == 0, capsys.readouterr().err
    shown = capsys.readouterr()
    assert shown.err == ""
    assert "with evidence spans" in shown.out


def test_enough_texts_show_where_their_evidence_is() -> None:
    records = corpus()
    with_spans = [record for record in records if record.spans]
    assert len(records) >= 2060
    assert len(with_spans) >= 300
    assert len({indicator for record in with_spans for _, _, indicator in record.spans}) >= 50, "of many kinds"
    known = load_knowledge().by_id
    for record in with_spans:
        for start, end, indicator in record.spans:
            assert record.text[start:end] == record.text[start:end].strip(), (record.id, start, end)
            assert indicator in known


def test_every_cell_of_the_corpus_holds_texts() -> None:
    records = corpus()
    assert {record.language for record in records} == {"id", "en", "ms", "mix"}
    for typology in check_corpus.TYPOLOGIES:
        assert sum(typology in (record.typologies or ()) for record in records) >= 50, typology
    for kind in check_corpus.KINDS:
        assert sum(record.kind == kind and not record.label for record in records) >= 50, kind


def test_each_file_tells_its_origin() -> None:
    for path in check_corpus.CORPUS.glob("*.jsonl"):
        assert "origin" in next(read_jsonl(path)), path.name


def test_no_text_holds_a_path_of_a_machine() -> None:
    path = re.compile("/(?:home|work|tmp)/")
    assert [record.id for record in corpus() if path.search(record.text)] == []


def test_a_layout_that_tells_the_classes_apart_is_reported() -> None:
    records = [replace(GOOD, id=f"a-{n}", text=f"Dicari kasir {n}! 🙏", label=1) for n in range(5)]
    records += [replace(GOOD, id=f"b-{n}", text=f"Dicari kasir {n}.", label=0) for n in range(5)]
    areas = dict(shortcuts.surface(records))
    assert areas["emoji"] == areas["exclamation marks"] == 1.0
    assert areas["lines"] == areas["links"] == 0.5
    assert ("🙏", 5, 1.0) in shortcuts.words(records)
    assert shortcuts.within(records, "kasir") == "5 / 5 / 0"
