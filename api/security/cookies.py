"""The cookies of Sigap: what they are called, and what a browser is told about them.

All are out of reach of scripts (`HttpOnly`). They are `SameSite=Lax`, not `Strict`: with `Strict` a link in a mail or a
chat ("see this ad") would open the sign-in page for somebody who is signed in, and so would the way back from OpenID
Connect. What `Lax` lets through are plain links, which change nothing here; every form has its own guard (`csrf.py`).

Over https they are `Secure` and have the prefix `__Host-`: only this very host can have set them.
"""

from starlette.requests import Request
from starlette.responses import Response

from api.settings import Settings

SESSION = "sigap_session"  # who is signed in
VISIT = "sigap_visit"  # what the forms of somebody who is not signed in are bound to
DEVICE = "sigap_device"  # a browser in which its owner has signed in before
OIDC = "sigap_oidc"  # one sign-in by OpenID Connect that is under way
LONGEST = 2_000


def is_https(request: Request, settings: Settings) -> bool:
    """Whether the browser came by https, as far as this server or the setting of its public address knows."""
    return request.url.scheme == "https" or (settings.public_url or "").startswith("https://")


def read(request: Request, settings: Settings, name: str) -> str:
    """The value of one of the cookies above; "" where it is missing. Over https only the prefixed one is believed."""
    value = request.cookies.get(_full(request, settings, name), "")
    return value if len(value) <= LONGEST else ""


def give(
    answer: Response, request: Request, settings: Settings, name: str, value: str, max_age_s: int | None = None
) -> None:
    """Set one of the cookies above; without `max_age_s` it ends with the browser."""
    answer.set_cookie(
        _full(request, settings, name),
        value,
        max_age=max_age_s,
        path="/",
        secure=is_https(request, settings),
        httponly=True,
        samesite="lax",
    )


def take(answer: Response, request: Request, settings: Settings, name: str) -> None:
    """Delete one of the cookies above."""
    answer.delete_cookie(
        _full(request, settings, name), path="/", secure=is_https(request, settings), httponly=True, samesite="lax"
    )


def _full(request: Request, settings: Settings, name: str) -> str:
    return ("__Host-" if is_https(request, settings) else "") + name
