"""N-grams over the shared tokens: which there are, what they weigh and where they stand."""

from dataclasses import replace

import numpy as np
import pytest

from detector import grams
from detector.grams import GramVector, GramVectorizer, character_grams, gram_words, word_grams
from detector.reading import Reader
from detector.tokens import Tokens
from tests.detector.small_knowledge import SHIPPED


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(SHIPPED)


WORDS: list[tuple[str, list[str], str]] = [
    ("Admin di Kamboja", ["admin", "di", "<abroad>"], "the name of a place is masked"),
    ("Toko di Bekasi", ["toko", "di", "<home>"], "home and abroad are told apart"),
    ("gaji Rp 12 juta", ["gaji", "<pay>"], "no sum is learnt by heart"),
    ("WA 0812-0000-0011", ["wa", "<phone>"], "nor a phone"),
    ("cek karir-contoh.com", ["cek", "<link>"], "nor a host"),
    ("usia 18 sampai 35", ["usia", "#", "sampai", "#"], "all numbers are one"),
    ("siap. berangkat", ["siap", "", "berangkat"], "the end of a sentence takes no part"),
    ("siap 🔥 berangkat", ["siap", "", "berangkat"], "nor does an emoji"),
    ("abcdefghij" * 30, [("abcdefghij" * 30)[:40]], "a run of letters is cut"),
]


@pytest.mark.parametrize(("text", "words", "why"), WORDS, ids=[why for _, _, why in WORDS])
def test_words(text: str, words: list[str], why: str, reader: Reader) -> None:
    assert gram_words(reader.read(text).tokens) == words, why


def test_pairs_are_neighbours_within_a_sentence() -> None:
    assert list(word_grams(["kerja", "di", "", "rumah", "aja"])) == [
        ("kerja", 0, 0),
        ("di", 1, 1),
        ("kerja di", 0, 1),
        ("rumah", 3, 3),
        ("aja", 4, 4),
        ("rumah aja", 3, 4),
    ]


@pytest.mark.parametrize(
    ("word", "grams"),
    [
        ("cs", ["~ cs", "~cs ", "~ cs "]),
        ("gaji", ["~ ga", "~gaj", "~aji", "~ji ", "~ gaj", "~gaji", "~aji ", "~ gaji", "~gaji "]),
        ("<pay>", []),
        ("#", []),
    ],
)
def test_character_grams_stay_inside_a_word_and_know_its_edges(word: str, grams: list[str]) -> None:
    assert list(character_grams(word)) == grams


def tokens_of(*words: str) -> Tokens:
    n = len(words)
    return Tokens(words, tuple(range(n)), tuple(range(1, n + 1)), ("",) * n, (False,) * n)


def test_values_by_hand() -> None:
    """tf of `kerja` is 2, of the others 1; the words' block has length sqrt((2 (1 + ln 2))^2 + 1^2 + 3^2)."""
    vectorizer = GramVectorizer(["di", "kerja", "kerja di", "rumah", "~gaj"], np.array([1.0, 2.0, 3.0, 9.0, 5.0]))
    vector = vectorizer(tokens_of("kerja", "di", "kerja"))
    raw = np.array([1.0, 2.0 * (1 + np.log(2)), 3.0])
    assert vector.features.tolist() == [0, 1, 2]
    assert vector.values == pytest.approx(raw / np.sqrt((raw**2).sum()))
    assert places(vector) == [(0, 1, 1), (1, 0, 0), (1, 2, 2), (2, 0, 1)]


def places(vector: GramVector) -> list[tuple[int, int, int]]:
    """(feature, first token, last token) of each occurrence, sorted."""
    index, first, last = vector.places()
    return sorted(zip(vector.features[index].tolist(), first.tolist(), last.tolist(), strict=True))


def test_every_occurrence_is_where_the_definition_says(reader: Reader) -> None:
    """Against the plain way: each n-gram of the text looked up by itself."""
    text = "Gaji gaji Rp 12 juta di Kamboja. Di Kamboja gaji 2x lipat, gaji 2x! WA 0812-0000-0011 \N{FIRE} gaji"
    tokens = reader.read(text).tokens
    words = gram_words(tokens)
    inside = [(gram, at, at) for at, word in enumerate(words) if word for gram in character_grams(word)]
    found = [*word_grams(words), *inside]
    vocabulary = sorted({gram for gram, _, _ in found} - {"gaji", "lipat gaji", "~gaj"})
    index = {gram: at for at, gram in enumerate(vocabulary)}
    vector = GramVectorizer(vocabulary, np.ones(len(vocabulary)))(tokens)
    assert places(vector) == sorted((index[gram], *place) for gram, *place in found if gram in index)
    assert vector.features.tolist() == list(range(len(vocabulary)))


def test_what_a_mention_says_is_no_word(reader: Reader) -> None:
    """The letters of a phone or place may also stand somewhere as a plain word, and the other way round."""
    vectorizer = GramVectorizer(["<abroad>", "kamboja", "~kamb"], np.ones(3))
    plain = tokens_of("kamboja")
    place = replace(plain, labels=("destination:KH",))
    for _ in range(2):
        assert vectorizer(plain).features.tolist() == [1, 2]
        assert vectorizer(place).features.tolist() == [0]


def test_words_and_characters_each_have_length_one() -> None:
    vectorizer = GramVectorizer(["gaji", "kerja", "~ ga", "~aji", "~ji "], np.array([1.0, 2.0, 3.0, 4.0, 5.0]))
    vector = vectorizer(tokens_of("gaji", "kerja"))
    assert np.square(vector.values[:2]).sum() == pytest.approx(1)
    assert np.square(vector.values[2:]).sum() == pytest.approx(1)


def test_nothing_known_nothing_found() -> None:
    vector = GramVectorizer(["gaji"], np.array([1.0]))(tokens_of("selamat", "pagi"))
    assert len(vector.features) == len(vector.values) == 0
    assert places(vector) == []


def test_a_second_reading_of_a_word_gives_the_same() -> None:
    vectorizer = GramVectorizer(["gaji", "~ ga", "~aji"], np.array([1.0, 2.0, 3.0]))
    first, second = vectorizer(tokens_of("gaji")), vectorizer(tokens_of("gaji"))
    assert first.features.tolist() == second.features.tolist()
    assert first.values.tolist() == second.values.tolist()


def test_a_full_memory_of_words_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grams, "_REMEMBERED", 1)
    vectorizer = GramVectorizer(["gaji", "kerja", "~ ga", "~ke"], np.ones(4))
    for _ in range(2):
        assert vectorizer(tokens_of("gaji", "kerja")).features.tolist() == [0, 1, 2]
