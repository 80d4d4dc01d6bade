"""A database is brought to the newest shape and back, with rows in it, on both databases."""

from datetime import UTC, datetime

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import func, inspect, select

from api.store import Store, ads
from api.store.tables import ADS, METADATA
from detector.detector import Detector
from tests.api.ads import COMPOUND

# What full-text search adds by hand, per database.
BY_HAND = ("ads_search", "ix_ads_search", "search")


def test_the_migrations_lead_to_the_tables_of_the_code(store: Store) -> None:
    with store.reading() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)
    assert not [one for one in differences if not any(f"'{name}" in repr(one) for name in BY_HAND)]


def test_down_and_up_again_with_rows(store: Store, detector: Detector) -> None:
    new = ads.NewAd(COMPOUND, COMPOUND.lower(), detector.assess(COMPOUND), datetime.now(UTC), ("phone:+6281200000011",))
    with store.writing() as connection:
        ads.keep(connection, new)
    store.downgrade("base")
    with store.reading() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    assert not store.is_current()
    store.migrate()
    with store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(ADS)).scalar() == 0
