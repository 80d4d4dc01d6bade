"""What every room of the tests shares."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.app import create_app
from api.settings import Settings
from api.store import Store
from detector.detector import Detector
from tests import postgresql
from tests.server import client_of


@pytest.fixture(scope="session")
def detector() -> Detector:
    """The released model, loaded once. There is no stand-in for it anywhere."""
    return Detector.load()


@pytest.fixture(scope="session", autouse=True)
def own_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder of the tests' own: none of them ever sees what the user of this machine keeps."""
    folder = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIGAP_DATA", str(folder))
        yield folder


@pytest.fixture(scope="session")
def client(detector: Detector) -> Iterator[httpx.Client]:
    """A client of the served application."""
    with client_of(create_app(Settings(), detector)) as client:
        yield client


@pytest.fixture(scope="session")
def postgresql_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The database of a PostgreSQL that runs for the tests alone."""
    if reason := postgresql.reason_for_none():
        pytest.skip(reason)
    with postgresql.running(tmp_path_factory.mktemp("postgresql")) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store of the newest shape, on both databases in turn."""
    if request.param == "sqlite":
        store = Store(f"sqlite:///{tmp_path / 'sigap.db'}")
    else:
        store = Store(request.getfixturevalue("postgresql_url"))
        with store.engine.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    store.migrate()
    yield store
    store.close()
