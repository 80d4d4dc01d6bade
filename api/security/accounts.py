"""Deeds on accounts: each changes the store, ends the sessions that it must, and is written down, all or nothing."""

from datetime import datetime

from sqlalchemy import Connection

from api.security import passwords
from api.security.passwords import Weakness
from api.security.person import Role
from api.store import audit, people, sessions
from detector.errors import SigapError


class WeakPassword(SigapError):
    """A password that is not taken; `why` says for what reason."""

    def __init__(self, why: Weakness) -> None:
        self.why = why
        super().__init__(_SAID[why])


_SAID: dict[Weakness, str] = {
    "short": f"a password has {passwords.SHORTEST} characters at least",
    "long": f"a password has {passwords.LONGEST:,} characters at most",
    "login": "this password is little more than the login",
    "simple": "this password is a row or a repetition",
    "common": "this password is among the first that are guessed",
}


def check(password: str, login: str) -> None:
    """Refuse a password that is too easily guessed.

    Raises:
        WeakPassword: it is.
    """
    why = passwords.weakness(password, login)
    if why is not None:
        raise WeakPassword(why)


def add(
    connection: Connection,
    login: str,
    name: str,
    role: Role,
    *,
    actor: str,
    now: datetime,
    password_hash: str | None,
    must_change: bool = False,
    subject: str | None = None,
) -> people.Account:
    """Make an account.

    Raises:
        AccountError: it cannot be made.
    """
    account = people.add(
        connection, login, name, role, now, password_hash=password_hash, must_change=must_change, subject=subject
    )
    way = "office" if password_hash is None else "password"
    audit.record(connection, now, actor or account.login, "add.person", _object(account), role=role, way=way)
    return account


def change_role(connection: Connection, account: people.Account, role: Role, *, actor: str, now: datetime) -> None:
    """Give an account another role.

    Raises:
        LastAdmin: nobody else could look after the accounts.
    """
    if role == account.role:
        return
    people.change_role(connection, account.id, role)
    audit.record(connection, now, actor, "change.role", _object(account), before=account.role, after=role)


def disable(connection: Connection, account: people.Account, *, actor: str, now: datetime) -> None:
    """Close an account and end its sessions.

    Raises:
        LastAdmin: nobody else could look after the accounts.
    """
    if account.disabled_at is not None:
        return
    people.disable(connection, account.id, now)
    ended = sessions.end_all(connection, account.id)
    sessions.forget_devices(connection, account.id)
    audit.record(connection, now, actor, "disable.person", _object(account), sessions=ended)


def enable(connection: Connection, account: people.Account, *, actor: str, now: datetime) -> None:
    """Open an account again."""
    if account.disabled_at is None:
        return
    people.enable(connection, account.id)
    audit.record(connection, now, actor, "enable.person", _object(account))


def reset_password(
    connection: Connection, account: people.Account, password_hash: str, *, actor: str, now: datetime, own: bool = False
) -> None:
    """Give an account a password that its owner has to change first (unless it is their own), and end its sessions."""
    people.set_password(connection, account.id, password_hash, must_change=not own)
    ended = sessions.end_all(connection, account.id)
    sessions.forget_devices(connection, account.id)
    audit.record(connection, now, actor, "reset.password", _object(account), sessions=ended)


def change_password(
    connection: Connection, account: people.Account, password_hash: str, *, token: str, now: datetime
) -> None:
    """Replace one's own password; every session but the one of the cookie `token` ends."""
    people.set_password(connection, account.id, password_hash)
    ended = sessions.end_all(connection, account.id, but=token)
    audit.record(connection, now, account.login, "change.password", _object(account), sessions=ended)


def end_sessions(connection: Connection, account: people.Account, *, but: str, now: datetime) -> int:
    """End one's own sessions, all but the one of the cookie `but` ("": all); returns how many."""
    ended = sessions.end_all(connection, account.id, but=but)
    if not but:
        sessions.forget_devices(connection, account.id)
    audit.record(connection, now, account.login, "end.sessions", _object(account), sessions=ended)
    return ended


def _object(account: people.Account) -> str:
    return f"person:{account.login}"
