"""The chain of the record breaks wherever somebody touches it."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, update

from api.store import Store, audit
from api.store.tables import AUDIT

NOW = datetime(2026, 11, 24, 8, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def told(store: Store) -> Store:
    with store.writing() as connection:
        for number in range(1, 6):
            audit.record(connection, NOW, "rina", "keep.ad", f"ad:{number}", level="high", note="ä€😀")
    return store


def test_an_untouched_chain_holds(told: Store) -> None:
    with told.reading() as connection:
        assert audit.verify(connection) is None
        newest = list(audit.entries(connection, newest=2))
        assert [entry.number for entry in newest] == [5, 4]
        assert newest[0].details == {"level": "high", "note": "ä€😀"}
        assert [entry.object for entry in audit.entries(connection, "ad:3")] == ["ad:3"]


@pytest.mark.parametrize("column", ["actor", "action", "object", "details"])
def test_a_changed_row_is_found(told: Store, column: str) -> None:
    with told.writing() as connection:
        connection.execute(update(AUDIT).where(AUDIT.c.number == 3).values({column: "else"}))
    with told.reading() as connection:
        assert audit.verify(connection) == audit.Break(3, "changed")


def test_a_missing_row_is_found(told: Store) -> None:
    with told.writing() as connection:
        connection.execute(delete(AUDIT).where(AUDIT.c.number == 2))
    with told.reading() as connection:
        assert audit.verify(connection) == audit.Break(2, "missing")
