"""Evidence leaves the workbench sealed, and `sigap verify` finds that it holds."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from api import keeping
from api.app import create_app
from api.pdf import shown
from api.settings import Settings
from api.store import Store, people, verdicts
from api.store.tables import AUDIT
from detector.detector import Detector
from detector.evidence import read, verify
from tests.api.ads import COMPOUND
from tests.server import client_of

NOW = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
HOSTILE = COMPOUND + "\n💰 مرحبا \u202e \U0001f9a2 <b>&amp;</b> 0812-0000-0011"


@pytest.fixture
def kept(tmp_path: Path) -> Store:
    return Store(f"sqlite:///{tmp_path / 'sigap.db'}")


@pytest.fixture
def own(tmp_path: Path, detector: Detector, kept: Store) -> Iterator[httpx.Client]:
    with client_of(create_app(Settings(data=tmp_path, workers_jobs=0), detector)) as client:
        person = people.notebook(kept)
        with kept.writing() as connection:
            for text in (COMPOUND, HOSTILE):
                keeping.keep(connection, keeping.judge(detector, text), person, NOW, channel="sms", origin="contoh")
            verdicts.give(connection, 1, person, "confirmed", NOW, note="cocok <i>benar</i>")
        yield client


def export(client: httpx.Client, path: str, **fields: str) -> httpx.Response:
    page = BeautifulSoup(client.get("/").text, "html.parser")
    token = page.find("form", id="assess").find("input", attrs={"name": "csrf"})["value"]
    return client.post(path, data={"csrf": token, **fields})


def test_the_json_package_holds(own: httpx.Client, detector: Detector) -> None:
    answer = export(own, "/ads/2/export", format="json", title="Kasus contoh")
    assert answer.headers["content-disposition"].startswith('attachment; filename="sigap-ad-2-')
    package = read(answer.content)
    assert {one.finding for one in verify(package, detector)} == {"holds"}
    (ad,) = package["ads"]
    assert (ad["text"], ad["channel"], ad["origin"]) == (HOSTILE, "sms", "contoh")
    assert package["case"]["title"] == "Kasus contoh"
    assert package["laws"]
    assert [entry["action"] for entry in ad["record"]][-1] == "keep.ad"


def test_verdicts_and_deeds_are_in_it(own: httpx.Client) -> None:
    (ad,) = export(own, "/ads/1/export", format="json").json()["ads"]
    assert [(one["login"], one["verdict"]) for one in ad["verdicts"]] == [("notebook", "confirmed")]
    assert [one["action"] for one in ad["record"]] == ["export.evidence", "give.verdict", "keep.ad"]


def test_a_campaign_is_one_package(own: httpx.Client, detector: Detector) -> None:
    package = read(export(own, "/campaigns/1/export", format="json").content)
    assert sorted(ad["id"] for ad in package["ads"]) == [1, 2]
    assert {one.finding for one in verify(package, detector)} == {"holds"}


def test_the_pdf_shows_the_text_and_the_seal(own: httpx.Client) -> None:
    pypdf = pytest.importorskip("pypdf")
    answer = export(own, "/campaigns/1/export?lang=en", format="pdf", title="Kasus contoh")
    assert answer.headers["content-type"] == "application/pdf"
    told = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.content)).pages)
    plain = "".join(told.split())
    assert "".join(COMPOUND.split())[:60] in plain
    assert "Kasuscontoh" in plain
    assert "⟨U+202E⟩" in plain
    assert "<i>benar</i>" in plain
    assert "Notevidence" in plain


def test_every_export_is_recorded(own: httpx.Client, kept: Store) -> None:
    export(own, "/ads/1/export", format="pdf")
    with kept.reading() as connection:
        rows = connection.execute(
            select(AUDIT.c.object, AUDIT.c.details).where(AUDIT.c.action == "export.evidence")
        ).all()
    assert [(row.object, json.loads(row.details)) for row in rows] == [("ad:1", {"ads": 1, "format": "pdf"})]


@pytest.mark.parametrize(
    ("path", "format_", "status"),
    [("/ads/9/export", "json", 404), ("/campaigns/9/export", "pdf", 404), ("/ads/1/export", "exe", 422)],
)
def test_what_can_not_be_exported(own: httpx.Client, path: str, format_: str, status: int) -> None:
    assert export(own, path, format=format_).status_code == status


@pytest.mark.parametrize(
    ("text", "seen"),
    [("gaji 💰", "gaji 💰"), ("a\u200bb", "a⟨U+200B⟩b"), ("\U0001f9a2", "⟨U+1F9A2⟩"), ("a\r\nb\tc", "a\nb    c"),
     ("\x07", "⟨U+0007⟩")],
)  # fmt: skip
def test_nothing_is_dropped_silently(text: str, seen: str) -> None:
    assert shown(text) == seen
