"""`/admin/audit`: the record is found by who, what, which and when, and says whether it is whole."""

import ast
import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from bs4 import BeautifulSoup
from sqlalchemy import delete, update

from api.catalog import load_catalogs
from api.store import audit, people
from api.store.tables import AUDIT
from tests.workbench import Workbench

START = datetime(2026, 11, 1, 0, 0, tzinfo=UTC)  # 07:00 WIB
DEEDS = [
    ("ani", "keep.ad", "ad:1", {"level": "high"}),
    ("lia", "give.verdict", "ad:1", {"verdict": "confirmed"}),
    ("ani", "keep.ad", "ad:17", {"note": "=1+1", "html": "<script>alert(1)</script>"}),
    ("system", "end.job", "job:9f", {}),
    ("ani", "see.ad", "ad:1", {}),
]


@pytest.fixture
def client(bench: Workbench) -> httpx.Client:
    """An auditor's browser, and a record with a deed a day, from 1 to 5 November."""
    with bench.state.store.writing() as connection:
        for day, (actor, action, name, details) in enumerate(DEEDS):
            audit.record(connection, START + timedelta(days=day), actor, action, name, **details)
        uli = people.find(connection, "uli")
    assert uli is not None
    return bench.signed_in(uli)


def numbers(client: httpx.Client, query: str) -> list[int]:
    page = BeautifulSoup(client.get(f"/admin/audit{query}").text, "html.parser")
    shown = [int(row.th.text) for row in page.find("tbody").find_all("tr")] if page.find("tbody") else []
    told = [one["number"] for one in client.get(f"/admin/audit.json{query}").json()["entries"]]
    assert shown == told, "the page and its twin show the same"
    return shown


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [5, 4, 3, 2, 1]),
        ("?actor=ani", [5, 3, 1]),
        ("?actor=ANI&action=keep.ad", [3, 1]),
        ("?action=keep", [3, 1]),
        ("?object=ad:1", [5, 2, 1]),
        ("?object=ad", [5, 3, 2, 1]),
        ("?object=a", []),
        ("?from=2026-11-02&to=2026-11-03", [3, 2]),
        ("?from=2026-11-05", [5]),
        ("?to=2026-10-31", []),
        ("?from=yesterday&actor=%25", []),
        ("?from=yesterday", [5, 4, 3, 2, 1]),
    ],
)
def test_the_record_is_filtered(client: httpx.Client, query: str, found: list[int]) -> None:
    assert numbers(client, query) == found


def test_long_records_have_pages(bench: Workbench, client: httpx.Client) -> None:
    with bench.state.store.writing() as connection:
        for number in range(60):
            audit.record(connection, START, "ani", "keep.ad", f"ad:{number}")
    page = BeautifulSoup(client.get("/admin/audit?actor=ani&size=25").text, "html.parser")
    onward = page.find("a", rel="next")["href"]
    assert onward == "/admin/audit?actor=ani&size=25&page=2"
    assert len(numbers(client, "?actor=ani&size=25&page=3")) == 63 - 50


def test_details_are_shown_as_text_and_moments_in_wib(client: httpx.Client) -> None:
    page = BeautifulSoup(client.get("/admin/audit?object=ad:17").text, "html.parser")
    row = page.find("tbody").tr
    assert not row.find("script")
    assert "html=<script>alert(1)</script>" in row.text
    assert "3 Nov 2026 07:00 WIB" in row.text
    assert "iklan disimpan" in row.text


def test_the_csv_holds_all_that_is_looked_for_and_no_formula(client: httpx.Client) -> None:
    answer = client.get("/admin/audit.csv?object=ad&size=25")
    assert answer.headers["content-disposition"] == 'attachment; filename="sigap-audit.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["number"] for row in rows] == ["1", "2", "3", "5"]
    assert rows[2]["details"] == '{"html": "<script>alert(1)</script>", "note": "=1+1"}'
    assert len(rows[0]["hash"]) == 64


def test_a_whole_chain_is_said_to_be_whole(client: httpx.Client) -> None:
    page = client.get("/admin/audit").text
    told = client.get("/admin/audit.json").json()["chain"]
    assert "tidak ada yang diubah, hilang, atau disisipkan" in page
    assert told["whole"] is True
    assert told["entries"] == 5
    assert told["newest_hash"] in page


@pytest.mark.parametrize(
    ("spoil", "number", "says"),
    [
        (update(AUDIT).where(AUDIT.c.number == 3).values(actor="budi"), 3, "tidak sesuai lagi dengan sidiknya"),
        (delete(AUDIT).where(AUDIT.c.number == 2), 2, "Baris itu hilang"),
        (update(AUDIT).where(AUDIT.c.number == 4).values(previous="0" * 64), 4, "tidak tersambung"),
    ],
)
def test_a_broken_chain_is_said_with_its_place(
    bench: Workbench, client: httpx.Client, spoil: object, number: int, says: str
) -> None:
    with bench.state.store.writing() as connection:
        connection.execute(spoil)  # type: ignore[call-overload]
    page = client.get("/admin/audit").text
    assert f"Rantai putus di baris {number}." in page
    assert says in page
    told = client.get("/admin/audit.json").json()["chain"]
    assert (told["whole"], told["broken_at"]) == (False, number)


def test_a_long_chain_is_walked_when_somebody_asks(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from api.routes import admin_audit

    monkeypatch.setattr(admin_audit, "CHECKED_AT_ONCE", 3)
    page = BeautifulSoup(client.get("/admin/audit?actor=ani").text, "html.parser")
    link = page.find("a", string="Periksa sekarang")["href"]
    assert client.get("/admin/audit.json?actor=ani").json()["chain"]["whole"] is None
    assert link == "/admin/audit?actor=ani&check=1"
    assert "tidak ada yang diubah" in client.get(link).text


def test_an_empty_record_is_whole(bench: Workbench) -> None:
    with bench.state.store.reading() as connection:
        uli = people.find(connection, "uli")
    assert uli is not None
    client = bench.signed_in(uli)
    assert client.get("/admin/audit.json").json()["chain"]["entries"] == 0
    assert client.get("/admin/audit").status_code == 200


def actions() -> Iterator[str]:
    """Every action that the code writes down."""
    for path in sorted((Path(__file__).parents[3] / "api").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record" and len(node.args) > 3:
                yield from (
                    one.value
                    for one in ast.walk(node.args[3])
                    if isinstance(one, ast.Constant) and isinstance(one.value, str) and "." in one.value
                )


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_action_has_words_that_people_read(language: str) -> None:
    catalog = load_catalogs()[language]
    found = set(actions())
    assert {"add.person", "keep.ad", "sign_in.person"} <= found
    assert {one for one in found if f"audit_action.{one}" not in catalog.strings} == set()
