"""Judging ads: the review queue, verdicts, their undoing, and a lead's release of a text for training."""

from datetime import UTC, datetime
from typing import Any, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api import judging, views
from api.problems import Problem
from api.render import catalog_of, render
from api.state import DetectorDep, Judge, Reader, Settler, StoreDep
from api.store import ads, review, verdicts
from detector.assessment import TYPOLOGIES, Assessment
from detector.text import MAX_CHARACTERS

router = APIRouter(include_in_schema=False)
_FIELDS = ("verdict", "typology", "note", "settles", "marked", "words", "says", "indicator", "next")


@router.get("/review")
def queue(request: Request, store: StoreDep, detector: DetectorDep, person: Reader) -> HTMLResponse:
    """The ad from which a verdict would teach most; `?done=ID` tells of a verdict just given, `?skip=ID` passes on."""
    done, skip, wanted = (_number(request, name) for name in ("done", "skip", "ad"))
    if skip is not None and person.may("judge"):
        with store.writing() as connection:
            review.put_off(connection, skip, datetime.now(UTC))
    t = catalog_of(request)
    with store.reading() as connection:
        ad_id = wanted if wanted is not None else review.next_ad(connection, person, skip)
        ad = None if ad_id is None else ads.get(connection, ad_id)
        panel = None
        if ad is not None:
            found = ad.assessment["indicators"]
            panel = judging.panel(connection, ad.id, ad.text, found, person, detector.knowledge, t)
        context: dict[str, Any] = {
            "ad": ad,
            "panel": panel,
            "waiting": review.waiting(connection, person),
            "disputes": review.disputes(connection),
            "done": _told(connection, done),
        }
    if ad is not None:
        assessment = Assessment.from_dict(dict(ad.assessment))
        context["result"] = views.build(assessment, ad.text, detector.knowledge, t, shown_characters=MAX_CHARACTERS)
        context["thresholds"] = views.thresholds(detector.model_card())
    return render(request, "review.html", **context)


@router.post("/ads/{ad_id}/verdict")
async def give(request: Request, ad_id: int, store: StoreDep, person: Judge) -> Response:
    """Give a verdict; back to where it was given."""
    async with request.form(max_files=0, max_fields=20) as form:
        fields = {name: value if isinstance(value := form.get(name, ""), str) else "" for name in _FIELDS}
    verdict = fields["verdict"]
    if verdict not in get_args(verdicts.Verdict):
        raise Problem("invalid", "Choose a verdict.")
    if fields["typology"] not in ("", *TYPOLOGIES):
        raise Problem("invalid", "There is no such typology.")
    try:
        with store.writing() as connection:
            ad = ads.get(connection, ad_id)
            if ad is None:
                raise Problem("not_found", "There is no such ad.")
            marked = judging.corrections(
                fields["marked"], fields["words"], fields["says"], fields["indicator"], ad.text
            )
            given = verdicts.give(
                connection,
                ad_id,
                person,
                verdict,  # type: ignore[arg-type]
                datetime.now(UTC),
                typology=fields["typology"],
                note=fields["note"].replace("\r\n", "\n").strip(),
                evidence=marked,
                settles=fields["settles"] == "yes" and person.may("settle"),
            )
    except ValueError as error:
        raise Problem("bad_verdict", f"The verdict was not taken: {error}.") from error
    if fields["next"] == "review":
        return RedirectResponse("/review?" + urlencode({"done": given}), 303)
    return RedirectResponse(f"/ads/{ad_id}#people-title", 303)


@router.post("/verdicts/{verdict_id}/undo")
def undo(verdict_id: int, store: StoreDep, person: Judge) -> Response:
    """Take one's own verdict back and show its ad again."""
    with store.writing() as connection:
        ad_id = verdicts.undo(connection, verdict_id, person, datetime.now(UTC))
    if ad_id is None:
        raise Problem("not_found", "There is no such verdict of yours.")
    return RedirectResponse(f"/review?ad={ad_id}", 303)


@router.post("/verdicts/{verdict_id}/release")
async def release(request: Request, verdict_id: int, store: StoreDep, person: Settler) -> Response:
    """Let a text be training data, or take that back."""
    async with request.form(max_files=0, max_fields=5) as form:
        released, ad_id = form.get("released") == "yes", str(form.get("ad", ""))
    with store.writing() as connection:
        if not verdicts.release(connection, verdict_id, person, datetime.now(UTC), released=released):
            raise Problem("not_found", "There is no such verdict.")
    return RedirectResponse(f"/ads/{ad_id}#people-title" if ad_id.isdecimal() else "/review", 303)


def _told(connection: Any, verdict_id: int | None) -> verdicts.Given | None:
    return None if verdict_id is None else verdicts.get(connection, verdict_id)


def _number(request: Request, name: str) -> int | None:
    value = request.query_params.get(name, "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 16 else None
