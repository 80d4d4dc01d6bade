"""The page `/`: paste an ad, read what Sigap says. Nothing is stored, and it works without JavaScript."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from api import views
from api.problems import Problem, from_error, from_http
from api.render import catalog_of, render
from api.state import DetectorDep, StateDep
from detector.assessment import Assessment
from detector.detector import Detector
from detector.errors import InputError
from detector.page import Listing, looks_like_html
from detector.text import MAX_CHARACTERS

LISTINGS_SHOWN = 20  # of one page; the API returns all
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
router = APIRouter(include_in_schema=False)


@router.get("/")
async def form(request: Request) -> HTMLResponse:
    """The empty form."""
    return _assess_page(request)


@router.post("/")
async def assess(request: Request, state: StateDep, detector: DetectorDep) -> HTMLResponse:
    """The form with its result, or with what is wrong beside the field."""
    text = ""
    try:
        text = await _pasted(request, state.settings.max_body_bytes)
        return await state.workers.run(lambda: _result_page(request, detector, text))
    except HTTPException as error:
        return _assess_page(request, text=text, problem=from_http(error))


async def _pasted(request: Request, limit_bytes: int) -> str:
    """The text of the form. Browsers send line ends as CR LF; the pasted text had LF."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() not in FORM_TYPES:
        raise Problem("unsupported_media_type", "Send the form as a browser does.")
    fields = await request.form(max_files=0, max_fields=10, max_part_size=limit_bytes)
    text = fields.get("text")
    return text.replace("\r\n", "\n") if isinstance(text, str) else ""


def _result_page(request: Request, detector: Detector, text: str) -> HTMLResponse:
    t = catalog_of(request)
    try:
        found: list[tuple[Listing | None, str, Assessment]]
        if looks_like_html(text):
            found = [(listing, listing.text, assessment) for listing, assessment in detector.assess_page(text)]
        else:
            found = [(None, text, detector.assess(text))]
    except InputError as error:
        raise from_error(error) from error
    results = [
        views.build(
            assessment,
            received,
            detector.knowledge,
            t,
            shown_characters=MAX_CHARACTERS,
            listing=listing,
            prefix=f"l{number}-" if len(found) > 1 else "",
        )
        for number, (listing, received, assessment) in enumerate(found[:LISTINGS_SHOWN], start=1)
    ]
    return _assess_page(
        request,
        text=text,
        results=results,
        listings=len(found),
        thresholds=views.thresholds(detector.model_card()),
    )


def _assess_page(
    request: Request,
    *,
    text: str = "",
    problem: Problem | None = None,
    results: list[views.Result] | None = None,
    **context: Any,
) -> HTMLResponse:
    status = problem.status_code if problem else 200
    headers = dict(problem.headers or {}) if problem else {}
    return render(request, "assess.html", status, headers, text=text, problem=problem, results=results or [], **context)
