"""The history, the page of an ad, contacts and the overview, as a browser and a program get them, on both databases."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import pytest
from bs4 import BeautifulSoup
from sqlalchemy import update

from api.app import create_app
from api.contact_names import path_of
from api.settings import Settings
from api.store import Store, audit
from api.store.tables import ADS, CONTACTS
from detector.assessment import LEVELS, TYPOLOGIES
from detector.detector import Detector
from tests import postgresql
from tests.api.kept import NOW, TEXTS, fill
from tests.server import client_of

HTML = {"accept": "text/html"}
CAUTION = "Bukan bukti; perlu verifikasi."


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kept(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, detector: Detector
) -> Iterator[tuple[httpx.Client, Store]]:
    """A served workbench with the six ads, and its store."""
    folder: Path = tmp_path_factory.mktemp("kept")
    if request.param == "sqlite":
        url = f"sqlite:///{folder / 'own.db'}"
    else:
        if reason := postgresql.reason_for_none():
            pytest.skip(reason)
        url = request.getfixturevalue("own_postgresql")
    app = create_app(Settings(store=url, data=folder), detector)
    app.state.sigap.clock = lambda: NOW
    with client_of(app) as client:
        store: Store = app.state.sigap.store
        person = fill(store, detector)
        with store.writing() as connection:
            audit.record(connection, NOW, person.login, "keep.ad", "ad:1", campaign=None, job=None)
        yield client, store


@pytest.fixture(scope="module")
def own_postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with postgresql.running(tmp_path_factory.mktemp("own")) as url:
        yield url


@pytest.fixture(scope="module")
def client(kept: tuple[httpx.Client, Store]) -> httpx.Client:
    return kept[0]


def page_of(client: httpx.Client, path: str, status: int = 200) -> BeautifulSoup:
    answer = client.get(path, headers=HTML)
    assert answer.status_code == status, path
    assert CAUTION in answer.text or "Not evidence" in answer.text
    return BeautifulSoup(answer.text, "html.parser")


def ads_on(page: BeautifulSoup) -> list[str]:
    return [link["href"] for link in page.select(".result h3 a")]


# The history ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", [1, 2, 3, 4, 5, 6]),
        ("?q=kamboja", [1, 4, 5, 6]),
        ("?q=k+a+m+b+o+j+a", [1, 4, 5, 6]),
        ("?q=K4mboj4", [1, 4, 5, 6]),
        ("?q=kamboja+-penipuan&level=low", [6]),
        ("?q=%22visa+turis%22", [1]),
        ("?typology=seafarer&destination=TW&channel=telegram&kind=offer&verdict=none&officer=1", [3]),
        ("?verdict=lawful", [2]),
        ("?channel=unknown", [2]),
        ("?contact=0812+0000+0022", [3]),
        ("?contact=telegram%3Ahrd_contoh", [1, 4]),
        ("?contact=0812-0000-0099", []),
        ("?from=2026-11-04&to=2026-11-14", [2, 3]),
        ("?from=2026-11-24&to=2026-11-24", [1]),
        ("?sort=times", [3, 6, 5, 4, 2, 1]),
        ("?q=%21%21%21", []),
        ("?job=0123456789abcdef", []),
        ("?officer=99", []),
    ],
)
def test_the_list_its_json_and_its_csv_say_the_same(client: httpx.Client, query: str, ids: list[int]) -> None:
    page = page_of(client, f"/history{query}")
    assert ads_on(page) == [f"/ads/{id_}" for id_ in ids]
    found = client.get(f"/history.json{query}").json()
    assert [one["id"] for one in found["ads"]] == ids
    assert (found["schema"], found["total"], found["more"], found["caution"]) == ("history/1", len(ids), False, CAUTION)
    sheet = client.get(f"/history.csv{query}")
    assert sheet.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(sheet.content.decode("utf-8-sig"))))
    assert [int(row["id"]) for row in rows] == ids
    twins = [urlsplit(link["href"]) for link in page.select(".twins a")]
    assert [twin.path for twin in twins] == ["/history.json", "/history.csv"]
    assert all("?" + twin.query == (query or "?") for twin in twins)


def test_every_filter_stays_in_its_field_and_in_the_links(client: httpx.Client) -> None:
    asked = {
        "q": 'gaji -"visa turis"',
        "level": "high",
        "typology": "seafarer",
        "destination": "TW",
        "contact": '0812 0000 0022"><script>',
        "from": "2026-01-01",
        "to": "2026-12-31",
        "channel": "telegram",
        "verdict": "none",
        "officer": "1",
        "kind": "offer",
        "sort": "risk",
    }
    answer = client.get("/history", params=asked | {"size": "25"}, headers=HTML)
    page = BeautifulSoup(answer.text, "html.parser")
    shown = {field["name"]: field.get("value", "") for field in page.select("form[role=search] input")}
    shown |= {
        field["name"]: option["value"]
        for field in page.select("form[role=search] select")
        if (option := field.select_one("option[selected]"))
    }
    assert shown == asked
    assert "<script>" not in str(page.select_one("main"))
    assert page.select_one("details")["open"] == ""
    other = parse_qs(urlsplit(page.select_one(".language a")["href"]).query)
    assert {name: values[0] for name, values in other.items()} == asked | {"size": "25", "lang": "en"}


def test_pages_of_the_list_have_addresses(client: httpx.Client) -> None:
    first = client.get("/history.json?size=25&page=1").json()
    assert (first["page"], first["size"]) == (1, 25)
    assert client.get("/history.json?size=25&page=2").json()["ads"] == []
    assert client.get("/history.json?page=-1&size=7").json()["size"] == 50


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("level=worst", "level"),
        ("typology=x", "typology"),
        ("verdict=guilty", "verdict"),
        ("channel=tv", "channel"),
        ("kind=poem", "kind"),
        ("sort=size", "sort"),
        ("destination=kh", "destination"),
        ("officer=rina", "officer"),
        ("job=..%2F", "job"),
        ("from=24-11-2026", "from"),
        ("to=2026-13-01", "to"),
        ("from=2026-11-02&to=2026-11-01", "to"),
    ],
)
def test_what_cannot_be_read_is_told_beside_the_field_and_on_top(client: httpx.Client, query: str, field: str) -> None:
    page = page_of(client, f"/history?{query}", 422)
    assert [link["href"] for link in page.select(".summary a")] == [f"#f-{field}"]
    assert page.select_one(f"#f-{field}") is not None
    assert page.title.text.startswith("Kesalahan: ")
    assert not ads_on(page)
    for twin in ("json", "csv"):
        refused = client.get(f"/history.{twin}?{query}")
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid")


def test_the_words_that_were_searched_are_marked_in_the_list(client: httpx.Client) -> None:
    page = page_of(client, "/history?q=kamboja+gaji&contact=0812-0000-0011")
    assert [mark.text for mark in page.select(".excerpt mark")] == ["Kamboja", "Gaji"]


def test_a_form_leads_to_an_address_without_its_empty_fields(client: httpx.Client) -> None:
    answer = client.get("/history?q=gaji&level=&from=&sort=date&size=25")
    assert (answer.status_code, answer.headers["location"]) == (303, "/history?q=gaji&size=25")
    assert client.get("/contacts?q=&type=&sort=ads").headers["location"] == "/contacts"


def test_a_search_without_words_says_so(client: httpx.Client) -> None:
    page = page_of(client, "/history?q=%3F%3F")
    assert "tidak memuat kata" in page.select_one(".caution").text


def test_machine_and_people_never_look_alike_and_a_short_text_is_not_called_low(client: httpx.Client) -> None:
    page = page_of(client, "/history")
    second, sixth = page.select(".result")[1], page.select(".result")[5]
    assert second.select_one(".people").text == "sah"
    assert second.select_one(".badge")["class"] == ["badge", "low"]
    assert sixth.select_one(".badge")["class"] == ["badge", "unjudged"]
    assert "%" not in sixth.text


def test_no_cell_of_a_sheet_is_a_formula(client: httpx.Client) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get("/history.csv").content.decode("utf-8-sig"))))
    assert rows[0]["origin"] == '\'=grup "loker"'
    assert {row["caution"] for row in rows} == {CAUTION}
    people = list(csv.DictReader(io.StringIO(client.get("/contacts.csv").content.decode("utf-8-sig"))))
    assert "'+6281200000011" in {row["value"] for row in people}


# One ad ---------------------------------------------------------------------------------------------------------------


def test_the_page_of_an_ad_shows_what_was_filed(client: httpx.Client, kept: tuple[httpx.Client, Store]) -> None:
    page = page_of(client, "/ads/1")
    assert page.h1.text == "Iklan nomor 1"
    found = client.get("/ads/1.json").json()
    assert found["text"] == TEXTS[0]
    facts = page.select_one("dl.facts").text
    for fact in (
        found["sha256"],
        "24 Nov 2026 08:00 WIB",
        "WhatsApp",
        '=grup "loker"',
        "notebook",
        "Kampanye 1",
        "Kamboja",
    ):
        assert fact in facts
    assert "".join(page.select_one(".ad").find_all(string=True)).startswith("DIBUTUHKAN SEGERA")
    assert len(page.select(".ad mark")) > 2
    links = [link["href"] for link in page.select("[aria-labelledby=contacts-title] a")]
    assert links == ["/contacts/phone/+6281200000011", "/contacts/telegram/hrd_contoh"]
    assert all(client.get(link).status_code == 200 for link in links)
    assert [cell.text for cell in page.select("[aria-labelledby=record-title] td")][1:] == [
        "notebook",
        "iklan disimpan",
    ]
    assert page.select_one("form[action='/ads/1/export']") is not None
    assert page.select_one("form[action='/ads/1/verdict']") is not None


def test_the_json_of_an_ad(client: httpx.Client) -> None:
    found = client.get("/ads/1.json").json()
    assert (found["schema"], found["caution"], found["campaign"], found["verdict"]) == ("ad/1", CAUTION, 1, None)
    assert found["assessment"]["schema"] == "assessment/1"
    assert [one["address"] for one in found["contacts"]] == [
        "/contacts/phone/+6281200000011",
        "/contacts/telegram/hrd_contoh",
    ]
    assert [one["action"] for one in found["record"]] == ["keep.ad"]
    assert client.get("/ads/2.json").json()["verdict"] == "lawful"


@pytest.mark.parametrize("path", ["/ads/99", "/ads/99.json", "/ads/99/again", f"/ads/{1 << 70}", "/ads/x", "/ads/-1"])
def test_an_ad_that_is_not_there(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_score_again_with_the_same_model_finds_no_difference(client: httpx.Client) -> None:
    page = page_of(client, "/ads/1/again")
    assert "Tidak ada perbedaan." in page.text
    assert page.select("tr.differs") == []
    assert page_of(client, "/ads/1").select_one("a[href='/ads/1/again']") is not None


def test_an_older_result_says_so_and_stands_beside_the_new_one(
    client: httpx.Client, kept: tuple[httpx.Client, Store]
) -> None:
    _, store = kept
    old = client.get("/ads/4.json").json()["assessment"]
    gone, other = old["indicators"][0], old | {"model": "2025.1.0", "knowledge": "2025-01-01", "level": "elevated"}
    other["risk"] = 0.4321
    other["indicators"] = old["indicators"][1:]
    with store.writing() as connection:
        connection.execute(
            update(ADS).where(ADS.c.id == 4).values(assessment=other, model="2025.1.0", knowledge="2025-01-01")
        )
    try:
        page = page_of(client, "/ads/4")
        assert "2025.1.0" in page.select_one(".caution").text
        again = page_of(client, "/ads/4/again")
        cells = [cell.text.strip() for cell in again.select("[aria-labelledby=again-title] td")]
        assert "43,2%" in cells
        assert "2025.1.0 (" + other["answered_by"] + ")" in cells
        new = next(row for row in again.select("tr.differs") if gone["name"]["id"] in row.text)
        assert next(cell.text for cell in new.select("td")) == "–"
        assert client.get("/ads/4.json").json()["assessment"] == other, "nothing of it is kept"
    finally:
        with store.writing() as connection:
            connection.execute(
                update(ADS).where(ADS.c.id == 4).values(assessment=old, model=old["model"], knowledge=old["knowledge"])
            )


# Contacts -------------------------------------------------------------------------------------------------------------


def test_the_list_of_contacts_and_its_twins(client: httpx.Client) -> None:
    page = page_of(client, "/contacts")
    names = [link["href"] for link in page.select("tbody th a")]
    assert names[0] == "/contacts/telegram/hrd_contoh"
    found = client.get("/contacts.json").json()
    assert [one["address"] for one in found["contacts"]] == names
    assert (found["schema"], found["total"], found["caution"]) == ("contacts/1", 4, CAUTION)
    assert [one["value"] for one in client.get("/contacts.json?q=0812-0000-0022").json()["contacts"]] == [
        "+6281200000022"
    ]
    assert client.get("/contacts.json?type=link").json()["total"] == 1
    assert client.get("/contacts.json?q=nobody").json()["contacts"] == []
    rows = list(csv.DictReader(io.StringIO(client.get("/contacts.csv?type=telegram").content.decode("utf-8-sig"))))
    assert [(row["type"], row["value"], row["ads"]) for row in rows] == [("telegram", "hrd_contoh", "2")]


def test_the_page_of_a_contact(client: httpx.Client) -> None:
    page = page_of(client, "/contacts/telegram/hrd_contoh")
    assert page.h1.text == "hrd_contoh"
    assert ads_on(page) == ["/ads/1", "/ads/4"]
    assert [link["href"] for link in page.select("[aria-labelledby=campaigns-title] a")] == ["/campaigns/1"]
    assert page.select_one("section.of-people").text.split()[-1] == "2"
    assert [link["href"] for link in page.select("[aria-labelledby=beside-title] tbody a")] == [
        "/contacts/phone/+6281200000011"
    ]
    drawing = page.select_one("svg.columns")
    assert drawing["role"] == "img"
    weeks = page.select("[aria-labelledby=time-title] tbody tr")
    assert drawing.select_one(".column")["d"].count("M") == len(weeks) == 2
    assert [week.th.text for week in weeks] == ["19 Okt 2026", "23 Nov 2026"]
    history = page.select_one("a[href^='/history?contact']")["href"]
    assert ads_on(page_of(client, history)) == ["/ads/1", "/ads/4"]


def test_the_json_of_a_contact(client: httpx.Client) -> None:
    found = client.get("/contacts/telegram/hrd_contoh.json").json()
    assert [one["id"] for one in found["ads"]] == [1, 4]
    assert (found["contact"]["value"], found["verdicts"], found["campaigns"]) == (
        "hrd_contoh",
        {"none": 2},
        [{"campaign": 1, "ads": 2}],
    )
    assert [one["monday"] for one in found["weeks"]] == ["2026-10-19", "2026-11-23"]
    assert [one["both"] for one in found["beside"]] == [1]


ODD = (
    "forms.gle/DaftarAbk.json",
    "drive.example/a.csv",
    "..",
    ".",
    "a/../b",
    "/",
    "//x",
    "host/~user",
    "a~2Fb",
    "50%",
    "a%2Fb",
    "a?b=c&d#e",
    "spasi di dalam",
    "é日本/ß",
    '"><script>alert(1)</script>',
    "' OR 1=1 --",
    "a\\b",
    "x.json.json",
    "+62 812",
    "nama\ttab",
    "😀",
)


@pytest.mark.parametrize("value", ODD)
def test_no_address_is_confused_by_what_a_value_holds(
    client: httpx.Client, kept: tuple[httpx.Client, Store], value: str
) -> None:
    _, store = kept
    values = dict.fromkeys((value, value + ".json"))  # each beside the one that its twin could be taken for
    new = [
        {"type": "odd", "value": one, "first_seen_at": NOW, "last_seen_at": NOW, "ads": 0, "highest_risk": 0.1}
        for one in values
    ]
    with store.writing() as connection:
        connection.execute(CONTACTS.insert(), new)
    try:
        for one in values:
            path = path_of("odd", one)
            assert re.fullmatch(r"/contacts/odd/[A-Za-z0-9+@:_.~\-]+", path)
            page = page_of(client, path)
            assert page.h1.text == one
            assert page.select("main script") == []
            assert client.get(path + ".json").json()["contact"]["value"] == one
        if value not in (".", "..", "a~2Fb") and not value.endswith(".json"):  # as others write an address
            written = client.get(f"/contacts/odd/{quote(value, safe='')}", headers=HTML, follow_redirects=True)
            assert BeautifulSoup(written.text, "html.parser").h1.text == value
    finally:
        with store.writing() as connection:
            connection.execute(CONTACTS.delete().where(CONTACTS.c.type == "odd"))


@pytest.mark.parametrize("path", ["/contacts/phone/+6299", "/contacts/x/", "/contacts/phone/%00", "/contacts/%00/x"])
def test_a_contact_that_is_not_there(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404
    assert client.get(path + ".json").status_code == 404


def test_another_spelling_of_an_address_leads_to_the_right_one(client: httpx.Client) -> None:
    answer = client.get("/contacts/link/forms.gle/DaftarAbk~2Ejson?page=2")
    assert (answer.status_code, answer.headers["location"]) == (
        308,
        "/contacts/link/forms.gle~2FDaftarAbk~2Ejson?page=2",
    )


# The overview ---------------------------------------------------------------------------------------------------------


def test_the_overview_and_its_json(client: httpx.Client) -> None:
    page = page_of(client, "/overview")
    found = client.get("/overview.json").json()
    assert (found["schema"], found["to"], len(found["mondays"])) == ("overview/1", "2026-11-29", 26)
    assert {level: sum(weeks) for level, weeks in found["levels"].items()} == {"high": 3, "elevated": 0, "low": 3}
    assert set(found["levels"]) == set(LEVELS)
    assert set(found["typologies_of_alerts"]) == {"none", *TYPOLOGIES}
    assert {one["country"]: one["ads"] for one in found["destinations_of_alerts"]} == {"KH": 2, "TW": 1}
    assert sum(found["new_campaigns"]) == 1
    for drawing in page.select("svg.columns"):
        assert drawing["role"] == "img"
        assert drawing["aria-label"]
    table = page.select_one("[aria-labelledby=levels-title] table")
    assert [cell.text for cell in table.select("thead th")][1] == "Risiko tinggi"
    assert len(table.select("tbody tr")) == 26
    assert sum(int(row.select("td")[0].text) for row in table.select("tbody tr")) == 3
    assert [link.text for link in page.select(".ranked-bars a")] == ["Kamboja", "Taiwan"]
    linked = page.select_one(".ranked-bars a")["href"]
    assert ads_on(page_of(client, linked)) == ["/ads/1", "/ads/4", "/ads/5", "/ads/6"]


def test_the_overview_of_a_range(client: httpx.Client) -> None:
    found = client.get("/overview.json?from=2026-11-10&to=2026-11-18").json()
    assert (found["from"], found["to"], found["mondays"]) == (
        "2026-11-09",
        "2026-11-22",
        ["2026-11-09", "2026-11-16"],
    )
    assert found["levels"]["low"] == [1, 0]
    empty = page_of(client, "/overview?from=2020-01-01&to=2020-02-01")
    assert "Tidak ada iklan tersimpan" in empty.text
    five_years = client.get("/overview.json?from=2022-01-01&to=2026-11-24").json()
    assert sum(five_years["levels"]["high"]) == 3


@pytest.mark.parametrize("query", ["from=x", "to=2026-02-30", "from=2026-11-24&to=2026-11-01", "from=1990-01-01"])
def test_a_range_that_cannot_be_shown_is_told(client: httpx.Client, query: str) -> None:
    page = page_of(client, f"/overview?{query}", 422)
    assert page.select_one(".summary a")["href"] in ("#f-from", "#f-to")
    assert client.get(f"/overview.json?{query}").status_code == 422


def test_english(client: httpx.Client) -> None:
    for path, title in (
        ("/history?lang=en", "History"),
        ("/ads/1?lang=en", "Ad number 1"),
        ("/contacts?lang=en", "Contacts"),
        ("/overview?lang=en", "Overview"),
    ):
        assert page_of(client, path).h1.text == title
    client.cookies.clear()


def test_an_empty_store_says_what_to_do(detector: Detector, tmp_path: Path) -> None:
    with client_of(create_app(Settings(store=f"sqlite:///{tmp_path / 'empty.db'}", data=tmp_path), detector)) as client:
        assert "Belum ada iklan yang disimpan" in page_of(client, "/history").text
        assert "Belum ada kontak" in page_of(client, "/contacts").text
        assert "Tidak ada iklan tersimpan" in page_of(client, "/overview").text
        assert client.get("/history.json").json()["ads"] == []
        assert client.get("/history.csv").text.count("\n") == 1
