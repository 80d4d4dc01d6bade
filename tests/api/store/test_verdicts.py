"""Verdicts beside the machine's findings: given, undone, disputed, settled."""

from datetime import UTC, datetime, timedelta

import pytest

from api import keeping
from api.security.person import Person, Role
from api.store import Store, ads, verdicts
from api.store.tables import PEOPLE
from detector.detector import Detector
from tests.api.ads import COMPOUND, SHOP

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def person(store: Store, login: str, role: Role = "analyst") -> Person:
    with store.writing() as connection:
        id_ = connection.execute(
            PEOPLE.insert().values(login=login, name=login.title(), role=role, created_at=NOW).returning(PEOPLE.c.id)
        ).scalar_one()
    return Person(id_, login, login.title(), role)


@pytest.fixture
def rina(store: Store) -> Person:
    return person(store, "rina")


@pytest.fixture
def joko(store: Store) -> Person:
    return person(store, "joko")


@pytest.fixture
def lead(store: Store) -> Person:
    return person(store, "sri", "lead")


@pytest.fixture
def ad(store: Store, detector: Detector, rina: Person) -> int:
    return keep(store, detector, COMPOUND, rina)


def keep(store: Store, detector: Detector, text: str, by: Person) -> int:
    with store.writing() as connection:
        return keeping.keep(connection, keeping.judge(detector, text), by, NOW).id


def say(store: Store, ad: int, by: Person, verdict: verdicts.Verdict, minute: int = 0, settles: bool = False) -> int:
    with store.writing() as connection:
        now = NOW + timedelta(minutes=minute)
        given = verdicts.give(connection, ad, by, verdict, now, settles=settles)
    assert given is not None
    return given


def state(store: Store, ad: int) -> str:
    with store.reading() as connection:
        found = ads.get(connection, ad)
    assert found is not None
    return found.verdict


def test_a_verdict_is_filed_with_what_the_machine_said(store: Store, ad: int, rina: Person, detector: Detector) -> None:
    say(store, ad, rina, "confirmed")
    with store.reading() as connection:
        (given,) = verdicts.of_ad(connection, ad)
        kept = ads.get(connection, ad)
    assert (given.login, given.verdict, given.model) == ("rina", "confirmed", detector.version)
    assert kept is not None
    assert (kept.verdict, kept.judged_at, kept.risk) == ("confirmed", NOW, given.risk)


STORIES = [
    ([("rina", "unsure")], "unsure"),
    ([("rina", "unsure"), ("joko", "confirmed")], "confirmed"),
    ([("rina", "lawful"), ("joko", "lawful")], "lawful"),
    ([("rina", "lawful"), ("joko", "confirmed")], "disputed"),
    ([("rina", "lawful"), ("joko", "confirmed"), ("rina", "confirmed")], "confirmed"),  # the latest of each counts
    ([("rina", "lawful"), ("joko", "confirmed"), ("sri!", "lawful")], "lawful"),
    ([("rina", "lawful"), ("sri!", "lawful"), ("joko", "confirmed")], "lawful"),  # settled stays settled
    ([("rina", "lawful"), ("sri!", "lawful"), ("sri!", "confirmed")], "confirmed"),
]


@pytest.mark.parametrize(("story", "ends"), STORIES)
def test_what_people_say_together(
    store: Store, ad: int, rina: Person, joko: Person, lead: Person, story: list[tuple[str, str]], ends: str
) -> None:
    who = {"rina": rina, "joko": joko, "sri": lead}
    for minute, (login, verdict) in enumerate(story):
        say(store, ad, who[login.rstrip("!")], verdict, minute, settles=login.endswith("!"))  # type: ignore[arg-type]
    assert state(store, ad) == ends


def test_an_undone_verdict_counts_no_more_and_is_still_told(store: Store, ad: int, rina: Person, joko: Person) -> None:
    given = say(store, ad, rina, "lawful")
    with store.writing() as connection:
        assert verdicts.undo(connection, given, joko, NOW) is None, "nobody takes back what another said"
        assert verdicts.undo(connection, given, rina, NOW) == ad
        assert verdicts.undo(connection, given, rina, NOW) is None
        (told,) = verdicts.of_ad(connection, ad)
    assert told.undone_at == NOW
    assert state(store, ad) == ""


def test_who_is_no_lead_settles_and_releases_nothing(store: Store, ad: int, rina: Person) -> None:
    given = say(store, ad, rina, "lawful")
    with store.writing() as connection, pytest.raises(ValueError, match="only a lead"):
        verdicts.give(connection, ad, rina, "lawful", NOW, settles=True)
    with store.writing() as connection, pytest.raises(ValueError, match="only a lead"):
        verdicts.release(connection, given, rina, NOW, released=True)


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (3, 3), (5, 2), (0, len(COMPOUND) + 1)])
def test_corrections_lie_within_the_text(store: Store, ad: int, rina: Person, start: int, end: int) -> None:
    wrong = [verdicts.Correction(start, end, "sign")]
    with store.writing() as connection, pytest.raises(ValueError, match="outside the text"):
        verdicts.give(connection, ad, rina, "confirmed", NOW, evidence=wrong)


def test_corrections_come_back(store: Store, ad: int, rina: Person) -> None:
    told = (verdicts.Correction(0, 10, "sign", "tourist_visa_for_work"), verdicts.Correction(3, 5, "not_sign"))
    with store.writing() as connection:
        verdicts.give(connection, ad, rina, "confirmed", NOW, evidence=told, note="dua kali")
        (given,) = verdicts.of_ad(connection, ad)
    assert (given.evidence, given.note) == (told, "dua kali")


def test_what_was_said_before_of_the_same_number(
    store: Store, ad: int, rina: Person, joko: Person, detector: Detector
) -> None:
    say(store, ad, rina, "confirmed")
    number = next(e.text for e in detector.assess(COMPOUND).entities if e.type == "phone")
    later = keep(store, detector, f"{SHOP} Hubungi {number}", joko)
    with store.reading() as connection:
        told = verdicts.before(connection, later)
    assert {one.tie.partition(":")[0] for one in told} == {"phone", "campaign"}
    assert {(one.confirmed, one.lawful, one.latest.login) for one in told} == {(1, 0, "rina")}
    with store.reading() as connection:
        assert verdicts.before(connection, ad) == []


def test_no_such_ad(store: Store, rina: Person) -> None:
    with store.writing() as connection:
        assert verdicts.give(connection, 99, rina, "lawful", NOW) is None
