"""A real Chromium, where there is one."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def chromium_of(playwright: Playwright) -> str | None:
    """Where a Chromium is: named by CHROMIUM, installed by Playwright, or on the path."""
    own = playwright.chromium.executable_path
    candidates = [os.environ.get("CHROMIUM"), own if Path(own).exists() else None, *map(shutil.which, NAMES)]
    return next((one for one in candidates if one), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        executable = chromium_of(playwright)
        if executable is None:
            pytest.skip("no Chromium: install one, or name it in CHROMIUM")
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser, client) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=str(client.base_url), viewport={"width": 1280, "height": 900})
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()
