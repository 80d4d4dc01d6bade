"""Who sees which ad next, and how many wait."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from api import keeping
from api.security.person import Person, Role
from api.store import Store, review, verdicts
from api.store.tables import ADS, PEOPLE
from detector.detector import Detector
from tests.api.ads import COMPOUND, SHOP

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def person(store: Store, login: str, role: Role = "analyst") -> Person:
    with store.writing() as connection:
        row = PEOPLE.insert().values(login=login, name=login, role=role, created_at=NOW).returning(PEOPLE.c.id)
        return Person(connection.execute(row).scalar_one(), login, login, role)


@pytest.fixture
def rina(store: Store, detector: Detector) -> Person:
    """An officer, and two kept ads of which the first would teach more."""
    rina = person(store, "rina")
    with store.writing() as connection:
        for text in (COMPOUND, SHOP):
            keeping.keep(connection, keeping.judge(detector, text), rina, NOW)
        for id_, priority in ((1, 1.5), (2, 0.5)):
            connection.execute(update(ADS).where(ADS.c.id == id_).values(priority=priority))
    return rina


def queue(store: Store, of: Person, but: int | None = None) -> tuple[int | None, int]:
    with store.reading() as connection:
        return review.next_ad(connection, of, but), review.waiting(connection, of)


def say(store: Store, ad_id: int, by: Person, verdict: verdicts.Verdict) -> None:
    with store.writing() as connection:
        verdicts.give(connection, ad_id, by, verdict, NOW)


def test_what_teaches_most_comes_first(store: Store, rina: Person) -> None:
    assert queue(store, rina) == (1, 2)
    assert queue(store, rina, but=1) == (2, 2)


def test_unsure_waits_for_another_officer_only(store: Store, rina: Person) -> None:
    say(store, 1, rina, "unsure")
    assert queue(store, rina) == (2, 1)
    assert queue(store, person(store, "joko")) == (1, 2)


def test_a_sure_verdict_ends_the_waiting(store: Store, rina: Person) -> None:
    say(store, 1, rina, "confirmed")
    say(store, 2, rina, "lawful")
    assert queue(store, rina) == (None, 0)


def test_disputes_come_first_for_a_lead_and_not_for_others(store: Store, rina: Person) -> None:
    joko, lead = person(store, "joko"), person(store, "sri", "lead")
    say(store, 2, rina, "lawful")
    say(store, 2, joko, "confirmed")
    assert queue(store, lead)[0] == 2
    assert queue(store, rina) == (1, 1)
