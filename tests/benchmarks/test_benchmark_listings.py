"""The texts of benchmarks: always the same, and different where they are said to be."""

from itertools import islice

from benchmarks.listings import endless, repeating, texts, variant

BASE = ["Dibutuhkan admin toko di Bekasi. Gaji 4,5 juta. WA 0812-0000-0017.", "Loker kasir\nusia 18-25"]


def test_a_variant_keeps_the_words_and_is_another_text() -> None:
    text = BASE[0]
    other = variant(text, 3)
    assert variant(text, 0) == text
    assert other == variant(text, 3) != variant(text, 4)
    assert sorted(word for word in other.split() if word.isalpha()) == sorted(w for w in text.split() if w.isalpha())
    assert abs(len(other) - len(text)) <= 3


def test_endless_texts_are_all_different() -> None:
    some = list(islice(endless(BASE), 500))
    assert some[:2] == BASE
    assert len(set(some)) == 500


def test_repeating_texts_come_from_the_last_that_differed() -> None:
    some = list(islice(repeating(BASE, distinct=10, hot=4), 30))
    assert len(set(some[:10])) == 10
    assert some[10:] == some[6:10] * 5


def test_ads_have_about_a_hundred_words() -> None:
    found = texts("ads")
    assert len(found) >= 100
    assert {80 <= len(text.split()) <= 120 for text in found} == {True}
