"""Who may go where: a table of roles and addresses, and what holds for every address that there is or will be.

A new page gets a row in `PAGES`. That it is closed to strangers is checked without one.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi.routing import APIRoute

from api.security.gate import FREE, OPEN
from api.store import people
from detector.detector import Detector
from tests.api.security.conftest import ROLES
from tests.workbench import Workbench, workbench

AD = {"text": "Dibutuhkan admin toko di Bekasi, gaji UMK, hubungi 0812-0000-0017"}
EVERYBODY = ("analyst", "lead", "admin", "auditor")
# (method, address, what is sent, status for a stranger's browser, roles that may; all others get 403, status for them)
PAGES: list[tuple[str, str, dict[str, str] | None, int, tuple[str, ...], int]] = [
    ("GET", "/", None, 303, ("analyst", "lead", "admin"), 200),
    ("POST", "/", AD, 401, ("analyst", "lead", "admin"), 200),
    ("GET", "/account", None, 303, EVERYBODY, 200),
    ("GET", "/account/password", None, 303, EVERYBODY, 303),  # these have none: back to the account
    ("POST", "/account/sessions", {"which": "others"}, 401, EVERYBODY, 303),
    ("GET", "/first-account", None, 303, EVERYBODY, 303),
    ("GET", "/admin", None, 303, ("admin", "auditor"), 200),
    ("GET", "/admin/people", None, 303, ("admin",), 200),
    ("GET", "/admin/people.json", None, 303, ("admin",), 200),
    ("GET", "/admin/people.csv", None, 303, ("admin",), 200),
    ("GET", "/admin/people/new", None, 303, ("admin",), 200),
    ("POST", "/admin/people/new", {"login": "baru", "role": "analyst"}, 401, ("admin",), 200),
    ("GET", "/admin/people/ANI", None, 303, ("admin",), 200),
    ("POST", "/admin/people/ANI/role", {"role": "lead"}, 401, ("admin",), 303),
    ("POST", "/admin/people/ANI/state", {"to": "on"}, 401, ("admin",), 303),
    ("POST", "/admin/people/ANI/password", {}, 401, ("admin",), 403),  # no password to reset: refused to an admin, too
    ("GET", "/admin/audit", None, 303, ("admin", "auditor"), 200),
    ("GET", "/admin/audit.json", None, 303, ("admin", "auditor"), 200),
    ("GET", "/admin/audit.csv", None, 303, ("admin", "auditor"), 200),
    ("GET", "/history", None, 303, EVERYBODY, 200),
    ("GET", "/history.json", None, 303, EVERYBODY, 200),
    ("GET", "/history.csv", None, 303, EVERYBODY, 200),
    ("GET", "/ads/1", None, 303, EVERYBODY, 404),
    ("GET", "/ads/1.json", None, 303, EVERYBODY, 404),
    ("GET", "/ads/1/again", None, 303, ("analyst", "lead", "admin"), 404),
    ("GET", "/contacts", None, 303, EVERYBODY, 200),
    ("GET", "/contacts.json", None, 303, EVERYBODY, 200),
    ("GET", "/contacts.csv", None, 303, EVERYBODY, 200),
    ("GET", "/contacts/phone/+6281200000011", None, 303, EVERYBODY, 404),
    ("GET", "/overview", None, 303, EVERYBODY, 200),
    ("GET", "/overview.json", None, 303, EVERYBODY, 200),
    ("GET", "/docs", None, 200, EVERYBODY, 200),
    ("GET", "/openapi.json", None, 200, EVERYBODY, 200),
    ("GET", "/healthz", None, 200, EVERYBODY, 200),
    ("GET", "/static/sigap.css", None, 200, EVERYBODY, 200),
    ("GET", "/nothing", None, 303, EVERYBODY, 404),
    ("GET", "/sign-in", None, 200, EVERYBODY, 303),
]
# (method, address, JSON that is sent, roles that may)
API = [
    ("GET", "/v1/model", None, EVERYBODY),
    ("GET", "/v1/indicators", None, EVERYBODY),
    ("POST", "/v1/score", AD, ("analyst", "lead", "admin")),
    ("POST", "/v1/score/batch", {"items": [AD]}, ("analyst", "lead", "admin")),
    ("POST", "/v1/score/page", {"html": f"<p>{AD['text']}</p>"}, ("analyst", "lead", "admin")),
]


@pytest.fixture(scope="module")
def staffed(detector: Detector, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    folder: Path = tmp_path_factory.mktemp("access")
    with workbench(detector, folder) as made:
        for login, role in ROLES.items():
            made.add(login, role)
        yield made


@pytest.fixture(scope="module")
def clients(staffed: Workbench) -> dict[str, httpx.Client]:
    """A browser for each role, and one of a stranger."""
    found = {"": staffed.client()}
    with staffed.state.store.reading() as connection:
        for login, role in ROLES.items():
            account = people.find(connection, login)
            assert account is not None
            found[role] = staffed.signed_in(account)
    return found


def address(staffed: Workbench, path: str) -> str:
    with staffed.state.store.reading() as connection:
        ani = people.find(connection, "ani")
    assert ani is not None
    return path.replace("ANI", str(ani.id))


@pytest.mark.parametrize(("method", "path", "fields", "stranger", "may", "status"), PAGES)
def test_pages(
    staffed: Workbench,
    clients: dict[str, httpx.Client],
    method: str,
    path: str,
    fields: dict[str, str] | None,
    stranger: int,
    may: tuple[str, ...],
    status: int,
) -> None:
    got = {
        role: client.request(method, address(staffed, path), data=fields).status_code
        for role, client in clients.items()
    }
    assert got == {"": stranger} | {role: status if role in may else 403 for role in EVERYBODY}


@pytest.mark.parametrize(("method", "path", "body", "may"), API)
def test_the_api(clients: dict[str, httpx.Client], method: str, path: str, body: object, may: tuple[str, ...]) -> None:
    for role, client in clients.items():
        answer = client.request(method, path, json=body)
        if role in may:
            assert answer.status_code == 200, role
        else:
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["code"] == ("forbidden" if role else "not_signed_in")


def every_route(bench: Workbench) -> Iterator[tuple[str, str]]:
    routes: list[APIRoute] = []
    for one in bench.app.routes:
        below = one.original_router.routes if hasattr(one, "original_router") else [one]
        routes += [route for route in below if isinstance(route, APIRoute)]
    assert len(routes) > 20
    for route in routes:
        for method in sorted(route.methods):
            yield method, re.sub(r"\{[^}]+\}", "1", route.path)


def test_every_address_is_closed_to_strangers_unless_it_is_named_open(
    staffed: Workbench, clients: dict[str, httpx.Client]
) -> None:
    for method, path in every_route(staffed):
        if path in OPEN | FREE:
            continue
        program = clients[""].request(method, path, headers={"accept": "application/json"})
        assert (program.status_code, program.json()["code"]) == (401, "not_signed_in"), (method, path)
        browser = clients[""].request(method, path)
        assert browser.status_code in (303, 401), (method, path)
        if browser.status_code == 303:
            assert browser.headers["location"].startswith("/sign-in"), (method, path)


def test_everything_under_admin_is_closed_to_those_who_look_after_nothing(
    staffed: Workbench, clients: dict[str, httpx.Client]
) -> None:
    for method, path in every_route(staffed):
        if path.startswith("/admin"):
            for role in ("analyst", "lead"):
                assert clients[role].request(method, path).status_code == 403, (role, method, path)


def test_every_form_of_a_page_carries_its_token(staffed: Workbench) -> None:
    forms = 0
    for path in (Path(__file__).parents[3] / "api" / "templates").glob("*.html"):
        for form in re.findall(r'<form\b[^>]*method="post".*?</form>', path.read_text(encoding="utf-8"), re.S):
            forms += 1
            assert "csrf()" in form, f"{path.name}: {form[:120]}"
    assert forms > 8


def test_every_address_that_changes_something_asks_for_the_token(
    staffed: Workbench, clients: dict[str, httpx.Client]
) -> None:
    for method, path in every_route(staffed):
        if method in ("GET", "HEAD") or path.startswith("/v1/"):
            continue
        for client in (clients["admin"], clients["lead"]):
            answer = client.request(method, path, data={"csrf": "0" * 64}, headers={"x-csrf-token": "", **JSON})
            assert (answer.status_code, answer.json()["code"]) == (403, "forged"), (method, path)


JSON = {"accept": "application/json"}
