"""The rivals get the phrases that Sigap's matcher has: the same signs are found in plain texts."""

import re

import pytest

from benchmarks.phrases import as_one, one_by_one, phrases
from detector.knowledge.loader import load
from detector.reading import Reader

KNOWLEDGE = load()
PHRASES = phrases(KNOWLEDGE)
LISTED = {phrase.indicator for phrase in PHRASES}


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(KNOWLEDGE)


def test_every_risk_that_has_patterns_is_there() -> None:
    wanted = {e.id for e in KNOWLEDGE.indicators if e.patterns and e.polarity in ("risk", "combination")}
    assert wanted == LISTED
    assert len(PHRASES) > 1_500
    for phrase in PHRASES:
        assert re.compile(phrase.expression, re.IGNORECASE).search("") is None, phrase


def test_the_examples_of_the_knowledge_are_found_as_the_matcher_finds_them(reader: Reader) -> None:
    find = one_by_one(PHRASES)
    shown = alike = 0
    for entry in KNOWLEDGE.indicators:
        # What `requires` and `derive` add lies beyond any list of phrases.
        if entry.id in LISTED and entry.requires is None and not entry.derive:
            for text in entry.examples.match:
                if entry.id in {hit.id for hit in reader.read(text).hits}:
                    shown += 1
                    alike += entry.id in {name for name, _, _ in find(text)}
    assert shown > 200
    assert alike >= 0.9 * shown


def test_one_alternation_finds_something_where_one_of_them_does() -> None:
    # An alternation over a tenth of the phrases: the whole takes seconds to compile.
    some = PHRASES[::10]
    apart, together = one_by_one(some), as_one(some)
    texts = [text for entry in KNOWLEDGE.indicators for text in entry.examples.match[:1]]
    assert sum(bool(apart(text)) for text in texts) >= 10
    assert [bool(apart(text)) for text in texts] == [bool(together(text)) for text in texts]
