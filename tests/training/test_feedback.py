"""Verdicts that teach: only what people agree on, weighed, and nobody can push far."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api import keeping
from api.feedback import read
from api.security.person import Person, Role
from api.store import Store, verdicts
from api.store.tables import ADS, PEOPLE
from detector.detector import Detector
from tests.api.ads import COMPOUND, SHOP
from training.feedback import MOST_OF_ONE, FeedbackError, bounded, feedback
from training.records import Record

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
STORY = (
    "Saya pernah dijanjikan kerja admin di Kamboja, paspor saya diambil, dan saya dipaksa menipu orang setiap malam."
)


def person(store: Store, login: str, role: Role = "analyst") -> Person:
    with store.writing() as connection:
        row = PEOPLE.insert().values(login=login, name=login, role=role, created_at=NOW).returning(PEOPLE.c.id)
        return Person(connection.execute(row).scalar_one(), login, login, role)


@pytest.fixture
def judged(store: Store, detector: Detector) -> Store:
    """Four ads: agreed upon, agreed with one unsure, disputed, and a victim's story."""
    rina, joko = person(store, "rina"), person(store, "joko")
    with store.writing() as connection:
        for text in (COMPOUND, SHOP, SHOP + " Bawa surat lamaran sendiri.", STORY):
            keeping.keep(connection, keeping.judge(detector, text), rina, NOW)
        connection.execute(ADS.update().where(ADS.c.id == 4).values(kind="testimony"))
        verdicts.give(connection, 1, rina, "confirmed", NOW, typology="scam_compound")
        verdicts.give(connection, 1, joko, "confirmed", NOW)
        verdicts.give(connection, 2, rina, "lawful", NOW)
        verdicts.give(connection, 2, joko, "unsure", NOW)
        verdicts.give(connection, 3, rina, "lawful", NOW)
        verdicts.give(connection, 3, joko, "confirmed", NOW)
        verdicts.give(connection, 4, rina, "not_offer", NOW)
    return store


def url(store: Store) -> str:
    return store.url.render_as_string(hide_password=False)


def test_what_people_agree_on_teaches(judged: Store) -> None:
    rows = list(read(url(judged)))
    assert [(row["id"], row["label"], row["kind"], row["typology"], row["agreement"]) for row in rows] == [
        ("ad-1", 1, "offer", "scam_compound", 1.0),
        ("ad-2", 0, "offer", "", 0.5),
    ]


def test_a_victims_story_teaches_once_a_lead_released_it(judged: Store) -> None:
    lead = person(judged, "sri", "lead")
    with judged.writing() as connection:
        (given,) = verdicts.of_ad(connection, 4)
        verdicts.release(connection, given.id, lead, NOW, released=True)
    assert [(row["id"], row["kind"]) for row in read(url(judged))][-1] == ("ad-4", "testimony")


def test_they_become_training_texts(judged: Store) -> None:
    others = [record(f"c{number}") for number in range(1_000)]
    confirmed, lawful = feedback(url(judged), others)
    assert (confirmed.label, confirmed.typologies, confirmed.weight) == (1, ("scam_compound",), 1.0)
    assert (lawful.label, lawful.typologies, lawful.weight) == (0, (), 0.5)
    assert confirmed.part == "feedback"


def record(name: str, weight: float = 1.0) -> Record:
    return Record(name, "teks", 0, None, None, "id", name, "corpus", "x", weight)


def test_one_person_moves_the_model_no_further_than_the_bound() -> None:
    flood = [record(f"f{number}") for number in range(500)]
    alone = {one.id: ("rina",) for one in flood}
    assert sum(one.weight for one in bounded(flood, alone, 1_000.0)) == pytest.approx(MOST_OF_ONE * 1_000)
    shared = {one.id: ("rina", "joko") for one in flood}
    assert sum(one.weight for one in bounded(flood, shared, 1_000.0)) == pytest.approx(2 * MOST_OF_ONE * 1_000)


def test_who_says_little_is_not_cut() -> None:
    few = [record("a"), replace(record("b"), weight=0.5)]
    assert bounded(few, {"a": ("rina",), "b": ("joko",)}, 1_000.0) == few


def test_a_store_that_is_none_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(FeedbackError, match="the store does not answer"):
        feedback(f"sqlite:///{tmp_path / 'none.db'}", [])
