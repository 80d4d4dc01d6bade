"""`/openapi.json`, `/docs`, `/v1/model` and `/v1/indicators`: the documentation says what the server does."""

import httpx
import pytest

from api.problems import KINDS
from detector.detector import Detector


def test_operation_ids_are_stable(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    found = {(path, method): one["operationId"] for path, of in paths.items() for method, one in of.items()}
    assert found == {
        ("/v1/score", "post"): "score",
        ("/v1/score/page", "post"): "scorePage",
        ("/v1/score/batch", "post"): "scoreBatch",
        ("/v1/model", "get"): "getModel",
        ("/v1/indicators", "get"): "listIndicators",
        ("/healthz", "get"): "getHealth",
        ("/readyz", "get"): "getReadiness",
    }


def test_refusals_are_documented_as_problem_documents(client: httpx.Client) -> None:
    for of in client.get("/openapi.json").json()["paths"].values():
        for operation in of.values():
            for status, answer in operation["responses"].items():
                assert list(answer["content"]) == [
                    "application/json" if status == "200" else "application/problem+json"
                ]
    score = client.get("/openapi.json").json()["paths"]["/v1/score"]["post"]
    assert set(score["responses"]) == {"200", "400", "401", "403", "413", "415", "422", "500", "503"}


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_reference_shows_every_operation_schema_and_refusal(client: httpx.Client, language: str) -> None:
    document = client.get("/openapi.json").json()
    page = client.get(f"/docs?lang={language}").text
    for path, of in document["paths"].items():
        for operation in of.values():
            assert path in page
            assert f'id="{operation["operationId"]}"' in page
    for name in document["components"]["schemas"]:
        assert f'id="schema-{name}"' in page
    for code in KINDS:
        assert f'id="problem-{code}"' in page


def test_the_model_card_is_that_of_the_detector(client: httpx.Client, detector: Detector) -> None:
    card = client.get("/v1/model").json()
    assert card["version"] == detector.version
    assert 0 < card["thresholds"]["elevated"] < card["thresholds"]["high"] < 1


def test_every_sign_is_listed_with_reason_law_and_weight(client: httpx.Client, detector: Detector) -> None:
    listed = client.get("/v1/indicators").json()
    assert listed["knowledge"] == detector.knowledge.as_of
    assert [one["id"] for one in listed["indicators"]] == [entry.id for entry in detector.knowledge.indicators]
    for one in listed["indicators"]:
        assert one["why"]["id"]
        assert one["why"]["en"]
        assert one["weight"] == detector.weight(one["id"])
        assert [law["code"] for law in one["legal_basis"]] == list(detector.knowledge.by_id[one["id"]].legal_basis)
