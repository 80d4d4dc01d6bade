"""Signing in by password: renewed sessions, expiry, delays that grow and end, and what is written down."""

import re

import httpx
import pytest
from argon2 import PasswordHasher
from bs4 import BeautifulSoup

from api.security import cookies, passwords
from api.security import sign_in as signing_in
from api.store import people, throttles
from tests.workbench import PASSWORD, Workbench, workbench

OWN = {"sec-fetch-site": "same-origin"}


def sign_in(client: httpx.Client, login: str = "ani", password: str = PASSWORD, **fields: str) -> httpx.Response:
    """Open the page and send its form, as a browser does."""
    page = BeautifulSoup(client.get("/sign-in").text, "html.parser")
    token = page.find("input", attrs={"name": "csrf"})["value"]
    data = {"csrf": token, "login": login, "password": password} | fields
    return client.post("/sign-in", data=data, headers=OWN)


def cookie_of(answer: httpx.Response, name: str) -> str:
    """The `Set-Cookie` line of a cookie, "" where it is not set."""
    return next((line for line in answer.headers.get_list("set-cookie") if line.startswith(f"{name}=")), "")


def test_login_and_password_open(bench: Workbench) -> None:
    client = bench.client()
    answer = sign_in(client, " ANI ")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    line = cookie_of(answer, cookies.SESSION)
    assert re.match(r"sigap_session=[\w-]{43}; HttpOnly; Path=/; SameSite=lax$", line)
    assert 'sigap_visit=""; ' in cookie_of(answer, cookies.VISIT), "what strangers' forms were bound to is gone"
    assert "Ani" in client.get("/").text
    assert [(one.actor, one.object, one.details) for one in bench.deeds("sign_in")] == [
        ("ani", "person:ani", {"way": "password"})
    ]


def test_over_https_the_cookies_are_of_this_host_alone(detector, tmp_path) -> None:
    with workbench(detector, tmp_path, public_url="https://sigap.example") as bench:
        bench.add("ani", password=PASSWORD)
        page = bench.client().get("/sign-in")
        visit = cookie_of(page, "__Host-sigap_visit")
        assert visit.endswith("; HttpOnly; Path=/; SameSite=lax; Secure")
        token = BeautifulSoup(page.text, "html.parser").find("input", attrs={"name": "csrf"})["value"]
        client = bench.client(cookie=visit.partition(";")[0])
        fields = {"csrf": token, "login": "ani", "password": PASSWORD}
        answer = client.post("/sign-in", data=fields, headers=OWN)
        session = cookie_of(answer, "__Host-sigap_session")
        assert session.endswith("; HttpOnly; Path=/; SameSite=lax; Secure")
        value = session.partition(";")[0]
        assert bench.client(cookie=value).get("/account").status_code == 200
        # The same value under the plain name, which a page of a neighbouring host could have set, is worth nothing.
        assert bench.client(cookie=value.removeprefix("__Host-")).get("/account").status_code == 303


def test_a_session_planted_before_signing_in_is_worth_nothing_after(bench: Workbench) -> None:
    planted = f"{cookies.SESSION}=planted-by-a-stranger-planted-by-a-stranger"
    client = bench.client()
    client.cookies.set(*planted.split("="))
    answer = sign_in(client)
    assert answer.status_code == 303
    assert not cookie_of(answer, cookies.SESSION).startswith(planted)
    assert bench.client(cookie=planted).get("/account").status_code == 303


def test_signing_in_again_ends_the_session_before(bench: Workbench) -> None:
    client = bench.client()
    sign_in(client)
    first = client.cookies[cookies.SESSION]
    token = re.search(r'name="csrf" value="(\w{64})"', client.get("/account").text)
    assert token
    data = {"csrf": token[1], "login": "ani", "password": PASSWORD}
    client.post("/sign-in", data=data, headers=OWN)
    assert client.cookies[cookies.SESSION] != first
    assert bench.client(cookie=f"{cookies.SESSION}={first}").get("/account").status_code == 303


@pytest.mark.parametrize(
    ("login", "password"), [("ani", "salah sama sekali"), ("nobody", PASSWORD), ("", ""), ("notebook", ""), ("adi", "")]
)
def test_a_wrong_pair_says_the_same_whatever_was_wrong(bench: Workbench, login: str, password: str) -> None:
    answer = sign_in(bench.client(), login, password)
    page = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code == 401
    assert page.title.text.startswith("Kesalahan: ")
    assert page.find(class_="summary").a.text == "Nama masuk atau kata sandi tidak benar."
    assert page.find(class_="summary").a["href"] == "#login"
    assert page.find(id="login")["value"] == login
    assert page.find(id="password").get("value") is None
    assert not cookie_of(answer, cookies.SESSION)


def test_a_login_that_nobody_has_costs_as_much_as_one_that_somebody_has(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[bool] = []

    def counted(hash_: str | None, password: str) -> bool:
        hashed.append(hash_ is not None)
        return is_right(hash_, password)

    is_right = passwords.is_right
    monkeypatch.setattr(passwords, "is_right", counted)
    for login in ("ani", "nobody", "notebook"):
        sign_in(bench.client(), login, "salah sama sekali")
    assert hashed == [True, False, False], "one hash is tried in each case"


def test_a_closed_account_does_not_open(bench: Workbench) -> None:
    client = bench.client()
    sign_in(client)
    with bench.state.store.writing() as connection:
        ani = people.find(connection, "ani")
        assert ani is not None
        people.disable(connection, ani.id, bench.clock())
    assert client.get("/").headers["location"] == "/sign-in", "a session that stood is closed, too"
    assert sign_in(bench.client()).status_code == 401


def test_a_hash_of_older_parameters_is_made_again(bench: Workbench) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash(PASSWORD)
    with bench.state.store.writing() as connection:
        ani = people.find(connection, "ani")
        assert ani is not None
        people.set_password(connection, ani.id, old)
    assert sign_in(bench.client()).status_code == 303
    with bench.state.store.reading() as connection:
        newer = people.password_hash(connection, ani.id)
    assert newer
    assert not passwords.is_outdated(newer)
    assert sign_in(bench.client()).status_code == 303


@pytest.mark.parametrize(
    ("wanted", "gets"),
    [
        ("/admin/audit?actor=ani", "/admin/audit?actor=ani"),
        ("https://penipu.example/", "/"),
        ("//penipu.example", "/"),
        ("/\\penipu.example", "/"),
        ("", "/"),
    ],
)
def test_next_is_a_path_of_this_site_or_nothing(bench: Workbench, wanted: str, gets: str) -> None:
    assert sign_in(bench.client(), next=wanted).headers["location"] == gets


# Expiry ---------------------------------------------------------------------------------------------------------------


def test_a_session_ends_when_nobody_uses_it(bench: Workbench) -> None:
    client = bench.client()
    sign_in(client)
    for _ in range(5):
        bench.clock.advance(minutes=50)
        assert client.get("/account").status_code == 200
    bench.clock.advance(minutes=61)
    assert client.get("/account").headers["location"] == "/sign-in?next=%2Faccount"


def test_a_session_ends_at_its_end_though_it_is_used(bench: Workbench) -> None:
    client = bench.client()
    sign_in(client)
    for _ in range(23):
        bench.clock.advance(minutes=30)
        assert client.get("/account").status_code == 200
    bench.clock.advance(minutes=30)
    assert client.get("/account").status_code == 303


def test_signing_out_ends_it_in_the_store(bench: Workbench) -> None:
    client = bench.client()
    sign_in(client)
    token = client.cookies[cookies.SESSION]
    field = re.search(r'name="csrf" value="(\w{64})"', client.get("/").text)
    assert field
    answer = client.post("/sign-out", data={"csrf": field[1]}, headers=OWN)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert bench.client(cookie=f"{cookies.SESSION}={token}").get("/account").status_code == 303
    assert [one.action for one in bench.deeds("sign_")] == ["sign_out.person", "sign_in.person"]


# Delays ---------------------------------------------------------------------------------------------------------------


def fail(bench: Workbench, times: int, login: str = "ani") -> None:
    for _ in range(times):
        assert sign_in(bench.client(), login, "salah sama sekali").status_code == 401


def test_after_some_failures_nothing_is_tried_until_the_delay_is_over(bench: Workbench) -> None:
    fail(bench, signing_in.FREE_BY_ACCOUNT)
    answer = sign_in(bench.client())
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1"), "the right password is not tried either"
    assert "Coba lagi dalam 1 detik." in answer.text
    bench.clock.advance(seconds=1)
    assert sign_in(bench.client()).status_code == 303
    fail(bench, signing_in.FREE_BY_ACCOUNT - 1)
    assert sign_in(bench.client()).status_code == 303, "the count began again"


def test_the_delay_grows_to_a_quarter_of_an_hour_and_no_further(bench: Workbench) -> None:
    waits = []
    for _ in range(signing_in.FREE_BY_ACCOUNT + 14):
        answer = sign_in(bench.client(), "ani", "salah sama sekali")
        if answer.status_code == 429:
            waits.append(int(answer.headers["retry-after"]))
            bench.clock.advance(seconds=waits[-1])
            sign_in(bench.client(), "ani", "salah sama sekali")
    assert waits == sorted(waits)
    assert waits[:4] == [1, 2, 4, 8]
    assert waits[-1] == 900
    bench.clock.advance(minutes=15)
    assert sign_in(bench.client()).status_code == 303, "nobody is locked out for good"


def test_a_login_that_nobody_has_is_held_up_like_any_other(bench: Workbench) -> None:
    fail(bench, signing_in.FREE_BY_ACCOUNT, "nobody")
    assert sign_in(bench.client(), "nobody").status_code == 429
    assert bench.deeds("delay") == [], "it may have been a password in the wrong field"


def test_strangers_cannot_hold_up_the_owner_in_their_own_browser(bench: Workbench) -> None:
    own = bench.client()
    sign_in(own)
    fail(bench, signing_in.FREE_BY_ACCOUNT)
    assert sign_in(bench.client()).status_code == 429
    own.cookies.delete(cookies.SESSION)
    assert sign_in(own).status_code == 303


def test_a_browser_that_is_known_may_not_guess_without_end_either(bench: Workbench) -> None:
    own = bench.client()
    sign_in(own)
    own.cookies.delete(cookies.SESSION)
    for _ in range(signing_in.FREE_BY_ACCOUNT):
        assert sign_in(own, password="salah sama sekali").status_code == 401
    assert sign_in(own).status_code == 429


def test_one_address_may_not_try_every_account(bench: Workbench) -> None:
    for number in range(signing_in.FREE_BY_ADDRESS):
        fail(bench, 1, f"siapa{number}")
    assert sign_in(bench.client()).status_code == 429
    delays = bench.deeds("delay")
    assert [(one.actor, one.object) for one in delays] == [("system", "network:127.0.0.1")]
    bench.clock.advance(seconds=2)
    assert sign_in(bench.client()).status_code == 303


def test_an_own_account_does_not_wash_an_address_clean(bench: Workbench) -> None:
    for number in range(signing_in.FREE_BY_ADDRESS - 1):
        fail(bench, 1, f"siapa{number}")
        if number % 5 == 0:
            assert sign_in(bench.client()).status_code == 303
    fail(bench, 1, "siapa")
    assert sign_in(bench.client()).status_code == 429


def test_the_count_holds_over_processes_and_is_written_down_once(bench: Workbench, detector, tmp_path) -> None:
    fail(bench, signing_in.FREE_BY_ACCOUNT)
    with workbench(detector, tmp_path) as other:  # the same store
        other.clock.now = bench.clock.now
        assert sign_in(other.client()).status_code == 429
    bench.clock.advance(seconds=1)
    fail(bench, 1)
    assert [(one.object, one.details) for one in bench.deeds("delay")] == [("person:ani", {"network": "127.0.0.1"})]


def test_a_password_changed_while_it_is_tried_does_not_open(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    def meanwhile(hash_: str | None, password: str) -> bool:
        right = is_right(hash_, password)
        with bench.state.store.writing() as connection:
            ani = people.find(connection, "ani")
            assert ani is not None
            people.set_password(connection, ani.id, "another")
        return right

    is_right = passwords.is_right
    monkeypatch.setattr(passwords, "is_right", meanwhile)
    assert sign_in(bench.client()).status_code == 401


def test_no_password_and_no_cookie_reaches_the_log_or_the_record(
    bench: Workbench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    client = bench.client()
    sign_in(client, password="rahasia yang salah 1")
    sign_in(client)
    ours = [one.getMessage() for one in caplog.records if not one.name.startswith("httpcore")]
    told = "\n".join(ours) + repr(bench.deeds())
    for secret in ("rahasia yang salah", PASSWORD, client.cookies[cookies.SESSION], client.cookies[cookies.DEVICE]):
        assert secret not in told
    assert throttles.key_of("login", "ani") not in told
