"""Files of listings: the list of them, the way in, and what may be done to one."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from api.jobs import access, intake, supervisor, words
from api.jobs.folders import COMPRESSIONS, FORMATS, Folders
from api.jobs.preview import Preview
from api.jobs.upload import UploadBroken
from api.listing import address, twin_address, window_of
from api.problems import Problem
from api.render import catalog_of, render, twin
from api.sheets import sheet
from api.state import Keeper, Reader, State, StateDep, StoreDep
from api.store import audit, job_rows, jobs
from api.store.ads import CHANNELS
from api.store.jobs import STATES, Job, Options
from detector.deep import MODES
from detector.errors import InputTooLarge

router = APIRouter(include_in_schema=False)
_STATES_OF_THE_LIST = ("", *STATES)


@router.get("/jobs")
@router.get("/jobs.json")
@router.get("/jobs.csv")
def listed(request: Request, store: StoreDep, person: Reader) -> Response:
    """One's own files, or everybody's, the newest first."""
    state = request.query_params.get("state", "")
    state = state if state in STATES else ""
    mine = None if access.sees_all(person) else person.id
    with store.reading() as connection:
        page = jobs.newest(connection, window_of(request), mine, state)
    if twin(request):
        return JSONResponse({"total": page.total, "jobs": [words.job_as_json(job) for job in page.rows]})
    if request.url.path.endswith(".csv"):
        told = [words.job_as_json(job) for job in page.rows]
        columns = ("id", "file", "owner", "state", "rows", "scored", "alerts", "rejected", "error", "created_at")
        return sheet("sigap-files.csv", columns, ([one[name] for name in columns] for one in told))
    return render(
        request,
        "jobs.html",
        page=page,
        state=state,
        states=_STATES_OF_THE_LIST,
        shows_owner=mine is None,
        address=partial(address, request),
        twins=(twin_address(request, ".json"), twin_address(request, ".csv")),
        words=words,
    )


@router.get("/jobs/new")
def new(request: Request, state: StateDep, _person: Keeper) -> HTMLResponse:
    """The form that a file is sent with."""
    return _form(request, state.settings.max_upload_bytes)


@router.post("/jobs")
async def upload(request: Request, state: StateDep, person: Keeper) -> Response:
    """Receive a file; on to the look at it."""
    limit = state.settings.max_upload_bytes
    if supervisor.missing():
        return _form(request, limit, status=503)
    try:
        job_id = await intake.receive(request, state, person)
    except (UploadBroken, InputTooLarge) as error:
        return _form(request, limit, error.code, 413 if isinstance(error, InputTooLarge) else 422)
    except Problem as problem:
        if problem.kind.code != "too_large":
            raise
        return _form(request, limit, "too_large", 413)
    except OSError as error:
        return _form(request, limit, intake.trouble_of(error), 507)
    return RedirectResponse(f"/jobs/{job_id}", 303)


@router.post("/jobs/{job_id}/start")
def start(
    request: Request,
    state: StateDep,
    person: Keeper,
    job_id: str,
    text: Annotated[Sequence[str], Form()] = (),
    id_column: Annotated[str, Form()] = "",
    mode: Annotated[str, Form()] = "auto",
    keep: Annotated[str, Form()] = "",
    channel: Annotated[str, Form()] = "",
) -> Response:
    """Say how a file is to be read, and put it into the queue. Asked twice, it is there once; so with all below."""
    job = access.changeable(state.store, person, job_id)
    seen = intake.preview_of(Folders(state.settings.data_folder).of(job_id))
    given = Options(tuple(text), id_column or None, mode, keep == "yes", channel)  # type: ignore[arg-type]
    wrong = _wrong(given, seen)
    if wrong:
        return look(request, state, job, seen, given, wrong)
    with state.store.writing() as connection:
        if jobs.start(connection, job_id, intake.without_what_is_found(given, seen)):
            told = {"model": given.mode, "keeps_alerts": given.keep_alerts}
            audit.record(connection, state.clock(), person.login, "start.job", f"job:{job_id}", **told)
    return RedirectResponse(f"/jobs/{job_id}", 303)


@router.post("/jobs/{job_id}/cancel")
def cancel(state: StateDep, person: Keeper, job_id: str) -> Response:
    """Stop a job; what is scored stays."""
    access.changeable(state.store, person, job_id)
    with state.store.writing() as connection:
        if jobs.ask_cancel(connection, job_id, state.clock()):
            audit.record(connection, state.clock(), person.login, "cancel.job", f"job:{job_id}")
    return RedirectResponse(f"/jobs/{job_id}", 303)


@router.post("/jobs/{job_id}/again")
def again(state: StateDep, person: Keeper, job_id: str) -> Response:
    """Let a job go on that failed or was cancelled."""
    access.changeable(state.store, person, job_id)
    with state.store.writing() as connection:
        if jobs.again(connection, job_id):
            audit.record(connection, state.clock(), person.login, "resume.job", f"job:{job_id}")
    return RedirectResponse(f"/jobs/{job_id}", 303)


@router.post("/jobs/{job_id}/reopen")
def reopen(state: StateDep, person: Keeper, job_id: str) -> Response:
    """Take a job back to the choice of its columns."""
    access.changeable(state.store, person, job_id)
    with state.store.writing() as connection:
        if jobs.reopen(connection, job_id):
            job_rows.clear(connection, job_id)
            Folders(state.settings.data_folder).of(job_id).forget_results()
            audit.record(connection, state.clock(), person.login, "reopen.job", f"job:{job_id}")
    return RedirectResponse(f"/jobs/{job_id}", 303)


@router.post("/jobs/{job_id}/delete")
def delete(state: StateDep, person: Keeper, job_id: str) -> Response:
    """Delete a job with its files."""
    job = access.changeable(state.store, person, job_id)
    with state.store.writing() as connection:
        is_gone = jobs.remove(connection, job_id)
        if is_gone:
            told = {"sha256": job.sha256, "rows": job.rows}
            audit.record(connection, state.clock(), person.login, "delete.job", f"job:{job_id}", **told)
    if not is_gone:  # a worker took it in this moment
        return RedirectResponse(f"/jobs/{job_id}", 303)
    Folders(state.settings.data_folder).remove(job_id)
    return RedirectResponse("/jobs", 303)


def look(
    request: Request,
    state: State,
    job: Job,
    seen: Preview,
    given: Options | None = None,
    wrong: str = "",
) -> HTMLResponse:
    """The page between receiving and scoring; with `wrong`, what has to be chosen otherwise."""
    t = catalog_of(request)
    detector = state.detector
    modes = [mode for mode in MODES if mode == "fast" or detector is None or detector.bundle.deep is not None]
    return render(
        request,
        "job_preview.html",
        422 if wrong else 200,
        job=job,
        seen=seen,
        given=given or Options(seen.chosen, seen.id, "auto"),
        wrong=wrong,
        modes=modes,
        channels=CHANNELS,
        size=words.of_size(job.size, t),
        delimiter=words.of_delimiter(seen.delimiter, t),
        reject=lambda reason: words.of_reject(reason, t),
        trouble=words.of_failure(seen.error, t) if seen.error else None,
    )


def _wrong(given: Options, seen: Preview) -> str:
    """What can't be done as it was chosen: a key of the catalog."""
    if given.mode not in MODES or given.channel not in CHANNELS:
        return "jobs.wrong_choice"
    if not seen.is_table:
        return ""
    if not given.text_columns:
        return "jobs.wrong_no_text"
    named = (*given.text_columns, *((given.id_column,) if given.id_column else ()))
    return "" if set(named) <= set(seen.columns) else "jobs.wrong_choice"


def _form(request: Request, limit_bytes: int, error: str = "", status: int = 200) -> HTMLResponse:
    return render(
        request,
        "job_new.html",
        status,
        error=error,
        limit_bytes=limit_bytes,
        limit=words.of_size(limit_bytes, catalog_of(request)),
        accepted=",".join((*FORMATS, *COMPRESSIONS)),
        is_missing=supervisor.missing(),
    )
