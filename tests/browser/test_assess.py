"""What an officer sees: paste an ad, read level, reasons and legal basis."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from detector.detector import Detector
from tests.api.ads import COMPOUND, LINK, SHOP, TWO_JOBS_PAGE

pytestmark = pytest.mark.browser

# WCAG contrast of every visible text against what lies behind it; text of at least 24 px, or 18.66 px bold, may have 3.
CONTRAST = """() => {
  const channels = (css) => { const m = css.match(/[\\d.]+/g).map(Number); return [m[0], m[1], m[2], m[3] ?? 1]; };
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = channels(getComputedStyle(e).backgroundColor);
      if (colour[3] === 1) return colour;
    }
    return [255, 255, 255, 1];
  };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.closest('.vh, .skip')) continue;
    const style = getComputedStyle(element);
    const [a, b] = [light(channels(style.color)), light(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = parseFloat(style.fontSize);
    const least = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
    if (ratio < least) poor.push([ratio.toFixed(2), element.className, walker.currentNode.data.trim().slice(0, 30)]);
  }
  return poor;
}"""


def assess(page: Page, text: str, language: str = "id") -> None:
    page.goto(f"/?lang={language}")
    page.locator("#text").fill(text)
    page.locator("form button").click()
    page.wait_for_load_state()


def test_paste_an_ad_and_see_level_evidence_and_legal_basis(page: Page, detector: Detector) -> None:
    page.goto("/")
    page.get_by_label("Isi iklan").fill(COMPOUND)
    page.get_by_role("button", name="Nilai teks ini").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Risiko tinggi")
    expect(page).to_have_title(re.compile("^Risiko tinggi – "))
    expect(page.get_by_text("Ini tampak seperti tawaran kerja")).to_be_visible()
    marks = page.locator(".ad mark")
    assert marks.count() > 2
    found = detector.assess(COMPOUND)
    names = page.locator(".sign [id$=-name]").all_text_contents()
    assert sorted(names) == sorted(indicator.name["id"] for indicator in found.indicators)
    law = next(law for indicator in found.indicators for law in indicator.legal_basis)
    expect(page.locator(".laws").get_by_text(law, exact=True)).to_be_visible()
    expect(page.locator(".sign", has_text=law).first.get_by_text("untuk diperiksa")).to_be_visible()
    # The text is still in the box, for a correction.
    expect(page.get_by_label("Isi iklan")).to_have_value(COMPOUND)


def test_a_number_in_the_ad_leads_to_its_sign_and_back(page: Page) -> None:
    assess(page, COMPOUND)
    reference = page.locator(".ad sup a").first
    number = reference.text_content()
    reference.click()
    sign = page.locator(f"#sign-{number}")
    expect(sign).to_be_in_viewport()
    expect(page.locator(":target")).to_have_id(f"sign-{number}")
    sign.locator("a.quote").first.click()
    expect(page.locator("mark:target")).to_be_in_viewport()


def test_the_level_does_not_rest_on_colour_alone(page: Page) -> None:
    shapes = set()
    for text, title in (
        (COMPOUND, "Risiko tinggi"),
        (SHOP, "Risiko rendah, belum tentu aman"),
        (LINK, "Teks terlalu pendek"),
    ):
        assess(page, text)
        expect(page.locator(".verdict h1")).to_contain_text(title)
        shapes.add(page.locator(".verdict .icon .shape").first.evaluate("e => e.outerHTML"))
    assert len(shapes) == 3
    assess(page, COMPOUND)
    lines = page.locator(".legend .key").evaluate_all(
        "all => all.map(e => getComputedStyle(e)).map(s => s.textDecorationStyle + s.textDecorationThickness)"
    )
    assert len(set(lines)) == len(lines) == 6, "each severity has an underline of its own"


def test_the_english_switch_keeps_the_result(page: Page) -> None:
    assess(page, COMPOUND)
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("High risk")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_label("The ad")).to_have_value(COMPOUND)
    page.get_by_role("link", name="Assess another ad").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Assess a job ad")
    page.get_by_role("link", name="Bahasa Indonesia").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nilai sebuah iklan kerja")


def test_keyboard_only(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    expect(skip).to_have_text("Langsung ke isi")
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_id("text")
    assert page.locator(":focus").evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    page.keyboard.type("Dibutuhkan admin chat untuk Kamboja, gaji 15 juta, tanpa pengalaman, visa turis dulu")
    for name in ("file", "keep", "channel", "origin"):
        page.keyboard.press("Tab")
        expect(page.locator(":focus")).to_have_id(name)
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Nilai teks ini")
    page.keyboard.press("Enter")
    expect(page.locator(".verdict")).to_be_visible()
    # Every stop of the result shows where the focus is.
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.locator(":focus").evaluate("e => getComputedStyle(e).outlineStyle") == "solid"


def test_ctrl_enter_sends(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Isi iklan").fill(COMPOUND)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".verdict")).to_be_visible()


def test_an_empty_box_says_so_beside_the_field_and_on_top(page: Page) -> None:
    assess(page, "  ")
    expect(page).to_have_title(re.compile("^Kesalahan: "))
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(page.get_by_label("Isi iklan")).to_have_accessible_description(
        re.compile("Tempel isi iklan terlebih dahulu")
    )
    summary.get_by_role("link").click()
    expect(page.get_by_label("Isi iklan")).to_be_focused()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("text", [COMPOUND, TWO_JOBS_PAGE, "gaji" * 500, ""], ids=["ad", "page", "long word", "error"])
def test_nothing_scrolls_sideways(page: Page, width: int, text: str) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    assess(page, text)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto("/docs")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_is_aa(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for text in (COMPOUND + "\u200b", SHOP, LINK, "", TWO_JOBS_PAGE):
        assess(page, text)
        page.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
        assert page.evaluate(CONTRAST) == []
    page.goto("/docs")
    assert page.evaluate(CONTRAST) == []


def test_without_javascript_everything_is_there(browser: Browser, client) -> None:
    context = browser.new_context(base_url=str(client.base_url), java_script_enabled=False)
    page = context.new_page()
    assess(page, COMPOUND)
    expect(page.locator(".verdict h1")).to_have_text("Risiko tinggi")
    page.get_by_role("button", name="English").click()
    expect(page.locator(".verdict h1")).to_have_text("High risk")
    assess(page, " ")
    expect(page.locator(".summary")).to_be_visible()
    expect(page.locator(".shortcut")).to_be_hidden()
    context.close()


def test_nothing_is_asked_of_another_host_and_nothing_is_blocked(context: BrowserContext, client) -> None:
    asked: list[str] = []
    said: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    assess(page, COMPOUND + " https://tracker.example/x.png <img src='https://tracker.example/y.png'>")
    page.goto("/docs")
    assert len(asked) > 3
    assert {url.split("/", 3)[2] for url in asked} == {f"{client.base_url.host}:{client.base_url.port}"}
    assert said == []


def test_a_hostile_ad_runs_nothing(page: Page) -> None:
    page.on("dialog", lambda dialog: pytest.fail("a script of the ad ran"))
    assess(
        page, f"{COMPOUND} <script>alert(1)</script></textarea><img src=x onerror=alert(2)>\"'><svg onload=alert(3)>"
    )
    expect(page.locator(".verdict")).to_be_visible()
    assert page.locator("main img, main script").count() == 0


def test_every_listing_of_a_pasted_page(page: Page) -> None:
    assess(page, TWO_JOBS_PAGE)
    expect(page.get_by_role("heading", level=1)).to_have_text("2 iklan ditemukan di halaman ini")
    page.get_by_role("link", name="Iklan 2: Admin chat Kamboja").click()
    expect(page.locator("#l2-result")).to_be_in_viewport()


def test_on_paper_the_result_stands_without_the_form(page: Page) -> None:
    assess(page, COMPOUND)
    page.emulate_media(media="print")
    expect(page.locator(".verdict")).to_be_visible()
    expect(page.locator("#assess")).to_be_hidden()
