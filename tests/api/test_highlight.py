"""Cutting a text into segments: nothing is lost, overlaps are seen, invisible characters show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.highlight import Piece, Span, cut, pieces


@pytest.mark.parametrize(
    ("spans", "expected", "why"),
    [
        ([], [("abcdef", (), (), "")], "no sign"),
        ([Span(0, 6, 1, 3)], [("abcdef", (1,), (1,), "severity-3")], "the whole text"),
        (
            [Span(0, 4, 1, 2), Span(2, 6, 2, 5)],
            [("ab", (1,), (), "severity-2"), ("cd", (1, 2), (1,), "severity-5"), ("ef", (2,), (2,), "severity-5")],
            "an overlap carries both signs and the look of the gravest",
        ),
        (
            [Span(1, 5, 1, 0), Span(2, 4, 2, 1)],
            [
                ("a", (), (), ""),
                ("b", (1,), (), "protective"),
                ("cd", (1, 2), (2,), "severity-1"),
                ("e", (1,), (1,), "protective"),
                ("f", (), (), ""),
            ],
            "a sign within another",
        ),
        ([Span(4, 99, 1, 4)], [("abcd", (), (), ""), ("ef", (1,), (1,), "severity-4")], "beyond what is shown"),
        ([Span(3, 3, 1, 4), Span(6, 9, 2, 4)], [("abcdef", (), (), "")], "empty or outside"),
    ],
)
def test_cutting(
    spans: list[Span], expected: list[tuple[str, tuple[int, ...], tuple[int, ...], str]], why: str
) -> None:
    found = [("".join(p.text for p in s.pieces), s.signs, s.closing, s.tone) for s in cut("abcdef", spans)]
    assert found == expected, why


@pytest.mark.parametrize(
    ("text", "codes", "why"),
    [
        ("gaji 5 juta\n", [], "ordinary"),
        ("Kam\u200bboja", ["U+200B"], "a zero-width space splits a word"),
        ("\u202eatija\u202c", ["U+202E", "U+202C"], "letters in reverse order"),
        ("k\u00aderja", ["U+00AD"], "a soft hyphen"),
        ("a\x00b\x1b", ["U+0000", "U+001B"], "control characters"),
        ("👩\u200d🏭 pabrik", [], "the joiner of an emoji is no trick"),
        ("ker\u200dja", ["U+200D"], "a joiner inside a word is"),
        ("\U000e0061", ["U+E0061"], "letters that no screen shows"),
        ("\ud800", ["U+D800"], "half of a surrogate pair"),
    ],
)
def test_invisible_characters_show(text: str, codes: list[str], why: str) -> None:
    assert [piece.code for piece in pieces(text) if piece.code] == codes, why


def test_plain_text_is_one_piece() -> None:
    assert pieces("gaji") == (Piece("gaji"),)


@given(
    st.text(max_size=40),
    st.lists(st.builds(Span, st.integers(0, 45), st.integers(0, 45), st.integers(1, 4), st.integers(0, 5)), max_size=8),
)
def test_no_character_is_lost_and_each_knows_its_signs(text: str, spans: list[Span]) -> None:
    segments = cut(text, spans)
    assert "".join(p.text for s in segments for p in s.pieces) == text
    at = 0
    for segment in segments:
        assert segment.start == at
        length = sum(len(piece.text) for piece in segment.pieces)
        for place in range(at, at + length):
            assert segment.signs == tuple(sorted({s.sign for s in spans if s.start <= place < s.end}))
        at += length
