"""Whatever is thrown at it, normalising keeps its offsets and comes to rest."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from detector.errors import EmptyInput
from detector.text import Text, normalise

WORDS = frozenset(
    ["gaji", "kamboja", "kerja", "judi", "slot", "maaf", "saat", "admin", "paspor", "visa", "besar", "jadwal"]
)
DISGUISED = """gaji kamboja k4mb0j4 g.a.j.i k-a-m-b-o-j-a Kamboja jud1 gajiiii maaaf 0812 +62 5jt Работа Каmbоjа 𝑲𝒂𝒎𝒃𝒐𝒋𝒂
    ᴋᴀᴍ 🅺🅰 www. .com :// @ $ ! | _ . - * / 1 4 0 iii III xxx aaa Ã© Ã ƒ Â â€œ ðŸ ”¥ ½ ① ² ™ ㎏ ﷺ … ´ ¨ ¯
    ß İ ı ſ æ ĳ Ǆ а о к α μ 가
    🇰 🇰🇭 👨 ❤ ᗩ Ꭺ ա"""
INVISIBLE = """g a j i;k  4 m b 0 j 4; ;  ;\n;\r\n;\r;\t;\u00a0;\u3000;\u2028;\u200b;\u200d;\u200c;\ufe0f;\u20e3;\u0336
;\u0301;\u0338;\u0344;\u00ad;\u202e;\u202a;\u2066;\ufeff;\u2800;\u3164;\u0000;\u001b;\u0085;\u0093;\ud83d;\ude00;\ud800;\u1100
;\u1161;\u11a8;か\u3099;\U0001f3f4;\U000e0067;\U000e007f;\uffff;\ufffd;\U0010ffff;\u0e33;\u0f71\u0f72;\u0345"""
PIECES = (*DISGUISED.split(), *INVISIBLE.split(";"))

surrogates = st.characters(categories=["Cs"])
texts = st.one_of(
    st.text(),
    st.text(st.one_of(st.characters(), surrogates)),
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=14).map("".join),
    st.lists(st.one_of(st.sampled_from(PIECES), st.characters()), min_size=1, max_size=14).map("".join),
)


def normalised(received: str, limit: int) -> Text | None:
    try:
        return normalise(received, WORDS, limit)
    except EmptyInput:
        return None


@settings(max_examples=400, deadline=None)
@given(texts, st.sampled_from([20_000, 5, 9]))
@example("g a   j i", 20_000)  # a wider gap hides the word in the first round
@example("\u200b\u00b4", 20_000)
def test_offsets_and_rest(received: str, limit: int) -> None:
    result = normalised(received, limit)
    if result is None:
        return
    assert result.received == received
    assert result.normal == result.normal.strip() != ""
    assert len(result.normal) == len(result.starts) == len(result.ends) <= limit
    assert list(result.starts) == sorted(result.starts)
    assert list(result.ends) == sorted(result.ends)
    assert all(0 <= start < end <= len(received) for start, end in zip(result.starts, result.ends, strict=True))
    again = normalised(result.normal, limit)
    assert again is not None
    assert again.normal == result.normal
    assert "repaired_text" not in again.warnings


@given(texts, st.data())
def test_every_span_shows_something(received: str, data: st.DataObject) -> None:
    result = normalised(received, 20_000)
    if result is None:
        return
    start = data.draw(st.integers(0, len(result.normal) - 1))
    end = data.draw(st.integers(start + 1, len(result.normal)))
    first, last = result.span(start, end)
    assert received[first:last]


@given(st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz .,-\n"), min_size=1))
def test_plain_letters_are_only_ever_left_out(received: str) -> None:
    result = normalised(received, 20_000)
    if result is not None:
        kept = iter(received)
        assert all(char in kept for char in result.normal)  # a subsequence
