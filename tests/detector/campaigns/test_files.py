"""JSON lines and CSV: everything is in them, and nothing in them runs."""

import csv
import json
from pathlib import Path

import pytest

from detector.campaigns import Clustering, Listing, cluster, write_csv, write_jsonl
from detector.campaigns.files import COLUMNS
from detector.cells import neutralised
from tests.detector.campaigns.test_cluster import ADMIN, invented


@pytest.fixture(scope="module")
def found() -> Clustering:
    copies = [
        Listing("=1+1", ADMIN, ("phone:+62812", "@cmd"), 0.9, ("scam_compound",), "2026-01-02", "=HYPERLINK()"),
        Listing("b", ADMIN.replace("Kamboja", "Poipet") + "\nbaris dua", ("phone:+62812",), 0.8, (), "2026-01-03"),
        Listing("\ud800", ADMIN),
    ]
    board = [Listing(f"s{at}", text, ("domain:papan.example",)) for at, text in enumerate(invented(25, seed=9))]
    return cluster([*copies, *board])


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＠"])
def test_what_looks_like_a_formula_gets_an_apostrophe(start: str) -> None:
    assert neutralised(f"{start}1+1") == f"'{start}1+1"


def test_other_cells_stay() -> None:
    assert neutralised("phone:+62812 = 1") == "phone:+62812 = 1"


def test_csv_has_a_row_a_campaign_and_a_row_a_hub(found: Clustering, tmp_path: Path) -> None:
    write_csv(found, tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == list(COLUMNS)
    assert [(row["kind"], row["listings"], row["contacts"]) for row in rows] == [
        ("campaign", "3", "phone:+62812 (2); @cmd (1)"),
        ("hub", "25", "domain:papan.example"),
    ]
    assert rows[0]["sources"].startswith("'=HYPERLINK")
    assert rows[0]["members"].startswith("'=1+1 b")
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_jsonl_holds_campaigns_then_hubs(found: Clustering, tmp_path: Path) -> None:
    write_jsonl(found, tmp_path / "out.jsonl")
    campaign, hub = map(json.loads, (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines())
    assert (campaign["schema"], hub["schema"]) == ("campaign/1", "hub/1")
    assert campaign["members"] == ["=1+1", "b", "\ud800"]
    assert campaign["contacts"] == {"phone:+62812": 2, "@cmd": 1}
    assert campaign["days"] == {"2026-01-02": 1, "2026-01-03": 1}
    assert "".join(segment["parts"][0] for segment in campaign["segments"]) == campaign["variants"][0]
    assert hub["contact"] == "domain:papan.example"


def test_only_the_first_campaigns_are_aligned(found: Clustering, tmp_path: Path) -> None:
    write_jsonl(found, tmp_path / "out.jsonl", aligned=0)
    assert "segments" not in json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()[0])
