"""An officer's morning with the keyboard alone: paste, keep, judge by one key, take the evidence out."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from api.app import create_app
from api.catalog import load_catalogs
from api.settings import Settings
from detector.detector import Detector
from detector.evidence import read, verify
from tests.api.ads import COMPOUND
from tests.server import served

pytestmark = pytest.mark.browser
ID = load_catalogs()["id"]


@pytest.fixture
def page(browser: Browser, tmp_path: Path, detector: Detector) -> Iterator[Page]:
    """A notebook with a store of its own."""
    with served(create_app(Settings(data=tmp_path, workers_jobs=0), detector)) as address:
        context: BrowserContext = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900})
        context.set_default_timeout(20_000)
        yield context.new_page()
        context.close()


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus, as a person without a mouse does."""
    for _ in range(600):
        if page.evaluate("s => document.activeElement !== null && document.activeElement.matches(s)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{selector} can't be reached with Tab")


def test_paste_keep_judge_and_export_without_a_mouse(page: Page, detector: Detector) -> None:
    page.goto("/")
    tab_to(page, "#text")
    page.keyboard.insert_text(COMPOUND)
    tab_to(page, "#keep")
    page.keyboard.press("Space")
    tab_to(page, "button.primary")
    page.keyboard.press("Enter")
    expect(page.locator(".kept")).to_contain_text(ID("kept.new"))

    page.goto("/review")
    page.keyboard.press("w")  # to the ad: arrows move by words, with Shift they select
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("m")
    expect(page.locator("#corrections li")).to_have_count(1)
    page.keyboard.press("1")
    expect(page.locator(".kept")).to_contain_text(ID("verdict.confirmed"))
    expect(page.locator("#judge")).to_have_count(0)  # the queue moved on and is empty

    page.keyboard.press("z")
    expect(page.locator("#judge")).to_be_visible()
    page.keyboard.press("1")
    expect(page.locator(".kept")).to_contain_text(ID("verdict.confirmed"))

    page.goto("/ads/1")
    tab_to(page, "button[value=json]")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    package = read(Path(download.value.path()).read_bytes())
    assert {one.finding for one in verify(package, detector)} == {"holds"}
    given = [one for one in package["ads"][0]["verdicts"] if one["undone_at"] is None]
    assert [one["verdict"] for one in given] == ["confirmed"]


def test_marked_words_are_those_that_were_selected(page: Page) -> None:
    page.goto("/")
    page.fill("#text", "💰 " + COMPOUND)
    page.check("#keep")
    page.click("button.primary")
    page.goto("/review")
    page.evaluate("""() => {
        const ad = document.querySelector('.ad');
        const walker = document.createTreeWalker(ad, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const at = node.data.indexOf('Kamboja');
            if (at >= 0) { getSelection().setBaseAndExtent(node, at, node, at + 7); return; }
        }
    }""")
    page.keyboard.press("x")
    line = page.locator("#marked").input_value().strip()
    start, end = map(int, line.split(":")[0].split("-"))
    assert ("💰 " + COMPOUND)[start:end] == "Kamboja"
    assert line.split(":")[1] == "not_sign"
    page.keyboard.press("2")
    expect(page.locator(".kept")).to_contain_text(ID("verdict.lawful"))
    told = json.loads(page.request.get("/ads/1.json").text())
    assert told["verdict"] == "lawful"


def test_single_keys_can_be_turned_off(page: Page) -> None:
    page.goto("/")
    page.fill("#text", COMPOUND)
    page.check("#keep")
    page.click("button.primary")
    page.goto("/review")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.uncheck("#keys-on")
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    expect(page.locator("#judge")).to_be_visible()
    page.reload()
    page.keyboard.press("1")
    expect(page.locator("#judge")).to_be_visible()
