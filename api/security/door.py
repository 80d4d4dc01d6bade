"""Who asks: the ways in which a request may say it, tried in turn."""

from collections.abc import Callable
from datetime import datetime, timedelta

from starlette.requests import Request

from api.problems import Problem
from api.security import cookies
from api.security.addresses import comes_from_this_machine, is_loopback
from api.security.person import Person
from api.security.visit import Visit
from api.settings import Settings
from api.store import Store, people, sessions

_TOUCHES = 10  # how often within the idle time a session in use is noted, so that not every page writes


class Door:
    """Looks visitors up. One for each application; safe to share between threads."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings
        self.idle = timedelta(minutes=settings.session_idle_minutes)
        self.lasts = timedelta(hours=settings.session_hours)
        self._has_accounts = False  # once true it stays so: accounts are never deleted
        self._notebook: Person | None = None

    def visit(self, request: Request, now: datetime) -> Visit:
        """Who makes a request.

        Raises:
            Problem: `wrong_host`, where there is no account and the request was not made on this machine for it.
        """
        ways: tuple[Callable[[Request, datetime], Visit | None], ...] = (self._by_notebook, self._by_session)
        for way in ways:  # a key in a header will be one more
            visit = way(request, now)
            if visit is not None:
                return visit
        return Visit(secret=cookies.read(request, self._settings, cookies.VISIT))

    def has_accounts(self) -> bool:
        """Whether one account was ever made, and the notebook is over."""
        if not self._has_accounts:
            with self._store.reading() as connection:
                self._has_accounts = people.any_account(connection)
        return self._has_accounts

    def _by_notebook(self, request: Request, _now: datetime) -> Visit | None:
        if self.has_accounts():
            return None
        if not (is_loopback(self._settings.host) and comes_from_this_machine(request)):
            raise Problem("wrong_host", "Without an account Sigap answers on this machine alone, as localhost.")
        if self._notebook is None:
            self._notebook = people.notebook(self._store)
        return Visit(self._notebook, "notebook", cookies.read(request, self._settings, cookies.VISIT))

    def _by_session(self, request: Request, now: datetime) -> Visit | None:
        token = cookies.read(request, self._settings, cookies.SESSION)
        if not token:
            return None
        with self._store.reading() as connection:
            signed = sessions.signed(connection, token, now, self.idle)
        if signed is None:
            return None
        if now - signed.seen_at > self.idle / _TOUCHES:
            with self._store.writing() as connection:
                sessions.touch(connection, token, now)
        return Visit(signed.person, "session", token, signed.must_change)
