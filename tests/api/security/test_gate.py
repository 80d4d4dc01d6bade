"""Before any route: the notebook's Host, foreign pages, tokens, and what becomes of what somebody wrote."""

import re

import httpx
import pytest
from bs4 import BeautifulSoup

from api.security import cookies
from api.security.csrf import HEADER, token_of
from api.store import people
from tests.api.ads import COMPOUND
from tests.workbench import Workbench

JSON = {"accept": "application/json"}
FORM = {"text": COMPOUND, "origin": "grup uji"}


def soup(answer: httpx.Response) -> BeautifulSoup:
    return BeautifulSoup(answer.text, "html.parser")


def token_in(page: BeautifulSoup) -> str:
    return str(page.find("input", attrs={"name": "csrf"})["value"])


# The notebook ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1", "[::1]:8000", "LOCALHOST"])
def test_the_notebook_answers_to_names_of_loopback(empty: Workbench, host: str) -> None:
    answer = empty.client(host=host).get("/")
    assert answer.status_code == 200
    assert "Buku catatan satu orang" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "penipu.example"},
        {"host": "127.0.0.1.penipu.example:8000"},
        {"host": "10.0.0.5"},
        {"host": ""},
        {"x-forwarded-for": "203.0.113.7"},
        {"forwarded": "for=203.0.113.7"},
        {"x-forwarded-host": "sigap.example"},
    ],
)
def test_the_notebook_answers_nobody_else(empty: Workbench, headers: dict[str, str]) -> None:
    for path in ("/", "/v1/model", "/docs", "/admin/people", "/sign-in"):
        page = empty.client(**headers).get(path)
        assert page.status_code == 421
        assert "Buku catatan" not in page.text
        assert empty.client(**headers | JSON).get(path).json()["code"] == "wrong_host"
    assert empty.client(**headers).get("/healthz").status_code == 200


def test_a_server_for_other_machines_is_no_notebook(detector, tmp_path) -> None:
    from tests.workbench import workbench

    with workbench(detector, tmp_path, host="0.0.0.0") as bench:
        assert bench.client().get("/").status_code == 421


def test_the_notebook_ends_with_the_first_account_of_another_process(empty: Workbench) -> None:
    client = empty.client()
    assert client.get("/").status_code == 200
    empty.add("adi", "admin")
    assert client.get("/").headers["location"] == "/sign-in"
    with empty.state.store.writing() as connection:
        people.add(connection, "budi", "", "admin", empty.clock())
        people.disable(connection, people.find(connection, "adi").id, empty.clock())
        # Even with every account closed by hand it does not open again.
        connection.exec_driver_sql("UPDATE people SET disabled_at = '2026-01-01 00:00:00.000000'")
    assert client.get("/").headers["location"] == "/sign-in"


def test_with_accounts_any_name_of_the_server_will_do(bench: Workbench) -> None:
    assert bench.client(host="sigap.kantor.example").get("/sign-in").status_code == 200


# Strangers ------------------------------------------------------------------------------------------------------------


def test_a_browser_is_sent_to_the_sign_in_page_and_back(bench: Workbench) -> None:
    answer = bench.client().get("/admin/audit?actor=ani&lang=en")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Fadmin%2Faudit%3Factor%3Dani%26lang%3Den&lang=en"
    page = soup(bench.client().get(answer.headers["location"]))
    assert page.html["lang"] == "en"
    assert page.find("input", attrs={"name": "next"})["value"] == "/admin/audit?actor=ani&lang=en"


@pytest.mark.parametrize(
    "path", ["/sign-in%3F/admin", "/docs%23/admin", "/sign-in/", "/static", "/static%2F..%2Fadmin"]
)
def test_what_only_looks_like_an_open_address_is_closed(bench: Workbench, path: str) -> None:
    answer = bench.client().get(path)
    assert answer.status_code in (303, 404)
    if answer.status_code == 303:
        assert answer.headers["location"].startswith("/sign-in?next=")


def test_a_program_gets_a_problem_document(bench: Workbench) -> None:
    for path in ("/v1/model", "/admin/audit.json", "/nothing"):
        answer = bench.client(**JSON).get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")


def test_static_files_and_health_ask_the_store_nothing(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    client = bench.client()
    monkeypatch.setattr(type(bench.state.door), "visit", lambda *_: pytest.fail("somebody was looked up"))
    for path in ("/static/sigap.css", "/static/nothing.css", "/healthz", "/readyz"):
        assert client.get(path).status_code in (200, 404, 503)


# Foreign pages --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "none"}, 200),
        ({"sec-fetch-site": "same-origin", "origin": "null"}, 200),  # what our pages send: they tell no referrer
        ({"origin": "null"}, 200),  # an old browser: the token decides
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "https://penipu.example"}, 403),
        ({"origin": "http://127.0.0.1:1"}, 403),
    ],
)
def test_a_foreign_page_may_not_send_a_form_even_with_the_token(
    bench: Workbench, headers: dict[str, str], status: int
) -> None:
    client = bench.signed_in(account(bench, "ani"))
    assert client.post("/", data=FORM, headers=headers | JSON).status_code == status


def test_the_own_origin_is_the_public_one_behind_a_proxy(detector, tmp_path) -> None:
    from tests.workbench import workbench

    with workbench(detector, tmp_path, public_url="https://sigap.example") as bench:
        ani = bench.add("ani")
        client = bench.signed_in(ani)
        client.cookies.set("__Host-sigap_session", client.cookies[cookies.SESSION])
        own = client.post("/", data=FORM, headers={"origin": "https://sigap.example"} | JSON)
        assert own.status_code == 200
        other = client.post("/", data=FORM, headers={"origin": "https://sigap.example.penipu.example"} | JSON)
        assert other.status_code == 403


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"origin": "null"}, {"origin": "https://x.example"}]
)
def test_a_foreign_page_may_not_use_the_api_of_a_notebook(empty: Workbench, headers: dict[str, str]) -> None:
    body = {"text": COMPOUND}
    assert empty.client().post("/v1/score", json=body).status_code == 200
    assert empty.client().post("/v1/score", json=body, headers=headers).json()["code"] == "forged"


@pytest.mark.parametrize("token", [None, "", "0" * 64, "ä", token_of("other")])
def test_a_form_without_its_token_is_refused(bench: Workbench, token: str | None) -> None:
    client = bench.signed_in(account(bench, "ani"))
    del client.headers[HEADER]
    fields = FORM | ({} if token is None else {"csrf": token})
    for sent in ({"data": fields}, {"files": {name: (None, value) for name, value in fields.items()}}):
        answer = client.post("/", **sent, headers=JSON)  # type: ignore[arg-type]
        assert (answer.status_code, answer.json()["code"]) == (403, "forged")
    assert client.post("/", json=fields, headers=JSON).json()["code"] == "forged"


def test_the_token_in_the_form_opens(bench: Workbench) -> None:
    client = bench.signed_in(account(bench, "ani"))
    del client.headers[HEADER]
    token = token_in(soup(client.get("/")))
    for sent in ({"data": FORM | {"csrf": token}}, {"files": {"csrf": (None, token), "text": (None, COMPOUND)}}):
        assert client.post("/", **sent).status_code == 200  # type: ignore[arg-type]


def test_one_persons_token_is_not_anothers(bench: Workbench) -> None:
    ani, lia = bench.signed_in(account(bench, "ani")), bench.signed_in(account(bench, "lia"))
    assert ani.headers[HEADER] != lia.headers[HEADER]
    assert lia.post("/", data=FORM, headers=JSON | {HEADER: ani.headers[HEADER]}).status_code == 403


def test_a_notebooks_forms_are_bound_to_a_cookie_of_its_own(empty: Workbench) -> None:
    client = empty.client()
    page = client.get("/")
    cookie = page.headers["set-cookie"]
    assert re.match(r"sigap_visit=[\w-]{43}; HttpOnly; Path=/; SameSite=lax$", cookie)
    token = token_in(soup(page))
    assert token == token_of(client.cookies[cookies.VISIT])
    assert "set-cookie" not in client.get("/").headers, "the cookie is given once"
    assert client.post("/", data=FORM | {"csrf": token}).status_code == 200
    assert empty.client().post("/", data=FORM | {"csrf": token}, headers=JSON).status_code == 403


# What somebody wrote is not lost --------------------------------------------------------------------------------------

OWN = {"sec-fetch-site": "same-origin"}


def test_after_the_session_ended_what_was_written_goes_through_the_sign_in(bench: Workbench) -> None:
    from tests.workbench import PASSWORD

    client = bench.signed_in(account(bench, "ani"))
    bench.clock.advance(hours=2)
    del client.headers[HEADER]
    answer = client.post("/", data=FORM | {"csrf": "of yesterday"}, headers=OWN)
    page = soup(answer)
    assert answer.status_code == 401
    assert COMPOUND in page.find("textarea").text
    fields = {field["name"]: field.get("value", "") for field in page.find("form", class_="narrow").find_all("input")}
    signed = client.post("/sign-in", data=fields | {"login": "ani", "password": PASSWORD}, headers=OWN)
    page = soup(signed)
    assert signed.status_code == 200
    form = page.find("main").find("form")
    assert form["action"] == "/"
    assert form.find("textarea").text.strip() == COMPOUND.strip()
    again = {field["name"]: field["value"] for field in form.find_all("input")} | {"text": form.find("textarea").text}
    assert again["origin"] == "grup uji"
    result = client.post("/", data=again, headers=OWN)
    assert result.status_code == 200
    assert "Risiko tinggi" in result.text


def test_a_form_of_an_earlier_session_is_shown_to_be_sent_again(bench: Workbench) -> None:
    client = bench.signed_in(account(bench, "ani"))
    old = client.headers.pop(HEADER)
    other = bench.signed_in(account(bench, "ani"))
    client.cookies.set(cookies.SESSION, other.cookies[cookies.SESSION])
    answer = client.post("/", data=FORM | {"csrf": old}, headers=OWN)
    page = soup(answer)
    assert answer.status_code == 403
    form = page.find("main").find("form")
    assert form.find("textarea").text.strip() == COMPOUND.strip()
    assert client.post("/", data=FORM | {"csrf": token_in(form)}, headers=OWN).status_code == 200


def test_what_a_stranger_may_have_sent_is_shown_but_has_no_button(bench: Workbench) -> None:
    client = bench.signed_in(account(bench, "ani"))
    del client.headers[HEADER]
    answer = client.post("/", data=FORM)  # no browser vouches for the page that sent it
    form = soup(answer).find("main").find("form")
    assert answer.status_code == 403
    assert COMPOUND.strip() in form.text
    assert form["action"] == ""
    assert not form.find("button")
    assert not form.find("input", attrs={"name": "csrf"})


def test_a_password_is_never_shown_again(bench: Workbench) -> None:
    client = bench.signed_in(account(bench, "ani"))
    del client.headers[HEADER]
    for path in ("/account/password", "/sign-in"):
        answer = client.post(path, data={"password": "rahasia sekali 99", "login": "ani"}, headers=OWN)
        assert answer.status_code == 403
        assert "rahasia sekali" not in answer.text


def test_a_hostile_form_stays_text_when_it_is_shown_again(bench: Workbench) -> None:
    client = bench.signed_in(account(bench, "ani"))
    del client.headers[HEADER]
    evil = '"><script>alert(1)</script></textarea><img src=x onerror=alert(1)>' + "x" * 40
    page = soup(client.post("/", data={"text": evil, 'a"><b>': "kecil"}, headers=OWN))
    assert not page.find("main").find_all(["script", "img", "b"])
    assert page.find("textarea").text.strip() == evil


def test_signing_out_twice_is_no_error(bench: Workbench) -> None:
    answer = bench.client().post("/sign-out", data={"csrf": "of an ended session"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


def account(bench: Workbench, login: str) -> people.Account:
    with bench.state.store.reading() as connection:
        found = people.find(connection, login)
    assert found is not None
    return found
