"""A served workbench with accounts, and people who are signed in to it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI

from api.app import create_app
from api.security import cookies, passwords
from api.security.csrf import HEADER, token_of
from api.security.passwords import hash_password
from api.security.person import Role
from api.settings import Settings
from api.state import State
from api.store import audit, people, sessions
from detector.detector import Detector
from tests.server import served

PASSWORD = "empat kata tanpa hubungan"
HTML = {"accept": "text/html"}


class Clock:
    """A clock that stands until a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 1, 0, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        """Let time pass: `advance(minutes=5)`."""
        self.now += timedelta(**by)


class Workbench:
    """An application with accounts, served; every client that it gives is closed with it."""

    def __init__(self, app: FastAPI, address: str, clock: Clock, stack: ExitStack) -> None:
        self.app, self.address, self.clock, self._stack = app, address, clock, stack
        self.state: State = app.state.sigap

    def add(self, login: str, role: Role = "analyst", password: str | None = None, **values: Any) -> people.Account:
        """An account; without `password` nobody can sign in to it, which is enough for `signed_in`."""
        hash_ = hash_password(password) if password else None
        with self.state.store.writing() as connection:
            return people.add(connection, login, login.title(), role, self.clock(), password_hash=hash_, **values)

    def client(self, **headers: str) -> httpx.Client:
        """A browser in which nobody is signed in."""
        client = httpx.Client(base_url=self.address, timeout=60, trust_env=False, headers=HTML | headers)
        return self._stack.enter_context(client)

    def signed_in(self, account: people.Account, **headers: str) -> httpx.Client:
        """A browser in which the owner of `account` is signed in, and whose forms carry their token."""
        client = self.client(**headers)
        door = self.state.door
        with self.state.store.writing() as connection:
            token = sessions.begin(connection, account.id, self.clock(), door.lasts, door.idle)
        client.cookies.set(cookies.SESSION, token)
        client.headers[HEADER] = token_of(token)
        return client

    def deeds(self, action: str = "") -> list[audit.Entry]:
        """What the record holds, the newest first."""
        with self.state.store.reading() as connection:
            return [one for one in audit.entries(connection, newest=1000) if one.action.startswith(action)]


@contextmanager
def workbench(detector: Detector, folder: Path, **settings: Any) -> Iterator[Workbench]:
    """A workbench on an SQLite store of its own, without any account yet. Its passwords are hashed quickly."""
    clock = Clock()
    app = create_app(Settings(store=f"sqlite:///{folder / 'own.db'}", data=folder, **settings), detector)
    app.state.sigap.clock = clock
    with pytest.MonkeyPatch.context() as patch, served(app) as address, ExitStack() as stack:
        patch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=1_024, parallelism=1))
        patch.setattr(passwords, "_nobody", [])
        yield Workbench(app, address, clock, stack)
