"""A file from the officer's desk to a ranked list, in a real browser, with JavaScript and without."""

import re
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from api.jobs import worker as working
from api.jobs.scoring import PART_ROWS
from detector.detector import Detector
from tests.api.jobs.job_files import ads, csv_of, read_csv, worker_of
from tests.browser.test_assess import CONTRAST
from tests.workbench import Workbench, workbench

pytestmark = pytest.mark.browser
CONTENT = csv_of(ads(12)) + b'"ad-x","cuma dua"\n'


@pytest.fixture
def office(detector: Detector, tmp_path: Path) -> Iterator[Workbench]:
    """A notebook of its own."""
    with workbench(detector, tmp_path) as made:
        yield made


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "desk"
    folder.mkdir()
    (folder / "loker oktober.csv").write_bytes(CONTENT)
    (folder / "foto.png").write_bytes(b"\x89PNG")
    return folder


@pytest.fixture(params=["with JavaScript", "without JavaScript"])
def visit(request: pytest.FixtureRequest, browser: Browser, office: Workbench) -> Iterator[BrowserContext]:
    context = browser.new_context(
        base_url=office.address,
        java_script_enabled=request.param == "with JavaScript",
        viewport={"width": 1280, "height": 900},
    )
    context.set_default_timeout(15_000)
    yield context
    context.close()


def scores(office: Workbench, tmp_path: Path, detector: Detector) -> bool:
    return worker_of(office.state.store, tmp_path, detector).work_one(threading.Event())


def send(page: Page, path: Path) -> None:
    page.goto("/jobs")
    page.get_by_role("link", name="Unggah berkas").click()
    page.get_by_label("Pilih berkas").set_input_files(path)
    page.get_by_role("button", name="Kirim berkas").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Periksa sebelum dinilai")


def test_from_the_file_to_the_ranked_rows(
    visit: BrowserContext,
    office: Workbench,
    files: Path,
    tmp_path: Path,
    detector: Detector,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = visit.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    send(page, files / "loker oktober.csv")
    expect(page.get_by_label("teks", exact=True)).to_be_checked()
    expect(page.get_by_label("kota", exact=True)).not_to_be_checked()
    page.get_by_role("radio", name="Cepat –").check()
    page.get_by_role("button", name="Mulai menilai").click()
    expect(page.locator("#state-title")).to_have_text("Menunggu giliran")

    monkeypatch.setitem(PART_ROWS, "fast", 4)
    real, seen = working._Run._watch, []

    def watch(self: Any, written: Any) -> None:
        real(self, written)
        seen.append(written.items)
        if page.locator(".refresh a").is_visible():  # without JavaScript
            page.get_by_role("link", name="Muat ulang kemajuannya").click()
        expect(page.locator("#state-title")).to_have_text("Sedang dinilai")
        expect(page.locator("#told")).to_contain_text(f"{written.scored} baris dinilai")

    monkeypatch.setattr(working._Run, "_watch", watch)
    assert scores(office, tmp_path, detector)
    assert seen == [4, 8, 12, 13]
    if page.locator(".refresh a").is_visible():
        page.get_by_role("link", name="Muat ulang kemajuannya").click()
    expect(page.locator("#state-title")).to_have_text("Selesai")

    expect(page.locator("table.ranked tbody tr")).to_have_count(12)
    page.get_by_label("Tingkat").select_option(label="Risiko tinggi")
    page.get_by_role("button", name="Saring").click()
    expect(page.locator("table.ranked tbody tr")).to_have_count(4)
    assert "level=high" in page.url
    page.get_by_role("link", name="English").click()
    expect(page.locator("#state-title")).to_have_text("Done")
    expect(page.locator("table.ranked tbody tr")).to_have_count(4)
    page.get_by_role("link", name="Bahasa Indonesia").click()
    page.locator("table.ranked tbody th a").first.click()
    expect(page.locator(".ad mark").first).to_be_visible()
    page.get_by_role("link", name="loker oktober.csv").click()
    page.get_by_role("link", name="Jumlah kolom tidak cocok").click()
    expect(page.locator("table.ranked tbody tr")).to_have_count(1)

    with page.expect_download() as caught:
        page.get_by_role("link", name="CSV", exact=True).last.click()
    assert caught.value.suggested_filename == "sigap-loker oktober.csv"
    assert len(read_csv(Path(caught.value.path()).read_bytes())) == 12

    page.get_by_text("Hapus berkas ini").click()
    page.get_by_role("button", name="Hapus sekarang").click()
    expect(page.get_by_text("Belum ada berkas.")).to_be_visible()
    assert said == []


def test_a_file_of_the_wrong_kind_and_none_at_all(visit: BrowserContext, files: Path) -> None:
    page = visit.new_page()
    page.goto("/jobs/new")
    page.get_by_role("button", name="Kirim berkas").click()
    expect(page.locator("#file-error")).to_contain_text("Pilih berkas terlebih dahulu")
    page.get_by_label("Pilih berkas").set_input_files(files / "foto.png")
    page.get_by_role("button", name="Kirim berkas").click()
    expect(page.locator("#file-error")).to_contain_text("Akhiran nama berkas ini tidak dikenal")
    expect(page.get_by_label("Pilih berkas")).to_have_accessible_description(re.compile("Kesalahan: Akhiran"))
    page.get_by_label("Pilih berkas").set_input_files(files / "loker oktober.csv")
    page.get_by_role("button", name="Kirim berkas").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Periksa sebelum dinilai")


@pytest.fixture(scope="module")
def done(detector: Detector, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[str]]]:
    """A served workbench with a file in each state; its address and those of its pages."""
    folder = tmp_path_factory.mktemp("states")
    with workbench(detector, folder) as office:
        client = office.client()
        token = client.get("/jobs/new").text.split('name="csrf" value="')[1].split('"')[0]
        client.headers["x-csrf-token"] = token

        def upload(name: str, content: bytes) -> str:
            address: str = client.post("/jobs", files={"file": (name, content)}).headers["location"]
            return address

        ended = upload("selesai.csv", CONTENT)
        client.post(f"{ended}/start", data={"text": "teks", "id_column": "id", "mode": "fast"})
        assert scores(office, folder, detector)
        looked_at = upload("kolom.csv", b"nomor,uraian,kota\n1,kerja di luar negeri,Poipet\n2,rusak\n")
        failed = upload("rahasia.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
        waiting = upload("x" * 150 + ".csv", CONTENT)
        client.post(f"{waiting}/start", data={"text": "teks", "id_column": "id", "mode": "fast"})
        rows = [f"{ended}/rows/1", f"{ended}/rows/2", f"{ended}/rows/13"]
        yield (
            office.address,
            ["/jobs", "/jobs/new", ended, f"{ended}?state=rejected", looked_at, failed, waiting, *rows],
        )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_is_readable_in_both_lights_and_on_a_phone(
    browser: Browser, done: tuple[str, list[str]], width: int, scheme: Any
) -> None:
    address, pages = done
    context = browser.new_context(
        base_url=address, viewport={"width": width, "height": 740}, color_scheme=scheme, java_script_enabled=True
    )
    page = context.new_page()
    for path in pages:
        page.goto(path)
        page.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.evaluate(CONTRAST) == [], path
        assert page.locator("h1").count() == 1
        levels = page.locator("h1, h2, h3, h4").evaluate_all("all => all.map((one) => Number(one.tagName[1]))")
        after = [later - earlier for earlier, later in pairwise(levels)]
        assert max(after, default=0) <= 1, (path, levels)
    context.close()


def test_with_the_keyboard_alone(browser: Browser, done: tuple[str, list[str]]) -> None:
    address, pages = done
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.goto(pages[4])
    page.get_by_label("uraian", exact=True).focus()
    page.keyboard.press("Space")
    expect(page.get_by_label("uraian", exact=True)).to_be_checked()
    small = page.locator("main a, main button, main input, main select, main summary").evaluate_all(
        """all => all.filter((one) => one.checkVisibility() && !one.closest("p, li, td, th, dt, dd, label"))
            .map((one) => one.getBoundingClientRect()).filter((box) => box.height < 24 || box.width < 24).length"""
    )
    assert small == 0, "targets of at least 24 pixels (WCAG 2.5.8)"
    for _ in range(8):
        page.keyboard.press("Tab")
        assert page.locator(":focus").evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
    context.close()
