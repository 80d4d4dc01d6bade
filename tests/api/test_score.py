"""`/v1/score`: all faces give the same assessment, and it adds up."""

import json
import math

import httpx
import pytest

from detector.detector import Detector
from tests.api.ads import COMPOUND, LINK, ONE_JOB_PAGE, SHOP, TWO_JOBS_PAGE


def test_the_api_gives_what_the_detector_gives(client: httpx.Client, detector: Detector) -> None:
    answer = client.post("/v1/score", json={"text": COMPOUND, "id": "baris-7"})
    assert answer.status_code == 200
    assert answer.json() == json.loads(json.dumps(detector.assess(COMPOUND, id="baris-7").as_dict()))


@pytest.mark.parametrize(
    ("text", "level", "why"),
    [
        (COMPOUND, "high", "everything paid, nothing required, tourist visa, abroad"),
        (SHOP, "low", "a lawful shop"),
        (LINK, "low", "a link alone judges nothing"),
    ],
)
def test_levels(client: httpx.Client, text: str, level: str, why: str) -> None:
    assert client.post("/v1/score", json={"text": text}).json()["level"] == level, why


def test_offsets_count_code_points_of_the_text_as_sent_and_contributions_sum(client: httpx.Client) -> None:
    text = "🔥🔥 " + COMPOUND.replace("Kamboja", "Kam\u200bboja")
    answer = client.post("/v1/score", json={"text": text}).json()
    places = [e for i in answer["indicators"] for e in i["evidence"]] + answer["terms"] + answer["entities"]
    assert places
    for place in places:
        assert text[place["start"] : place["end"]] == place["text"]
    parts = [i["contribution"] for i in answer["indicators"]] + [t["contribution"] for t in answer["terms"]]
    assert math.isclose(answer["intercept"] + sum(parts) + answer["rest"], answer["logit"], abs_tol=1e-6)


def test_without_explanation_the_judgement_is_the_same(client: httpx.Client) -> None:
    full = client.post("/v1/score", json={"text": COMPOUND}).json()
    bare = client.post("/v1/score", json={"text": COMPOUND, "explain": False}).json()
    assert bare["indicators"] == bare["terms"] == []
    assert [bare[key] for key in ("risk", "level", "logit")] == [full[key] for key in ("risk", "level", "logit")]


def test_a_page_with_one_listing_is_one_assessment(client: httpx.Client) -> None:
    answer = client.post("/v1/score", json={"html": ONE_JOB_PAGE, "id": "halaman"})
    assert answer.status_code == 200
    assert (answer.json()["schema"], answer.json()["id"]) == ("assessment/1", "halaman")


def test_a_page_with_several_listings_is_sent_to_the_address_for_pages(client: httpx.Client) -> None:
    refused = client.post("/v1/score", json={"html": TWO_JOBS_PAGE})
    assert (refused.status_code, refused.json()["code"]) == (422, "several_listings")
    assert "/v1/score/page" in refused.json()["detail"]

    answer = client.post("/v1/score/page", json={"html": TWO_JOBS_PAGE}).json()
    assert answer["schema"] == "assessments/1"
    assert [one["listing"]["title"] for one in answer["results"]] == ["Kasir toko roti", "Admin chat Kamboja"]
    for one in answer["results"]:
        for entity in one["assessment"]["entities"]:
            assert one["listing"]["text"][entity["start"] : entity["end"]] == entity["text"]


def test_a_batch_keeps_order_and_one_bad_item_spoils_only_itself(client: httpx.Client) -> None:
    items = [{"id": "a", "text": SHOP}, {"id": "b", "text": " \n "}, {"text": COMPOUND}, {"id": "d", "text": "\ud800"}]
    # json.dumps writes the lone surrogate as an escape, as a partner's encoder would
    body = json.dumps({"items": items})
    answer = client.post("/v1/score/batch", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 200
    results = answer.json()["results"]
    assert [one["id"] for one in results] == ["a", "b", None, "d"]
    assert results[0]["level"] == "low"
    assert results[1] == {"id": "b", "error": {"code": "empty", "detail": results[1]["error"]["detail"]}}
    assert results[2]["level"] == "high"


@pytest.mark.parametrize("count", [0, 1_001])
def test_a_batch_has_one_to_a_thousand_items(client: httpx.Client, count: int) -> None:
    answer = client.post("/v1/score/batch", json={"items": [{"text": "kasir toko"}] * count})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/items")


def test_the_examples_of_the_documentation_work(client: httpx.Client) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    for path, name in (("", "ScoreRequest"), ("/page", "PageRequest"), ("/batch", "BatchRequest")):
        for example in schemas[name]["examples"]:
            assert client.post("/v1/score" + path, json=example).status_code == 200
