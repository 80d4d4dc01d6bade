"""What an officer sees of kept ads: search, filters, an ad, a contact, the overview; by keyboard, small, dark, bare."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from api.app import create_app
from api.settings import Settings
from detector.detector import Detector
from tests.api.kept import NOW, fill
from tests.browser.test_assess import CONTRAST
from tests.server import served

pytestmark = pytest.mark.browser
PAGES = (
    "/history",
    "/history?q=kamboja&level=high",
    "/history?from=2026-11-02&to=2026-11-01",
    "/ads/1",
    "/ads/1/again",
    "/contacts",
    "/contacts/link/forms.gle~2FDaftarAbk~2Ejson",
    "/contacts/telegram/hrd_contoh",
    "/overview",
)


@pytest.fixture(scope="module")
def address(detector: Detector, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("history")
    app = create_app(Settings(store=f"sqlite:///{folder / 'own.db'}", data=folder), detector)
    app.state.sigap.clock = lambda: NOW
    with served(app) as address:
        fill(app.state.sigap.store, detector)
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def results(page: Page) -> list[str | None]:
    return page.locator(".result h3 a").all_text_contents()


def test_search_and_filter_with_the_keyboard_alone(page: Page) -> None:
    page.goto("/history")
    page.get_by_label("Cari dalam isi iklan").focus()
    page.keyboard.type("kamboja -penipuan")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"q=kamboja\+-penipuan"))
    assert results(page) == ["Iklan nomor 1", "Iklan nomor 4", "Iklan nomor 6"]
    page.get_by_label("Cari dalam isi iklan").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Saring dan urutkan")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_id("f-level")
    page.keyboard.type("Risiko tinggi")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Saring", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("level=high"))
    assert results(page) == ["Iklan nomor 1", "Iklan nomor 4"]
    page.keyboard.press("Tab")
    page.locator(".result h3 a").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Iklan nomor 1")


def test_all_of_it_works_without_javascript(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/history")
    page.get_by_text("Saring dan urutkan").click()
    page.get_by_label("Kontak", exact=True).fill("0812 0000 0022")
    page.get_by_label("Urutkan menurut").select_option("risk")
    page.get_by_role("button", name="Saring", exact=True).click()
    assert results(page) == ["Iklan nomor 3"]
    page.get_by_role("link", name="Hapus saringan").click()
    assert len(results(page)) == 6
    page.goto("/overview")
    page.get_by_text("Lihat sebagai tabel").first.click()
    expect(page.get_by_role("table").first).to_be_visible()
    context.close()


def test_from_an_ad_to_its_contact_and_back(page: Page) -> None:
    page.goto("/ads/1")
    page.get_by_role("link", name="hrd_contoh", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("hrd_contoh")
    expect(page.get_by_role("img", name=re.compile("^Risiko tertinggi tiap minggu"))).to_be_visible()
    page.get_by_role("link", name="Iklan nomor 4").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Iklan nomor 4")
    page.get_by_role("link", name="Nilai lagi").click()
    expect(page.get_by_text("Tidak ada perbedaan.")).to_be_visible()


def test_the_switch_of_language_keeps_the_search(page: Page) -> None:
    page.goto("/history?q=gaji&sort=risk")
    before = results(page)
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("History")
    expect(page.get_by_label("Search the words of ads")).to_have_value("gaji")
    assert [one.removeprefix("Ad number ") for one in results(page)] == [
        one.removeprefix("Iklan nomor ") for one in before
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_fits_and_can_be_read(browser: Browser, address: str, width: int, scheme: str) -> None:
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": 800},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = context.new_page()
    for path in PAGES:
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") == width, path
        assert page.evaluate(CONTRAST) == [], path
        assert page.locator("h1").count() == 1, path
    context.close()
