"""The shortcuts of the first stages find what the plain way finds, in any text: each is held against a slow twin."""

import re
from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from detector.entities import EntityExtractor
from detector.knowledge.loader import load
from detector.mentions import links, phones
from detector.mentions.mention import Mention
from detector.mentions.words import FirstWords, PhraseIndex, Words, one_of
from detector.tokens import _ABBREVIATIONS, MERGED, Tokens, tokenise

PIECES = [
    "0812-0000-0011", "+62", "o8", "+(", "wa.me/6281200000011", "t.me/kerja_00", "contoh.co.id", "a.bc-",
    "www.", ".com", "hrd@contoh.com", "nama @gmail.com", "(at)", "[AT]", "@rekrut_00", "TG", "id line:", "LINE",
    "lineid", "Telegram ", "abang_88", "x'line ", "Rp 5.000.000,-", "usia", "umur", "maks", "MAX", "min.",
    "s/d", "up to", "dari", "hingga", "18", "35", "18-35", "25+", "th", "tahun", "ke bawah", "tinggi badan",
    "TB", "min", "160", "Kamboja", "Hong Kong", "Rp.", "Jl.", "🇰🇭", "🙂", ".", "...", "!", "?", "\n", "\n \n",
    ". ", ", ", " ", "  ", "", "'", "’", "-", "–", "/", "_", "0", "x", "*", "İ", "ı", "ſ", "Σ", "é", "١٢", "❶",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=30).map("".join) | st.text(max_size=200)
EXTRACTOR = EntityExtractor(load())
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[.!?;…]+(?=\s|$)|\n\s*\n|[\U0001F1E6-\U0001FAFF☀-➿⬀-⯿]")


def spans(matches: Iterable["re.Match[str]"]) -> list[tuple[int, int]]:
    return [match.span() for match in matches]


@settings(deadline=None, max_examples=400)
@given(TEXTS)
def test_words(text: str) -> None:
    words, expected = Words(text), list(WORD.finditer(text))
    assert words.lower == [match.group().lower() for match in expected]
    assert list(zip(words.starts, words.ends, strict=True)) == spans(expected)
    runs = set(re.findall(r"[^\W_]+", words.folded))
    assert runs <= set(words.lower) | (set() if words.whole else set(words.odd_runs()))


def slow_tokens(text: str, mentions: tuple[Mention, ...]) -> Tokens:
    rows: list[tuple[str, int, int, str, bool]] = []

    def add_plain(begin: int, end: int) -> None:
        for match in TOKEN.finditer(text, begin, end):
            word = match.group()
            if word == "." and rows and rows[-1][0] in _ABBREVIATIONS and rows[-1][2] == match.start():
                continue
            stop = word[0] in ".!?;…\n"
            rows.append(("¶" if word[0] == "\n" else word.lower(), *match.span(), "", stop))

    at = 0
    for mention in mentions:
        if mention.type in MERGED:
            add_plain(at, mention.start)
            label = f"destination:{mention.value}" if mention.type == "destination" else mention.type
            rows.append((text[mention.start : mention.end].lower(), mention.start, mention.end, label, False))
            at = mention.end
    add_plain(at, len(text))
    columns = zip(*rows, strict=True) if rows else ((), (), (), (), ())
    return Tokens(*columns)


@settings(deadline=None, max_examples=400)
@given(TEXTS)
def test_tokens(text: str) -> None:
    mentions = EXTRACTOR.extract(text)
    assert tokenise(text, mentions) == slow_tokens(text, mentions)
    assert tokenise(text, mentions, Words(text)) == slow_tokens(text, mentions)


@given(TEXTS, st.lists(st.integers(0, 60), max_size=8, unique=True))
def test_tokens_around_mentions_that_cut_words(text: str, cuts: list[int]) -> None:
    edges = sorted(cut for cut in cuts if cut <= len(text))
    mentions = tuple(
        Mention("pay", "", start, end)
        for start, end in zip(edges[::2], edges[1::2], strict=False)
        if not text[start:end][:1].isspace()
    )
    assert tokenise(text, mentions) == slow_tokens(text, mentions)


@settings(deadline=None, max_examples=400)
@given(TEXTS)
def test_places_where_a_pattern_may_match(text: str) -> None:
    words = Words(text)
    listed = EXTRACTOR._firsts.find(words)
    demands, folded = EXTRACTOR._demands, words.folded
    numbers = [match.start() for match in re.finditer(r"(?<!\d)\d\d(?!\d)", text)]
    assert spans(demands._limits(words, numbers)) == spans(demands._limit.finditer(folded))
    assert spans(links.matches_at(demands._range, folded, numbers)) == spans(demands._range.finditer(folded))
    assert spans(links.matches_at(demands._open, folded, numbers)) == spans(demands._open.finditer(folded))
    assert spans(demands._heights(words, listed["demands"])) == spans(demands._height.finditer(folded))
    assert spans(EXTRACTOR._handles._matches(words, listed["handles"])) == spans(
        EXTRACTOR._handles._named.finditer(folded)
    )
    assert spans(links.matches_at(links._BARE, text, links._host_starts(text))) == spans(links._BARE.finditer(text))
    starts = [links._local_start(text, sign.start()) for sign in links._SIGN.finditer(text)]
    assert spans(links.matches_at(links._EMAIL, text, starts)) == spans(links._EMAIL.finditer(text))


@settings(deadline=None, max_examples=400)
@given(TEXTS, st.integers(0, 20))
def test_candidates_for_phones(text: str, at: int) -> None:
    slow = re.compile(
        rf"(?<![0-9])[+(]{{0,2}}(?:[0689]|[oO](?=[ -]?8))(?:[ \t().\-–—]{{0,3}}{phones._ATOM}){{6,17}}(?![^\W_])"
    ).search(text, at)
    assert phones._candidate(text, at) == (slow.span() if slow else None)


@given(st.lists(st.sampled_from(["hong", "kong", "phnom", "penh", "kota", "di", "-", ".", "\n\n"]), max_size=20))
def test_phrases_among_the_listed_words(pieces: list[str]) -> None:
    index = PhraseIndex([("hong kong", 1), ("kong", 2), ("phnom penh", 3), ("kota phnom penh", 4)])
    words = Words(" ".join(pieces))
    listed = FirstWords({"a": index.firsts, "b": frozenset({"di"})}).find(words)
    assert list(index.find(words, listed["a"])) == list(index.find(words))
    assert [words.lower[at] for at in listed["b"]] == ["di"] * pieces.count("di")


@given(st.lists(st.text("ab/$ ", min_size=1, max_size=4), min_size=1, max_size=8), st.text("ab/$ ", max_size=6))
def test_one_of_several_phrases(phrases: list[str], text: str) -> None:
    match = re.match(one_of(phrases), text)
    longest = max((phrase for phrase in phrases if text.startswith(phrase)), key=len, default=None)
    assert (match.group() if match else None) == longest
