"""`/admin` and `/admin/people`: adding people, roles, closing accounts, new passwords."""

import csv
import io

import httpx
import pytest
from bs4 import BeautifulSoup

from api.store import people
from tests.workbench import PASSWORD, Workbench

OWN = {"sec-fetch-site": "same-origin"}


def soup(answer: httpx.Response) -> BeautifulSoup:
    return BeautifulSoup(answer.text, "html.parser")


def account(bench: Workbench, login: str) -> people.Account:
    with bench.state.store.reading() as connection:
        found = people.find(connection, login)
    assert found is not None
    return found


@pytest.fixture
def admin(bench: Workbench) -> httpx.Client:
    return bench.signed_in(account(bench, "adi"))


def sign_in(bench: Workbench, login: str, password: str) -> httpx.Response:
    client = bench.client()
    token = soup(client.get("/sign-in")).find("input", attrs={"name": "csrf"})["value"]
    return client.post("/sign-in", data={"csrf": token, "login": login, "password": password}, headers=OWN)


@pytest.mark.parametrize(("login", "rooms"), [("adi", {"people", "audit"}), ("uli", {"audit"})])
def test_the_first_page_leads_to_the_rooms_that_one_may_enter(bench: Workbench, login: str, rooms: set[str]) -> None:
    page = soup(bench.signed_in(account(bench, login)).get("/admin"))
    links = {link["href"].removeprefix("/admin/") for link in page.find(class_="rooms").find_all("a")}
    assert links >= rooms
    assert ("people" in links) == ("people" in rooms)


def test_a_person_is_added_with_a_password_that_is_shown_once(bench: Workbench, admin: httpx.Client) -> None:
    answer = admin.post("/admin/people/new", data={"login": "Budi", "name": "Budi <b>S</b>", "role": "lead"})
    page = soup(answer)
    password = page.find(class_="secret").text
    assert "Budi <b>S</b>" in page.h1.text
    assert password not in admin.get(f"/admin/people/{account(bench, 'budi').id}").text
    assert sign_in(bench, "budi", password).headers["location"] == "/account/password"
    added = bench.deeds("add")[0]
    assert (added.actor, added.object, added.details) == ("adi", "person:budi", {"role": "lead", "way": "password"})
    assert password not in repr(bench.deeds())


@pytest.mark.parametrize(
    ("login", "says"), [("ani", "sudah dipakai"), ("a b", "terdiri atas"), ("System", "bukan notebook")]
)
def test_a_login_that_cannot_be_is_explained(bench: Workbench, admin: httpx.Client, login: str, says: str) -> None:
    answer = admin.post("/admin/people/new", data={"login": login, "name": "Nama Tetap", "role": "auditor"})
    page = soup(answer)
    assert answer.status_code == 422
    assert says in page.find(id="login-error").text
    assert page.find(id="name")["value"] == "Nama Tetap"
    assert page.find(id="role-auditor").has_attr("checked")
    assert bench.deeds("add") == []


def test_a_role_holds_from_the_next_request(bench: Workbench, admin: httpx.Client) -> None:
    ani = account(bench, "ani")
    client = bench.signed_in(ani)
    assert client.get("/admin").status_code == 403
    answer = admin.post(f"/admin/people/{ani.id}/role", data={"role": "auditor"})
    assert answer.headers["location"] == f"/admin/people/{ani.id}?done=role"
    assert client.get("/admin").status_code == 200
    assert client.get("/").status_code == 403
    changed = bench.deeds("change.role")[0]
    assert (changed.actor, changed.object, changed.details) == (
        "adi", "person:ani", {"before": "analyst", "after": "auditor"},
    )  # fmt: skip
    admin.post(f"/admin/people/{ani.id}/role", data={"role": "auditor"})
    assert len(bench.deeds("change.role")) == 1, "nothing was changed, nothing is written down"


def test_a_closed_account_is_signed_out_at_once_and_can_be_opened_again(bench: Workbench, admin: httpx.Client) -> None:
    ani = account(bench, "ani")
    client = bench.signed_in(ani)
    admin.post(f"/admin/people/{ani.id}/state", data={"to": "off"})
    assert client.get("/").headers["location"] == "/sign-in"
    assert sign_in(bench, "ani", PASSWORD).status_code == 401
    assert "Ditutup sejak 24 Nov 2026" in admin.get(f"/admin/people/{ani.id}").text
    admin.post(f"/admin/people/{ani.id}/state", data={"to": "on"})
    assert sign_in(bench, "ani", PASSWORD).status_code == 303
    assert client.get("/").headers["location"] == "/sign-in", "the session that was ended stays ended"
    assert [one.action for one in bench.deeds() if one.actor == "adi"] == ["enable.person", "disable.person"]


@pytest.mark.parametrize(
    ("path", "fields", "place"), [("role", {"role": "lead"}, "role"), ("state", {"to": "off"}, "state")]
)
def test_the_last_admin_stays_one(
    bench: Workbench, admin: httpx.Client, path: str, fields: dict[str, str], place: str
) -> None:
    adi = account(bench, "adi")
    answer = admin.post(f"/admin/people/{adi.id}/{path}", data=fields)
    page = soup(answer)
    assert answer.status_code == 409
    assert "Ini pengelola terakhir" in page.find(class_="summary").find("a", href=f"#{place}").text
    assert page.find(id=place)
    assert account(bench, "adi").role == "admin"
    assert bench.deeds() == []


def test_a_new_password_ends_the_sessions_and_has_to_be_changed(bench: Workbench, admin: httpx.Client) -> None:
    ani = account(bench, "ani")
    client = bench.signed_in(ani)
    password = soup(admin.post(f"/admin/people/{ani.id}/password")).find(class_="secret").text
    assert client.get("/").headers["location"] == "/sign-in"
    assert sign_in(bench, "ani", PASSWORD).status_code == 401
    assert sign_in(bench, "ani", password).headers["location"] == "/account/password"
    assert [(one.actor, one.object) for one in bench.deeds("reset")] == [("adi", "person:ani")]


@pytest.mark.parametrize("path", ["/admin/people/999", "/admin/people/x", "/admin/people/0/role"])
def test_nobody_is_not_found(admin: httpx.Client, path: str) -> None:
    answer = admin.post(path, data={"role": "lead"}) if path.endswith("role") else admin.get(path)
    assert answer.status_code == 404


@pytest.mark.parametrize(("path", "fields"), [("role", {"role": "chief"}), ("state", {"to": "half"}), ("role", {})])
def test_a_role_or_state_that_is_none_is_refused(
    bench: Workbench, admin: httpx.Client, path: str, fields: dict[str, str]
) -> None:
    answer = admin.post(f"/admin/people/{account(bench, 'ani').id}/{path}", data=fields)
    assert answer.status_code == 422


def test_the_list_is_filtered_in_its_address_and_has_twins(bench: Workbench, admin: httpx.Client) -> None:
    bench.add("=1+1".replace("=1+1", "zul"), "analyst")
    with bench.state.store.writing() as connection:
        people.add(connection, "evi", "=HYPERLINK(1)", "analyst", bench.clock())
        people.disable(connection, account(bench, "zul").id, bench.clock())
    page = soup(admin.get("/admin/people?role=analyst&state=on"))
    assert [row.th.text for row in page.find("tbody").find_all("tr")] == ["ani", "evi"]
    assert page.find(id="f-role").find("option", selected=True)["value"] == "analyst"
    twin = page.find(class_="twins").find_all("a")
    assert [link["href"] for link in twin] == [
        "/admin/people.json?role=analyst&state=on",
        "/admin/people.csv?role=analyst&state=on",
    ]
    told = admin.get(twin[0]["href"]).json()
    assert (told["schema"], told["total"]) == ("people/1", 2)
    assert [one["login"] for one in told["people"]] == ["ani", "evi"]
    answer = admin.get(twin[1]["href"])
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["login"] for row in rows] == ["ani", "evi"]
    assert rows[1]["name"] == "'=HYPERLINK(1)", "no spreadsheet takes it for a formula"
    assert "argon2" not in answer.text + str(told)
