"""Requests that change something must come from a page of this server, shown to the same visitor.

Two things are asked. The browser's own word where it gives one (`Sec-Fetch-Site`, `Origin`): no foreign page may send
anything. And a token in every form, made from a cookie that other sites cannot read: the session's, or for those who
are not signed in, the notebook's user among them, a cookie of its own. Nothing is stored for it.

A form has `{{ csrf() }}` within it; a script sends the value of that field as `X-CSRF-Token`.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Literal
from urllib.parse import urlsplit

from starlette.datastructures import UploadFile
from starlette.requests import Request

from api.problems import Problem
from api.security.visit import visit_of
from api.settings import Settings

FIELD = "csrf"
HEADER = "x-csrf-token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
API = "/v1/"
# Addresses whose bodies are read as they come: their routes call `check` themselves, before anything is done.
STREAMED = frozenset({"/jobs"})
Origin = Literal["own", "foreign", "unknown"]
_FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


class StaleForm(Problem):
    """A form of another visit: signed out and in again in the meantime, or sent by a stranger.

    Attributes:
        fields: the text that was sent, as (name, value), so that it can be shown and sent again; never a password.
        is_own: the browser itself says that a page of this server sent it, so that it may be sent again.
    """

    def __init__(self, fields: Sequence[tuple[str, str]] = (), is_own: bool = False) -> None:
        super().__init__("forged", "The form does not belong to this visit; open the page again.")
        self.fields, self.is_own = tuple(fields), is_own


def token_of(secret: str) -> str:
    """The token of the forms that are bound to a cookie of this value."""
    return hmac.new(secret.encode(), b"sigap form", hashlib.sha256).hexdigest()


def origin_of(request: Request, settings: Settings) -> Origin:
    """Where the browser says that a request comes from. Programs other than browsers say nothing."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return "own" if site in ("same-origin", "none") else "foreign"
    origin = request.headers.get("origin")
    if origin is None or origin == "null":  # pages with `Referrer-Policy: no-referrer`, ours among them, send "null"
        return "unknown"
    own = {settings.public_url, f"{request.url.scheme}://{request.headers.get('host', '')}"}
    if settings.public_url is None and urlsplit(origin).netloc == request.headers.get("host"):
        return "own"  # a proxy that ends https and does not say so
    return "own" if origin in own else "foreign"


async def own_form(request: Request) -> None:
    """Refuse a request that changes something and does not carry the token of its visit.

    Every route depends on this. The API is left out: `gate.py` keeps foreign pages from it, and its bodies are JSON,
    which no form can send.

    Raises:
        StaleForm: the token is missing or another one.
    """
    path = request.scope["path"]
    if request.method in SAFE or path.startswith(API) or path in STREAMED:
        return
    settings: Settings = request.app.state.sigap.settings
    fields: list[tuple[str, str]] = []
    if HEADER not in request.headers and _is_form(request):
        # Read once and kept by the request: the route finds the same fields.
        form = await request.form(max_files=20, max_fields=1_000, max_part_size=settings.max_body_bytes)
        fields = [(name, value) for name, value in form.multi_items() if not isinstance(value, UploadFile)]
    check(request, settings, dict(fields), fields)


def check(
    request: Request, settings: Settings, fields: Mapping[str, str], written: Sequence[tuple[str, str]] = ()
) -> None:
    """Refuse a form whose token is not the one of its visit.

    Args:
        request: the request; a script has the token in a header of it.
        settings: of the application.
        fields: of the form, as far as they were read.
        written: what of them is shown again where the form is refused.

    Raises:
        StaleForm: the token is missing or another one.
    """
    visit = visit_of(request)
    sent = request.headers.get(HEADER) or fields.get(FIELD, "")
    if not visit.secret or not hmac.compare_digest(sent.encode("utf-8", "replace"), token_of(visit.secret).encode()):
        raise StaleForm(shown(written), origin_of(request, settings) == "own")


def _is_form(request: Request) -> bool:
    return request.headers.get("content-type", "").split(";")[0].strip().lower() in _FORM_TYPES


def shown(fields: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """What may be shown again: all but the token, and nothing where a password is among it."""
    if any("password" in name for name, _ in fields):
        return []
    return [(name, value) for name, value in fields if name != FIELD]
