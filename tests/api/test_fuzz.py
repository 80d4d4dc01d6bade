"""The API against its own OpenAPI document, with generated requests: no 5xx, no undocumented answer, no wrong shape."""

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import positive_data_acceptance

EXAMPLES = 40
# What a schema cannot say: a text may hold nothing visible, a page no text, and characters may be no text at all.
JUDGED_BY_THE_DETECTOR = {"empty", "not_text", "unreadable_page", "several_listings"}
bounded = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.fixture(scope="module")
def openapi(client: httpx.Client) -> BaseSchema:
    return schemathesis.openapi.from_url(f"{client.base_url}/openapi.json")


@pytest.mark.parametrize(
    ("method", "path", "mode"),
    [
        ("POST", "/v1/score", GenerationMode.POSITIVE),
        ("POST", "/v1/score", GenerationMode.NEGATIVE),
        ("POST", "/v1/score/page", GenerationMode.POSITIVE),
        ("POST", "/v1/score/page", GenerationMode.NEGATIVE),
        ("POST", "/v1/score/batch", GenerationMode.POSITIVE),
        ("POST", "/v1/score/batch", GenerationMode.NEGATIVE),
        ("GET", "/v1/model", GenerationMode.POSITIVE),
        ("GET", "/v1/indicators", GenerationMode.POSITIVE),
        ("GET", "/healthz", GenerationMode.POSITIVE),
        ("GET", "/readyz", GenerationMode.POSITIVE),
    ],
)
def test_the_api_keeps_to_its_document(openapi: BaseSchema, method: str, path: str, mode: GenerationMode) -> None:
    @given(openapi[path][method].as_strategy(generation_mode=mode))
    @bounded
    def check(case: Case) -> None:
        response = case.call()
        refused = response.status_code == 422 and response.json()["code"] in JUDGED_BY_THE_DETECTOR
        case.validate_response(response, excluded_checks=[positive_data_acceptance] if refused else [])

    check()


# Random letters never reach the branches of the detector: these are the shapes of real and hostile texts.
fragments = st.sampled_from(
    [
        *(
            "gaji 12-15 juta",
            "Kamboja",
            "𝑲𝒂𝒎𝒃𝒐𝒋𝒂",
            "k4mb0ja",
            "g a j i",
            "ｇａｊｉ",
            "visa turis dulu",
            "Rp",
            "USD 1.500/bln",
        ),
        *("WA 0812 - 0000 - 0011", "t.me/hrd_contoh", "bit.ly/contoh", "hr@contoh.example"),
        *("\u200b", "\u202e", "\x00", "ÃƒÂ©", "🔥🔥", "👩\u200d🏭", "招聘", "مطلوب"),
        *("<b>", "<!--", "</script>", "&#0;", "&#xD800;", "&lt;", "{{7*7}}"),
        *("\n" * 50, "a" * 3_000, "()" * 200),
    ]
)


@given(
    text=st.lists(fragments | st.text(max_size=12), min_size=1, max_size=12).map(" ".join).filter(bool),
    field=st.sampled_from(["text", "html"]),
)
@settings(bounded, max_examples=60)
def test_hostile_texts_keep_the_contract(client: httpx.Client, text: str, field: str) -> None:
    answer = client.post("/v1/score", json={field: text})
    assert answer.status_code in (200, 422)
    if answer.status_code == 422:
        assert answer.json()["code"] in JUDGED_BY_THE_DETECTOR
    elif field == "text":
        for place in answer.json()["entities"] + answer.json()["terms"]:
            assert text[place["start"] : place["end"]] == place["text"]
