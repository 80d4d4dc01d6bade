"""What every room of the tests shares."""

from collections.abc import Iterator

import httpx
import pytest

from api.app import create_app
from api.settings import Settings
from detector.detector import Detector
from tests.server import client_of


@pytest.fixture(scope="session")
def detector() -> Detector:
    """The released model, loaded once. There is no stand-in for it anywhere."""
    return Detector.load()


@pytest.fixture(scope="session")
def client(detector: Detector) -> Iterator[httpx.Client]:
    """A client of the served application."""
    with client_of(create_app(Settings(), detector)) as client:
        yield client
