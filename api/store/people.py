"""Accounts, and the one user of a notebook."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, update
from sqlalchemy.engine import Row
from sqlalchemy.exc import IntegrityError

from api.listing import Page, Window
from api.security.person import Person, Role
from api.store.engine import Store
from api.store.tables import PEOPLE, SESSIONS
from detector.errors import SigapError

NOTEBOOK = "notebook"
LONGEST_NAME = 200
_RESERVED = {NOTEBOOK, "system"}  # they stand in the audit log for what is no account
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,119}\Z")


class AccountError(SigapError):
    """An account cannot be made or changed in this way; `code` says why."""

    code = "account"


class BadLogin(AccountError):
    """A login that no account may have."""

    code = "bad_login"

    def __init__(self) -> None:
        super().__init__(
            "a login has 2 to 120 small letters, digits and . _ @ + -, and is neither 'notebook' nor 'system'"
        )


class LoginTaken(AccountError):
    """There is an account of this login."""

    code = "login_taken"

    def __init__(self, login: str) -> None:
        self.login = login
        super().__init__(f"there is an account {login!r} already")


class NoAccount(AccountError):
    """There is no such account."""

    code = "no_account"

    def __init__(self) -> None:
        super().__init__("there is no such account")


class LastAdmin(AccountError):
    """Without this admin nobody could look after the accounts."""

    code = "last_admin"

    def __init__(self) -> None:
        super().__init__("this is the last admin; make another one first")


@dataclass(frozen=True, slots=True)
class Account:
    """An account as the people's page shows it."""

    id: int
    login: str
    name: str
    role: Role
    created_at: datetime
    disabled_at: datetime | None
    has_password: bool
    has_subject: bool  # signs in by OpenID Connect
    must_change: bool
    seen_at: datetime | None = None  # of the newest session that stands

    @property
    def person(self) -> Person:
        """Who it belongs to."""
        return Person(self.id, self.login, self.name, self.role)


def notebook(store: Store) -> Person:
    """The one user of a workbench without accounts, made on first use so that what they do has a name."""
    query = select(PEOPLE.c.id).where(PEOPLE.c.login == NOTEBOOK)
    with store.reading() as connection:
        id_ = connection.execute(query).scalar()
    if id_ is None:
        with store.writing() as connection:
            id_ = connection.execute(query).scalar()
            if id_ is None:
                id_ = connection.execute(
                    PEOPLE.insert()
                    .values(login=NOTEBOOK, name="", role="admin", created_at=datetime.now(UTC))
                    .returning(PEOPLE.c.id)
                ).scalar_one()
    return Person(id_, NOTEBOOK, "", "admin", notebook=True)


def any_account(connection: Connection) -> bool:
    """Whether one account was ever made; a disabled one counts, or disabling would open the door again."""
    return connection.execute(select(PEOPLE.c.id).where(PEOPLE.c.login != NOTEBOOK).limit(1)).first() is not None


def login_of(written: str) -> str:
    """A login as it is stored.

    Raises:
        BadLogin: no account may have it.
    """
    login = written.strip().lower()
    if login in _RESERVED or not _LOGIN.match(login):
        raise BadLogin
    return login


def add(
    connection: Connection,
    login: str,
    name: str,
    role: Role,
    now: datetime,
    *,
    password_hash: str | None = None,
    must_change: bool = False,
    subject: str | None = None,
) -> Account:
    """Make an account. One without a password signs in by OpenID Connect only.

    Raises:
        BadLogin, LoginTaken: the login cannot be used.
    """
    login = login_of(login)
    if find(connection, login) is not None:
        raise LoginTaken(login)
    values = {
        "login": login,
        "name": " ".join(name.split())[:LONGEST_NAME],
        "role": role,
        "created_at": now,
        "password_hash": password_hash,
        "must_change": must_change,
        "subject": subject,
    }
    try:
        with connection.begin_nested():
            id_ = connection.execute(PEOPLE.insert().values(values).returning(PEOPLE.c.id)).scalar_one()
    except IntegrityError as error:  # another process made it in this moment
        raise LoginTaken(login) from error
    return get(connection, id_)


def get(connection: Connection, id_: int) -> Account:
    """The account of a key.

    Raises:
        NoAccount: there is none.
    """
    account = _one(connection, PEOPLE.c.id == id_)
    if account is None:
        raise NoAccount
    return account


def find(connection: Connection, login: str) -> Account | None:
    """The account of a login, None where there is none."""
    return _one(connection, PEOPLE.c.login == login)


def of_subject(connection: Connection, subject: str) -> Account | None:
    """The account of an OpenID Connect subject ("issuer|sub"), None where there is none."""
    return _one(connection, PEOPLE.c.subject == subject)


def password_hash(connection: Connection, id_: int) -> str | None:
    """The argon2id hash of an account's password, None where it has none."""
    return connection.execute(select(PEOPLE.c.password_hash).where(PEOPLE.c.id == id_)).scalar()


def listed(connection: Connection, window: Window, role: str = "", state: str = "", text: str = "") -> Page[Account]:
    """Accounts in the order of their logins.

    Args:
        connection: a transaction.
        window: which of them.
        role: only those of this role.
        state: "on" or "off": only those that may sign in, or may not.
        text: only those whose login or name holds it.
    """
    wanted = [PEOPLE.c.login != NOTEBOOK]
    if role:
        wanted.append(PEOPLE.c.role == role)
    if state:
        wanted.append(PEOPLE.c.disabled_at.is_(None) if state == "on" else PEOPLE.c.disabled_at.is_not(None))
    if text:
        wanted.append(
            PEOPLE.c.login.contains(text.lower(), autoescape=True)
            | func.lower(PEOPLE.c.name).contains(text.lower(), autoescape=True)
        )
    total = connection.execute(select(func.count()).select_from(PEOPLE).where(*wanted)).scalar_one()
    query = _query().where(*wanted).order_by(PEOPLE.c.login).limit(window.size).offset(window.offset)
    return Page([_account(row) for row in connection.execute(query)], window, total)


def change_role(connection: Connection, id_: int, role: Role) -> None:
    """Give an account another role; it holds from its owner's next request.

    Raises:
        LastAdmin: nobody else could look after the accounts.
    """
    if role != "admin":
        spare_the_last_admin(connection, id_)
    connection.execute(update(PEOPLE).where(PEOPLE.c.id == id_).values(role=role))


def disable(connection: Connection, id_: int, now: datetime) -> None:
    """Keep an account from being used. What its owner did stays theirs.

    Raises:
        LastAdmin: nobody else could look after the accounts.
    """
    spare_the_last_admin(connection, id_)
    connection.execute(update(PEOPLE).where(PEOPLE.c.id == id_).values(disabled_at=now))


def enable(connection: Connection, id_: int) -> None:
    """Let an account be used again."""
    connection.execute(update(PEOPLE).where(PEOPLE.c.id == id_).values(disabled_at=None))


def set_password(connection: Connection, id_: int, password_hash: str, must_change: bool = False) -> None:
    """Replace the password's hash."""
    values = {"password_hash": password_hash, "must_change": must_change}
    connection.execute(update(PEOPLE).where(PEOPLE.c.id == id_).values(values))


def rehash(connection: Connection, id_: int, old: str, new: str) -> None:
    """Replace the hash of the same password, unless the password was changed meanwhile."""
    connection.execute(
        update(PEOPLE).where(PEOPLE.c.id == id_, PEOPLE.c.password_hash == old).values(password_hash=new)
    )


def link(connection: Connection, id_: int, subject: str) -> None:
    """Let an OpenID Connect subject ("issuer|sub") sign in to an account from now on."""
    connection.execute(update(PEOPLE).where(PEOPLE.c.id == id_).values(subject=subject))


def spare_the_last_admin(connection: Connection, id_: int) -> None:
    """Refuse where `id_` is the only admin. The rows stay locked, so that two admins cannot end each other at once.

    Raises:
        LastAdmin: it is.
    """
    query = select(PEOPLE.c.id).where(
        PEOPLE.c.role == "admin", PEOPLE.c.login != NOTEBOOK, PEOPLE.c.disabled_at.is_(None)
    )
    if set(connection.execute(query.order_by(PEOPLE.c.id).with_for_update()).scalars()) == {id_}:
        raise LastAdmin


def _one(connection: Connection, condition: ColumnElement[bool]) -> Account | None:
    row = connection.execute(_query().where(condition, PEOPLE.c.login != NOTEBOOK)).first()
    return _account(row) if row else None


def _query() -> Any:
    seen = select(func.max(SESSIONS.c.seen_at)).where(SESSIONS.c.person_id == PEOPLE.c.id).scalar_subquery()
    return select(
        PEOPLE.c.id,
        PEOPLE.c.login,
        PEOPLE.c.name,
        PEOPLE.c.role,
        PEOPLE.c.created_at,
        PEOPLE.c.disabled_at,
        PEOPLE.c.password_hash.is_not(None).label("has_password"),
        PEOPLE.c.subject.is_not(None).label("has_subject"),
        PEOPLE.c.must_change,
        seen.label("seen_at"),
    )


def _account(row: Row[Any]) -> Account:
    values: Sequence[Any] = row
    return Account(*values)
