"""Lists in the workbench: loaded, checked against, retired."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from bs4 import BeautifulSoup

from api.app import create_app
from api.catalog import load_catalogs
from api.settings import Settings
from detector.detector import Detector
from tests.server import client_of

ID = load_catalogs()["id"]
P3MI = b"Nama P3MI;No SIP3MI\nPT Karya Samudra Contoh;123/2024\n"
AD = "PT Karya Samudera Contoh membuka penempatan perawat ke Taiwan, biaya sesuai aturan, datang ke kantor kami."


@pytest.fixture
def own(tmp_path: Path, detector: Detector) -> Iterator[httpx.Client]:
    with client_of(create_app(Settings(data=tmp_path, workers_jobs=0), detector)) as client:
        client.follow_redirects = True
        yield client


def page_of(answer: httpx.Response) -> BeautifulSoup:
    return BeautifulSoup(answer.text, "html.parser")


def token(client: httpx.Client) -> str:
    return page_of(client.get("/")).find("form", id="assess").find("input", attrs={"name": "csrf"})["value"]


def load(client: httpx.Client, content: bytes = P3MI, name: str = "p3mi.csv", **fields: str) -> httpx.Response:
    given = {"csrf": token(client), "kind": "p3mi", "as_of": "2026-11-01", "origin": "contoh", **fields}
    return client.post("/admin/lists", data=given, files={"file": (name, content)})


def claims(client: httpx.Client) -> list[str]:
    answer = client.post("/", data={"csrf": token(client), "text": AD})
    return [one.text for one in page_of(answer).find_all(class_="claim")]


def test_without_a_list_the_result_says_not_checked(own: httpx.Client) -> None:
    (said,) = claims(own)
    assert ID("claim.p3mi_not_checked") in said


def test_a_loaded_list_is_checked_against_until_it_is_retired(own: httpx.Client) -> None:
    page = page_of(load(own))
    assert "p3mi.csv" in page.find("tbody").text
    (said,) = claims(own)
    assert ID("claim.p3mi_similar") in said
    assert "PT Karya Samudra Contoh" in said
    assert ID("claims.list", as_of="2026-11-01", origin="contoh") in said
    page = page_of(own.post("/admin/lists/1/retire", data={"csrf": token(own)}))
    assert ID("lists.retired") in page.find("tbody").text
    (said,) = claims(own)
    assert ID("claim.p3mi_not_checked") in said


def test_the_file_comes_back_as_it_was_loaded(own: httpx.Client) -> None:
    load(own)
    assert own.get("/admin/lists/1/file").content == P3MI


def test_an_old_list_is_said_to_be_old(own: httpx.Client) -> None:
    assert ID("lists.stale") in page_of(load(own, as_of="2024-01-31")).find("tbody").text


@pytest.mark.parametrize(
    ("content", "name", "fields", "says"),
    [
        (b"kota\nSleman\n", "p3mi.csv", {}, "no column is called"),
        (b"\x00\x01\x02", "p3mi.xlsx", {}, "p3mi.xlsx"),
        (P3MI, "p3mi.exe", {}, "must be .csv, .tsv or .xlsx"),
        (P3MI, "../../<b>.csv", {"as_of": "kemarin"}, "as_of must be a date"),
    ],
)
def test_a_broken_list_is_refused_in_words(
    own: httpx.Client, content: bytes, name: str, fields: dict[str, str], says: str
) -> None:
    answer = load(own, content, name, **fields)
    assert answer.status_code == 422
    page = page_of(answer)
    assert says in page.find(class_="summary").text
    assert page.find("tbody") is None
    assert page.find("b") is None
