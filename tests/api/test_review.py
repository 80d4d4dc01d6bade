"""The review queue as an officer works through it."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from bs4 import BeautifulSoup

from api.app import create_app
from api.catalog import load_catalogs
from api.settings import Settings
from api.store import Store, ads, verdicts
from detector.detector import Detector
from tests.api.ads import COMPOUND, SHOP
from tests.server import client_of

ID = load_catalogs()["id"]


@pytest.fixture
def own(tmp_path: Path, detector: Detector) -> Iterator[httpx.Client]:
    """A notebook with a store of its own and two kept ads."""
    with client_of(create_app(Settings(data=tmp_path, workers_jobs=0), detector)) as client:
        client.follow_redirects = True
        page = BeautifulSoup(client.get("/").text, "html.parser")
        hidden = {one["name"]: one["value"] for one in page.find("form", id="assess").find_all("input", type="hidden")}
        both = {**hidden, "text": f"{COMPOUND}\n\n---\n\n{SHOP}", "keep": "yes"}
        assert client.post("/", files={name: (None, value) for name, value in both.items()}).status_code == 200
        yield client


@pytest.fixture
def kept(tmp_path: Path) -> Store:
    return Store(f"sqlite:///{tmp_path / 'sigap.db'}")


def look(client: httpx.Client, path: str) -> BeautifulSoup:
    answer = client.get(path)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def send(client: httpx.Client, page: BeautifulSoup, form: str, **fields: str) -> BeautifulSoup:
    """Fill in a form of the page as a browser would."""
    found = page.select_one(form)
    given = {one["name"]: one.get("value", "") for one in found.find_all("input", type="hidden")}
    answer = client.post(found["action"], data=given | fields)
    return BeautifulSoup(answer.text, "html.parser")


def verdict_of(store: Store, ad_id: int) -> str:
    with store.reading() as connection:
        ad = ads.get(connection, ad_id)
    assert ad is not None
    return ad.verdict


def number(page: BeautifulSoup) -> int:
    return int(page.find("form", id="judge")["action"].split("/")[2])


def test_one_ad_after_the_other_until_none_is_left(own: httpx.Client, kept: Store) -> None:
    page = look(own, "/review")
    assert ID("review.waiting", count="2") in page.text
    first = number(page)
    page = send(own, page, "#judge", verdict="confirmed", typology="scam_compound", note="cocok dengan laporan")
    assert ID("review.done", number=first) in page.find(class_="kept").text
    second = number(page)
    assert second != first
    page = send(own, page, "#judge", verdict="lawful")
    assert page.find("form", id="judge") is None
    assert ID("review.none") in page.text
    assert (verdict_of(kept, first), verdict_of(kept, second)) == ("confirmed", "lawful")


def test_a_verdict_is_taken_back_and_its_ad_shown_again(own: httpx.Client, kept: Store) -> None:
    page = look(own, "/review")
    first = number(page)
    page = send(own, page, "#judge", verdict="not_offer")
    page = send(own, page, "#undo")
    assert number(page) == first
    assert verdict_of(kept, first) == ""
    assert ID("people.undone") in page.text


def test_a_skipped_ad_waits_behind_the_others(own: httpx.Client) -> None:
    page = look(own, "/review")
    first = number(page)
    page = look(own, page.find(id="skip")["href"])
    assert number(page) != first


def test_words_of_the_ad_are_marked_by_hand(own: httpx.Client, kept: Store) -> None:
    page = look(own, "/review?ad=1")
    words = COMPOUND.split()[2]
    send(own, page, "#judge", verdict="confirmed", words=words, says="not_sign")
    with kept.reading() as connection:
        (given,) = verdicts.of_ad(connection, 1)
    assert {COMPOUND[one.start : one.end].lower() for one in given.evidence} == {words.lower()}
    assert {one.says for one in given.evidence} == {"not_sign"}


@pytest.mark.parametrize(
    "fields",
    [
        {"verdict": "guilty"},
        {"verdict": "lawful", "typology": "none"},
        {"verdict": "lawful", "words": "bukan kata di iklan"},
        {"verdict": "lawful", "marked": "0-99999:sign:"},
        {"verdict": "lawful", "marked": "5-2:sign:"},
        {"verdict": "lawful", "marked": "0-3:<script>:"},
        {"verdict": "lawful", "note": "x" * 4_001},
    ],
)
def test_what_is_no_verdict_is_refused_and_changes_nothing(
    own: httpx.Client, kept: Store, fields: dict[str, str]
) -> None:
    page = look(own, "/review?ad=1")
    form = page.select_one("#judge")
    given = {one["name"]: one.get("value", "") for one in form.find_all("input", type="hidden")}
    assert own.post("/ads/1/verdict", data=given | fields).status_code == 422
    assert verdict_of(kept, 1) == ""


def test_people_and_machine_are_told_apart(own: httpx.Client) -> None:
    page = look(own, "/review?ad=1")
    page = send(own, page, "#judge", verdict="lawful")
    page = look(own, "/review?ad=1")
    people = page.find("section", class_="of-people")
    assert people.find(class_="badge") is None, "no level of the machine among the verdicts"
    assert people.find(class_="people").text == ID("verdict.lawful")
    assert page.find(class_="verdict").find(class_="people") is None, "no verdict of people on the machine's result"


def test_hostile_notes_and_addresses_stay_text(own: httpx.Client) -> None:
    page = look(own, "/review?ad=1")
    send(own, page, "#judge", verdict="lawful", note="</td><script>alert(1)</script>")
    page = look(own, "/review?ad=1&done=%3Cscript%3E&skip=-1")
    assert not [one for one in page.find_all("script") if not one.get("src")]
    assert "<script>alert(1)</script>" in page.find(class_="note-text").text
