"""One file of listings: its progress, its ranked rows, one row with its reasons, and everything to take away."""

from dataclasses import asdict
from functools import partial
from pathlib import PurePath
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse, Response

from api import views
from api.jobs import access, downloads, intake, words
from api.jobs.copying import line_at
from api.jobs.folders import Folder, Folders
from api.listing import address, twin_address, window_of
from api.moments import now
from api.problems import Problem
from api.render import catalog_of, render, twin
from api.routes.jobs import look
from api.sheets import sheet
from api.state import DetectorDep, Reader, State, StateDep
from api.store import ads, audit, job_rows, jobs
from api.store.job_rows import Filters, JobRow
from detector.assessment import LEVELS, TYPOLOGIES, Assessment
from detector.detector import Detector
from detector.errors import InputError
from detector.text import MAX_CHARACTERS

router = APIRouter(include_in_schema=False)
_COLUMNS = ("number", "id", "risk", "level", "typology", "kind", "reason", "excerpt", "caution")


@router.get("/jobs/{job_id}/progress.json")
def progress(request: Request, state: StateDep, person: Reader, job_id: str) -> JSONResponse:
    """How far a job is, for the page that shows it: asked once a second."""
    job = access.seen(state.store, person, job_id)
    told = words.job_as_json(job)
    return JSONResponse(
        {name: told[name] for name in ("state", "rows", "scored", "alerts", "rejected", "share")}
        | {"text": words.of_progress(job, catalog_of(request))}
    )


@router.get("/jobs/{job_id}")  # the lowest is asked first; this one takes any address
@router.get("/jobs/{job_id}.json")
@router.get("/jobs/{job_id}.csv")
def job(request: Request, state: StateDep, detector: DetectorDep, person: Reader, job_id: str) -> Response:
    """A job: the look at its file before it is started, then its progress and its rows by falling risk."""
    job = access.seen(state.store, person, job_id)
    folder = Folders(state.settings.data_folder).of(job_id)
    filters = _filters(request)
    with state.store.reading() as connection:
        page = job_rows.ranked(connection, job_id, filters, window_of(request))
        reasons = job_rows.reasons(connection, job_id) if job.rejected else {}
        # Nobody works on it, and nobody works on anything else: it is not just waiting for its turn.
        is_waiting = job.state == "queued" or (job.state == "running" and (job.lease_until or now()) < now())
        is_alone = is_waiting and not jobs.is_worked_on(connection, now())
    t = catalog_of(request)
    caution = t("foot.caution")
    rows = [words.row_as_json(row) for row in page.rows]
    if twin(request):
        return JSONResponse({"caution": caution, "job": words.job_as_json(job), "total": page.total, "rows": rows})
    if request.url.path.endswith(".csv"):
        return sheet(
            "sigap-rows.csv", _COLUMNS, ([(row | {"caution": caution})[name] for name in _COLUMNS] for row in rows)
        )
    if job.state == "uploaded" and access.may_change(person, job):
        return look(request, state, job, intake.preview_of(folder))
    return render(
        request,
        "job.html",
        job=job,
        page=page,
        filters=filters,
        levels=LEVELS,
        typologies=_names(detector, t.language),
        reasons=reasons,
        details={row.number: _detail(folder, row) for row in page.rows if row.risk is None},
        failure=words.of_failure(job.error, t) if job.error else None,
        trouble=words.of_failure(request.query_params["trouble"], t) if "trouble" in request.query_params else None,
        reject=lambda reason: words.of_reject(reason, t),
        progress=words.of_progress(job, t),
        size=words.of_size(job.size, t),
        suffixes=downloads.SUFFIXES,
        may_change=access.may_change(person, job),
        is_alone=is_alone,
        address=partial(address, request),
        twins=(twin_address(request, ".json"), twin_address(request, ".csv")),
    )


@router.get("/jobs/{job_id}/rows/{number}")
@router.get("/jobs/{job_id}/rows/{number}.json")
async def row(
    request: Request, state: StateDep, detector: DetectorDep, person: Reader, job_id: str, number: int
) -> Response:
    """One row: its text with the evidence, or the bytes that could not be read and why."""
    return await state.workers.run(lambda: _row(request, state, detector, person, job_id, number))


@router.get("/jobs/{job_id}/results{suffix}")
def results(state: StateDep, person: Reader, job_id: str, suffix: str) -> Response:
    """All scored rows in the order of the file, in one of four formats."""
    job = access.seen(state.store, person, job_id)
    if suffix not in downloads.SUFFIXES or not job.has_ended or not job.scored:
        raise Problem("not_found", "There are no results in this format.")
    folder = Folders(state.settings.data_folder).of(job_id)
    try:
        path = downloads.file_of(folder, suffix, job.scored)
    except downloads.DownloadFailed as error:
        return RedirectResponse(f"/jobs/{job_id}?trouble={error.code}", 303)
    with state.store.writing() as connection:
        audit.record(connection, state.clock(), person.login, "download.job", f"job:{job_id}", format=suffix)
    name = f"sigap-{PurePath(job.file_name).name.partition('.')[0]}{suffix}"
    return FileResponse(path, media_type=downloads.MEDIA_TYPES[suffix], filename=name)


@router.get("/jobs/{job_id}/rejects.jsonl")
def rejects(state: StateDep, person: Reader, job_id: str) -> FileResponse:
    """All rows that could not be read, with their reasons and bytes."""
    job = access.seen(state.store, person, job_id)
    path = Folders(state.settings.data_folder).of(job_id).rejects
    if not job.has_ended or not path.exists():
        raise Problem("not_found", "There are no rejects.")
    name = f"sigap-{PurePath(job.file_name).name.partition('.')[0]}-rejects.jsonl"
    return FileResponse(path, media_type=downloads.MEDIA_TYPES[".jsonl"], filename=name)


def _row(request: Request, state: State, detector: Detector, person: Any, job_id: str, number: int) -> Response:
    job = access.seen(state.store, person, job_id)
    with state.store.reading() as connection:
        found = job_rows.get(connection, job_id, number) if 0 < number < 2**62 else None
    if found is None:
        raise Problem("not_found", "There is no such row.")
    folder = Folders(state.settings.data_folder).of(job_id)
    line = _line(folder, found)
    if line is None:
        raise Problem("not_found", "The results of this file are gone.")
    t = catalog_of(request)
    if twin(request):
        return JSONResponse({"caution": t("foot.caution")} | line)
    context: dict[str, Any] = {"job": job, "row": found, "line": line, "result": None, "recomputed": False}
    if found.risk is None:
        context["reject"] = words.of_reject(line["reason"], t)
        return render(request, "job_row.html", **context)
    assessment, text = Assessment.from_dict(line), line["text"]
    try:
        reading = detector.reader.read(text)
    except InputError:
        context["claims"] = ()
    else:
        context["claims"] = state.lists.check(reading, detector)
        if not assessment.indicators and not assessment.terms:  # a batch keeps no reasons for rows of low risk
            assessment = detector.judge(reading, None, None, explain=True)
            context["recomputed"] = True
    context["result"] = views.build(assessment, text, detector.knowledge, t, shown_characters=MAX_CHARACTERS)
    context["thresholds"] = views.thresholds(detector.model_card())
    with state.store.reading() as connection:
        context["kept"] = ads.find(connection, text)
    return render(request, "job_row.html", **context)


def _filters(request: Request) -> Filters:
    told = {name: request.query_params.get(name, "") for name in asdict(Filters())}
    is_rejected = told["state"] == "rejected"
    return Filters(
        state="rejected" if is_rejected else "scored",
        level=told["level"] if told["level"] in LEVELS and not is_rejected else "",
        typology=told["typology"] if told["typology"] in TYPOLOGIES and not is_rejected else "",
        reason=told["reason"][:200].replace("\0", "") if is_rejected else "",
    )


def _names(detector: Detector, language: str) -> dict[str, str]:
    entries = detector.knowledge.typologies
    return {id_: getattr(entries[id_].name, language) if id_ in entries else id_ for id_ in TYPOLOGIES}


def _detail(folder: Folder, row: JobRow) -> str:
    """The readers' own words on a rejected row."""
    line = _line(folder, row)
    return "" if line is None else str(line["reason"])


def _line(folder: Folder, row: JobRow) -> dict[str, Any] | None:
    try:
        return line_at(folder.results if row.risk is not None else folder.rejects, row.offset)
    except (OSError, ValueError):  # deleted by hand, or restored without its files
        return None
