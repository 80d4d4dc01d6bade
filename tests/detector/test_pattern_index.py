"""The search for thousands of patterns at once finds just what each pattern finds by itself."""

from collections.abc import Sequence

import pytest

from detector.errors import KnowledgeError
from detector.pattern_index import MOST_WORDS, PatternIndex
from detector.patterns import CompiledPattern, Slot, compile_pattern
from detector.tokens import Tokens
from tests.detector.small_knowledge import SHIPPED, entry, reader_of
from training.records import corpus

LINES = ["gaji @pay", "kerja", "di_kapal|laut", "aman ?", "? langsung", "usia #", "bonus ...2 kantor", "ke @KH"]


READER = reader_of(entry("any", "kerja"))


def tokens_of(text: str) -> Tokens:
    return READER.read(text).tokens


def index_of(lines: Sequence[str]) -> PatternIndex:
    return PatternIndex([compile_pattern(line, SHIPPED) for line in lines], SHIPPED.spelling)


def found(lines: Sequence[str], text: str, wanted: int = -1) -> dict[str, list[str]]:
    index, tokens = index_of(lines), tokens_of(text)
    shown: dict[str, list[str]] = {}
    if wanted < 0:
        wanted = (1 << len(lines)) - 1
    for number, start, end in index.search(index.sentences(tokens), wanted):
        shown.setdefault(lines[number], []).append(" ".join(tokens.words[start:end]))
    return shown


def test_places_count_from_the_start_of_the_text() -> None:
    text = "Kerja di laut. Gaji Rp 5 juta! Kerja lagi, usia 20. Ke Phnom Penh."
    assert found(LINES, text) == {
        "kerja": ["kerja", "kerja"],
        "di_kapal|laut": ["laut"],
        "gaji @pay": ["gaji rp 5 juta"],
        "usia #": ["usia 20"],
        "ke @KH": ["ke phnom penh"],
    }


def test_a_question_mark_may_end_or_begin_a_pattern() -> None:
    assert found(LINES, "Apa aman? Langsung kerja") == {
        "aman ?": ["aman ?"],
        "? langsung": ["? langsung"],
        "kerja": ["kerja"],
    }


def test_only_wanted_patterns_are_searched() -> None:
    text = "Kerja di laut."
    assert found(["kerja", "laut"], text, wanted=0b01) == {"kerja": ["kerja"]}
    assert found(["kerja", "laut"], text, wanted=0b10) == {"laut": ["laut"]}
    assert found(["kerja", "laut"], text, wanted=0) == {}


def test_no_tokens_no_sentences() -> None:
    assert index_of(LINES).sentences(Tokens((), (), (), (), ())) == []


def test_no_patterns_no_matches() -> None:
    assert found([], "Kerja di laut.") == {}


def test_patterns_that_are_not_tried_would_not_have_matched() -> None:
    lines = [line for e in SHIPPED.indicators for lines in (*e.patterns.values(), e.unless) for line in lines][::5]
    index, every = index_of(lines), (1 << len(lines)) - 1
    found = tried = 0
    for record in corpus()[::60]:
        sentences = index.sentences(READER.read(record.text).tokens)
        matches = set(index.search(sentences, every))
        assert matches == set(index.search([(begin, letters, every) for begin, letters, _ in sentences], every))
        found += len(matches)
        tried += sum((possible & every).bit_count() for _, _, possible in sentences)
    assert found > 50
    assert tried < 5 * found, "nearly all others are left out"


def test_more_words_than_letters_are_refused() -> None:
    words = tuple((f"w{n}",) for n in range(MOST_WORDS))
    pattern = CompiledPattern((Slot(words),), (frozenset(word for (word,) in words),))
    with pytest.raises(ValueError, match="more than"):
        PatternIndex([pattern], {})
    with pytest.raises(KnowledgeError, match="more than"):
        reader_of(entry("many", "|".join(word for (word,) in words)))
