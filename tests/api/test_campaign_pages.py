"""The pages of campaigns: list, one with its variants and graph, one that was merged."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from bs4 import BeautifulSoup

from api import keeping
from api.app import create_app
from api.catalog import load_catalogs
from api.settings import Settings
from api.store import Store, people
from detector.detector import Detector
from tests.server import client_of

ID = load_catalogs()["id"]
NOW = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
AD = (
    "Dibutuhkan segera operator chat pria wanita penempatan {city}, gaji {pay} juta per bulan, makan dan mess gratis, "
    "tiket pesawat ditanggung perusahaan, tanpa pengalaman, usia maksimal tiga puluh lima, yang serius hubungi {phone}"
)
COPIES = [AD.format(city=city, pay=pay, phone=phone) for city, pay, phone in (
    ("Poipet", 12, "0812-0000-0011"), ("Bavet", 15, "0812-0000-0022"), ("Mae Sot", 13, "0812-0000-0022"))]  # fmt: skip
OTHER = "Kapal cumi butuh anak buah <b>pulau jauh</b>, kontrak dua tahun, uang saku di bandara, hub 0812-0000-0022"


@pytest.fixture
def own(tmp_path: Path, detector: Detector) -> Iterator[httpx.Client]:
    with client_of(create_app(Settings(data=tmp_path, workers_jobs=0), detector)) as client:
        store = Store(f"sqlite:///{tmp_path / 'sigap.db'}")
        person = people.notebook(store)
        for day, text in enumerate([*COPIES, OTHER]):
            with store.writing() as connection:
                keeping.keep(connection, keeping.judge(detector, text), person, NOW + timedelta(days=day))
        yield client


def look(client: httpx.Client, path: str) -> BeautifulSoup:
    answer = client.get(path)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def test_the_list_leads_to_the_campaign(own: httpx.Client) -> None:
    page = look(own, "/campaigns?sort=ads")
    (row,) = page.find("tbody").find_all("tr")
    assert row.find_all("td")[0].text == "4"
    assert row.th.a["href"] == "/campaigns/1"
    told = own.get("/campaigns.json?sort=ads").json()
    assert [(one["id"], one["ads"]) for one in told["campaigns"]] == [(1, 4)]
    assert look(own, "/campaigns?typology=seafarer&page=3&sort=none").find("h1").text == ID("campaigns.title")


def test_its_page_shows_what_changes_and_who_ties(own: httpx.Client, detector: Detector) -> None:
    page = look(own, "/campaigns/1")
    slots = " ".join(one.text for one in page.find_all(class_="slot"))
    assert "Poipet" in slots
    assert "Bavet" in slots
    graph = page.find(id="graph-title").parent
    assert "+6281200000022" in graph.text
    assert graph.find("svg")
    assert [a["href"] for a in page.find(id="ads-title").parent.find_all("a")] == [f"/ads/{n}" for n in (4, 3, 2, 1)]
    assert page.find("b") is None, "what ads bring along stays text"


def test_the_twin_says_the_same(own: httpx.Client) -> None:
    told = own.get("/campaigns/1.json").json()
    assert (told["ads"], told["newest_ads"], told["verdicts"]) == (4, [4, 3, 2, 1], {"": 4})
    assert {"contact": "phone:+6281200000022", "ads": 3} in told["contacts"]


@pytest.mark.parametrize("path", ["/campaigns/99", "/campaigns/99999999999999999999", "/campaigns/99.json"])
def test_no_such_campaign(own: httpx.Client, path: str) -> None:
    assert own.get(path).status_code == 404


def test_a_merged_campaign_leads_to_the_one_it_became_part_of(own: httpx.Client, tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'sigap.db'}")
    with store.writing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO campaigns (id, created_at, first_seen_at, last_seen_at, ads, highest_risk, merged_into) "
            "SELECT 9, created_at, first_seen_at, last_seen_at, 0, 0, 1 FROM campaigns"
        )
    answer = own.get("/campaigns/9")
    assert (answer.status_code, answer.headers["location"]) == (308, "/campaigns/1")
    assert len(own.get("/campaigns.json").json()["campaigns"]) == 1
