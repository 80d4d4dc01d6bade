"""The model page: precision from verdicts, drift, alarms, and what has grown old."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import update

from api import monitor
from api.app import create_app
from api.catalog import load_catalogs
from api.settings import Settings
from api.store import Store, ads, monitoring
from api.store.tables import ADS
from detector.detector import Detector
from tests.api.ads import COMPOUND
from tests.server import client_of

ID = load_catalogs()["id"]
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def fill(store: Store, detector: Detector, days_ago: int, count: int, risk: float, novelty: float = 0.0) -> None:
    """`count` ads of one day, all with this risk and share of new words."""
    assessment = detector.assess(COMPOUND)
    with store.writing() as connection:
        for number in range(count):
            text = f"{COMPOUND} {days_ago} {number} {risk}"
            at = NOW - timedelta(days=days_ago)
            kept = ads.keep(connection, ads.NewAd(text, text, assessment, at, novelty=novelty))
            connection.execute(update(ADS).where(ADS.c.id == kept.id).values(risk=risk))


def verdicts(store: Store, level: str, confirmed: int, lawful: int) -> None:
    with store.writing() as connection:
        ids = list(connection.execute(ADS.select().with_only_columns(ADS.c.id).order_by(ADS.c.id)).scalars())
        for at, id_ in enumerate(ids[: confirmed + lawful]):
            said = "confirmed" if at < confirmed else "lawful"
            connection.execute(update(ADS).where(ADS.c.id == id_).values(level=level, verdict=said))


def watch(store: Store, detector: Detector) -> monitor.Watch:
    with store.reading() as connection:
        return monitor.watch(connection, detector, NOW)


def test_precision_is_counted_from_sure_verdicts(store: Store, detector: Detector) -> None:
    fill(store, detector, 3, 30, 0.9)
    verdicts(store, "high", 24, 1)
    (high, elevated, low) = watch(store, detector).precision
    assert (high.level, high.confirmed, high.judged) == ("high", 24, 25)
    assert high.interval[0] < 24 / 25 < high.interval[1]
    assert (elevated.judged, elevated.share, low.interval) == (0, None, (0.0, 1.0))


@pytest.mark.parametrize(("confirmed", "lawful", "alarms"), [(24, 1, []), (10, 15, ["precision"]), (3, 4, [])])
def test_low_precision_is_an_alarm_only_where_chance_cannot_explain_it(
    store: Store, detector: Detector, confirmed: int, lawful: int, alarms: list[str]
) -> None:
    fill(store, detector, 3, 30, 0.9)
    verdicts(store, "high", confirmed, lawful)
    assert [one.code for one in watch(store, detector).alarms] == alarms


def test_drift_of_scores_and_words(store: Store, detector: Detector) -> None:
    fill(store, detector, 60, 100, 0.05, novelty=0.01)
    fill(store, detector, 3, 100, 0.05, novelty=0.01)
    assert watch(store, detector).alarms == ()
    fill(store, detector, 2, 100, 0.95, novelty=0.30)
    found = watch(store, detector)
    assert found.drift is not None
    assert found.drift > monitor.MOST_DRIFT
    assert {one.code for one in found.alarms} == {"scores", "words"}


def test_few_ads_say_nothing_of_drift(store: Store, detector: Detector) -> None:
    fill(store, detector, 60, 5, 0.05)
    fill(store, detector, 3, 5, 0.95)
    assert watch(store, detector).drift is None


def test_the_highest_risk_falls_into_the_last_bin(store: Store, detector: Detector) -> None:
    fill(store, detector, 3, 1, 1.0)
    fill(store, detector, 2, 1, 0.0)
    assert watch(store, detector).recent.bins == (1, 0, 0, 0, 0, 0, 0, 0, 0, 1)


def test_stability_is_nothing_for_equals_and_grows() -> None:
    assert monitoring.stability([50, 50], [500, 500]) < 0.001
    assert monitoring.stability([90, 10], [10, 90]) > 1


@pytest.mark.parametrize(("hits", "of", "low", "high"), [(0, 0, 0.0, 1.0), (0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0),
                                                         (81, 263, 0.255, 0.366)])  # fmt: skip
def test_wilson(hits: int, of: int, low: float, high: float) -> None:
    assert monitoring.wilson(hits, of) == pytest.approx((low, high), abs=5e-4)


def test_knowledge_of_over_a_year_ago_is_old(detector: Detector) -> None:
    assert monitor.stale(detector.knowledge, date(2010, 1, 1)) == []
    found = monitor.stale(detector.knowledge, date(2030, 1, 1))
    assert {one.kind for one in found} == {"indicators", "destinations", "laws"}
    assert all(one.entries == one.of for one in found)


@pytest.fixture
def own(tmp_path: Path, detector: Detector) -> Iterator[httpx.Client]:
    with client_of(create_app(Settings(data=tmp_path, workers_jobs=0), detector)) as client:
        yield client


def test_the_page_and_its_twin(own: httpx.Client, detector: Detector) -> None:
    page = own.get("/model").text
    assert detector.version in page
    assert ID("watch.no_alarm") in page
    assert ID("watch.no_list") in page
    told = own.get("/model.json").json()
    assert (told["model"], told["drift"], told["alarms"]) == (detector.version, None, [])
