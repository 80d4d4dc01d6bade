"""`POST /v1/score`, `/v1/score/page`, `/v1/score/batch`: text in, `assessment/1` out."""

import re
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from api.problems import Problem, code_of, from_error
from api.routes.json_body import JsonBodyRoute
from api.schemas import (
    Assessment,
    BatchAnswer,
    BatchItem,
    BatchRequest,
    PageAssessment,
    PageRequest,
    ProblemDocument,
    ScoreRequest,
)
from api.state import DetectorDep, StateDep, allowed
from detector.detector import Detector
from detector.errors import InputError, NotText
from detector.page import read_page

REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"model": ProblemDocument, "description": "The body is not JSON in UTF-8"},
    401: {"model": ProblemDocument, "description": "There are accounts, and nobody is signed in"},
    403: {"model": ProblemDocument, "description": "Whoever is signed in may not do this"},
    413: {"model": ProblemDocument, "description": "The body is too large"},
    415: {"model": ProblemDocument, "description": "The body is of another media type"},
    422: {"model": ProblemDocument, "description": "The body breaks the schema, or the input cannot be judged"},
    500: {"model": ProblemDocument, "description": "Sigap failed"},
    503: {"model": ProblemDocument, "description": "Too many requests are waiting, or the model is not ready"},
}
_SURROGATE = re.compile("[\ud800-\udfff]")
router = APIRouter(prefix="/v1", tags=["score"], route_class=JsonBodyRoute, dependencies=[Depends(allowed("assess"))])


@router.post(
    "/score",
    operation_id="score",
    response_description="The assessment",
    summary="Assess one ad",
    response_model=Assessment,
    responses=REFUSALS,
)
async def score(body: ScoreRequest, detector: DetectorDep, state: StateDep) -> JSONResponse:
    """Says how likely one ad recruits people into trafficking or a job scam, of which type, and which words say so.

    A page (`html`) must hold exactly one listing; for more, use `/v1/score/page`. Nothing is stored.
    """
    if body.text is not None:
        return JSONResponse(await state.workers.run(lambda: _score_text(detector, body)))
    return JSONResponse(await state.workers.run(lambda: _score_html(detector, body)))


@router.post(
    "/score/page",
    operation_id="scorePage",
    response_description="Every listing with its assessment",
    summary="Assess every ad of a page",
    response_model=PageAssessment,
    responses=REFUSALS,
)
async def score_page(body: PageRequest, detector: DetectorDep, state: StateDep) -> JSONResponse:
    """Finds the listings of a page and assesses each. Offsets count the `text` of the listing beside them."""

    def work() -> dict[str, Any]:
        try:
            found = detector.assess_page(body.html)
        except InputError as error:
            raise from_error(error, "/html") from error
        return {
            "schema": "assessments/1",
            "results": [
                {
                    "listing": {
                        "title": listing.title,
                        "company": listing.company,
                        "place": listing.place,
                        "text": listing.text,
                    },
                    "assessment": assessment.as_dict(),
                }
                for listing, assessment in found
            ],
        }

    return JSONResponse(await state.workers.run(work))


@router.post(
    "/score/batch",
    operation_id="scoreBatch",
    response_description="One result per item, in order",
    summary="Assess up to 1,000 ads",
    response_model=BatchAnswer,
    responses=REFUSALS,
)
async def score_batch(body: BatchRequest, detector: DetectorDep, state: StateDep) -> JSONResponse:
    """Assesses each text. Results keep the order of the items; one that cannot be judged gets an `error` of its own."""
    results = await state.workers.run(lambda: [_score_item(detector, item) for item in body.items])
    return JSONResponse({"results": results})


def _score_text(detector: Detector, body: ScoreRequest) -> dict[str, Any]:
    try:
        return detector.assess(_sound(body.text), id=body.id, language=body.language, explain=body.explain).as_dict()
    except InputError as error:
        raise from_error(error, "/text") from error


def _sound(text: str) -> str:
    """The text, where it can be quoted back: JSON can smuggle in half of a surrogate pair, UTF-8 cannot carry it out.

    Raises:
        NotText: it holds such a half.
    """
    if _SURROGATE.search(text):
        raise NotText("it holds half of a surrogate pair")
    return text


def _score_html(detector: Detector, body: ScoreRequest) -> dict[str, Any]:
    try:
        listings = read_page(body.html)
        if len(listings) != 1:
            raise Problem("several_listings", f"The page holds {len(listings)} listings; post it to /v1/score/page.")
        text = listings[0].text
        return detector.assess(text, id=body.id, language=body.language, explain=body.explain).as_dict()
    except InputError as error:
        raise from_error(error, "/html") from error


def _score_item(detector: Detector, item: BatchItem) -> dict[str, Any]:
    try:
        return detector.assess(_sound(item.text), id=item.id).as_dict()
    except InputError as error:
        return {"id": item.id, "error": {"code": code_of(error), "detail": str(error)}}
