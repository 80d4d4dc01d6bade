"""Properties of the mentions and facts of any text: spans, order, overlaps, and time that grows with length."""

import time
from functools import lru_cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.entities import EntityExtractor
from detector.facts import facts
from detector.knowledge.loader import load
from detector.knowledge.schema import Knowledge
from detector.mentions.numbers import read_number
from detector.tokens import MERGED, tokenise

TYPES = MERGED | {"visa", "licence", "company", "age", "looks"}
PIECES = [
    "0812-0000-0011", "+62", "0812 - 3xxx", "wa.me/6281200000011", "t.me/kerja_00", "bit.ly/x", "contoh.co.id",
    "hrd@contoh.com", "@rekrut_00", "TG", "id line:", "gaji", "biaya", "12-15 juta", "Rp 5.000.000,-", "$900",
    "2 digit", "dua belas juta", "3x UMR", "/bulan", "per jam", "Kamboja", "Phnom Penh", "KH", "🇰🇭", "Jl.",
    "bahasa", "Korea", "dan", "visa", "turis", "SIP3MI No.", "000/2019", "PT", "Contoh Jaya", "Sdn Bhd", "usia",
    "maks", "18-35 th", "tinggi min 160", "cantik", "\n", ". ", ", ", " ", "", "(", ")", "/", "-", "–", "0",
    "o", "x", "*", "İ", "ß", "١٢", "①", "\u200b", "\x00",
]  # fmt: skip
ADS = st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join) | st.lists(st.sampled_from(PIECES), max_size=40).map(
    "".join
)
FLOODS = [
    "1", "0 ", "1.", "12jt ", "a.", "a@", "@abc ", "0812-0000-0011 ", "PT A ", "korea/", "18-", "€5-€", "o8",
    "satu ", "x.com ", "http://", "visa ", "-", " ", "\n",
]  # fmt: skip


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    return load()


@lru_cache(maxsize=2)
def extractor(number: int = 1) -> EntityExtractor:
    return EntityExtractor(knowledge())


@settings(deadline=None, max_examples=300)
@given(ADS | st.text(max_size=300))
def test_mentions_lie_in_the_text_in_order_and_merged_ones_apart(text: str) -> None:
    mentions = extractor().extract(text)
    assert list(mentions) == sorted(mentions, key=lambda m: (m.start, m.end, m.type))
    for mention in mentions:
        assert mention.type in TYPES
        assert mention.value
        assert 0 <= mention.start < mention.end <= len(text)
        assert text[mention.start : mention.end].strip() == text[mention.start : mention.end]
    merged = [m for m in mentions if m.type in MERGED]
    assert all(left.end <= right.start for left, right in pairwise(merged))


@settings(deadline=None, max_examples=100)
@given(ADS)
def test_the_same_text_has_the_same_mentions(text: str) -> None:
    assert extractor().extract(text) == extractor(2).extract(text)


@settings(deadline=None, max_examples=200)
@given(ADS | st.text(max_size=300))
def test_facts_have_known_names_and_spans_of_tokens(text: str) -> None:
    mentions = extractor().extract(text)
    tokens = tokenise(text, mentions)
    shown = facts(mentions, tokens, knowledge())
    assert set(shown) <= set(knowledge().fact_names)
    for spans in shown.values():
        assert list(spans) == sorted(set(spans))
        assert all(0 <= start <= end <= len(tokens) for start, end in spans)


@settings(deadline=None, max_examples=200)
@given(ADS)
def test_sums_are_ordered_and_positive(text: str) -> None:
    for mention in extractor().extract(text):
        if mention.type == "pay":
            assert 0 < mention.detail["min"] <= mention.detail["max"]


@given(st.integers(1, 10**12))
def test_grouped_numbers_read_back(number: int) -> None:
    assert read_number(f"{number:,}") == number
    assert read_number(f"{number:,}".replace(",", ".")) == number


@given(st.integers(10, 99), st.sampled_from(["-", " ", ".", "", " - "]), st.sampled_from(["0", "+62", "62"]))
def test_a_phone_is_one_whatever_parts_its_digits(tail: int, gap: str, head: str) -> None:
    (phone,) = extractor().extract(f"WA {head}812{gap}0000{gap}00{tail} ya")
    assert (phone.type, phone.value) == ("phone", f"+62812000000{tail}")


@pytest.mark.parametrize("piece", FLOODS)
def test_time_grows_with_length_only(piece: str) -> None:
    text = (piece * 20_000)[:20_000]
    started = time.perf_counter()
    mentions = extractor().extract(text)
    facts(mentions, tokenise(text, mentions), knowledge())
    assert time.perf_counter() - started < 1.0  # a quadratic pattern takes minutes here
