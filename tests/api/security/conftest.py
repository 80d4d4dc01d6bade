"""A workbench with one person of each role."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.security.person import Role
from detector.detector import Detector
from tests.workbench import PASSWORD, Workbench, workbench

ROLES: dict[str, Role] = {"ani": "analyst", "lia": "lead", "adi": "admin", "uli": "auditor"}


@pytest.fixture
def bench(detector: Detector, tmp_path: Path) -> Iterator[Workbench]:
    """A served workbench with accounts: ani (analyst, who has a password), lia (lead), adi (admin), uli (auditor)."""
    with workbench(detector, tmp_path) as made:
        for login, role in ROLES.items():
            made.add(login, role, PASSWORD if login == "ani" else None)
        yield made


@pytest.fixture
def empty(detector: Detector, tmp_path: Path) -> Iterator[Workbench]:
    """A served workbench without any account: a notebook."""
    with workbench(detector, tmp_path) as made:
        yield made
