"""Those whom an OpenID Connect provider vouches for, and the accounts that they have here."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from api.security import accounts
from api.security.door import Door
from api.security.sign_in import NotWelcome, SignedIn, begin_session
from api.settings import Settings
from api.store import Store, audit, people

if TYPE_CHECKING:
    from api.security.oidc import Identity

STARTED_S = 600  # how long somebody may take at the provider


def with_identity(
    store: Store, door: Door, settings: Settings, identity: Identity, now: datetime, before: str
) -> SignedIn:
    """Sign in whom the provider vouches for.

    Raises:
        NotWelcome: they have no account here, or it is closed.
    """
    with store.writing() as connection:
        account = _account_of(connection, settings, identity, now)
        if account is None or account.disabled_at is not None:
            raise NotWelcome
        token = begin_session(connection, door, account, now, before, "office")
    return SignedIn(account.person, token, "")


def _account_of(connection: Connection, settings: Settings, identity: Identity, now: datetime) -> people.Account | None:
    """The account of a subject: the one it had before, or one that was made for its login and waits for it.

    An account with a password is never taken over in this way: its owner is whoever knows the password, and at many
    providers people choose their own names.
    """
    account = people.of_subject(connection, identity.subject)
    if account is not None or not identity.login:
        return account
    account = people.find(connection, identity.login)
    if account is None:
        return _made(connection, settings, identity, now)
    if account.has_password or account.has_subject:
        return None
    people.link(connection, account.id, identity.subject)
    audit.record(connection, now, account.login, "link.person", f"person:{account.login}", subject=identity.subject)
    return account


def _made(connection: Connection, settings: Settings, identity: Identity, now: datetime) -> people.Account | None:
    if settings.oidc_role is None:
        return None
    try:
        return accounts.add(
            connection,
            identity.login,
            identity.name,
            settings.oidc_role,
            actor="",
            now=now,
            password_hash=None,
            subject=identity.subject,
        )
    except people.AccountError:
        return None
