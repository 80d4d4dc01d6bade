"""The page: self-contained, escaped, in two languages, with drawings that say what they show."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from detector.campaigns import Clustering, Listing, cluster, page, write_html
from detector.campaigns.campaign import Tie
from detector.campaigns.drawings import graph, timeline
from tests.detector.campaigns.test_cluster import ADMIN, KITCHEN, invented

ATTACK = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&\u202egnp.exe\x00"


@pytest.fixture(scope="module")
def found() -> Clustering:
    mine = ("phone:+6281200000017", ATTACK)
    copies = [
        Listing(f"a{at}{ATTACK}", f"{ADMIN} {ATTACK}" if at else ADMIN, mine[: at + 1], 0.9, ("scam_compound", ATTACK),
                f"2026-0{at + 1}-11", ATTACK)
        for at in range(3)
    ]  # fmt: skip
    board = [Listing(f"s{at}", text, ("domain:papan.example",)) for at, text in enumerate(invented(25, seed=9))]
    return cluster([*copies, Listing("k", KITCHEN, mine[:1]), *board])


def test_no_word_of_a_listing_is_markup(found: Clustering) -> None:
    soup = BeautifulSoup(page(found), "lxml")
    assert not soup.find_all(["script", "img", "link", "iframe", "object"])
    assert not [tag for tag in soup.find_all(True) if any(name.startswith("on") for name in tag.attrs)]
    assert ATTACK.split("\u202e")[0] in soup.get_text()


def test_nothing_is_loaded_from_anywhere(found: Clustering) -> None:
    shown = page(found)
    assert "default-src 'none'" in shown
    assert not re.findall(r"(?:src|href)=\"(?!#)|url\(|@import", shown)


def test_characters_that_hide_or_turn_text_are_shown_by_their_code(found: Clustering) -> None:
    shown = page(found)
    assert not re.search("[\x00\u202e\ud800-\udfff]", shown)
    assert "⟨U+202E⟩" in shown


def test_indonesian_comes_first_with_english_beneath(found: Clustering) -> None:
    soup = BeautifulSoup(page(found), "lxml")
    assert soup.html["lang"] == "id"
    for heading in soup.find_all(["h1", "h2", "h3", "th", "figcaption"]):
        english = heading.find(lang="en")
        named_by_the_text = heading.find(["bdi", "a"])
        assert english or named_by_the_text, heading
        assert not heading.get_text().strip().startswith(english.get_text() if english else "\0")


def test_drawings_have_titles_and_descriptions(found: Clustering) -> None:
    soup = BeautifulSoup(page(found), "lxml")
    drawings = soup.find_all("svg")
    assert len(drawings) == 3  # listings over time, those of the campaign, its contacts
    for drawing in drawings:
        for id_ in drawing["aria-labelledby"].split():
            assert soup.find(id=id_).get_text().strip()
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))


def test_slots_show_what_differs() -> None:
    found = cluster([Listing("a", ADMIN), Listing("b", ADMIN.replace("15 juta", "9 juta"))])
    slots = [slot.get_text(" ", strip=True) for slot in BeautifulSoup(page(found), "lxml").select(".slot")]
    assert slots == ["15 ×1 | 9 ×1"]


def test_hubs_are_listed(found: Clustering) -> None:
    assert "domain:papan.example" in page(found)


def test_a_page_without_campaigns_says_so(tmp_path: Path) -> None:
    write_html(cluster([]), tmp_path / "out.html")
    assert "Tidak ada kampanye" in (tmp_path / "out.html").read_text(encoding="utf-8")


def test_only_the_largest_campaigns_are_on_the_page(found: Clustering) -> None:
    assert "c-" not in page(found, limit=0).replace("clip", "")


@pytest.mark.parametrize(
    ("days", "labels"),
    [
        ([("2026-01-30", 1), ("2026-02-01", 2)], ["2026-01-30", "2026-01-31", "2026-02-01"]),
        ([("2026-01-30", 1), ("2026-04-01", 2)], ["2026-01", "2026-02", "2026-03", "2026-04"]),
        ([("1999-01-30", 1), ("2026-04-01", 2)], [str(year) for year in range(1999, 2027)]),
    ],
)
def test_a_timeline_has_no_gaps(days: list[tuple[str, int]], labels: list[str]) -> None:
    found = timeline(days)
    assert found is not None
    assert [bar.label for bar in found.bars] == labels
    assert sum(bar.count for bar in found.bars) == 3


def test_without_days_or_ties_there_is_no_drawing() -> None:
    assert timeline([]) is None
    assert graph([], [3], []) is None


def test_a_graph_shows_the_most_frequent_and_counts_the_others() -> None:
    contacts = [(f"phone:{at}", 20 - at) for at in range(15)]
    found = graph(contacts, [15, 2], [Tie(name, 0, count) for name, count in contacts])
    assert found is not None
    assert (len(found.contacts), len(found.groups), found.left_out) == (10, 1, 5)
