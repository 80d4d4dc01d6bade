"""Accounts in a real Chromium: from the notebook to an office of two, by keyboard, in both schemes and widths."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_assess import CONTRAST
from tests.workbench import PASSWORD, Workbench, workbench

pytestmark = pytest.mark.browser
PAGES = (
    *("/admin", "/admin/people", "/admin/people/new", "/admin/people/2"),
    *("/admin/audit", "/account", "/account/password"),
)
# Radio buttons are smaller and stand far enough apart (WCAG 2.5.8, spacing).
SMALL = """() => [...document.querySelectorAll('button, select, input:not([type=hidden], [type=radio])')]
  .filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 24).map((e) => e.outerHTML)"""
NEW = "lampu jalan padam lagi"


@pytest.fixture
def bench(detector, tmp_path) -> Iterator[Workbench]:
    with workbench(detector, tmp_path) as made:
        yield made


@pytest.fixture
def page(browser: Browser, bench: Workbench) -> Iterator[Page]:
    context = browser.new_context(base_url=bench.address, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def sign_in(page: Page, login: str, password: str) -> None:
    page.get_by_label("Nama masuk").fill(login)
    page.get_by_label("Kata sandi").fill(password)
    page.get_by_role("button", name="Masuk").click()


def test_from_a_notebook_to_an_office_of_two(page: Page, browser: Browser, bench: Workbench) -> None:
    page.goto("/")
    page.get_by_role("link", name="Buat akun pertama").click()
    page.get_by_label("Nama masuk").fill("adi")
    page.get_by_label("Kata sandi baru", exact=True).fill(NEW)
    page.get_by_label("Kata sandi baru, sekali lagi").fill("lain")
    page.get_by_role("button", name="Buat akun dan masuk").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    summary.get_by_role("link").click()
    expect(page.get_by_label("Kata sandi baru, sekali lagi")).to_be_focused()
    page.get_by_label("Kata sandi baru", exact=True).fill(NEW)
    page.get_by_label("Kata sandi baru, sekali lagi").fill(NEW)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Orang")

    page.get_by_role("link", name="Tambah orang").click()
    page.get_by_label("Nama masuk").fill("rina")
    page.get_by_role("radio", name="Ketua").check()
    page.get_by_role("button", name="Buat akun").click()
    password = page.locator(".secret").text_content()
    assert password

    other = browser.new_context(base_url=bench.address).new_page()
    other.goto("/admin/audit")
    sign_in(other, "rina", password)
    expect(other.get_by_role("heading", level=1)).to_have_text("Ganti kata sandi")
    other.get_by_label("Kata sandi sekarang").fill(password)
    other.get_by_label("Kata sandi baru", exact=True).fill(PASSWORD)
    other.get_by_label("Kata sandi baru, sekali lagi").fill(PASSWORD)
    other.get_by_role("button", name="Ganti kata sandi").click()
    expect(other.get_by_role("status")).to_have_text(
        "Kata sandi sudah diganti. Sesi Anda di tempat lain sudah diakhiri."
    )
    other.goto("/admin/people")
    expect(other.get_by_text("Peran Anda tidak mencakup tindakan ini.")).to_be_visible()

    page.goto("/admin/people?q=rina")
    page.get_by_role("link", name="rina").click()
    page.get_by_role("button", name="Tutup akun").click()
    expect(page.get_by_role("status")).to_have_text("Sudah diubah.")
    other.goto("/")
    expect(other.get_by_role("heading", level=1)).to_have_text("Masuk")
    page.goto("/admin/audit?object=person:rina")
    expect(page.locator("tbody tr")).to_have_count(4)
    other.context.close()


def test_keyboard_only_to_sign_in_and_out(page: Page, bench: Workbench) -> None:
    bench.add("ani", password=PASSWORD)
    page.goto("/sign-in?next=/account")
    page.get_by_label("Nama masuk").focus()
    page.keyboard.type("ani")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Akun Anda")
    out = page.get_by_role("button", name="Keluar", exact=True)
    out.focus()
    assert out.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Masuk")


def test_what_was_pasted_survives_the_end_of_a_session(page: Page, bench: Workbench) -> None:
    bench.add("ani", password=PASSWORD)
    page.goto("/")
    sign_in(page, "ani", PASSWORD)
    ad = "Dibutuhkan admin chat untuk Kamboja, gaji 15 juta, tanpa pengalaman,\nvisa turis dulu, WA 0812-0000-0017"
    page.get_by_label("Isi iklan").fill(ad)
    bench.clock.advance(hours=2)
    page.get_by_role("button", name="Nilai teks ini").click()
    expect(page.get_by_role("alert")).to_contain_text("Sesi Anda sudah berakhir")
    sign_in(page, "ani", PASSWORD)
    expect(page.get_by_label("Yang Anda tulis")).to_have_value(ad)
    page.get_by_role("button", name="Kirim lagi").click()
    expect(page.locator(".verdict h1")).to_have_text("Risiko tinggi")
    expect(page.get_by_label("Isi iklan")).to_have_value(ad)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_contrast_and_width(page: Page, bench: Workbench, scheme: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto("/first-account")
    page.get_by_role("button", name="Buat akun dan masuk").click()  # with everything wrong
    expect(page.get_by_role("alert").first).to_be_visible()
    page.wait_for_load_state()  # its style sheet, too
    assert page.evaluate(CONTRAST) == []
    bench.add("adi", "admin", PASSWORD)
    bench.add("nama.yang.panjang.sekali.untuk.satu.baris@kantor-yang-jauh.example", "lead")
    page.goto("/sign-in")
    sign_in(page, "adi", "salah sama sekali")
    page.wait_for_load_state()  # its style sheet, too
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    sign_in(page, "adi", PASSWORD)
    for path in PAGES:
        page.goto(path)
        page.wait_for_load_state()  # its style sheet, too
        assert page.evaluate(CONTRAST) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.evaluate(SMALL) == [], path
