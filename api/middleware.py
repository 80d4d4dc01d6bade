"""What holds for every request, below the routes: the body limit, the security headers, the last catch."""

import logging
import traceback
from collections.abc import Mapping
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Problem

LOG = logging.getLogger("sigap.api")
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class BodyLimit:
    """Refuses a body over `limit_bytes` while it streams in, so that no more than that is ever held."""

    def __init__(self, app: ASGIApp, limit_bytes: int, larger: Mapping[str, int] | None = None) -> None:
        """Guard an application. `larger` limits hold for POST to some addresses, for those who are signed in."""
        self._app, self._limit, self._larger = app, limit_bytes, larger or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request with a counting `receive`."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            # The announced length is believed only where it refuses; what arrives is counted in any case.
            # Once over the limit, whoever asks again is refused again, and doesn't wait for what won't come.
            limit = self._limit_of(scope)
            if seen > limit or (announced.isdecimal() and int(announced) > limit):
                raise _refusal(limit)
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise _refusal(limit)
            return message

        await self._app(scope, counted, send)

    def _limit_of(self, scope: Scope) -> int:
        # Asked while the body is read: by then it is known who sends it.
        is_known = scope.get("state", {}).get("person") is not None
        return self._larger.get(scope["path"], self._limit) if is_known and scope["method"] == "POST" else self._limit


def _refusal(limit_bytes: int) -> Problem:
    return Problem("too_large", f"The body may have {limit_bytes:,} bytes at most.")


class SecurityHeaders:
    """Adds the headers that keep hostile text harmless in a browser, and results out of caches."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, with the headers on its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        cache = "no-cache" if scope["path"].startswith("/static/") else "no-store"

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers["Cache-Control"] = cache
            await send(message)

        await self._app(scope, receive, with_headers)


class LastCatch:
    """Answers 500 for what nobody expected, and logs where it happened but not what the message says.

    The message of an unexpected exception may quote the text that was judged; file and line cannot.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:  # the boundary of one request
            LOG.error("%s on %s %s: %s", type(error).__name__, scope["method"], scope["path"], where(error))
            if started:
                raise RuntimeError("the answer broke off") from None
            problem = Problem("internal", "Something unexpected happened; the log of the server says where.")
            await problem.response()(scope, receive, watched)


def where(error: BaseException) -> str:
    """The innermost frames of an exception as `file:line`, without its message."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    return " > ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
