"""`sigap admin people` and `sigap admin audit`, from a shell on the server."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from api.admin_cli import admin
from api.security import passwords
from api.store import Store, audit, people
from api.store.tables import AUDIT

PASSWORD = "empat kata tanpa hubungan"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SIGAP_DATA", str(tmp_path))
    monkeypatch.delenv("SIGAP_STORE", raising=False)
    return tmp_path


def run(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(admin, arguments, input=typed)


def store_in(folder: Path) -> Store:
    return Store(f"sqlite:///{folder / 'sigap.db'}")


def test_the_first_account_is_made_here_and_is_an_admins(folder: Path) -> None:
    done = run("people", "add", "Adi", "--name", "Adi Wijaya", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "adi is admin now")
    assert PASSWORD not in done.output
    with store_in(folder).reading() as connection:
        adi = people.find(connection, "adi")
        assert adi is not None
        assert (adi.role, adi.must_change) == ("admin", False)
        assert passwords.is_right(people.password_hash(connection, adi.id), PASSWORD)
        told = [(one.actor, one.action, one.object) for one in audit.entries(connection)]
        assert told == [("system", "add.person", "person:adi")]


def test_others_are_analysts_unless_told(folder: Path) -> None:
    run("people", "add", "adi", "--stdin", typed=PASSWORD + "\n")
    made = run("people", "add", "budi", "--make")
    password = made.output.splitlines()[-1].rpartition(" ")[2]
    assert run("people", "add", "citra", "--role", "lead", "--office").exit_code == 0
    with store_in(folder).reading() as connection:
        budi, citra = people.find(connection, "budi"), people.find(connection, "citra")
        assert budi is not None
        assert citra is not None
        assert (budi.role, budi.must_change, citra.role, citra.has_password) == ("analyst", True, "lead", False)
        assert passwords.is_right(people.password_hash(connection, budi.id), password)
    assert run("people", "list").output == "adi\tadmin\topen\t\nbudi\tanalyst\topen\t\ncitra\tlead\topen\t\n"


@pytest.mark.parametrize(
    ("arguments", "typed", "code", "says"),
    [
        (["people", "add", "adi", "--role", "lead"], None, 2, "the first account is an admin's"),
        (["people", "add", "adi", "--office"], None, 2, "the first account is an admin's"),
        (["people", "add", "notebook", "--make"], None, 1, "a login has 2 to 120 small letters"),
        (["people", "add", "adi", "--stdin"], "pendek\n", 1, "12 characters at least"),
        (["people", "add", "adi", "--stdin"], "", 1, "12 characters at least"),
        (["people", "add", "adi", "--stdin", "--make"], PASSWORD, 2, "--make and --stdin say two things"),
        (["people", "add", "adi", "--role", "chief"], None, 2, "'chief' is not one of"),
        (["people", "role", "nobody", "lead"], None, 1, "there is no account 'nobody'"),
        (["people", "disable", "nobody"], None, 1, "there is no account 'nobody'"),
        (["people", "password", "nobody", "--make"], None, 1, "there is no account 'nobody'"),
    ],
)
def test_wrong_use_is_one_line(folder: Path, arguments: list[str], typed: str | None, code: int, says: str) -> None:
    done = run(*arguments, typed=typed)
    assert (done.exit_code, says in done.output) == (code, True), done.output
    assert "Traceback" not in done.output


def test_roles_closing_and_passwords(folder: Path) -> None:
    run("people", "add", "adi", "--stdin", typed=PASSWORD + "\n")
    run("people", "add", "budi", "--stdin", typed=PASSWORD + "\n")
    assert run("people", "disable", "adi").output == "Error: this is the last admin; make another one first\n"
    assert run("people", "role", "adi", "lead").exit_code == 1
    assert run("people", "role", "budi", "admin").output == "budi is admin now\n"
    assert run("people", "disable", "adi").output == "adi is closed now\n"
    assert "adi\tadmin\tclosed" in run("people", "list").output
    assert run("people", "disable", "adi", "--undo").output == "adi is open now\n"
    assert run("people", "password", "ADI", "--stdin", typed="lampu jalan padam lagi\n").exit_code == 0
    with store_in(folder).reading() as connection:
        adi = people.find(connection, "adi")
        assert adi is not None
        assert passwords.is_right(people.password_hash(connection, adi.id), "lampu jalan padam lagi")
        assert not adi.must_change
        assert [one.action for one in audit.entries(connection)] == [
            "reset.password", "enable.person", "disable.person", "change.role", "add.person", "add.person",
        ]  # fmt: skip


def test_the_record_is_verified(folder: Path) -> None:
    assert run("audit", "verify").output == "the record is empty\n"
    run("people", "add", "adi", "--stdin", typed=PASSWORD + "\n")
    noted = run("audit", "verify").output.split()[-1]
    run("people", "add", "budi", "--make")
    done = run("audit", "verify", "--contains", noted)
    assert done.exit_code == 0
    assert done.output.startswith("whole: 2 entries; the newest hash is ")
    gone = run("audit", "verify", "--contains", noted, "--contains", "f" * 64)
    assert (gone.exit_code, "is not in it any more" in gone.output) == (1, True)
    with store_in(folder).writing() as connection:
        connection.execute(update(AUDIT).where(AUDIT.c.number == 2).values(actor="nobody"))
    broken = run("audit", "verify")
    assert (broken.exit_code, broken.output) == (1, "Error: the chain breaks at entry 2: changed\n")


def test_a_store_that_is_none_is_one_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGAP_STORE", "mysql://rahasia@host/sigap")
    done = run("people", "list")
    assert done.exit_code == 2
    assert "the store is sqlite:///FILE or postgresql://" in done.output
    assert "rahasia" not in done.output
    monkeypatch.setenv("SIGAP_STORE", f"sqlite:///{folder}")
    done = run("people", "list")
    assert (done.exit_code, "the store does not answer" in done.output) == (1, True)
