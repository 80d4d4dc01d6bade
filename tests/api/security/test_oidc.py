"""Signing in by OpenID Connect, at a real provider on this machine that lies where it is told to."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from joserfc.jwk import OctKey, RSAKey
from pydantic import SecretStr, ValidationError

from api.security import cookies
from api.settings import Settings
from api.store import people
from tests import oidc_provider
from tests.oidc_provider import CLIENT_ID, CLIENT_SECRET, Claims, Provider
from tests.workbench import PASSWORD, Workbench, workbench


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with oidc_provider.running() as running:
        yield running


def settings(provider: Provider, **more: Any) -> dict[str, Any]:
    return {
        "oidc_issuer": provider.issuer,
        "oidc_client_id": CLIENT_ID,
        "oidc_client_secret": SecretStr(CLIENT_SECRET),
    } | more


@pytest.fixture
def office(detector, tmp_path, provider: Provider) -> Iterator[Workbench]:
    """A workbench with an admin (adi), and rina, who signs in by OpenID Connect."""
    with workbench(detector, tmp_path, **settings(provider)) as bench:
        bench.clock.now = datetime.now(UTC)
        bench.add("adi", "admin", PASSWORD)
        bench.add("rina", "lead")
        yield bench


def go(client: httpx.Client, path: str = "/sign-in/office") -> httpx.Response:
    """From Sigap to the provider and back: the answer to what the provider sends the browser back with."""
    there = client.get(path)
    assert there.status_code == 303, there.text
    back = httpx.get(there.headers["location"], trust_env=False)
    return client.get(back.headers["location"])


def test_there_and_back(office: Workbench, provider: Provider) -> None:
    client = office.client()
    page = client.get("/sign-in?next=/admin/audit")
    assert "/sign-in/office?next=/admin/audit" in page.text
    answer = go(client, "/sign-in/office?next=/account")
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert "Rina" in client.get("/account").text
    assert not client.cookies.get(cookies.OIDC), "what was kept meanwhile is gone"
    deeds = office.deeds()
    assert [one.action for one in deeds] == ["sign_in.person", "link.person"]
    assert deeds[0].details == {"way": "office"}
    assert deeds[1].details == {"subject": f"{provider.issuer}|u-1"}


def test_the_second_time_the_subject_counts_and_not_the_login(office: Workbench, provider: Provider) -> None:
    go(office.client())
    provider.claims["preferred_username"] = "rina.baru"
    client = office.client()
    assert go(client).status_code == 303
    assert "rina" in client.get("/account").text
    # Whoever gets the old login at the provider is somebody else.
    provider.claims |= {"sub": "u-2", "preferred_username": "rina"}
    assert go(office.client()).status_code == 403


def test_the_provider_is_asked_for_its_description_once_an_hour(office: Workbench, provider: Provider) -> None:
    for _ in range(3):
        go(office.client())
    assert provider.asked.count("/.well-known/openid-configuration") == 1
    office.clock.advance(hours=2)
    office.client().get("/sign-in/office")
    assert provider.asked.count("/.well-known/openid-configuration") == 2


def test_nobody_comes_in_whom_no_admin_let_in(office: Workbench, provider: Provider) -> None:
    provider.claims |= {"sub": "u-9", "preferred_username": "tamu"}
    answer = go(office.client())
    assert answer.status_code == 403
    assert "belum punya akun Sigap" in answer.text


def test_an_account_with_a_password_is_never_taken_over(office: Workbench, provider: Provider) -> None:
    provider.claims["preferred_username"] = "adi"
    assert go(office.client()).status_code == 403


def test_a_closed_account_stays_closed(office: Workbench) -> None:
    go(office.client())
    with office.state.store.writing() as connection:
        rina = people.find(connection, "rina")
        assert rina is not None
        people.disable(connection, rina.id, office.clock())
    assert go(office.client()).status_code == 403


def test_where_it_is_allowed_the_first_sign_in_makes_an_analyst(detector, tmp_path, provider: Provider) -> None:
    with workbench(detector, tmp_path, **settings(provider, oidc_role="analyst")) as bench:
        bench.clock.now = datetime.now(UTC)
        assert bench.client().get("/sign-in/office").status_code == 404, "an analyst may not be the first"
        bench.add("adi", "admin", PASSWORD)
        provider.claims = {"sub": "u-3", "preferred_username": "Budi", "name": "  Budi   Santoso "}
        client = bench.client()
        assert go(client).status_code == 303
        assert client.get("/admin").status_code == 403
        with bench.state.store.reading() as connection:
            budi = people.find(connection, "budi")
        assert budi is not None
        assert (budi.role, budi.name, budi.has_password, budi.has_subject) == ("analyst", "Budi Santoso", False, True)
        assert [(one.actor, one.object) for one in bench.deeds("add")] == [("budi", "person:budi")]
        for bad in ("notebook", "x y", "<b>"):
            provider.claims = {"sub": f"u-{bad}", "preferred_username": bad}
            assert go(bench.client()).status_code == 403


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"email": "rina@kantor.example", "email_verified": True}, 303),
        ({"email": "rina@kantor.example", "email_verified": False}, 403),
        ({"email": "rina@kantor.example"}, 403),
        ({}, 403),
    ],
)
def test_an_address_counts_where_the_provider_verified_it(
    detector, tmp_path, provider: Provider, claims: Claims, status: int
) -> None:
    with workbench(detector, tmp_path, **settings(provider, oidc_claim="email")) as bench:
        bench.clock.now = datetime.now(UTC)
        bench.add("adi", "admin", PASSWORD)
        bench.add("rina@kantor.example")
        provider.claims = {"sub": "u-1"} | claims
        provider.userinfo = {"sub": "u-1"}
        assert go(bench.client()).status_code == status


def test_what_the_token_leaves_out_is_asked_of_userinfo(office: Workbench, provider: Provider) -> None:
    provider.claims = {"sub": "u-1"}
    provider.userinfo = {"sub": "u-2", "preferred_username": "rina"}
    assert go(office.client()).status_code == 401, "userinfo about somebody else"
    provider.userinfo = {"sub": "u-1", "preferred_username": "rina"}
    assert go(office.client()).status_code == 303


def minus(name: str) -> Any:
    return lambda claims: {key: value for key, value in claims.items() if key != name}


@pytest.mark.parametrize(
    ("lie", "why"),
    [
        (lambda claims: claims | {"nonce": "of another sign-in"}, "another nonce"),
        (minus("nonce"), "no nonce"),
        (lambda claims: claims | {"aud": "another-client"}, "another audience"),
        (lambda claims: claims | {"aud": ["another-client"]}, "another audience in a list"),
        (
            lambda claims: claims | {"aud": [CLIENT_ID, "another-client"]},
            "two audiences, given to neither",
        ),
        (lambda claims: claims | {"azp": "another-client"}, "given to another client"),
        (minus("aud"), "no audience"),
        (lambda claims: claims | {"iss": "https://penipu.example"}, "another issuer"),
        (lambda claims: claims | {"exp": int(time.time()) - 120}, "expired"),
        (minus("exp"), "without an end"),
        (lambda claims: claims | {"iat": int(time.time()) + 600}, "from tomorrow"),
        (minus("sub"), "about nobody"),
        (lambda claims: claims | {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, "of another access token"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_token_that_does_not_hold_signs_nobody_in(office: Workbench, provider: Provider, lie: Any, why: str) -> None:
    provider.lie = lie
    client = office.client()
    answer = go(client)
    assert answer.status_code == 401, why
    assert "tidak dapat dipercaya" in answer.text
    assert client.get("/account").status_code == 303
    assert office.deeds() == []


def test_a_signature_of_another_key_or_of_the_clients_secret_is_worth_nothing(
    office: Workbench, provider: Provider
) -> None:
    own, header = provider.signing, dict(provider.header)
    provider.signing = RSAKey.generate_key(2048)
    assert go(office.client()).status_code == 401
    provider.signing = OctKey.import_key(CLIENT_SECRET.ljust(32, "x"))
    provider.header = header | {"alg": "HS256"}
    assert go(office.client()).status_code == 401
    provider.signing, provider.header = own, header
    assert go(office.client()).status_code == 303


@pytest.mark.parametrize(
    "spoil",
    [
        lambda query: query | {"state": "of another sign-in"},
        lambda query: {key: value for key, value in query.items() if key != "state"},
        lambda query: query | {"iss": "https://penipu.example"},
        lambda query: query | {"code": "guessed"},
        lambda query: {"error": "access_denied", "state": query["state"]},
        lambda query: {},
    ],
    ids=["wrong state", "no state", "another issuer", "wrong code", "refused there", "nothing"],
)
def test_a_way_back_that_was_tampered_with_signs_nobody_in(office: Workbench, spoil: Any) -> None:
    client = office.client()
    back = httpx.URL(httpx.get(client.get("/sign-in/office").headers["location"], trust_env=False).headers["location"])
    answer = client.get("/sign-in/office/back", params=spoil(dict(back.params)))
    assert answer.status_code == 401
    assert client.get("/account").status_code == 303
    assert client.get("/sign-in/office/back", params=dict(back.params)).status_code == 401, "one try for each beginning"


def test_the_way_back_is_for_the_browser_that_began_and_for_once(office: Workbench) -> None:
    client = office.client()
    back = httpx.get(client.get("/sign-in/office").headers["location"], trust_env=False).headers["location"]
    kept = client.cookies[cookies.OIDC]
    assert office.client().get(back).status_code == 401, "another browser"
    assert office.client(cookie=f"{cookies.OIDC}=00ff").get(back).status_code == 401, "rubbish"
    assert client.get(back).status_code == 303
    assert office.client(cookie=f"{cookies.OIDC}={kept}").get(back).status_code == 401, "the code was used"


def test_who_stays_away_too_long_begins_again(office: Workbench) -> None:
    client = office.client()
    back = httpx.get(client.get("/sign-in/office").headers["location"], trust_env=False).headers["location"]
    office.clock.advance(minutes=11)
    answer = client.get(back)
    assert answer.status_code == 401
    assert "lewat waktunya" in answer.text


def test_a_provider_that_is_away_or_calls_itself_otherwise_is_said(office: Workbench, provider: Provider) -> None:
    for wrong in (
        {"issuer": "https://penipu.example"},
        {"token_endpoint": "http://penipu.example/token"},
        {"jwks_uri": 1},
    ):
        provider.metadata = wrong
        answer = office.client().get("/sign-in/office")
        assert answer.status_code == 503
        assert "tidak dapat dihubungi" in answer.text


def test_without_a_provider_there_is_no_such_page(bench: Workbench) -> None:
    assert "/sign-in/office" not in bench.client().get("/sign-in").text
    for path in ("/sign-in/office", "/sign-in/office/back"):
        assert bench.client().get(path).status_code == 404


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"oidc_issuer": "https://masuk.example"}, "SIGAP_OIDC_ISSUER needs SIGAP_OIDC_CLIENT_ID"),
        ({"oidc_issuer": "http://masuk.example", "oidc_client_id": "x"}, "must be https"),
        ({"oidc_issuer": "masuk.example", "oidc_client_id": "x"}, "should match pattern"),
        ({"oidc_role": "admin"}, "Input should be 'analyst'"),
    ],
)
def test_settings_that_cannot_be(given: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Settings(**given)


def test_the_secret_is_not_shown() -> None:
    assert CLIENT_SECRET not in repr(Settings(oidc_client_secret=SecretStr(CLIENT_SECRET)))
