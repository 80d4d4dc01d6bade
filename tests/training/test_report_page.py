"""The page of an evaluation: self-contained, readable, and deaf to what hostile texts say."""

import re
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest

from tests.training.test_evaluation import RESULTS, ROWS, THRESHOLDS, result, row
from training.evaluation import report
from training.report import plots
from training.report.highlight import Piece, pieces
from training.report.page import Section, page
from training.report.terminal import figure

HOSTILE = "<script>alert(1)</script> \"'><img src=x onerror=alert(2)> \u202egaji\x00 {{ 7 * 7 }}"


class Structure(HTMLParser):
    """Tags, with attributes, and text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def explained(risk: float, text: str, name: str = "Sign") -> dict[str, Any]:
    """A result whose only sign is the whole text, and whose only word its first four characters."""
    evidence = {"start": 0, "end": len(text), "text": text}
    return result(risk) | {
        "indicators": [{"id": "sign", "name": {"en": name}, "contribution": 1.0, "evidence": [evidence]}],
        "terms": [{"start": 0, "end": 4, "text": text[:4], "contribution": 0.5}],
    }


@pytest.fixture(scope="module")
def html() -> str:
    evil = row(HOSTILE, 0, HOSTILE, kind=HOSTILE, language=HOSTILE, source=HOSTILE)
    evil_hit = row("hit", 1, HOSTILE, typology=HOSTILE, language=HOSTILE)
    rows = [*ROWS, evil, evil_hit]
    results = [*RESULTS, explained(0.99, HOSTILE, HOSTILE), result(0.9, kind=HOSTILE, named=HOSTILE)]
    rivals = {HOSTILE: np.array([r["risk"] for r in results])}
    figures = report(rows, results, THRESHOLDS, rivals)
    figures["masked"] = {"replaced": {"phone": 2}, **report(rows, results, THRESHOLDS)}
    return page([Section(HOSTILE, figures, [r.text for r in rows])], HOSTILE, "2026-11-23")


def test_hostile_texts_stay_text(html: str) -> None:
    seen = Structure(html)
    assert {tag for tag, _ in seen.tags}.isdisjoint({"script", "img", "iframe", "link", "object", "form", "input"})
    assert not any(name.startswith("on") for _, attributes in seen.tags for name in attributes)
    assert "<script>alert(1)</script>" in seen.text, "shown as it was written"
    assert "{{ 7 * 7 }}" in seen.text
    assert "\x00" not in html


def test_nothing_is_loaded(html: str) -> None:
    seen = Structure(html)
    assert not any(name in ("src", "srcset") for _, attributes in seen.tags for name in attributes)
    assert all((attributes.get("href") or "#").startswith("#") for _, attributes in seen.tags)
    assert "default-src 'none'" in html
    assert not re.search(r"url\(|@import", html)


def test_plots_say_what_they_show(html: str) -> None:
    seen = Structure(html)
    ids = {attributes.get("id") for _, attributes in seen.tags}
    drawings = [attributes for tag, attributes in seen.tags if tag == "svg"]
    assert len(drawings) >= 5
    for drawing in drawings:
        assert drawing["role"] == "img"
        assert set(str(drawing["aria-labelledby"]).split()) <= ids
    for words in ("Recall", "Precision", "Mean risk that the model gives", "Share that recruits"):
        assert words in seen.text
    assert len([i for i in ids if i]) == len([a["id"] for _, a in seen.tags if a.get("id")]), "each id once"


def test_the_mistake_is_shown_with_its_reasons(html: str) -> None:
    assert "Worst mistakes" in html
    assert 'class="raises"' in html or "<mark" in html
    assert "+1.00" in html


def test_lines_differ_by_their_dashes() -> None:
    drawn = plots.curves("k", {"a": [(0.0, 1.0), (1.0, 0.5)], "b": [(0.0, 1.0), (1.0, 0.4)]})
    assert len(set(re.findall(r'<polyline[^>]*stroke-dasharray="([^"]+)"', drawn))) == 2
    assert "a: precision 0.50 at recall 0.5" in drawn


def test_a_bar_is_as_long_as_its_value() -> None:
    drawn = plots.bars("k", "By kind", "Recall", [("half", 0.5, (0.25, 0.75)), ("<b>", 1.0, None)], "kind")
    assert re.findall(r'width="([\d.]+)" height="14"', drawn) == ["160.0", "320.0"]
    assert "0.50 (0.25-0.75)" in drawn
    assert "<b>" not in drawn


def test_pieces_join_to_the_text() -> None:
    text = "visa turis dulu, gaji besar"
    mistake = {
        "indicators": [
            {"name": "Tourist visa", "contribution": 1.25, "evidence": [{"start": 0, "end": 10, "text": "visa turis"}]}
        ],
        "terms": [
            {"start": 5, "end": 10, "contribution": 0.3},
            {"start": 17, "end": 21, "contribution": 0.4},
            {"start": 22, "end": 27, "contribution": -0.2},
        ],
    }
    found = pieces(text, mistake)
    assert "".join(piece.text for piece in found) == text
    assert found == [
        Piece("visa turis", "evidence", "Tourist visa +1.25"),
        Piece(" dulu, ", "", ""),
        Piece("gaji", "raises", "+0.40"),
        Piece(" ", "", ""),
        Piece("besar", "lowers", "-0.20"),
    ]


def test_long_texts_are_cut_and_empty_explanations_are_fine() -> None:
    found = pieces("a" * 5_000, {"indicators": [], "terms": []})
    assert [len(piece.text) for piece in found] == [4_000, 4]
    assert pieces("\ud800x", {"indicators": [], "terms": []})[0].text == "\ufffdx"


def test_figures_are_shown_with_their_intervals() -> None:
    assert figure({"a": 0.5, "a_interval": (0.25, 0.75)}, "a", 2) == "0.50 (0.25 to 0.75)"
    assert figure({"a": 0.5}, "a") == "0.500"
    assert figure({"a": None, "a_interval": None}, "a") == "-"
