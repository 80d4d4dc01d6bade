"""`/sign-in` and `/sign-out`: by password, or by the office's own OpenID Connect provider."""

import logging
import math
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.problems import Problem
from api.render import home_of
from api.routes.doorstep import SIGN_IN, send_again, sign_in_page, unpack
from api.security import cookies, newcomers
from api.security.addresses import local_path, network_of
from api.security.sign_in import Attempt, NotWelcome, SignedIn, TooManyAttempts, WrongPassword, with_password
from api.security.visit import Visit, visit_of
from api.state import State, StateDep
from api.store import audit, sessions
from detector.errors import SigapError

LOG = logging.getLogger("sigap.api")
OFFICE = "/sign-in/office"
BACK = OFFICE + "/back"
NEW_PASSWORD = "/account/password"  # noqa: S105 (an address)
_DEVICE_S = 31_536_000
_TROUBLE = {
    "unreachable": "sign_in.office_unreachable",
    "refused": "sign_in.office_refused",
    "late": "sign_in.office_late",
    "token": "sign_in.office_token",
}
router = APIRouter(include_in_schema=False)


@router.get(SIGN_IN)
def page(request: Request) -> Response:
    """The form, for those who need it."""
    person = visit_of(request).person
    then = local_path(request.query_params.get("next", ""), home_of(person))
    return RedirectResponse(then, 303) if person else sign_in_page(request, then=then)


@router.post(SIGN_IN)
async def by_password(
    request: Request,
    state: StateDep,
    login: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    then: Annotated[str, Form(alias="next")] = "/",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Sign in, and go where the person wanted to go; what they had written there is shown to be sent."""
    then, written = local_path(then), unpack(again)
    settings = state.settings
    if not state.door.has_accounts():
        return RedirectResponse("/", 303)
    attempt = Attempt(
        login=login,
        password=password,
        network=network_of(request),
        now=state.clock(),
        session=cookies.read(request, settings, cookies.SESSION),
        device=cookies.read(request, settings, cookies.DEVICE),
    )
    try:
        signed = await state.passwords.run(lambda: with_password(state.store, state.door, attempt))
    except WrongPassword:
        return sign_in_page(request, 401, said="sign_in.wrong", login=login[:200], then=then, written=written)
    except TooManyAttempts as error:
        return too_many(request, error, login=login[:200], then=then, written=written)
    request.state.visit = Visit(signed.person, "session", signed.session, signed.must_change)
    if signed.must_change:
        answer: Response = RedirectResponse(NEW_PASSWORD, 303)
    elif written:
        answer = send_again(request, then, written)
    else:
        answer = RedirectResponse(home_of(signed.person) if then == "/" else then, 303)
    return give_cookies(answer, request, state, signed)


def too_many(
    request: Request, error: TooManyAttempts, *, login: str, then: str, written: list[tuple[str, str]]
) -> Response:
    """The sign-in page after too many attempts, with when to come back."""
    seconds = max(1, math.ceil(error.wait_s))
    said = "sign_in.wait_seconds" if seconds < 90 else "sign_in.wait_minutes"
    return sign_in_page(
        request,
        429,
        said=said,
        login=login,
        then=then,
        written=written,
        headers={"Retry-After": str(seconds)},
        **({"seconds": seconds} if seconds < 90 else {"minutes": math.ceil(seconds / 60)}),
    )


def give_cookies(answer: Response, request: Request, state: State, signed: SignedIn) -> Response:
    """The cookies of somebody who just signed in; what their forms were bound to before is gone."""
    cookies.give(answer, request, state.settings, cookies.SESSION, signed.session)
    if signed.device:
        cookies.give(answer, request, state.settings, cookies.DEVICE, signed.device, _DEVICE_S)
    cookies.take(answer, request, state.settings, cookies.VISIT)
    return answer


@router.post("/sign-out")
def sign_out(request: Request, state: StateDep) -> Response:
    """End this session."""
    visit = visit_of(request)
    answer = RedirectResponse(SIGN_IN, 303)
    if visit.way == "session" and visit.person:
        now = state.clock()
        with state.store.writing() as connection:
            sessions.end(connection, visit.secret)
            audit.record(connection, now, visit.person.login, "sign_out.person", f"person:{visit.person.login}")
        cookies.take(answer, request, state.settings, cookies.SESSION)
    return answer


@router.get(OFFICE)
async def to_office(request: Request, state: StateDep) -> Response:
    """Send the browser to the provider."""
    provider = state.provider
    if provider is None or not state.door.has_accounts():
        raise Problem("not_found", "No OpenID Connect provider is set.")
    then, now = local_path(request.query_params.get("next", "")), state.clock()
    try:
        address, started = await state.errands.run(lambda: provider.start(_back(request, state), then, now))
    except SigapError as error:
        return _trouble(request, error)
    answer = RedirectResponse(address, 303)
    cookies.give(answer, request, state.settings, cookies.OIDC, started.packed(), newcomers.STARTED_S)
    return answer


@router.get(BACK)
async def from_office(request: Request, state: StateDep) -> Response:
    """Take back whom the provider sends."""
    provider = state.provider
    if provider is None or not state.door.has_accounts():
        raise Problem("not_found", "No OpenID Connect provider is set.")
    from api.security import oidc  # an extra: only where it is asked for

    started = oidc.unpack(cookies.read(request, state.settings, cookies.OIDC))
    now, before = state.clock(), cookies.read(request, state.settings, cookies.SESSION)
    parameters = dict(request.query_params)

    def finish() -> SignedIn:
        identity = provider.finish(_back(request, state), parameters, started, now)
        return newcomers.with_identity(state.store, state.door, state.settings, identity, now, before)

    try:
        signed = await state.errands.run(finish)
    except SigapError as error:
        answer = _trouble(request, error)
    else:
        then = local_path(started.next) if started else "/"
        answer = RedirectResponse(home_of(signed.person) if then == "/" else then, 303)
        give_cookies(answer, request, state, signed)
    cookies.take(answer, request, state.settings, cookies.OIDC)
    return answer


def _back(request: Request, state: State) -> str:
    """Where the provider sends the browser back to; it must know this address beforehand."""
    own = state.settings.public_url or f"{request.url.scheme}://{request.headers.get('host', '')}"
    return own + BACK


def _trouble(request: Request, error: SigapError) -> Response:
    LOG.warning("%s", error)
    if isinstance(error, NotWelcome):
        return sign_in_page(request, 403, said="sign_in.office_unknown")
    said = _TROUBLE.get(getattr(error, "trouble", ""))
    if said is None:
        raise error
    return sign_in_page(request, 503 if said == "sign_in.office_unreachable" else 401, said=said)
