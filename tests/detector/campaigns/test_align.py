"""Alignment: the words that all variants share, and the slots between them."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from detector.campaigns import align

WORDS = st.sampled_from(["gaji", "juta", "Kamboja", "admin", "12", "\n", "  ", "wa", "😀"])
TEXTS = st.lists(st.one_of(st.lists(WORDS).map(" ".join), st.text(max_size=40)), max_size=5)


def test_name_city_and_pay_show_as_slots() -> None:
    found = align(
        [
            "Butuh admin di Poipet, gaji 12 juta, hubungi Kak Rina sekarang",
            "Butuh admin di Phnom Penh, gaji 15 juta, hubungi Bang Doni sekarang",
            "Butuh admin di Bavet, gaji 9 juta, hubungi sekarang",
        ]
    )
    assert [(segment.fixed, tuple(part.strip() for part in segment.parts)) for segment in found] == [
        (True, ("Butuh admin di",) * 3),
        (False, ("Poipet,", "Phnom Penh,", "Bavet,")),
        (True, ("gaji",) * 3),
        (False, ("12", "15", "9")),
        (True, ("juta, hubungi",) * 3),
        (False, ("Kak Rina", "Bang Doni", "")),
        (True, ("sekarang",) * 3),
    ]


def test_white_space_alone_makes_no_slot() -> None:
    (segment,) = align(["gaji  besar\nsekali", "gaji besar sekali"])
    assert segment.fixed
    assert segment.parts == ("gaji  besar\nsekali", "gaji besar sekali")


def test_one_text_is_fixed_and_none_has_no_segments() -> None:
    assert [segment.fixed for segment in align(["satu dua"])] == [True]
    assert align([]) == ()


@given(TEXTS)
def test_the_segments_rebuild_each_text(texts: list[str]) -> None:
    segments = align(texts)
    assert ["".join(segment.parts[at] for segment in segments) for at in range(len(texts))] == texts


@given(TEXTS)
def test_fixed_segments_hold_the_same_words_and_take_turns_with_slots(texts: list[str]) -> None:
    segments = align(texts)
    for segment in segments:
        assert not segment.fixed or len({tuple(part.split()) for part in segment.parts}) == 1
        assert any(segment.parts)
    assert all(one.fixed != next_.fixed for one, next_ in pairwise(segments))


def test_a_very_long_text_costs_no_more_than_its_start() -> None:
    texts = [" ".join(f"kata{at}" for at in range(100_000)), " ".join(f"kata{at}" for at in range(1, 100_000))]
    segments = align(texts)
    assert ["".join(segment.parts[at] for segment in segments) for at in range(2)] == texts
