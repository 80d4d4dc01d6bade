"""The assess form as an officer uses it: several ads at once, keeping, what is known around, and what a change did."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from api.app import create_app
from api.assessing import split_ads
from api.catalog import load_catalogs
from api.settings import Settings
from api.store import Store
from api.store.tables import ADS, AUDIT
from detector.detector import Detector
from tests.api.ads import COMPOUND, SHOP
from tests.server import client_of

ID = load_catalogs()["id"]


@pytest.fixture
def own(tmp_path: Path, detector: Detector) -> Iterator[httpx.Client]:
    """A workbench with a store of its own."""
    with client_of(create_app(Settings(data=tmp_path), detector)) as client:
        yield client


@pytest.fixture
def kept(tmp_path: Path) -> Store:
    return Store(f"sqlite:///{tmp_path / 'sigap.db'}")


def send(client: httpx.Client, text: str, **fields: str) -> BeautifulSoup:
    page = BeautifulSoup(client.get("/").text, "html.parser")
    hidden = {one["name"]: one["value"] for one in page.find("form", id="assess").find_all("input", type="hidden")}
    parts = {name: (None, value) for name, value in {**hidden, "text": text, **fields}.items()}
    return BeautifulSoup(client.post("/", files=parts).text, "html.parser")


@pytest.mark.parametrize(
    ("pasted", "ads"),
    [
        ("satu", ["satu"]),
        ("satu\n\n---\n\ndua", ["satu", "dua"]),
        ("satu\n \n -----  \n\t\n\ndua\n\n---\n\ntiga", ["satu", "dua", "tiga"]),
        ("satu\n---\ndua", ["satu\n---\ndua"]),  # a rule inside one ad
        ("satu\n\n---\n\n\n\n---\n\ndua", ["satu", "dua"]),
        ("\n\n---\n\n", []),
    ],
)
def test_where_one_ad_ends(pasted: str, ads: list[str]) -> None:
    assert [one.strip("\n") for one in split_ads(pasted)] == [one.strip("\n") for one in ads]


def test_several_ads_are_a_table_and_a_result_each(own: httpx.Client) -> None:
    page = send(own, f"{COMPOUND}\n\n---\n\n{SHOP}")
    assert page.h1.text == ID("pasted.title", count=2)
    assert len(page.find("tbody").find_all("tr")) == 2
    assert len(page.find_all(class_="verdict")) == 2


def test_nothing_is_kept_unless_asked(own: httpx.Client, kept: Store) -> None:
    send(own, COMPOUND)
    with kept.reading() as connection:
        assert connection.execute(select(ADS)).all() == []


def test_a_kept_ad_is_stored_linked_and_recorded(own: httpx.Client, kept: Store, detector: Detector) -> None:
    page = send(own, COMPOUND, keep="yes", channel="whatsapp", origin="  grup  Loker Bekasi ")
    assert page.find(class_="kept").a["href"] == "/ads/1"
    with kept.reading() as connection:
        (ad,) = connection.execute(select(ADS)).all()
        (entry,) = connection.execute(select(AUDIT)).all()
    assert (ad.text, ad.channel, ad.origin) == (COMPOUND, "whatsapp", "grup Loker Bekasi")
    assert ad.risk == pytest.approx(detector.assess(COMPOUND).risk)
    assert (entry.action, entry.object) == ("keep.ad", "ad:1")
    assert COMPOUND[:20] not in entry.details
    again = send(own, COMPOUND, keep="yes")
    assert ID("kept.again") in again.find(class_="kept").text


def test_the_next_ad_with_that_number_shows_the_first(own: httpx.Client) -> None:
    send(own, COMPOUND, keep="yes")
    page = send(own, COMPOUND.replace("Kamboja", "Laos"))
    around = page.find(id="around-title").parent
    assert around.find(class_="near").a["href"] == "/ads/1"
    assert ID("around.contacts") in around.text


def test_a_change_is_shown_against_the_text_before(own: httpx.Client, detector: Detector) -> None:
    first = send(own, COMPOUND)
    before = first.find("input", attrs={"name": "before"})["value"]
    assert before == COMPOUND
    words = detector.assess(COMPOUND).indicators[0].evidence[0].text
    page = send(own, COMPOUND.replace(words, "apa saja"), before=before)
    section = page.find(class_="difference")
    assert words.split()[0] in " ".join(one.text for one in section.find_all("del"))
    assert "apa saja" in " ".join(one.text for one in section.find_all("ins"))
    assert section.find_all("td", class_="figures")


def test_an_unchanged_text_shows_no_difference(own: httpx.Client) -> None:
    assert send(own, COMPOUND, before=COMPOUND).find(class_="difference") is None


def test_a_text_file_is_read_where_the_box_is_empty(own: httpx.Client) -> None:
    for content in (COMPOUND.encode(), COMPOUND.encode("utf-16")):
        answer = own.post("/", files={"text": (None, ""), "file": ("iklan.txt", content, "text/plain")})
        assert answer.status_code in (200, 403)
    page = BeautifulSoup(
        own.post("/", files={"text": (None, ""), "file": ("a.txt", b"\x89PNG\r\n\x1a\n")}).text, "lxml"
    )
    assert page.find(id="text-error")


def test_a_store_that_fails_costs_no_result_and_no_text(own: httpx.Client, kept: Store) -> None:
    with kept.writing() as connection:
        connection.exec_driver_sql("DROP TABLE ad_destinations")
    page = send(own, COMPOUND, keep="yes")
    assert ID("problem.not_kept") in page.find(class_="summary").text
    assert page.find(class_="verdict")
    assert page.find("textarea").text.strip() == COMPOUND
