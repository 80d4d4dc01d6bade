"""One's own account, and the first account of all."""

import httpx
import pytest
from bs4 import BeautifulSoup

from api.security import cookies
from api.security.csrf import HEADER, token_of
from api.store import people
from tests.workbench import PASSWORD, Workbench

NEW = "lampu jalan padam lagi"


def soup(answer: httpx.Response) -> BeautifulSoup:
    return BeautifulSoup(answer.text, "html.parser")


def account(bench: Workbench, login: str) -> people.Account:
    with bench.state.store.reading() as connection:
        found = people.find(connection, login)
    assert found is not None
    return found


def is_open(client: httpx.Client) -> bool:
    return client.get("/account").status_code == 200


def test_the_page_says_who_one_is_and_where_one_is_signed_in(bench: Workbench) -> None:
    ani = account(bench, "ani")
    bench.signed_in(ani)
    bench.clock.advance(minutes=10)
    page = soup(bench.signed_in(ani).get("/account"))
    assert page.h1.text == "Akun Anda"
    assert "Analis" in page.find(class_="facts").text
    rows = page.find("tbody").find_all("tr")
    assert len(rows) == 2
    assert rows[0].th.text == "24 Nov 2026 08:10 WIB peramban ini"
    assert rows[0].find_all("td")[1].text == "24 Nov 2026 20:10 WIB", "twelve hours later at the latest"
    assert "peramban ini" not in rows[1].text


def test_another_password_ends_the_other_sessions_and_stays_in_this_one(bench: Workbench) -> None:
    ani = account(bench, "ani")
    here, there, other = bench.signed_in(ani), bench.signed_in(ani), bench.signed_in(account(bench, "lia"))
    fields = {"password": PASSWORD, "new_password": NEW, "new_password_again": NEW}
    answer = here.post("/account/password", data=fields)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account?done=password")
    assert "Kata sandi sudah diganti." in here.get("/account?done=password").text
    assert (is_open(here), is_open(there), is_open(other)) == (True, False, True)
    assert [(one.actor, one.object, one.details) for one in bench.deeds("change.password")] == [
        ("ani", "person:ani", {"sessions": 1})
    ]


@pytest.mark.parametrize(
    ("fields", "place", "says"),
    [
        ({"password": "salah sama sekali"}, "password", "Kata sandi sekarang tidak benar."),
        ({"new_password": "pendek"}, "new_password", "Kata sandi ini kurang dari 12 karakter."),
        ({"new_password": "Password1234"}, "new_password", "Kata sandi ini termasuk yang paling dahulu ditebak orang."),
        ({"new_password": "ani-ani-ani1"}, "new_password", "Kata sandi ini hampir sama dengan nama masuk."),
        ({"new_password_again": "lain"}, "new_password_again", "Kedua kata sandi baru tidak sama."),
        ({"new_password": PASSWORD, "new_password_again": PASSWORD}, "new_password", "sama dengan yang lama."),
    ],
)
def test_what_is_wrong_stands_beside_the_field_and_on_top(
    bench: Workbench, fields: dict[str, str], place: str, says: str
) -> None:
    client = bench.signed_in(account(bench, "ani"))
    sent = {"password": PASSWORD, "new_password": NEW, "new_password_again": fields.get("new_password", NEW)} | fields
    answer = client.post("/account/password", data=sent)
    page = soup(answer)
    assert answer.status_code == 422
    assert page.title.text.startswith("Kesalahan: ")
    assert says in page.find(class_="summary").find("a", href=f"#{place}").text
    assert says in page.find(id=f"{place}-error").text
    assert page.find(id=place)["aria-invalid"] == "true"
    assert f"{place}-error" in page.find(id=place)["aria-describedby"]
    assert not [field["value"] for field in page.find_all("input", type="password") if field["value"]]
    assert bench.deeds("change") == []


def test_the_present_password_cannot_be_guessed_from_a_session_left_open(bench: Workbench) -> None:
    client = bench.signed_in(account(bench, "ani"))
    wrong = {"password": "salah sama sekali", "new_password": NEW, "new_password_again": NEW}
    for _ in range(5):
        assert client.post("/account/password", data=wrong).status_code == 422
    answer = client.post("/account/password", data=wrong | {"password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    bench.clock.advance(seconds=1)
    assert client.post("/account/password", data=wrong | {"password": PASSWORD}).status_code == 303


def test_ones_sessions_end_elsewhere_or_everywhere(bench: Workbench) -> None:
    ani = account(bench, "ani")
    here, there = bench.signed_in(ani), bench.signed_in(ani)
    assert here.post("/account/sessions", data={"which": "others"}).headers["location"] == "/account?done=sessions"
    assert (is_open(here), is_open(there)) == (True, False)
    there = bench.signed_in(ani)
    assert here.post("/account/sessions", data={"which": "all"}).headers["location"] == "/sign-in"
    assert (is_open(here), is_open(there)) == (False, False)
    assert [one.details for one in bench.deeds("end")] == [{"sessions": 2}, {"sessions": 1}]


def test_a_password_that_somebody_else_chose_is_changed_before_anything_else(bench: Workbench) -> None:
    budi = bench.add("budi", "lead", PASSWORD, must_change=True)
    client = bench.signed_in(budi)
    for path in ("/", "/account", "/admin", "/history"):
        assert client.get(path).headers["location"] == "/account/password"
    refused = client.post("/v1/score", json={"text": "x"}, headers={"accept": "application/json"})
    assert refused.status_code == 403
    assert "Kata sandi Anda dibuatkan orang lain" in client.get("/account/password").text
    fields = {"password": PASSWORD, "new_password": NEW, "new_password_again": NEW}
    assert client.post("/account/password", data=fields).status_code == 303
    assert client.get("/").status_code == 200


def test_who_comes_by_openid_connect_has_no_password_here(bench: Workbench) -> None:
    client = bench.signed_in(account(bench, "lia"))
    assert "Anda masuk dengan akun kantor" in client.get("/account").text
    assert client.get("/account/password").headers["location"] == "/account"
    fields = {"password": "", "new_password": NEW, "new_password_again": NEW}
    assert client.post("/account/password", data=fields).status_code == 403


# The first account ----------------------------------------------------------------------------------------------------

FIRST = {"login": "Adi", "name": "Adi Wijaya", "new_password": NEW, "new_password_again": NEW}


def notebook(bench: Workbench) -> httpx.Client:
    client = bench.client()
    client.get("/first-account")
    client.headers[HEADER] = token_of(client.cookies[cookies.VISIT])
    return client


def test_the_first_account_ends_the_notebook_and_is_an_admins(empty: Workbench) -> None:
    client = notebook(empty)
    assert "/first-account" in client.get("/").text
    answer = client.post("/first-account", data=FIRST)
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/people")
    page = client.get("/admin/people")
    assert page.status_code == 200
    assert "Adi Wijaya" in page.text
    assert "Buku catatan" not in client.get("/").text
    assert empty.client().get("/").headers["location"] == "/sign-in"
    assert [(one.actor, one.action, one.object) for one in empty.deeds()] == [
        ("adi", "sign_in.person", "person:adi"),
        ("notebook", "add.person", "person:adi"),
    ]


def test_there_is_one_first_account(empty: Workbench) -> None:
    client, late = notebook(empty), notebook(empty)
    assert client.post("/first-account", data=FIRST).status_code == 303
    assert late.post("/first-account", data=FIRST | {"login": "budi"}).status_code == 401
    assert client.get("/first-account").headers["location"] == "/account"


@pytest.mark.parametrize(
    ("fields", "place"),
    [({"login": "notebook"}, "login"), ({"login": ""}, "login"), ({"new_password": "adi"}, "new_password")],
)
def test_a_first_account_that_cannot_be_is_explained(empty: Workbench, fields: dict[str, str], place: str) -> None:
    answer = notebook(empty).post("/first-account", data=FIRST | fields)
    page = soup(answer)
    assert answer.status_code == 422
    assert page.find(class_="summary").find("a", href=f"#{place}")
    assert page.find(id="name")["value"] == "Adi Wijaya", "what was written is still there"
    assert empty.client().get("/").status_code == 200


def test_a_notebook_has_neither_account_nor_sessions(empty: Workbench) -> None:
    client = notebook(empty)
    assert client.get("/account").headers["location"] == "/first-account"
    assert client.get("/sign-in").headers["location"] == "/"
    assert client.get("/account/password").status_code == 403
    assert client.post("/account/sessions", data={"which": "all"}).status_code == 403
    assert client.post("/sign-in", data={"login": "notebook", "password": "x"}).headers["location"] == "/"
    assert "/first-account" in client.get("/admin/people").text
    assert client.get("/admin/people/new").headers["location"] == "/first-account"
    assert client.post("/admin/people/new", data={"login": "budi", "role": "admin"}).status_code == 403
