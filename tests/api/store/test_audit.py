"""The chain of the record breaks wherever somebody touches it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, update

from api.listing import Window
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


def test_entries_are_found_a_page_at_a_time_or_all(told: Store) -> None:
    with told.writing() as connection:
        audit.record(connection, NOW + timedelta(days=1), "budi", "keep.list", "ad_list:1")
    with told.reading() as connection:
        page = audit.find(connection, audit.Search(actor="rina"), Window(2, 2))
        assert ([entry.number for entry in page.rows], page.total, page.is_more) == ([3, 2], 5, False)
        for search, found in (
            (audit.Search(), [1, 2, 3, 4, 5, 6]),
            (audit.Search(action="keep"), [1, 2, 3, 4, 5, 6]),
            (audit.Search(action="keep.ad", object="ad:3"), [3]),
            (audit.Search(object="ad"), [1, 2, 3, 4, 5]),
            (audit.Search(object="%"), []),
            (audit.Search(since=NOW + timedelta(seconds=1)), [6]),
            (audit.Search(before=NOW), []),
        ):
            assert [entry.number for entry in audit.every(connection, search)] == found
            assert sorted(entry.number for entry in audit.find(connection, search, Window()).rows) == found


def test_a_hash_that_was_noted_is_found_again_until_the_end_is_cut_off(told: Store) -> None:
    with told.writing() as connection:
        newest = audit.newest(connection)
        assert newest is not None
        assert audit.holds(connection, newest.hash) == 5
        connection.execute(delete(AUDIT).where(AUDIT.c.number == 5))
        assert audit.verify(connection) is None, "the chain alone cannot tell"
        assert audit.holds(connection, newest.hash) is None


def test_an_empty_record_has_no_newest_entry(store: Store) -> None:
    with store.reading() as connection:
        assert audit.newest(connection) is None
        assert audit.verify(connection) is None
