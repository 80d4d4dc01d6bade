"""Attempts are counted before they are made, held up longer and longer, and forgotten again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from api.store import Store, throttles
from api.store.tables import THROTTLES

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
KEY, OTHER = throttles.key_of("login", "rina"), throttles.key_of("network", "203.0.113.7")


def take(store: Store, now: datetime = NOW, free: int = 3) -> tuple[float, list[str]]:
    with store.writing() as connection:
        return throttles.take(connection, {KEY: free}, now)


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (2, 0), (3, 1), (4, 2), (5, 4), (12, 512), (13, 900), (10_000, 900)]
)
def test_the_delay_doubles_up_to_a_quarter_of_an_hour(failures: int, seconds: float) -> None:
    assert throttles.delay_s(failures, free=3) == seconds


def test_the_delay_begins_at_the_named_failure_and_ends(store: Store) -> None:
    assert [take(store) for _ in range(2)] == [(0.0, []), (0.0, [])]
    assert take(store) == (0.0, [KEY]), "this one is still tried; the delay begins with it"
    assert take(store) == (1.0, [])
    assert take(store) == (1.0, []), "asking during the delay does not lengthen it"
    assert take(store, NOW + timedelta(seconds=1)) == (0.0, []), "it begins once"
    with store.reading() as connection:
        assert throttles.wait_s(connection, [KEY], NOW + timedelta(seconds=1)) == 2.0
        assert throttles.wait_s(connection, [OTHER], NOW) == 0.0


def test_attempts_at_the_same_time_are_all_counted(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        waits = [wait for wait, _ in pool.map(lambda _: take(store, free=4), range(16))]
    assert waits.count(0.0) == 4


def test_a_right_password_clears_its_own_count_and_takes_back_one_of_the_address(store: Store) -> None:
    with store.writing() as connection:
        for _ in range(3):
            throttles.take(connection, {KEY: 9, OTHER: 9}, NOW)
        throttles.forgive(connection, [KEY], [OTHER], NOW)
        rows = connection.execute(select(THROTTLES.c.key, THROTTLES.c.failures)).all()
    assert [tuple(row) for row in rows] == [(OTHER, 2)]


def test_after_a_quiet_day_the_count_starts_again(store: Store) -> None:
    for _ in range(3):
        take(store)
    assert take(store, NOW + throttles.QUIET + timedelta(seconds=1)) == (0.0, [])
    assert take(store, NOW + throttles.QUIET + timedelta(seconds=1))[0] == 0.0


def test_the_table_does_not_grow_without_end(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttles, "MOST", 40)
    with store.writing() as connection:
        for number in range(200):
            throttles.take(connection, {throttles.key_of("login", str(number)): 5}, NOW + timedelta(seconds=number))
        assert connection.execute(select(func.count()).select_from(THROTTLES)).scalar_one() <= 41
        newest = throttles.key_of("login", "199")
        assert connection.execute(select(THROTTLES.c.failures).where(THROTTLES.c.key == newest)).scalar() == 1


def test_neither_login_nor_address_stands_in_the_table() -> None:
    assert "rina" not in KEY
    assert len(KEY) == 64
