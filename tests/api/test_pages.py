"""The page `/` without a browser: what it says, that it keeps the text, and that hostile text stays text."""

import re
from itertools import pairwise

import httpx
import pytest
from bs4 import BeautifulSoup

from api.catalog import load_catalogs
from api.readings import in_words
from detector.detector import Detector
from tests.api.ads import COMPOUND, LINK, SHOP, TWO_JOBS_PAGE

ID = load_catalogs()["id"]
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    "</textarea><script>alert(1)</script>",
    "' onmouseover='alert(1)",
    "{{ 7 * 7 }}${7*7}<%= 7*7 %>",
    "javascript:alert(1)",
    "<a href='javascript:alert(1)'>WA</a>",
    "\u202egnp.exe\u202c",
    "]]><!--",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]


def post(client: httpx.Client, text: str, language: str = "id") -> httpx.Response:
    # In a multipart form, as a browser sends it, with its CR LF line ends
    return client.post(f"/?lang={language}", files={"text": (None, text.replace("\n", "\r\n"))})


def soup_of(answer: httpx.Response) -> BeautifulSoup:
    return BeautifulSoup(answer.text, "html.parser")


def test_the_form_is_indonesian_and_switches_to_english(client: httpx.Client) -> None:
    page = soup_of(client.get("/"))
    assert page.html["lang"] == "id"
    assert page.find("label", attrs={"for": "text"}).text == "Isi iklan"
    english = soup_of(client.get("/" + page.find("a", string="English")["href"]))
    assert english.html["lang"] == "en"
    assert english.find("form")["action"] == "/?lang=en"
    links = {a["href"] for a in english.find("nav").find_all("a")}
    assert links >= {"/?lang=en", "/docs?lang=en"}
    assert all(link.endswith("?lang=en") for link in links)


def test_the_result_shows_what_the_detector_says(client: httpx.Client, detector: Detector) -> None:
    page = soup_of(post(client, COMPOUND))
    assessment = detector.assess(COMPOUND)
    assert page.h1.text == ID(f"level.{assessment.level}.title")
    assert ID.percent(assessment.risk) in page.find(class_="figure").text
    assert page.find(class_="statement").strong.text == ID("kind.sentence", kind=ID(f"kind.{assessment.document.kind}"))
    top = detector.knowledge.typologies[assessment.typologies[0].id]
    assert top.name.id in page.find(class_="typologies").text
    assert top.definition.id in page.find(class_="typologies").text
    names = [one.find(id=re.compile("-name$")).text for one in page.find_all(class_="sign")]
    assert sorted(names) == sorted(one.name["id"] for one in assessment.indicators)
    legal = page.find(class_="laws").text
    for one in assessment.indicators:
        assert detector.knowledge.by_id[one.id].why.id in page.text
        assert all(law in legal for law in one.legal_basis)
    for entity in assessment.entities:
        assert in_words(entity, detector.knowledge, ID) in page.text
    for requirement in top.lawful_if:
        assert requirement.name.id in page.find(class_="lawful").text
    assert assessment.model in page.find(class_="meta").text
    assert ID("meta.decision") in page.text


def test_the_ad_is_shown_whole_with_its_evidence_marked(client: httpx.Client, detector: Detector) -> None:
    page = soup_of(post(client, COMPOUND))
    ad = page.find(class_="ad")
    marked = " ".join(mark.text for mark in ad.find_all("mark"))
    for indicator in detector.assess(COMPOUND).indicators:
        if detector.knowledge.by_id[indicator.id].polarity == "frame":
            continue  # about the whole text: listed, not marked
        for evidence in indicator.evidence:
            assert evidence.text.split()[0] in marked
    for mark in ad.find_all("mark"):
        for name in mark["aria-describedby"].split():
            assert page.find(id=name), "a mark is described by the name of its sign"
    for reference in ad.find_all("sup"):
        assert page.find(id=reference.a["href"][1:]), "a number leads to its sign"
        reference.decompose()
    assert ad.text.strip() == COMPOUND


def test_every_link_within_the_page_leads_somewhere_and_ids_are_unique(client: httpx.Client) -> None:
    for text in (COMPOUND, SHOP, TWO_JOBS_PAGE):
        page = soup_of(post(client, text))
        ids = [element["id"] for element in page.find_all(id=True)]
        assert len(ids) == len(set(ids))
        for link in page.find_all("a", href=re.compile("^#")):
            assert link["href"][1:] in ids


def test_headings_descend_without_gaps(client: httpx.Client) -> None:
    for text in (COMPOUND, SHOP, LINK, TWO_JOBS_PAGE):
        levels = [int(h.name[1]) for h in soup_of(post(client, text)).find_all(re.compile("^h[1-6]$"))]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))


def test_low_does_not_mean_safe(client: httpx.Client) -> None:
    page = soup_of(post(client, SHOP))
    assert page.h1.text == ID("level.low.title")
    assert "bukan berarti aman" in page.find(class_="verdict").text


def test_too_little_text_shows_no_figure(client: httpx.Client) -> None:
    page = soup_of(post(client, LINK))
    assert page.h1.text == "Teks terlalu pendek untuk dinilai"
    assert page.find(class_="figure") is None


def test_every_listing_of_a_page_is_shown(client: httpx.Client) -> None:
    page = soup_of(post(client, TWO_JOBS_PAGE, "en"))
    assert page.h1.text == "2 ads found on this page"
    assert [row.bdi.text for row in page.find("tbody").find_all("tr")] == ["Kasir toko roti", "Admin chat Kamboja"]
    assert len(page.find_all(class_="verdict")) == 2


@pytest.mark.parametrize(
    ("text", "status", "key"),
    [("", 422, "empty"), (" \n\u200b", 422, "empty"), ("x" * 1_100_000, 413, "too_large")],
)
def test_an_error_stands_beside_the_field_and_in_a_summary(
    client: httpx.Client, text: str, status: int, key: str
) -> None:
    answer = post(client, text)
    page = soup_of(answer)
    assert answer.status_code == status
    assert page.title.text.startswith("Kesalahan: ")
    field = page.find("textarea")
    assert field["aria-invalid"] == "true"
    assert ID(f"problem.{key}") in page.find(id="text-error").text
    assert "text-error" in field["aria-describedby"]
    summary = page.find(class_="summary")
    assert summary["role"] == "alert"
    assert summary.a["href"] == "#text"
    assert summary.a.text == ID(f"problem.{key}")


def test_a_large_text_that_is_allowed_is_answered(client: httpx.Client) -> None:
    answer = post(client, "kasir toko roti " * 60_000)
    assert answer.status_code == 200
    assert ID("warnings.truncated") in answer.text


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"text=kerja", {"content-type": "text/plain"}, 415),
        (b"--x\r\nbroken", {"content-type": "multipart/form-data; boundary=y"}, 400),
        (b"{}", {"content-type": "application/json"}, 415),
        (b"other=1", {"content-type": "application/x-www-form-urlencoded"}, 422),
    ],
)
def test_what_is_no_form_is_refused_on_the_page(
    client: httpx.Client, body: bytes, headers: dict[str, str], status: int
) -> None:
    answer = client.post("/", content=body, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert soup_of(answer).find(id="text-error")


@pytest.mark.parametrize("payload", HOSTILE)
def test_hostile_text_stays_text(client: httpx.Client, payload: str) -> None:
    plain = soup_of(post(client, SHOP))
    answer = post(client, f"{SHOP} {payload} {COMPOUND}")
    page = soup_of(answer)
    assert answer.status_code == 200
    # The page has its own elements and attributes, and none that the text brought along.
    assert {tag.name for tag in page.find_all(True)} <= {tag.name for tag in plain.find_all(True)} | {"mark", "sup"}
    assert not [tag for tag in page.find_all(True) for name in tag.attrs if name.startswith("on")]
    assert [tag["src"] for tag in page.find_all(src=True)] == ["/static/sigap.js"]
    assert not page.find_all(href=re.compile("^javascript:", re.I))
    assert "49" not in page.find("textarea").text.replace(SHOP, "").replace(COMPOUND, "")
    assert "\u202e" not in page.find(class_="ad").text.replace("\u202e", "", page.text.count("U+202E"))


def test_the_text_comes_back_in_the_box_as_it_was(client: httpx.Client) -> None:
    text = "\n  " + COMPOUND + "\n<b>&amp;</b>"
    assert soup_of(post(client, text)).find("textarea").text.removeprefix("\n") == text


@pytest.mark.parametrize("path", ["/", "/docs", "/static/sigap.css", "/v1/model", "/openapi.json"])
def test_every_answer_carries_the_security_headers(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    for rule in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "form-action 'self'", "base-uri 'none'",
                 "frame-ancestors 'none'"):  # fmt: skip
        assert rule in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == ("no-cache" if path.startswith("/static") else "no-store")


def test_pages_carry_nothing_that_the_policy_would_block(client: httpx.Client) -> None:
    for page in (soup_of(client.get("/")), soup_of(client.get("/docs")), soup_of(post(client, COMPOUND))):
        assert not page.find_all(style=True)
        assert not page.find_all("style")
        assert all(script.get("src") for script in page.find_all("script"))
        for tag in page.find_all(["link", "script", "img"]):
            assert (tag.get("src") or tag["href"]).startswith("/static/")
