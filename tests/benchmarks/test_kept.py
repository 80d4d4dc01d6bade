"""The store that the workbench is measured on is one that its pages can read."""

from sqlalchemy import func, select

from api import moments
from api.listing import Window
from api.store import Store, contacts, history, statistics
from api.store.search import parse
from api.store.tables import AD_BANDS, ADS
from benchmarks.kept import END, contact_name, fill
from benchmarks.workbench import TARGETS, Choices
from detector.detector import Detector


def test_a_filled_store_is_whole(store: Store, detector: Detector) -> None:
    fill(store, detector, 60)
    with store.reading() as connection:
        page = history.find(connection, history.Filter(), Window())
        assert page.total == 60
        assert page.rows[0].received_at >= page.rows[-1].received_at
        searched = history.find(connection, history.Filter(query=parse('"kode 17"')), Window())
        assert [row.id for row in searched.rows] == [17]
        weeks = statistics.weekly(connection, 0, moments.week_of(END))
        assert sum(one.ads for one in weeks) == 60
        shown = contacts.find(connection, Window(1, 200))
        for one in shown.rows:
            assert contacts.get(connection, one.type, one.value) == one
            assert len(contacts.appearances(connection, one.id)) == one.ads
        assert connection.execute(select(func.count()).select_from(AD_BANDS)).scalar_one() > 60
        assert connection.execute(select(func.count(func.distinct(ADS.c.sha256)))).scalar_one() == 60
    assert contact_name(10) == ("phone", "+62812000000010")


def test_the_same_seed_gives_the_same_requests() -> None:
    for page in TARGETS:
        first, second = Choices(100).of(page), Choices(100).of(page)
        assert [first() for _ in range(5)] == [second() for _ in range(5)]
