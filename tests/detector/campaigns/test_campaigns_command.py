"""`sigap campaigns`: files of listings in, a table, JSON lines and a page out."""

import csv
import json
from pathlib import Path

from click.testing import CliRunner

from detector.campaigns.cli import campaigns

COPIES = [
    "Dicari admin kantor di luar negeri, gaji 12 juta, mess dan makan gratis, hubungi 0812-0000-0011 sekarang",
    "Dicari admin kantor di luar negeri, gaji 15 juta, mess dan makan gratis, hubungi 0812-0000-0011 sekarang",
    "Dicari admin kantor di luar negeri, gaji 15 juta, mess dan makan gratis, hubungi 0812-0000-0022 hari ini",
]
OTHERS = [
    "Toko roti di Sleman mencari kasir yang jujur, datang langsung membawa lamaran",
    "Dijual sepeda motor",
]


def test_copies_become_one_campaign(tmp_path: Path) -> None:
    source = tmp_path / "scored.csv"
    with source.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)
        writer.writerow(["id", "text", "risk", "level", "typology", "tanggal"])
        for at, text in enumerate(COPIES):
            writer.writerow([f"c{at}", text, f"0.{9 - at}", "high", "scam_compound", f"2026-11-0{at + 1}"])
        for at, text in enumerate(OTHERS):
            writer.writerow([f"o{at}", text, "0.01", "low", "", ""])
        writer.writerow(["e", "", "", "", "", ""])
    table, lines, page = tmp_path / "out" / "c.csv", tmp_path / "out" / "c.jsonl", tmp_path / "out" / "c.html"
    outputs = [part for path in (table, lines, page) for part in ("--output", str(path))]
    result = CliRunner().invoke(campaigns, [str(source), *outputs])
    assert result.exit_code == 0, result.output
    assert "1 campaigns of 3 listings, 2 listings alone, 0 contacts left out as hubs, 1 rows rejected" in result.output
    campaign = json.loads(lines.read_text().splitlines()[0])
    assert campaign["size"] == 3
    assert campaign["risk_max"] == 0.9
    assert (campaign["first_seen"], campaign["last_seen"]) == ("2026-11-01", "2026-11-03")
    assert "scam_compound" in json.dumps(campaign)
    assert "0812" in page.read_text()


def test_an_output_of_another_kind_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(campaigns, [str(tmp_path), "--output", "x.parquet"])
    assert result.exit_code == 2
    assert "must end in .jsonl, .csv, .html" in result.output


def test_text_columns_are_joined_by_a_plus(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(
        "awal,akhir\n" + "".join(f"{text[:40].replace(',', '')},{text[40:].replace(',', '')}\n" for text in COPIES)
    )
    options = ["--text-column", "awal+akhir", "--output", str(tmp_path / "c.jsonl")]
    result = CliRunner().invoke(campaigns, [str(tmp_path / "in.csv"), *options])
    assert result.exit_code == 0, result.output
    assert "1 campaigns of 3 listings" in result.output


def test_an_output_in_the_folder_that_is_read_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in COPIES))
    for _ in range(2):
        result = CliRunner().invoke(campaigns, [str(tmp_path), "--output", str(tmp_path / "c.csv")])
        assert "of 3 listings, 0 listings alone" in result.output
        assert "0 rows rejected" in result.output
