"""Pages for those who stand outside: signing in, and what they had written when a guard stopped it.

Nothing that somebody wrote is lost by a guard: it is shown again, and sent again by one press.
"""

import json
from collections.abc import Sequence
from typing import Any, cast

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from api.render import is_browsing, render
from api.security.addresses import local_path
from api.security.csrf import StaleForm, origin_of, shown
from api.security.visit import visit_of
from api.state import State, state_of

SIGN_IN, SIGN_OUT = "/sign-in", "/sign-out"
Fields = Sequence[tuple[str, str]]


def sign_in_page(
    request: Request,
    status: int = 200,
    *,
    said: str = "",
    login: str = "",
    then: str = "/",
    written: Fields = (),
    headers: dict[str, str] | None = None,
    **places: Any,
) -> HTMLResponse:
    """The sign-in page.

    Args:
        request: the request.
        status: its HTTP status.
        said: the key of what went wrong, "" where nothing did, with the `places` of its sentence.
        login: what was written as login.
        then: where the person wanted to go.
        written: what they had written there when they were asked to sign in; it goes along with the form.
        headers: of the answer.
        places: what fills the places of the sentence.
    """
    return render(
        request,
        "sign_in.html",
        status,
        headers,
        said=said,
        places=places,
        login=login,
        then=then,
        written=written,
        packed=json.dumps(written, ensure_ascii=False, separators=(",", ":")) if written else "",
        office=state_of(request).provider is not None,
    )


def send_again(request: Request, to: str, fields: Fields, status: int = 200) -> HTMLResponse:
    """A page with what was written and a button that sends it to `to`; without `to`, to be copied only."""
    return render(request, "again.html", status, to=to, fields=fields)


async def stale(request: Request, error: Exception) -> Response:
    """The answer to a form of another visit: the same form with today's token, one press away from being sent."""
    problem = cast(StaleForm, error)
    if not is_browsing(request):
        return problem.response()
    if request.url.path == SIGN_OUT and visit_of(request).person is None:
        return RedirectResponse(SIGN_IN, 303)  # signed out already
    if request.url.path == SIGN_IN:
        return sign_in_page(request, problem.status_code, said="sign_in.stale")
    # Only where the browser vouches for the page that sent it: else a stranger could have it sent by that one press.
    return send_again(request, _target(request) if problem.is_own else "", problem.fields, problem.status_code)


async def sign_in_first(request: Request, state: State) -> HTMLResponse:
    """The sign-in page for somebody whose session ended while they wrote."""
    fields: list[tuple[str, str]] = []
    if origin_of(request, state.settings) == "own":
        try:
            async with request.form(max_files=20, max_part_size=state.settings.max_body_bytes) as form:
                fields = shown([(n, v) for n, v in form.multi_items() if not isinstance(v, UploadFile)])
        except HTTPException:
            fields = []  # too large or broken: nothing can be shown of it
    return sign_in_page(
        request, 401, said="sign_in.ended", then=_target(request) if fields else "/", written=tuple(fields)
    )


def unpack(packed: str) -> list[tuple[str, str]]:
    """What `sign_in_page` sent along; empty for anything else."""
    try:
        found = json.loads(packed)
    except ValueError:
        return []
    if not isinstance(found, list):
        return []
    pairs = [(one[0], one[1]) for one in found if isinstance(one, list) and len(one) == 2]
    return [(name, value) for name, value in pairs if isinstance(name, str) and isinstance(value, str)]


def _target(request: Request) -> str:
    return local_path(request.url.path + (f"?{request.url.query}" if request.url.query else ""))
