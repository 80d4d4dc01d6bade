"""Pages to listings: postings of schema.org, else the main text; what only a crawler would see never counts."""

import json
import time
from typing import Any

import pytest

from detector.errors import EmptyInput, InputTooLarge, NotText, UnreadablePage
from detector.page import MAX_PAGE_BYTES, Listing, looks_like_html, read_page


def only(html: str | bytes) -> Listing:
    listings = read_page(html)
    assert len(listings) == 1
    return listings[0]


def script(data: Any) -> str:
    return f'<script type="application/ld+json">{data if isinstance(data, str) else json.dumps(data)}</script>'


def posting(title: str = "Admin Gudang", **more: Any) -> dict[str, Any]:
    described = {"description": "Kerja di gudang kami, kontrak satu tahun, datang langsung.", **more}
    return {"@context": "https://schema.org", "@type": "JobPosting", "title": title, **described}


@pytest.mark.parametrize(
    ("text", "is_html", "why"),
    [
        ("<p>Gaji 5jt</p>", True, "an element"),
        ("Gaji 5jt<br>Hub WA", True, "a single line break"),
        ("<!DOCTYPE html>\n<html>", True, "a document"),
        ('<div class="x">', True, "cut off"),
        ("x <b>tebal</b>", True, "a short element that is closed"),
        ("aku <3 kamu", False, "a heart"),
        ("a < b dan c > d", False, "a comparison"),
        ("<gaji 5jt>", False, "brackets"),
        ("pilih <a> atau <b>", False, "choices"),
        ("Loker admin", False, "plain"),
        ("", False, "nothing"),
    ],
)
def test_looks_like_html(text: str, is_html: bool, why: str) -> None:
    assert looks_like_html(text) is is_html, why


def test_json_ld() -> None:
    data = posting(
        description="<p>Gaji UMK</p><ul><li>SMA</li><li>Jujur &amp; rajin</li></ul>",
        hiringOrganization={"@type": "Organization", "name": "PT Niaga Contoh"},
        jobLocation={"address": {"addressLocality": "Karawang", "addressCountry": {"name": "Indonesia"}}},
        baseSalary={"currency": "IDR", "value": {"minValue": 5000000, "maxValue": "7000000", "unitText": "MONTH"}},
        datePosted="2026-11-01",
        url="https://contoh.id/1",
        qualifications="Bisa Excel",
    )
    assert only(f"<html><head>{script(data)}</head><body><p>Situs lowongan</p></body></html>") == Listing(
        title="Admin Gudang",
        text="Admin Gudang\nPT Niaga Contoh\nKarawang, Indonesia\nIDR 5,000,000 - 7,000,000 per month\n\n"
        "Gaji UMK\n\n- SMA\n- Jujur & rajin\n\nBisa Excel",
        company="PT Niaga Contoh",
        place="Karawang, Indonesia",
        url="https://contoh.id/1",
        salary="IDR 5,000,000 - 7,000,000 per month",
        date="2026-11-01",
        source="jobposting",
    )


@pytest.mark.parametrize(
    ("salary", "text"),
    [
        ({"currency": "USD", "value": {"value": 900, "unitText": "MONTH"}}, "USD 900 per month"),
        ({"currency": "USD", "minValue": 12.5, "maxValue": 15}, "USD 12.50 - 15"),
        ({"currency": "IDR", "value": "5-7 juta"}, "IDR 5-7 juta"),
        ({"currency": "IDR", "value": {"minValue": 0, "maxValue": 0}}, ""),
        ([{"currency": "MYR", "value": 3500}], "MYR 3,500"),
        ("Rp5.000.000", "Rp5.000.000"),
        (1200, "1,200"),
        ({}, ""),
        (None, ""),
    ],
)
def test_salary(salary: Any, text: str) -> None:
    assert only(script(posting(baseSalary=salary))).salary == text


@pytest.mark.parametrize(
    ("location", "place"),
    [
        ("Bandung", "Bandung"),
        ({"@type": "Place", "name": "Kantor pusat"}, "Kantor pusat"),
        ({"address": "Jl. Melati 1, Solo"}, "Jl. Melati 1, Solo"),
        ([{"address": {"addressLocality": "Batam"}}, {"address": {"addressLocality": "Bintan"}}], "Batam; Bintan"),
        ({"address": [{"addressRegion": "Bali", "addressCountry": "ID"}]}, "Bali, ID"),
        (None, ""),
    ],
)
def test_place(location: Any, place: str) -> None:
    assert only(script(posting(jobLocation=location))).place == place


def test_remote_place() -> None:
    data = posting(jobLocationType="TELECOMMUTE", applicantLocationRequirements={"name": "Indonesia"})
    assert only(script(data)).place == "Remote; Indonesia"


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (script({"@graph": [{"@type": "WebPage"}, posting()]}), "a graph"),
        (script([posting()]), "a list"),
        (script({"@type": "ItemList", "itemListElement": [{"item": posting()}]}), "an item of a list"),
        (script({**posting(), "@type": ["Thing", "http://schema.org/JobPosting"]}), "types by address"),
        (script(json.dumps(posting())[:-1] + ",}"), "a comma too many"),
        (script("<!--" + json.dumps(posting()) + "-->"), "inside a comment"),
        (script("//<![CDATA[\n" + json.dumps(posting()) + "\n//]]>"), "inside CDATA"),
        (script(json.dumps(posting()).replace("gudang kami", "gudang\n\tkami")), "raw line breaks in a string"),
        (script("{kacau,,") + script(posting()), "after a broken script"),
        (script("[" * 100_000) + script(posting()), "after an absurdly deep script"),
        (script("9" * 5_000) + script(posting()), "after an absurdly long number"),
        (script(posting()) + script(posting()), "twice"),
        (script(json.dumps(posting()).replace('"', "&quot;")), "escaped"),
    ],
)
def test_json_ld_in_the_wild(source: str, why: str) -> None:
    listing = only(source)
    assert (listing.title, listing.source) == ("Admin Gudang", "jobposting"), why
    assert listing.text.startswith("Admin Gudang\n\nKerja di gudang"), why


def test_company_by_reference() -> None:
    company = {"@type": "Organization", "@id": "#kami", "name": "PT Niaga Contoh"}
    assert (
        only(script({"@graph": [posting(hiringOrganization={"@id": "#kami"}), company]})).company == "PT Niaga Contoh"
    )


MICRODATA = """
<div itemscope itemtype="http://schema.org/JobPosting">
  <h2 itemprop="title">{title}</h2>
  <span itemprop="hiringOrganization" itemscope itemtype="http://schema.org/Organization">
    <span itemprop="name">PT Niaga Contoh</span></span>
  <span itemprop="jobLocation" itemscope><span itemprop="address" itemscope>
    <span itemprop="addressLocality">Karawang</span></span></span>
  <span itemprop="baseSalary" itemscope><meta itemprop="currency" content="IDR">
    <span itemprop="value" itemscope><meta itemprop="minValue" content="5000000">
    <b itemprop="unitText">MONTH</b></span></span>
  <a itemprop="url" href="/loker/1">lihat</a> <time itemprop="datePosted" datetime="2026-11-01">kemarin</time>
  <div itemprop="description"><p>Gaji UMK</p><p style="display: none">rahasia</p><p>Mess ada</p></div>
</div>"""


def test_microdata() -> None:
    assert only(MICRODATA.format(title="Kurir")) == Listing(
        title="Kurir",
        text="Kurir\nPT Niaga Contoh\nKarawang\nIDR 5,000,000 per month\n\nGaji UMK\n\nMess ada",
        company="PT Niaga Contoh",
        place="Karawang",
        url="/loker/1",
        salary="IDR 5,000,000 per month",
        date="2026-11-01",
        source="microdata",
        hidden_text=True,
    )


def test_several_postings_in_page_order_and_each_once() -> None:
    page = (
        MICRODATA.format(title="Kurir")
        + script([posting("Sopir"), posting("Admin Gudang")])
        + MICRODATA.format(title="Admin Gudang")
        + MICRODATA.format(title="Satpam")
        + script(posting("Sopir", jobLocation="Batam"))
    )
    listings = read_page(f"<html><body>{page}</body></html>")
    assert [listing.title for listing in listings] == ["Kurir", "Sopir", "Admin Gudang", "Satpam", "Sopir"]
    assert listings[-1].place == "Batam"


def test_a_posting_without_description_borrows_the_page() -> None:
    page = (
        script({"@type": "JobPosting", "title": "Kurir"}) + "<h1>Kurir</h1><p>Antar paket di Solo, motor sendiri.</p>"
    )
    listing = only(page)
    assert (listing.source, listing.text) == ("jobposting", "Kurir\n\nAntar paket di Solo, motor sendiri.")


PAGE = """<?xml version="1.0"?><!DOCTYPE html><html><head><title>Loker | Situs</title>
<link rel="canonical" href="https://contoh.id/loker"><style>p { color: red }</style></head>
<body class="home"><header>Situs Loker</header><nav><a href="/">Beranda</a></nav>
<div class="cookie-consent">Kami memakai cookie</div><div role="dialog">Daftar dulu</div>
<h1>Loker CS</h1>
<p onclick="curi()">Gaji <b>12jt</b>,<br>makan &amp;
   mess</p>
<ul><li><p>satu</p></li><li>dua</li><li></li></ul>
<table><tr><td>Lokasi</td><td>Bavet</td></tr></table>
<svg><text>gambar</text></svg><script>alert("x")</script><!-- catatan -->
<div {hiding}>kata kunci</div>
<form action="/cari"><label>Cari</label><input value="x"><button>Cari</button></form>
<aside>Iklan lain</aside><footer>Hak cipta</footer></body></html>"""
PAGE_TEXT = "Loker CS\n\nGaji 12jt,\nmakan & mess\n\n- satu\n- dua\n\nLokasi Bavet"


@pytest.mark.parametrize(
    "hiding",
    ["hidden", 'style="display: none"', "style='color:red;visibility:hidden'", 'style="font-size:0px"',
     'style="position:absolute;left:-9999px"', 'style="opacity:0.0"'],
)  # fmt: skip
def test_main_text(hiding: str) -> None:
    listing = only(PAGE.replace("{hiding}", hiding))
    assert listing == Listing(title="Loker CS", text=PAGE_TEXT, url="https://contoh.id/loker", hidden_text=True)


@pytest.mark.parametrize("style", ["", 'style="opacity:0.9"', 'style="font-size:0.9em"', 'style="display:block"'])
def test_what_is_seen_is_not_hidden(style: str) -> None:
    listing = only(PAGE.replace("{hiding}", style))
    assert listing.text == PAGE_TEXT + "\n\nkata kunci"
    assert not listing.hidden_text


@pytest.mark.parametrize(
    ("html", "text", "why"),
    [
        ("<title>Loker Solo</title><p>Gaji UMK", "Loker Solo\n\nGaji UMK", "the title of the document leads"),
        ("<article><header><h1>Kurir</h1></header><p>Solo</article>", "Kurir\n\nSolo", "the header of an article"),
        ("<form><h1>Kurir</h1><p>Solo<input></form>", "Kurir\n\nSolo", "a form around the whole page"),
        ("<nav>Kurir di Solo, gaji UMK</nav>", "Kurir di Solo, gaji UMK", "nothing but furniture"),
        ("Kurir &amp; sopir", "Kurir & sopir", "no element at all"),
        ("<p>Gaji <3 juta</p>", "Gaji <3 juta", "a sign that is no tag"),
        ("<p>satu<p>dua", "satu\n\ndua", "elements left open"),
        ("<ol><li>a<ul><li>b</ul><li>c</ol>d", "- a\n- b\n- c\n\nd", "lists in lists"),
        ("<p>ga\x00ji \ud800</p>", "gaji", "NUL and a lone surrogate"),
    ],
)
def test_shapes(html: str, text: str, why: str) -> None:
    assert only(html).text == text, why


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("<p>Gaji café".encode(), "Gaji café"),
        ("<p>Gaji café".encode("utf-16"), "Gaji café"),
        ("<p>Gaji café".encode("windows-1252"), "Gaji café"),
        ('<meta charset="windows-1251"><p>Работа'.encode("windows-1251"), "Работа"),
        ("<meta http-equiv='content-type' content='text/html; charset=gbk'><p>招聘".encode("gbk"), "招聘"),
        ('<meta charset="windows-1251"><p>Gaji café'.encode(), "Gaji café"),  # the page is wrong about itself
    ],
)
def test_bytes(data: bytes, text: str) -> None:
    assert only(data).text == text


@pytest.mark.parametrize(
    ("html", "error"),
    [
        ("", EmptyInput),
        (b" ", EmptyInput),
        ("\ufeff\x00", EmptyInput),
        ("<script>x</script>", UnreadablePage),
        ("<p hidden>x</p>", UnreadablePage),
        ("<img src=x onerror=alert(1)>", UnreadablePage),
        (b"%PDF-1.4 \x00\x00", NotText),
        (b"<p>" + b"x" * MAX_PAGE_BYTES, InputTooLarge),
        ("x" * (MAX_PAGE_BYTES + 1), InputTooLarge),
    ],
)
def test_errors(html: str | bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        read_page(html)


MANY = 200_000
HOSTILE = {
    "deep": "<div>" * MANY + "gaji",
    "deep and closed": "<div>" * MANY + "gaji" + "</div>" * MANY,
    "deep lists": "<ul><li>" * MANY + "gaji",
    "just under the limit of depth": "<span>" * 399 + "<p>gaji</p>" * 9_000,
    "just under the limit of tags": "<b>gaji</b>" * 11_000,
    "nested postings": "<div itemscope itemtype=schema.org/JobPosting itemprop=description>" * 390 + "<p>gaji" * 9_000,
    "nested scopes": "<div itemscope itemtype=schema.org/JobPosting><b itemprop=title>gaji</b>"
    + "<li itemscope itemprop=jobLocation><dd itemscope itemprop=address>" * 3_000,
    "headers under many items": "<li><dd>" * 3_000 + "<header>gaji</header>" * 5_000,
    "headers in many articles": "<article><header>gaji</header></article>" * 2_900,
    "nested properties": "<div itemscope itemtype=schema.org/JobPosting>"
    + "<div itemprop=description>" * 390
    + "<p>gaji" * 9_000,
    "signs": "gaji" + "<" * 2_000_000,
    "open comments": "gaji" + "<!--" * 500_000,
    "open scripts": "gaji" + "<script>" * 250_000,
    "attributes": "<a " + " ".join(f"a{n}=1" for n in range(MANY)) + ">gaji</a>",
    "a long style": '<p style="' + "display:" * 300_000 + '">gaji</p>',
    "postings": script([posting(f"gaji {n}") for n in range(9_000)]),
    "commas": script('"JobPosting"' + ", " * 900_000) + "<p>gaji",
    "entities": "<p>gaji" + "&lt;" * 500_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_page_costs_a_second_or_the_stack(name: str) -> None:
    started = time.process_time()
    listings = read_page(HOSTILE[name])
    assert time.process_time() - started < 2.0  # half of this on a quiet core
    assert "gaji" in listings[0].text
    assert len(listings) <= 200


def test_looks_like_html_is_linear() -> None:
    started = time.process_time()
    assert not looks_like_html("<br " * 250_000)
    assert not looks_like_html("<div " + "x " * 500_000)
    assert time.process_time() - started < 1.0


def test_too_deep_for_a_tree_still_finds_postings() -> None:
    listing = only("<div>" * MANY + script(posting()) + "<p>Situs lowongan")
    assert (listing.title, listing.source) == ("Admin Gudang", "jobposting")
