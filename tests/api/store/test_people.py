"""Accounts and their sessions in the store."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from api.listing import Window
from api.store import Store, people, sessions
from api.store.tables import DEVICES, SESSIONS

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
IDLE, LASTS = timedelta(minutes=60), timedelta(hours=12)


def add(store: Store, login: str, role: people.Role = "analyst") -> people.Account:
    with store.writing() as connection:
        return people.add(connection, login, f" {login.title()}  Sari ", role, NOW, password_hash="x")


def test_an_account_is_found_by_its_login_in_small_letters(store: Store) -> None:
    made = add(store, " Rina.S@Kantor.example ")
    assert (made.login, made.name, made.role, made.has_password, made.has_subject) == (
        "rina.s@kantor.example", "Rina.S@Kantor.Example Sari", "analyst", True, False,
    )  # fmt: skip
    with store.reading() as connection:
        assert people.find(connection, "rina.s@kantor.example") == made
        assert people.find(connection, "nobody") is None


@pytest.mark.parametrize(
    "login", ["", "r", "notebook", "System", "key:x", "ri na", "ri\nna", "-rina", "x" * 121, "röna", "<b>rina</b>"]
)
def test_logins_that_no_account_may_have(store: Store, login: str) -> None:
    with pytest.raises(people.BadLogin):
        add(store, login)


def test_a_login_is_taken_once(store: Store) -> None:
    add(store, "rina")
    with pytest.raises(people.LoginTaken):
        add(store, "RINA")


def test_the_notebook_is_no_account_and_the_first_account_ends_it(store: Store) -> None:
    notebook = people.notebook(store)
    assert people.notebook(store) == notebook
    with store.reading() as connection:
        assert not people.any_account(connection)
        assert people.find(connection, people.NOTEBOOK) is None
        assert people.listed(connection, Window()).total == 0
    add(store, "rina")
    with store.reading() as connection:
        assert people.any_account(connection)


def test_the_last_admin_stays(store: Store) -> None:
    people.notebook(store)  # an admin by role, but nobody can sign in as it
    rina, budi = add(store, "rina", "admin"), add(store, "budi")
    with store.writing() as connection, pytest.raises(people.LastAdmin):
        people.disable(connection, rina.id, NOW)
    with store.writing() as connection, pytest.raises(people.LastAdmin):
        people.change_role(connection, rina.id, "lead")
    with store.writing() as connection:
        people.change_role(connection, rina.id, "admin")
        people.change_role(connection, budi.id, "admin")
        people.disable(connection, rina.id, NOW)
        assert people.get(connection, rina.id).disabled_at == NOW
    with store.writing() as connection, pytest.raises(people.LastAdmin):
        people.disable(connection, budi.id, NOW)


def test_accounts_are_filtered(store: Store) -> None:
    for login, role in (("ani", "analyst"), ("budi", "lead"), ("citra", "analyst"), ("dewi", "admin")):
        add(store, login, role)  # type: ignore[arg-type]
    with store.writing() as connection:
        people.disable(connection, people.find(connection, "citra").id, NOW)  # type: ignore[union-attr]

    def logins(**wanted: str) -> list[str]:
        with store.reading() as connection:
            return [one.login for one in people.listed(connection, Window(), **wanted).rows]

    assert logins() == ["ani", "budi", "citra", "dewi"]
    assert logins(role="analyst") == ["ani", "citra"]
    assert logins(role="analyst", state="on") == ["ani"]
    assert logins(state="off") == ["citra"]
    assert logins(text="BUDI SA") == ["budi"]
    assert logins(text="%") == []
    with store.reading() as connection:
        page = people.listed(connection, Window(2, 25))
    assert (page.total, list(page.rows)) == (4, [])


def test_a_session_ends_idle_or_at_its_end_and_only_its_hash_is_kept(store: Store) -> None:
    rina = add(store, "rina")
    with store.writing() as connection:
        token = sessions.begin(connection, rina.id, NOW, LASTS, IDLE)
        kept = connection.execute(select(SESSIONS.c.token_hash)).scalars().all()
        assert len(token) >= 43, "256 bits"
        assert kept == [sessions.hash_of(token)]
        assert token not in kept

        def person(at: datetime) -> str | None:
            signed = sessions.signed(connection, token, at, IDLE)
            return signed.person.login if signed else None

        assert person(NOW + timedelta(minutes=59)) == "rina"
        assert person(NOW + IDLE) is None
        for hour in range(1, 12):
            sessions.touch(connection, token, NOW + timedelta(hours=hour))
        assert person(NOW + LASTS - timedelta(seconds=1)) == "rina"
        assert person(NOW + LASTS) is None
        assert sessions.signed(connection, "stranger", NOW, IDLE) is None
        assert sessions.signed(connection, kept[0], NOW, IDLE) is None, "who reads the store cannot sign in with it"


def test_sessions_that_ended_are_taken_out_at_the_next_sign_in(store: Store) -> None:
    rina = add(store, "rina")
    with store.writing() as connection:
        sessions.begin(connection, rina.id, NOW, LASTS, IDLE)
        sessions.begin(connection, rina.id, NOW + LASTS, LASTS, IDLE)
        assert len(connection.execute(select(SESSIONS)).all()) == 1


def test_a_closed_account_has_no_sessions_that_count(store: Store) -> None:
    add(store, "dewi", "admin")
    rina = add(store, "rina")
    with store.writing() as connection:
        token = sessions.begin(connection, rina.id, NOW, LASTS, IDLE)
        people.disable(connection, rina.id, NOW)
        assert sessions.signed(connection, token, NOW, IDLE) is None


def test_ones_other_sessions_can_be_ended(store: Store) -> None:
    rina, budi = add(store, "rina"), add(store, "budi")
    with store.writing() as connection:
        tokens = [sessions.begin(connection, rina.id, NOW, LASTS, IDLE) for _ in range(3)]
        sessions.begin(connection, budi.id, NOW, LASTS, IDLE)
        assert sessions.end_all(connection, rina.id, but=tokens[0]) == 2
        assert [one.mark for one in sessions.of(connection, rina.id, NOW, IDLE)] == [sessions.mark_of(tokens[0])]
        assert len(sessions.of(connection, budi.id, NOW, IDLE)) == 1


def test_a_browser_is_remembered_for_the_person_who_signed_in_there(store: Store) -> None:
    rina, budi = add(store, "rina"), add(store, "budi")
    with store.writing() as connection:
        token = sessions.remember_device(connection, rina.id, "", NOW)
        assert sessions.knows_device(connection, token, "rina")
        assert not sessions.knows_device(connection, token, "budi")
        assert not sessions.knows_device(connection, "", "rina")
        assert sessions.remember_device(connection, rina.id, token, NOW) == token
        assert sessions.remember_device(connection, budi.id, token, NOW) != token
        for number in range(30):
            sessions.remember_device(connection, rina.id, "", NOW + timedelta(seconds=number))
        mine = connection.execute(select(DEVICES).where(DEVICES.c.person_id == rina.id)).all()
        assert len(mine) == 20
