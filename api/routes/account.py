"""One's own account: what it is, its password, where it is signed in. And the first account of all."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.problems import Problem
from api.render import render
from api.routes.sign_in import give_cookies
from api.security import accounts, cookies, passwords
from api.security.accounts import WeakPassword
from api.security.person import Person
from api.security.sign_in import SignedIn, TooManyAttempts, WrongPassword, begin_session, check_own_password
from api.security.visit import visit_of
from api.state import State, StateDep
from api.store import people, sessions

WEAK = {
    "short": "password.short",
    "long": "password.long",
    "login": "password.login",
    "simple": "password.simple",
    "common": "password.common",
}
router = APIRouter(include_in_schema=False)


def signed_in(request: Request) -> Person:
    """Whoever asks, of any role, the notebook's user among them.

    Raises:
        Problem: `not_signed_in`.
    """
    person = visit_of(request).person
    if person is None:
        raise Problem("not_signed_in", "Sign in first.")
    return person


Anyone = Annotated[Person, Depends(signed_in)]


@router.get("/account")
def account(request: Request, state: StateDep, person: Anyone) -> Response:
    """Who one is here, and where one is signed in."""
    if person.notebook:
        return RedirectResponse("/first-account", 303)
    with state.store.reading() as connection:
        return render(
            request,
            "account.html",
            account=people.get(connection, person.id),
            sessions=sessions.of(connection, person.id, state.clock(), state.door.idle),
            own=sessions.mark_of(visit_of(request).secret),
            done=request.query_params.get("done", ""),
        )


@router.get("/account/password")
def password_form(request: Request, state: StateDep, person: Anyone) -> Response:
    """The form for another password."""
    if not _own(state, person).has_password:
        return RedirectResponse("/account", 303)
    return _password_page(request)


@router.post("/account/password")
async def change_password(
    request: Request,
    state: StateDep,
    person: Anyone,
    password: Annotated[str, Form()] = "",
    new_password: Annotated[str, Form()] = "",
    new_password_again: Annotated[str, Form()] = "",
) -> Response:
    """Another password for oneself: one's other sessions end."""
    now, visit = state.clock(), visit_of(request)

    def change() -> dict[str, str]:
        own = _own(state, person)
        if not own.has_password:
            raise Problem("forbidden", "This account has no password.")
        wrong = wrong_password(new_password, new_password_again, own.login)
        if not wrong and new_password == password:
            wrong = {"new_password": "password.same"}
        if wrong:
            return wrong
        try:
            check_own_password(state.store, own, password, now)
        except WrongPassword:
            return {"password": "password.wrong"}
        hash_ = passwords.hash_password(new_password)
        with state.store.writing() as connection:
            accounts.change_password(connection, own, hash_, token=visit.secret, now=now)
        return {}

    try:
        wrong = await state.passwords.run(change)
    except TooManyAttempts as error:
        headers = {"Retry-After": str(int(error.wait_s) + 1)}
        return _password_page(request, {"password": "problem.too_many_attempts"}, 429, headers)
    return _password_page(request, wrong, 422) if wrong else RedirectResponse("/account?done=password", 303)


@router.post("/account/sessions")
def end_sessions(
    request: Request, state: StateDep, person: Anyone, which: Annotated[str, Form()] = "others"
) -> Response:
    """Sign out elsewhere, or everywhere."""
    if person.notebook:
        raise Problem("forbidden", "The notebook has no sessions.")
    everywhere = which == "all"
    with state.store.writing() as connection:
        own = people.get(connection, person.id)
        but = "" if everywhere else visit_of(request).secret
        accounts.end_sessions(connection, own, but=but, now=state.clock())
    answer = RedirectResponse("/sign-in" if everywhere else "/account?done=sessions", 303)
    if everywhere:
        cookies.take(answer, request, state.settings, cookies.SESSION)
        cookies.take(answer, request, state.settings, cookies.DEVICE)
    return answer


@router.get("/first-account")
def first_form(request: Request, person: Anyone) -> Response:
    """The form that ends the notebook."""
    return _first_page(request) if person.notebook else RedirectResponse("/account", 303)


@router.post("/first-account")
async def first_account(
    request: Request,
    state: StateDep,
    person: Anyone,
    login: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    new_password: Annotated[str, Form()] = "",
    new_password_again: Annotated[str, Form()] = "",
) -> Response:
    """Make the first account, an admin's, sign its owner in, and end the notebook."""
    if not person.notebook:
        raise Problem("forbidden", "There is an account already; an admin makes the others.")
    now = state.clock()
    wrong: dict[str, str] = {}
    try:
        written = people.login_of(login)
    except people.BadLogin:
        written, wrong = login, {"login": "member_error.bad_login"}
    wrong |= wrong_password(new_password, new_password_again, written)
    if wrong:
        return _first_page(request, wrong, login, name)

    def make() -> SignedIn:
        hash_ = passwords.hash_password(new_password)
        with state.store.writing() as connection:
            if people.any_account(connection):
                raise Problem("forbidden", "There is an account already; an admin makes the others.")
            made = accounts.add(connection, written, name, "admin", actor=person.login, now=now, password_hash=hash_)
            device = sessions.remember_device(connection, made.id, "", now)
            return SignedIn(made.person, begin_session(connection, state.door, made, now, "", "password"), device)

    signed = await state.passwords.run(make)
    return give_cookies(RedirectResponse("/admin/people", 303), request, state, signed)


def wrong_password(new: str, again: str, login: str) -> dict[str, str]:
    """What is wrong with a new password, as {field: key of the sentence}; empty where nothing is."""
    try:
        accounts.check(new, login)
    except WeakPassword as error:
        return {"new_password": WEAK[error.why]}
    return {} if new == again else {"new_password_again": "password.differs"}


def _own(state: State, person: Person) -> people.Account:
    if person.notebook:
        raise Problem("forbidden", "The notebook has no account.")
    with state.store.reading() as connection:
        return people.get(connection, person.id)


def _password_page(
    request: Request,
    wrong: Mapping[str, str] | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    must = visit_of(request).must_change
    return render(request, "password.html", status, headers, wrong=wrong or {}, must=must, shortest=passwords.SHORTEST)


def _first_page(request: Request, wrong: Mapping[str, str] | None = None, login: str = "", name: str = "") -> Response:
    return render(
        request,
        "first_account.html",
        422 if wrong else 200,
        wrong=wrong or {},
        login=login,
        name=name,
        shortest=passwords.SHORTEST,
    )
