"""Tables of figures: readable as text, and the same figures as JSON."""

import json
from pathlib import Path

import pytest

from benchmarks.tables import SCHEMA, Table, report

TABLE = Table("Rates", ("making", "texts/s", "x bare"), [("bare", 7421.4, 1.0), ("slow", 12.34, None)], ["two makings"])


def test_figures_stand_below_each_other() -> None:
    assert str(TABLE).splitlines() == [
        "Rates",
        "  making  texts/s  x bare",
        "  bare      7,421    1.00",
        "  slow       12.3       -",
        "  two makings",
    ]


def test_a_report_is_printed_and_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report([TABLE], tmp_path / "figures.json")
    kept = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    assert kept["schema"] == SCHEMA
    assert kept["tables"] == [
        {
            "title": "Rates",
            "rows": [
                {"making": "bare", "texts/s": 7421.4, "x bare": 1.0},
                {"making": "slow", "texts/s": 12.34, "x bare": None},
            ],
            "notes": ["two makings"],
        }
    ]
    assert kept["machine"]["cores"] >= 1
    assert str(TABLE) in capsys.readouterr().out
