"""Whatever is thrown at the whole path, what comes back points into the text, adds up and is plain data."""

import json
import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detector.assessment import Assessment
from detector.detector import Detector
from detector.encoding import decode
from detector.errors import EmptyInput, InputError

WORDS = """lowongan admin Kamboja Bekasi gaji 15 juta RM 3.500 $900 visa turis dulu paspor ditahan tanpa pengalaman
    biaya transfer rekening 0812-0000-0011 +855 wa.me/6281200000011 t.me/karir0000 bit.ly/contoh0000 hrd@contoh.co.id
    @karir SIP3MI PT Contoh tidak dipungut waspada penipuan korban polisi 18-35 th kuota 4 orang segera K4mb0j4 𝑲𝒂𝒎𝒃𝒐𝒋𝒂
    Каmbоjа gajiiiii g a j i Ã© â€œ ½ ﷺ"""
PIECES = (
    *WORDS.split(),
    *(
        "\n",
        "\n\n",
        ". ",
        "! ",
        "? ",
        ", ",
        "/",
        "-",
        "\t",
        "\r\n",
        "\u200b",
        "\u202e",
        "\u0301",
        "\u00ad",
        "\x00",
        "\x1b",
    ),
    *("\ud83d", "\ude00", "🇰🇭", "🔥", "<b>", "&amp;"),
)
texts = st.one_of(
    st.text(max_size=200),
    st.text(st.characters(categories=["L", "Cs", "Cf", "So"]), max_size=80),
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=40).map(" ".join),
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5)), min_size=1, max_size=40).map("".join),
)
# The detector is a fixture of the session and is never changed by a text.
whole_session = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def judged(detector: Detector, text: str) -> Assessment | None:
    try:
        return detector.assess(text)
    except EmptyInput:
        return None


@settings(whole_session, max_examples=300)
@given(text=texts)
def test_any_text(detector: Detector, text: str) -> None:
    assessment = judged(detector, text)
    if assessment is None:
        return
    assert 0 < assessment.risk < 1
    assert math.isfinite(assessment.logit)
    parts = [i.contribution for i in assessment.indicators] + [t.contribution for t in assessment.terms]
    assert assessment.intercept + sum(parts) + assessment.rest == pytest.approx(assessment.logit, abs=1e-6)
    places = [(e.start, e.end, e.text) for i in assessment.indicators for e in i.evidence]
    places += [(t.start, t.end, t.text) for t in assessment.terms]
    places += [(e.start, e.end, e.text) for e in assessment.entities]
    for start, end, shown in places:
        assert 0 <= start < end <= len(text)
        assert text[start:end] == shown
    result = assessment.as_dict()
    assert json.loads(json.dumps(result, allow_nan=False)) == result


@settings(whole_session, max_examples=100)
@given(text=texts)
def test_the_same_text_is_judged_the_same_with_and_without_reasons(detector: Detector, text: str) -> None:
    assessment = judged(detector, text)
    if assessment is None:
        return
    assert detector.assess(text) == assessment
    quick = detector.assess(text, explain=False)
    assert (quick.logit, quick.level, quick.typologies) == (assessment.logit, assessment.level, assessment.typologies)


@settings(whole_session, max_examples=60)
@given(many=st.lists(texts, max_size=5))
def test_order_and_count_are_kept(detector: Detector, many: list[str]) -> None:
    visible = [text for text in many if judged(detector, text) is not None]
    assert [a.logit for a in detector.assess_many(visible)] == [detector.assess(text).logit for text in visible]


@settings(whole_session, max_examples=60)
@given(many=st.lists(texts, max_size=5))
def test_texts_at_once_are_judged_as_one_by_one(detector: Detector, many: list[str]) -> None:
    together = [one if isinstance(one, Assessment) else None for one in detector.assess_batch(many)]
    assert together == [judged(detector, text) for text in many]


@settings(whole_session, max_examples=100)
@given(text=texts, lead=st.text(st.sampled_from(" \n\t\r\u00a0\u200b"), max_size=5))
def test_blank_space_in_front_moves_the_places_and_nothing_else(detector: Detector, text: str, lead: str) -> None:
    assessment = judged(detector, text.strip())
    if assessment is None:
        return
    moved = detector.assess(lead + text.strip())
    assert moved.logit == pytest.approx(assessment.logit, abs=1e-9)
    assert [(e.start - len(lead), e.text) for e in moved.entities] == [(e.start, e.text) for e in assessment.entities]


encoded = st.tuples(texts, st.sampled_from(["utf-8", "utf-16", "utf-16-le", "utf-32", "cp1252"])).map(
    lambda pair: pair[0].encode(pair[1], errors="replace")
)
cut = st.tuples(encoded, st.integers(0, 60)).map(lambda pair: pair[0][pair[1] :])


@settings(whole_session, max_examples=300)
@given(data=st.one_of(st.binary(max_size=300), encoded, cut))
def test_any_bytes_are_judged_or_refused(detector: Detector, data: bytes) -> None:
    try:
        text = decode(data)
    except InputError:
        return
    assessment = judged(detector, text)
    assert assessment is None or 0 < assessment.risk < 1
