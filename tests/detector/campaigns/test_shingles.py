"""What two texts have in common once phones, cities and pay are masked, and how alike that makes them."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.campaigns.shingles import SKETCH, Shingler
from detector.campaigns.sketches import Sketches

AD = "Dibutuhkan admin untuk kantor di Kamboja, gaji 15 juta, mess dan makan ditanggung, japri 0812-0000-0017"


@pytest.fixture(scope="module")
def shingler() -> Shingler:
    return Shingler()


def sketched(texts: list[str], shingler: Shingler) -> Sketches:
    sketches = Sketches()
    sketches.add(shingler.of(texts), np.arange(len(texts)))
    return sketches


def likeness(one: str, other: str, shingler: Shingler) -> float:
    return float(sketched([one, other], shingler).likeness(np.array([0]), np.array([1]))[0])


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (AD.replace("0812-0000-0017", "+855 12 345 678"), "another phone"),
        (AD.replace("Kamboja", "Phnom Penh"), "another place, of two words"),
        (AD.replace("15 juta", "9,5 juta"), "another pay"),
        (AD.upper(), "shouted"),
        (AD.replace("admin", "a\u200bdmin"), "a character that is not seen"),
        (AD.replace("makan", "mаkаn"), "Cyrillic letters"),
        (AD.replace("dan", "&"), None),
        (AD.replace("0812-0000-0017", "https://t.example/abc?x=1"), "a link in place of the phone"),
        (AD.replace("0812-0000-0017", "@akun_lain"), "a handle in place of the phone"),
    ],
)
def test_what_copies_change_does_not_count(other: str, why: str | None, shingler: Shingler) -> None:
    assert (likeness(AD, other, shingler) == 1.0) == (why is not None), why


def test_other_words_count(shingler: Shingler) -> None:
    assert 0.3 < likeness(AD, AD.replace("kantor", "toko").replace("japri", "hubungi"), shingler) < 0.8
    assert likeness(AD, "Dijual motor bekas masih mulus pajak hidup surat lengkap bisa tukar tambah", shingler) == 0


def test_the_same_set_has_the_same_fingerprint_and_another_one_another(shingler: Shingler) -> None:
    prints = shingler.of([AD, AD.replace("15", "20"), AD + " segera", ""]).fingerprints
    assert prints[0] == prints[1]
    assert len(set(prints.tolist())) == 3


def test_words_count_without_masks(shingler: Shingler) -> None:
    assert shingler.of(["", "0812 0000 0017", "gaji 15 juta", "\u202e\u200b"]).words.tolist() == [0, 0, 2, 0]


WORDS = st.lists(st.sampled_from(["satu", "dua", "tiga", "empat", "enam", "tujuh", "9"]), max_size=30).map(" ".join)


@settings(deadline=None)
@given(st.lists(WORDS, min_size=2, max_size=6))
def test_likeness_is_the_jaccard_index_of_words_and_pairs(texts: list[str]) -> None:
    sets = [plain(text.split()) for text in texts]
    sketches = sketched(texts, Shingler(masked=frozenset()))
    left, right = np.triu_indices(len(texts), k=1)
    expected = [len(sets[a] & sets[b]) / max(1, len(sets[a] | sets[b])) for a, b in zip(left, right, strict=True)]
    assert sketches.likeness(left, right) == pytest.approx(expected)


def plain(words: list[str]) -> set[tuple[str, ...]]:
    merged = [word for at, word in enumerate(words) if word != "9" or at == 0 or words[at - 1] != "9"]
    return {(word,) for word in merged if word != "9"} | set(pairwise(merged))


def test_long_texts_are_compared_by_a_fair_sample(shingler: Shingler) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = [a + b + c for a in letters for b in letters[:10] for c in letters[:8]]
    texts = [" ".join(words[:1_200]), " ".join(words[400:1_600])]
    sketches = sketched(texts, shingler)
    assert sketches.sizes.max() <= SKETCH
    assert sketches.likeness(np.array([0]), np.array([1]))[0] == pytest.approx(0.5, abs=0.06)


def test_dropped_shingles_no_longer_count(shingler: Shingler) -> None:
    texts = ["satu dua enam", "satu dua empat", "tujuh"]
    sketches = sketched(texts, shingler)
    stop = np.unique(sketches.of(np.array([0]))[0])
    sketches.drop(stop, step=2)
    assert sketches.sizes.tolist() == [0, 2, 1]
    assert sketches.likeness(np.array([0]), np.array([1])).tolist() == [0.0]
