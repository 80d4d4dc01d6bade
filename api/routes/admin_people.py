"""`/admin` and `/admin/people`: who works here, in which role, and whether they may come in."""

from collections.abc import Callable
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlalchemy import Connection
from starlette.routing import Match

from api.listing import address, twin_address, window_of
from api.problems import Problem
from api.render import ADMIN_ROOMS, catalog_of, render, twin
from api.routes.account import signed_in
from api.security import accounts, passwords
from api.security.person import Person, Role
from api.sheets import sheet
from api.state import Administrator, State, StateDep
from api.store import people

ROLES: tuple[Role, ...] = get_args(Role)
STATES = ("on", "off")
_HEADER = ("login", "name", "role", "state", "signs_in_by", "created_at", "last_seen_at")
router = APIRouter(include_in_schema=False)


def looks_after(request: Request) -> Person:
    """Whoever looks after something here: accounts and lists, or the record.

    Raises:
        Problem: `not_signed_in` or `forbidden`.
    """
    person = signed_in(request)
    if not (person.may("administer") or person.may("audit")):
        raise Problem("forbidden", f"The role {person.role} may not do this.")
    return person


@router.get("/admin")
def admin(request: Request, person: Annotated[Person, Depends(looks_after)]) -> Response:
    """The rooms under this one that stand, of those the person may enter."""
    rooms = [name for name, needs in ADMIN_ROOMS if person.may(needs) and _stands(request, f"/admin/{name}")]
    return render(request, "admin.html", rooms_here=rooms)


@router.get("/admin/people")
@router.get("/admin/people.json")
@router.get("/admin/people.csv")
def listed(request: Request, state: StateDep, person: Administrator) -> Response:
    """The accounts, as a page, as JSON or as CSV."""
    wanted = {name: request.query_params.get(name, "") for name in ("role", "state", "q")}
    if wanted["role"] not in ROLES:
        wanted["role"] = ""
    if wanted["state"] not in STATES:
        wanted["state"] = ""
    with state.store.reading() as connection:
        page = people.listed(connection, window_of(request), wanted["role"], wanted["state"], wanted["q"][:200])
    if request.url.path.endswith(".csv"):
        return sheet("sigap-people.csv", _HEADER, (list(_as_dict(one).values()) for one in page.rows))
    if twin(request):
        return JSONResponse(
            {
                "schema": "people/1",
                "page": page.window.number,
                "size": page.window.size,
                "total": page.total,
                "people": [_as_dict(one) for one in page.rows],
            }
        )
    t = catalog_of(request)
    return render(
        request,
        "people.html",
        page=page,
        wanted=wanted,
        roles=[("", t("list.all")), *((role, t(f"role.{role}")) for role in ROLES)],
        states=[("", t("list.all")), *((one, t(f"member_state.{one}")) for one in STATES)],
        address=lambda **changes: address(request, **changes),
        json=twin_address(request, ".json"),
        csv=twin_address(request, ".csv"),
        done=request.query_params.get("done", ""),
    )


@router.get("/admin/people/new")
def new_form(request: Request, state: StateDep, person: Administrator) -> Response:
    """The form for another account; in a notebook it is the first one."""
    return RedirectResponse("/first-account", 303) if person.notebook else _new_page(request, state)


@router.post("/admin/people/new")
async def add(
    request: Request,
    state: StateDep,
    person: Administrator,
    login: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    role: Annotated[str, Form()] = "analyst",
    way: Annotated[str, Form()] = "password",
) -> Response:
    """Make an account. Its password is shown this once, to be handed over and changed by its owner."""
    if person.notebook:
        raise Problem("forbidden", "The first account is made at /first-account.")
    if role not in ROLES:
        raise Problem("invalid", "There is no such role.")
    by_office = way == "office" and state.provider is not None
    password = "" if by_office else passwords.make_password()

    def make() -> people.Account:
        people.login_of(login)  # before a password is hashed for nothing
        hash_ = None if by_office else passwords.hash_password(password)
        with state.store.writing() as connection:
            return accounts.add(
                connection,
                login,
                name,
                role,
                actor=person.login,
                now=state.clock(),
                password_hash=hash_,
                must_change=not by_office,
            )

    try:
        made = await state.passwords.run(make)
    except people.AccountError as error:
        wrong = {"login": f"member_error.{error.code}"}
        return _new_page(request, state, wrong, {"login": login, "name": name, "role": role, "way": way})
    return _person_page(request, made, done="add", password=password)


@router.get("/admin/people/{id_:int}")
def one(request: Request, id_: int, state: StateDep, person: Administrator) -> Response:
    """One account, and what can be done with it."""
    with state.store.reading() as connection:
        return _person_page(request, _account(connection, id_), done=request.query_params.get("done", ""))


@router.post("/admin/people/{id_:int}/role")
def change_role(
    request: Request, id_: int, state: StateDep, person: Administrator, role: Annotated[str, Form()] = ""
) -> Response:
    """Give an account another role."""
    if role not in ROLES:
        raise Problem("invalid", "There is no such role.")

    def deed(connection: Connection, account: people.Account) -> None:
        accounts.change_role(connection, account, role, actor=person.login, now=state.clock())

    return _do(request, state, id_, deed, "role")


@router.post("/admin/people/{id_:int}/state")
def switch(
    request: Request, id_: int, state: StateDep, person: Administrator, to: Annotated[str, Form()] = ""
) -> Response:
    """Close an account, or open it again."""
    if to not in STATES:
        raise Problem("invalid", "An account is on or off.")
    deed = accounts.enable if to == "on" else accounts.disable
    return _do(request, state, id_, lambda c, account: deed(c, account, actor=person.login, now=state.clock()), "state")


@router.post("/admin/people/{id_:int}/password")
async def reset_password(request: Request, id_: int, state: StateDep, person: Administrator) -> Response:
    """Make a new password for somebody who lost theirs; it is shown this once."""
    password = passwords.make_password()

    def reset() -> people.Account:
        with state.store.reading() as connection:
            _account(connection, id_)
        hash_ = passwords.hash_password(password)
        with state.store.writing() as connection:
            account = _account(connection, id_)
            if not account.has_password:
                raise Problem("forbidden", "This account signs in by OpenID Connect alone.")
            accounts.reset_password(connection, account, hash_, actor=person.login, now=state.clock())
            return people.get(connection, id_)

    account = await state.passwords.run(reset)
    return _person_page(request, account, done="password", password=password)


def _stands(request: Request, path: str) -> bool:
    """Whether this server has a page at `path`."""
    wanted = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}
    return any(route.matches(wanted)[0] is Match.FULL for route in request.app.routes)


def _do(
    request: Request,
    state: State,
    id_: int,
    deed: Callable[[Connection, people.Account], None],
    field: str,
) -> Response:
    """Do a deed on an account and go back to it."""
    with state.store.reading() as connection:
        account = _account(connection, id_)
    try:
        with state.store.writing() as connection:
            deed(connection, _account(connection, id_))
    except people.AccountError as error:
        return _person_page(request, account, 409, wrong={field: f"member_error.{error.code}"})
    return RedirectResponse(f"/admin/people/{id_}?done={field}", 303)


def _account(connection: Connection, id_: int) -> people.Account:
    try:
        return people.get(connection, id_)
    except people.NoAccount as error:
        raise Problem("not_found", "There is no such account.") from error


def _person_page(
    request: Request, account: people.Account, status: int = 200, *, done: str = "", password: str = "", **context: Any
) -> Response:
    values = {"wrong": {}} | context
    return render(request, "person.html", status, account=account, roles=ROLES, done=done, password=password, **values)


def _new_page(
    request: Request,
    state: State,
    wrong: dict[str, str] | None = None,
    written: dict[str, str] | None = None,
) -> Response:
    values = written or {"login": "", "name": "", "role": "analyst", "way": "password"}
    return render(
        request,
        "person_new.html",
        422 if wrong else 200,
        wrong=wrong or {},
        roles=ROLES,
        office=state.provider is not None,
        written=values,
    )


def _as_dict(account: people.Account) -> dict[str, Any]:
    return {
        "login": account.login,
        "name": account.name,
        "role": account.role,
        "state": "off" if account.disabled_at else "on",
        "signs_in_by": "+".join(
            way for way, has in (("password", account.has_password), ("office", account.has_subject)) if has
        )
        or "office",
        "created_at": account.created_at.isoformat(timespec="seconds"),
        "last_seen_at": account.seen_at.isoformat(timespec="seconds") if account.seen_at else None,
    }
