"""`/admin/lists`: the lists that ads are checked against, each with its date and origin."""

from datetime import UTC, date, datetime

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import UploadFile

from api.moments import now, start_of
from api.problems import Problem
from api.render import render
from api.state import Administrator, StoreDep
from api.store import office_lists
from detector.lists.office_list import KINDS, ListError

STALE_DAYS = 92  # a list older than a quarter is said to be old
router = APIRouter(include_in_schema=False)


@router.get("/admin/lists")
def lists(request: Request, store: StoreDep, person: Administrator) -> HTMLResponse:
    """The lists in force, those retired, and the form for a new one."""
    return _page(request, store)


@router.post("/admin/lists")
async def load(request: Request, store: StoreDep, person: Administrator) -> Response:
    """Load a list, or say what is wrong with the file."""
    async with request.form(max_files=1, max_fields=10) as form:
        fields = {
            key: value.strip() if isinstance(value := form.get(key, ""), str) else ""
            for key in ("kind", "as_of", "origin")
        }
        file = form.get("file")
        name = file.filename or "" if isinstance(file, UploadFile) else ""
        content = await file.read(office_lists.LARGEST_FILE + 1) if isinstance(file, UploadFile) else b""
    if not name:
        return _page(request, store, fields, ListError("–", "choose a file"))
    if len(content) > office_lists.LARGEST_FILE:
        raise Problem("too_large", "A list may have 32 MB at most.")
    try:
        with store.writing() as connection:
            office_lists.load(
                connection,
                content,
                name[-120:],
                fields["kind"],
                fields["as_of"],
                fields["origin"],
                person,
                datetime.now(UTC),
            )
    except ListError as error:
        return _page(request, store, fields, error)
    return RedirectResponse("/admin/lists", 303)


@router.post("/admin/lists/{list_id}/retire")
def retire(list_id: int, store: StoreDep, person: Administrator) -> Response:
    """Take a list out of force."""
    with store.writing() as connection:
        if not office_lists.retire(connection, list_id, person, datetime.now(UTC)):
            raise Problem("not_found", "There is no such list in force.")
    return RedirectResponse("/admin/lists", 303)


@router.get("/admin/lists/{list_id}/file")
def file(list_id: int, store: StoreDep, person: Administrator) -> Response:
    """The file of a list as it was loaded."""
    with store.reading() as connection:
        found = office_lists.content_of(connection, list_id)
    if found is None:
        raise Problem("not_found", "There is no such list.")
    suffix = found[0].rpartition(".")[2].lower()
    headers = {"Content-Disposition": f'attachment; filename="list-{list_id}.{suffix if suffix.isalnum() else "bin"}"'}
    return Response(found[1], media_type="application/octet-stream", headers=headers)


def is_stale(as_of: str, at: datetime) -> bool:
    """Whether a list of that date is old."""
    return (at - start_of(date.fromisoformat(as_of))).days > STALE_DAYS


def _page(
    request: Request, store: StoreDep, fields: dict[str, str] | None = None, error: ListError | None = None
) -> HTMLResponse:
    with store.reading() as connection:
        loaded = office_lists.all_of(connection)
    at = now()
    return render(
        request,
        "admin_lists.html",
        422 if error else 200,
        lists=loaded,
        stale={one.id for one in loaded if is_stale(one.as_of, at)},
        kinds=KINDS,
        fields=fields or {"kind": "", "as_of": "", "origin": ""},
        error=error,
    )
