"""Before any route: who asks, whether they may come in at all, and whether a foreign page sent them.

What a person may do once inside is asked by the routes (`api.state.allowed`). That nothing is open by mistake is asked
here: an address that is not in `OPEN` or `FREE` is closed to everybody who is not signed in.
"""

from urllib.parse import urlencode

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.problems import Problem
from api.render import is_browsing, refusal
from api.routes import doorstep
from api.security.addresses import local_path
from api.security.csrf import API, SAFE, origin_of
from api.security.visit import Visit
from api.state import State, state_of

FREE = frozenset({"/healthz", "/readyz"})  # nobody is looked up
FREE_FOLDERS = ("/static/",)
OPEN = frozenset({"/sign-in", "/sign-in/office", "/sign-in/office/back", "/sign-out", "/docs", "/openapi.json"})
NEW_PASSWORD = "/account/password"  # noqa: S105 (an address)
# What somebody may do whose password was chosen by somebody else.
BEFORE_NEW_PASSWORD = OPEN | {NEW_PASSWORD}
_THREADS = 8  # of the gate alone: pages that wait for a slow answer never hold up those who come in


class Gate:
    """Puts the visit on `request.state.visit` and its person on `request.state.person` (None: nobody is signed in)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._limiter = CapacityLimiter(_THREADS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        request.state.visit, request.state.person = Visit(), None
        path = scope["path"]
        if path not in FREE and not path.startswith(FREE_FOLDERS):
            try:
                refused = await self._let_in(request, state_of(request))
            except Problem as problem:
                refused = refusal(request, problem) if is_browsing(request) else problem.response()
            if refused is not None:
                await refused(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _let_in(self, request: Request, state: State) -> Response | None:
        """The answer to a request that does not get further; None where it does."""
        now = state.clock()
        visit = await to_thread.run_sync(lambda: state.door.visit(request, now), limiter=self._limiter)
        request.state.visit, request.state.person = visit, visit.person
        path = request.scope["path"]  # what routes are matched with; `url.path` ends at a "?" that was sent as %3F
        if request.method not in SAFE and _is_foreign(request, state):
            raise Problem("forged", "Another site's page may not send this.")
        if visit.person is None and path not in OPEN:
            return await _turn_away(request, state)
        if visit.must_change and path not in BEFORE_NEW_PASSWORD:
            if is_browsing(request):
                return RedirectResponse(NEW_PASSWORD, 303)
            raise Problem("forbidden", "A new password has to be chosen first.")
        return None


def _is_foreign(request: Request, state: State) -> bool:
    origin = origin_of(request, state.settings)
    # The API has no token to fall back on: a page that hides where it is from is as good as foreign.
    hidden = request.scope["path"].startswith(API) and request.headers.get("origin") == "null"
    return origin == "foreign" or (hidden and origin != "own")


async def _turn_away(request: Request, state: State) -> Response:
    if not is_browsing(request):
        raise Problem("not_signed_in", "Sign in first.")
    if request.method not in SAFE:
        return await doorstep.sign_in_first(request, state)
    wanted = local_path(request.url.path + (f"?{request.url.query}" if request.url.query else ""))
    query = {} if wanted == "/" else {"next": wanted}
    if language := request.query_params.get("lang"):
        query["lang"] = language
    return RedirectResponse("/sign-in" + (f"?{urlencode(query)}" if query else ""), 303)
