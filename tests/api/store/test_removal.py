"""What is taken out is gone from every corner, and what stays is told again."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from api import keeping
from api.store import Store, audit, people, verdicts
from api.store.removal import Retention, expire, forget_account, forget_contact, remove_ads
from api.store.tables import AD_BANDS, AD_CONTACTS, AD_DESTINATIONS, ADS, AUDIT, CAMPAIGNS, CONTACTS, PEOPLE, VERDICTS
from detector.detector import Detector
from tests.api.ads import COMPOUND, SHOP

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
OTHER = COMPOUND.replace("Kamboja", "Laos")


@pytest.fixture
def filled(store: Store, detector: Detector) -> Store:
    """Two ads of one campaign and a third; the first one is judged."""
    person = people.notebook(store)
    with store.writing() as connection:
        for day, text in enumerate((COMPOUND, OTHER, SHOP)):
            keeping.keep(connection, keeping.judge(detector, text), person, NOW + timedelta(days=day))
        verdicts.give(connection, 1, person, "confirmed", NOW, note="catatan")
    return store


def left(store: Store) -> list[int]:
    with store.reading() as connection:
        return list(connection.execute(select(ADS.c.id).order_by(ADS.c.id)).scalars())


def found(store: Store, word: str) -> int:
    with store.reading() as connection:
        if store.dialect == "sqlite":
            query = "SELECT count(*) FROM ads_search WHERE ads_search MATCH ?"
        else:
            query = "SELECT count(*) FROM ads WHERE search @@ plainto_tsquery('simple', %s)"
        return connection.exec_driver_sql(query, (word,)).scalar_one()


def test_nothing_of_a_removed_ad_is_left(filled: Store) -> None:
    assert found(filled, "laos") == 1
    with filled.writing() as connection:
        assert remove_ads(connection, [1, 2]) == 2
        for table in (AD_BANDS, AD_CONTACTS, AD_DESTINATIONS):
            assert connection.execute(select(func.count()).where(table.c.ad_id < 3)).scalar() == 0
        for table in (VERDICTS, CAMPAIGNS):
            assert connection.execute(select(func.count()).select_from(table)).scalar() == 0
        assert connection.execute(select(func.min(CONTACTS.c.ads))).scalar() in (None, 1)
    assert left(filled) == [3]
    assert found(filled, "laos") == 0


def test_what_stays_is_told_again(filled: Store) -> None:
    with filled.writing() as connection:
        remove_ads(connection, [2])
        contacts = connection.execute(select(CONTACTS).join(AD_CONTACTS).where(AD_CONTACTS.c.ad_id == 1)).all()
        assert {row.ads for row in contacts} == {1}
        assert {row.last_seen_at for row in contacts} == {NOW}
        assert connection.execute(select(ADS.c.campaign_id).where(ADS.c.id == 1)).scalar() is None


@pytest.mark.parametrize(
    ("retention", "days", "stays"),
    [
        (Retention(0, 0), 9_999, [1, 2, 3]),
        (Retention(30, 0), 31, [1, 3]),  # the third was last seen 29 days ago
        (Retention(30, 30), 31, [3]),
        (Retention(0, 10), 11, [2, 3]),
        (Retention(30, 30), 10, [1, 2, 3]),
    ],
)
def test_ads_go_when_their_time_is_over(filled: Store, retention: Retention, days: int, stays: list[int]) -> None:
    with filled.writing() as connection:
        expire(connection, retention, NOW + timedelta(days=days, hours=1))
    assert left(filled) == stays


def test_a_persons_number_is_erased_everywhere_and_the_record_does_not_name_it(filled: Store) -> None:
    with filled.reading() as connection:
        number = connection.execute(select(CONTACTS.c.value).where(CONTACTS.c.type == "phone")).scalars().first()
    assert number is not None
    with filled.writing() as connection:
        assert forget_contact(connection, "phone", number, "sri", NOW, "permintaan tertulis") == 2
        assert audit.verify(connection) is None
        told = connection.execute(select(AUDIT).where(AUDIT.c.action == "erase.contact")).one()
        assert number not in told.object + told.details
        assert connection.execute(select(func.count()).where(CONTACTS.c.value == number)).scalar() == 0
    assert left(filled) == [3]


def test_an_account_that_is_over_loses_its_name(filled: Store) -> None:
    person = people.notebook(filled)
    with filled.writing() as connection:
        assert forget_account(connection, person.id, "sri", NOW, "pindah kantor")
        row = connection.execute(select(PEOPLE).where(PEOPLE.c.id == person.id)).one()
        assert (row.login, row.name, row.password_hash) == (f"removed-{person.id}", "", None)
        (given,) = verdicts.of_ad(connection, 1)
        assert (given.note, given.verdict) == ("", "confirmed")
        assert not forget_account(connection, 99, "sri", NOW, "-")
