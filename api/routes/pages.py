"""The page `/`: paste one or many ads, read what Sigap says, keep them if wanted. It works without JavaScript.

Nothing is kept unless the box was ticked. What was pasted comes back in the box whatever goes wrong.
"""

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from api import assessing, views
from api.middleware import where
from api.problems import Problem, from_error, from_http
from api.render import catalog_of, render
from api.security.person import Person
from api.state import DetectorDep, State, StateDep, allowed, state_of
from api.store.ads import CHANNELS, Kept
from detector.detector import Detector
from detector.encoding import decode
from detector.errors import InputError
from detector.text import MAX_CHARACTERS

LOG = logging.getLogger("sigap.api")
LISTINGS_SHOWN = 20  # of one paste; the API returns all
LONGEST_ORIGIN = 500
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
router = APIRouter(include_in_schema=False, dependencies=[Depends(allowed("assess"))])


@dataclass(frozen=True, slots=True)
class Asked:
    """The fields of the form. `before` is the text of the last judgement, where a single one was shown."""

    text: str = ""
    before: str = ""
    keep: bool = False
    channel: str = ""
    origin: str = ""


@router.get("/")
async def form(request: Request) -> HTMLResponse:
    """The empty form."""
    return _assess_page(request, Asked())


@router.post("/")
async def assess(request: Request, state: StateDep, detector: DetectorDep) -> HTMLResponse:
    """The form with its result, or with what is wrong beside the field."""
    asked = Asked()
    try:
        asked = await _asked(request, state.settings.max_body_bytes)
        return await state.workers.run(lambda: _result_page(request, state, detector, asked))
    except HTTPException as error:
        return _assess_page(request, asked, problem=from_http(error))


async def refused(request: Request, problem: Problem) -> HTMLResponse:
    """The form with what went wrong before this module was asked, and with what was pasted where it can be read."""
    asked = Asked()
    with suppress(HTTPException):
        asked = await _asked(request, state_of(request).settings.max_body_bytes)
    return _assess_page(request, asked, problem=problem)


async def _asked(request: Request, limit_bytes: int) -> Asked:
    """The fields of the form. Browsers send line ends as CR LF; the pasted text had LF."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() not in FORM_TYPES:
        raise Problem("unsupported_media_type", "Send the form as a browser does.")
    async with request.form(max_files=1, max_fields=10, max_part_size=limit_bytes) as fields:

        def field(name: str) -> str:
            value = fields.get(name)
            return value.replace("\r\n", "\n") if isinstance(value, str) else ""

        text = field("text")
        file = fields.get("file")
        if not text.strip() and isinstance(file, UploadFile) and file.filename:
            try:
                text = decode(await file.read()).replace("\r\n", "\n")
            except InputError as error:
                raise from_error(error) from error
        return Asked(
            text=text,
            before=field("before"),
            keep=field("keep") == "yes",
            channel=field("channel") if field("channel") in CHANNELS else "",
            origin=" ".join(field("origin").split())[:LONGEST_ORIGIN],
        )


def _result_page(request: Request, state: State, detector: Detector, asked: Asked) -> HTMLResponse:
    t = catalog_of(request)
    person: Person | None = getattr(request.state, "person", None)
    try:
        pieces = assessing.judge_all(detector, asked.text)
    except InputError as error:
        raise from_error(error) from error
    kept, problem = _keep(state, person, asked, pieces)
    shown = pieces[:LISTINGS_SHOWN]
    around = _around(state, detector, person, shown, kept)
    results = [
        views.build(
            piece.judged.assessment,
            piece.judged.text,
            detector.knowledge,
            t,
            shown_characters=MAX_CHARACTERS,
            listing=piece.listing,
            prefix=f"l{number}-" if len(pieces) > 1 else "",
        )
        for number, piece in enumerate(shown, start=1)
    ]
    one = pieces[0].judged if len(pieces) == 1 and pieces[0].listing is None else None
    return _assess_page(
        request,
        asked,
        problem=problem,
        results=results,
        listings=len(pieces),
        from_page=pieces[0].listing is not None,
        kept=kept,
        around=around,
        difference=assessing.difference(detector, asked.before, one) if one else None,
        judged_text=one.text if one and len(one.text) <= assessing.LONGEST_COMPARED else "",
        thresholds=views.thresholds(detector.model_card()),
    )


def _keep(
    state: State, person: Person | None, asked: Asked, pieces: list[assessing.Piece]
) -> tuple[list[Kept], Problem | None]:
    """(where the ads are kept, what went wrong); the result is shown in either case."""
    if not asked.keep:
        return [], None
    if person is None or not person.may("keep"):
        return [], Problem("forbidden", "This person may not keep ads.")
    try:
        with state.store.writing() as connection:
            now = datetime.now(UTC)
            return assessing.keep_all(connection, pieces, person, now, asked.channel, asked.origin), None
    except InputError as error:
        return [], from_error(error)
    except SQLAlchemyError as error:
        LOG.error("%s while keeping: %s", type(error).__name__, where(error))
        return [], Problem("not_kept", "The store did not answer; nothing was kept.")


def _around(
    state: State, detector: Detector, person: Person | None, pieces: list[assessing.Piece], kept: list[Kept]
) -> list[assessing.Surroundings]:
    """What the store knows around each text, for those who may read it; empty where the store does not answer."""
    if person is None or not person.may("read"):
        return [assessing.Surroundings() for _ in pieces]
    ids: list[int | None] = [one.id for one in kept] or [None for _ in pieces]
    try:
        checker = state.lists.checker(detector)
        with state.store.reading() as connection:
            return [
                assessing.surroundings(connection, piece.judged, checker, but)
                for piece, but in zip(pieces, ids, strict=False)
            ]
    except SQLAlchemyError as error:
        LOG.error("%s while looking around: %s", type(error).__name__, where(error))
        return [assessing.Surroundings() for _ in pieces]


def _assess_page(
    request: Request,
    asked: Asked,
    *,
    problem: Problem | None = None,
    results: list[views.Result] | None = None,
    **context: Any,
) -> HTMLResponse:
    status = problem.status_code if problem else 200
    headers: Mapping[str, str] = dict(problem.headers or {}) if problem else {}
    more = {"kept": [], "around": [], "difference": None, "judged_text": "", "from_page": False} | context
    return render(
        request,
        "assess.html",
        status,
        headers,
        text=asked.text,
        asked=asked,
        channels=CHANNELS,
        problem=problem,
        results=results or [],
        **more,
    )
