"""Signing in: counted before it is tried, the same for logins that exist and that don't, with a new session each time.

Somebody who guesses is held up by account and by address, longer each time, a quarter of an hour at most. The owner is
not held up with them: a browser in which they have signed in before is counted by itself.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from api.security import passwords
from api.security.door import Door
from api.security.person import Person
from api.store import Store, audit, people, sessions, throttles
from detector.errors import SigapError

# At which failure the delay begins. An office shares an address, and its people mistype, too.
FREE_BY_ACCOUNT = 5
FREE_BY_ADDRESS = 20


class TooManyAttempts(SigapError):
    """Nothing was tried: too many attempts failed before."""

    def __init__(self, wait_s: float) -> None:
        self.wait_s = wait_s
        super().__init__(f"too many attempts failed; the next one may be made in {wait_s:.0f} s")


class WrongPassword(SigapError):
    """Login and password do not belong together, or the account is closed; which of them is not said."""

    def __init__(self) -> None:
        super().__init__("login and password do not belong together")


class NotWelcome(SigapError):
    """Somebody whom the provider vouches for has no account here, or it is closed."""

    def __init__(self) -> None:
        super().__init__("OpenID Connect: nobody here has this login")


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody sends to sign in. `session` and `device` are the cookies that their browser holds already."""

    login: str
    password: str = field(repr=False)
    network: str
    now: datetime
    session: str = field(default="", repr=False)
    device: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who signed in, and the cookies that say so."""

    person: Person
    session: str = field(repr=False)
    device: str = field(repr=False)
    must_change: bool = False


def with_password(store: Store, door: Door, attempt: Attempt) -> SignedIn:
    """Sign in with a password. Takes about a tenth of a second, whatever the outcome.

    Raises:
        TooManyAttempts, WrongPassword: not signed in.
    """
    login = attempt.login.strip().lower()[:200]
    with store.writing() as connection:
        account = people.find(connection, login)
        hash_ = people.password_hash(connection, account.id) if account else None
        own, shared = _counted(connection, attempt, login)
        wait, crossed = throttles.take(connection, own | shared, attempt.now)
        if crossed:
            _tell_of_guessing(connection, attempt, account, bool(own.keys() & crossed))
    if wait > 0:
        raise TooManyAttempts(wait)
    # Outside any transaction: nobody waits for the store while a password is hashed.
    right = passwords.is_right(hash_, attempt.password)
    if not right or account is None or hash_ is None or account.disabled_at is not None:
        raise WrongPassword
    newer = passwords.hash_password(attempt.password) if passwords.is_outdated(hash_) else None
    with store.writing() as connection:
        account = people.get(connection, account.id)
        if account.disabled_at is not None or people.password_hash(connection, account.id) != hash_:
            raise WrongPassword  # changed or closed while the password was hashed
        throttles.forgive(connection, list(own), list(shared), attempt.now)
        if newer:
            people.rehash(connection, account.id, hash_, newer)
        device = sessions.remember_device(connection, account.id, attempt.device, attempt.now)
        token = begin_session(connection, door, account, attempt.now, attempt.session, "password")
    return SignedIn(account.person, token, device, account.must_change)


def begin_session(
    connection: Connection, door: Door, account: people.Account, now: datetime, before: str, way: str
) -> str:
    """Begin a session under a name that nobody knew before, end the one that the browser held (`before`, "" for none)
    and write it down. Returns the cookie's value.
    """
    if before:
        sessions.end(connection, before)
    token = sessions.begin(connection, account.id, now, door.lasts, door.idle)
    audit.record(connection, now, account.login, "sign_in.person", f"person:{account.login}", way=way)
    return token


def check_own_password(store: Store, account: people.Account, password: str, now: datetime) -> None:
    """Ask somebody who is signed in for their password, counted like signing in.

    Raises:
        TooManyAttempts, WrongPassword: it was not the right one, or was not tried.
    """
    key = throttles.key_of("own", str(account.id))
    with store.writing() as connection:
        hash_ = people.password_hash(connection, account.id)
        wait, _ = throttles.take(connection, {key: FREE_BY_ACCOUNT}, now)
    if wait > 0:
        raise TooManyAttempts(wait)
    if not passwords.is_right(hash_, password):
        raise WrongPassword
    with store.writing() as connection:
        throttles.forgive(connection, [key], [], now)


def _counted(connection: Connection, attempt: Attempt, login: str) -> tuple[dict[str, int], dict[str, int]]:
    """(keys that a right password clears, keys that it only does not add to), each with its free failures."""
    if sessions.knows_device(connection, attempt.device, login):
        return {throttles.key_of("device", f"{login} {sessions.hash_of(attempt.device)}"): FREE_BY_ACCOUNT}, {}
    return (
        {throttles.key_of("login", login): FREE_BY_ACCOUNT},
        {throttles.key_of("network", attempt.network): FREE_BY_ADDRESS},
    )


def _tell_of_guessing(connection: Connection, attempt: Attempt, account: people.Account | None, own: bool) -> None:
    """Write down that a delay began: once for each run of guesses, so that strangers cannot fill the log.

    A login that no account has is not written: it may be a password in the wrong field.
    """
    if own and account is not None:
        name = f"person:{account.login}"
    elif not own:
        name = f"network:{attempt.network}"
    else:
        return
    audit.record(connection, attempt.now, "system", "delay.sign_in", name, network=attempt.network)
