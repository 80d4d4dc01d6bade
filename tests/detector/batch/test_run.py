"""A batch from file to file: nothing lost, nothing twice, and a killed run goes on as if nothing had happened."""

import base64
import csv
import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from detector.assessment import Assessment
from detector.batch import cutting, engine, journal
from detector.batch import run as run_module
from detector.batch.journal import BatchError, Progress
from detector.batch.parts import Scorer, Wanted, table
from detector.batch.rows import Row
from detector.batch.run import Job, checked_shard, run
from detector.detector import Detector
from detector.errors import InputError

LURE = "Dibutuhkan admin ke Kamboja, gaji 15 juta, tiket & paspor ditanggung, tanpa pengalaman, japri WA 0812-0000-0017"
LAWFUL = "Toko Roti Harum di Sleman mencari kasir, gaji UMK, lamaran diantar ke toko sebelum tanggal 30 November."
SMALL = 3  # rows of a part in these tests


def ads(rows: int) -> list[dict[str, str]]:
    """Every third one recruits into a compound; all differ."""
    return [
        {"id": f"ad-{at}", "text": f"{LURE if at % 3 == 0 else LAWFUL} Nomor {at}.", "kota": f"Kota {at}"}
        for at in range(rows)
    ]


def write_csv(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def listings(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "listings.csv", ads(20))


@pytest.fixture
def job(listings: Path, tmp_path: Path) -> Job:
    return Job((str(listings),), tmp_path / "out" / "scored.jsonl", mode="fast", part_rows=SMALL)


@pytest.fixture(autouse=True)
def _loaded_once(detector: Detector, monkeypatch: pytest.MonkeyPatch) -> None:
    """The released model, which each run would load again."""
    monkeypatch.setattr(engine, "load_bundle", lambda path, deep: detector.bundle)


def summary(job: Job) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(job.output.with_name(job.output.name + ".summary.json").read_text())
    return told


def test_a_csv_becomes_one_assessment_a_line_in_the_same_order(job: Job, detector: Detector) -> None:
    found = run(job)
    lines = [json.loads(line) for line in job.output.read_text().splitlines()]
    assert [line["id"] for line in lines] == [f"ad-{at}" for at in range(20)]
    assert (found.rows, found.scored, found.rejected, found.complete) == (20, 20, 0, True)
    fast = Detector(detector.bundle, detector.knowledge, "fast")
    assert lines[0] == fast.assess(ads(1)[0]["text"], id="ad-0").as_dict(), "an alert comes with its reasons"
    assert lines[1] == fast.assess(ads(2)[1]["text"], id="ad-1", explain=False).as_dict()


def test_only_what_was_asked_for_is_explained(job: Job) -> None:
    run(replace(job, explain_from="low"))
    assert all(json.loads(line)["terms"] for line in job.output.read_text().splitlines())


def test_bad_rows_go_to_the_rejects_and_the_run_goes_on(tmp_path: Path) -> None:
    source = tmp_path / "mixed.jsonl"
    good = json.dumps({"id": "a", "text": LURE})
    lines = [good, '{"id": "b", "text": 7}', "{broken", good, '{"text": ""}']
    source.write_text("\n".join(lines))
    job = Job((str(source),), tmp_path / "o.jsonl", mode="fast")
    found = run(job)
    assert (found.rows, found.scored, found.rejected) == (5, 2, 3)
    rejects = [json.loads(line) for line in (tmp_path / "o.jsonl.rejects.jsonl").read_text().splitlines()]
    assert [r["number"] for r in rejects] == [2, 3, 5]
    assert [r["reason"].partition(":")[0] for r in rejects] == ["not_text", "json", "empty"]
    assert base64.b64decode(rejects[1]["raw"]) == b"{broken"
    assert summary(job) | {"complete": True} == summary(job)
    assert (summary(job)["rows"], summary(job)["scored"], summary(job)["rejected"]) == (5, 2, 3)


@pytest.mark.parametrize("parts", [0, 1, 3, 6])
def test_a_run_that_breaks_off_goes_on_where_it_was(job: Job, monkeypatch: pytest.MonkeyPatch, parts: int) -> None:
    whole = replace(job, output=job.output.with_name("whole.jsonl"))
    run(whole)
    scored: list[str] = []

    class Broken(Scorer):
        def __call__(self, part: Any) -> Any:
            scored.extend(part.column("id").to_pylist())
            if len(scored) > parts * SMALL:
                raise KeyboardInterrupt
            return super().__call__(part)

    with monkeypatch.context() as patch:
        patch.setattr(engine, "Scorer", Broken)
        with pytest.raises(KeyboardInterrupt):
            run(job)
    assert not job.output.exists()
    assert summary(job)["complete"] is False
    assert summary(job)["rows"] == parts * SMALL
    # What a kill in the middle of a write leaves behind the journal's end must not stay.
    partial = job.output.with_name(job.output.name + ".partial")
    partial.write_bytes(partial.read_bytes() + b'{"half a li')
    found = run(job)
    assert found.resumed == (parts > 0)
    assert job.output.read_bytes() == whole.output.read_bytes()


def test_nothing_is_overwritten_unasked(job: Job) -> None:
    run(job)
    with pytest.raises(BatchError, match="--overwrite replaces it"):
        run(job)
    assert run(replace(job, overwrite=True)).rows == 20


def test_an_unfinished_run_of_other_options_is_not_continued(job: Job) -> None:
    def stop(progress: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(job, watch=stop)
    with pytest.raises(BatchError, match="other inputs, options or another model"):
        run(replace(job, explain_from="low"))
    assert run(replace(job, explain_from="low", overwrite=True)).complete


def test_two_workers_write_the_same_bytes_as_one(job: Job) -> None:
    run(job)
    two = replace(job, output=job.output.with_name("two.jsonl"), workers=2)
    run(two)
    assert two.output.read_bytes() == job.output.read_bytes()


def test_parts_cut_by_weight_hold_the_same_rows_whatever_the_workers(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    run(job)
    monkeypatch.setattr(cutting, "PART_BYTES", 250)
    weighty = replace(job, part_rows=500)
    parts: list[int] = []
    run(replace(weighty, output=job.output.with_name("one.jsonl")), watch=lambda seen: parts.append(seen.parts))
    run(replace(weighty, output=job.output.with_name("two.jsonl"), workers=2))
    assert len(parts) > 5
    assert job.output.with_name("one.jsonl").read_bytes() == job.output.read_bytes()
    assert job.output.with_name("two.jsonl").read_bytes() == job.output.read_bytes()


@pytest.mark.parametrize("suffix", [".jsonl", ".csv"])
def test_a_run_killed_when_its_output_was_there_only_sums_up(
    job: Job, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    job = replace(job, output=job.output.with_suffix(suffix))
    with monkeypatch.context() as patch:
        patch.setattr(run_module, "_end", killed)
        with pytest.raises(KeyboardInterrupt):
            run(job)
    written = job.output.read_bytes()
    assert summary(job)["complete"] is False
    found = run(job)
    assert (found.complete, found.resumed, found.rows) == (True, True, 20)
    assert job.output.read_bytes() == written
    assert summary(job)["complete"] is True
    assert not job.output.with_name(job.output.name + ".journal.json").exists()


def test_the_share_that_was_read_grows_to_the_whole(job: Job) -> None:
    shares: list[float | None] = []
    run(job, watch=lambda seen: shares.append(seen.share))
    assert len(shares) == 7
    assert shares[-1] == 1.0


def test_shards_together_hold_every_row_once(job: Job) -> None:
    run(job)
    lines: list[str] = []
    for at in (1, 2, 3):
        shard = replace(job, output=job.output.with_name(f"shard-{at}.jsonl"), shard=(at, 3))
        found = run(shard)
        lines += shard.output.read_text().splitlines()
        assert found.rows == found.scored < 20
    assert sorted(lines) == sorted(job.output.read_text().splitlines())


@pytest.mark.parametrize("text", ["0/3", "4/3", "x", "1/2/3", "1"])
def test_a_shard_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"not of the form|must lie between"):
        checked_shard(text)


def test_a_full_disk_is_said_and_what_was_safe_stays_safe(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = replace(job, output=job.output.with_name("whole.jsonl"))
    run(whole)
    real, calls = os.fsync, iter(range(1000))

    def full(handle: int) -> None:
        if next(calls) == 7:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(handle)

    with monkeypatch.context() as patch:
        patch.setattr(journal.os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            run(job)
    assert not job.output.exists()
    run(job)
    assert job.output.read_bytes() == whole.output.read_bytes()


def test_an_output_that_can_not_be_written_is_said_first(job: Job, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BatchError, match="can't be written"):
        run(replace(job, output=tmp_path / "file" / "out.jsonl"))
    with pytest.raises(BatchError, match="must end in"):
        run(replace(job, output=tmp_path / "out.docx"))


def test_a_text_that_comes_again_is_judged_once(detector: Detector, monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[str] = []
    real = detector.assess_batch

    def assess_batch(texts: Sequence[str], **told: Any) -> Sequence[Assessment | InputError]:
        judged.extend(texts)
        return real(texts, **told)

    monkeypatch.setattr(detector, "assess_batch", assess_batch)
    rows = [Row(at, f"row-{at}", LURE if at != 2 else LAWFUL, "s") for at in range(1, 6)]
    answers = Scorer(detector, Wanted())(table(rows)).column("line").to_pylist()
    assert judged == [LURE, LAWFUL]
    assert [json.loads(line)["id"] for line in answers] == [row.id for row in rows]


FLAT_START = {"id": "ad-0", "level": "high", "kind": "offer", "kota": "Kota 0", "answered_by": "fast"}


def flat_rows(path: Path) -> Iterator[dict[str, Any]]:
    if path.suffix == ".csv":
        with path.open(newline="", encoding="utf-8") as handle:
            yield from csv.DictReader(handle)
    elif path.suffix == ".parquet":
        yield from pq.read_table(path).to_pylist()
    else:
        book = load_workbook(path)
        header, *rows = book["sigap"].iter_rows(values_only=True)
        yield from (dict(zip(header, row, strict=True)) for row in rows)  # type: ignore[arg-type]


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".xlsx"])
def test_flat_formats_keep_the_columns_of_the_source(job: Job, suffix: str) -> None:
    flat = replace(job, output=job.output.with_suffix(suffix))
    run(flat)
    rows = list(flat_rows(flat.output))
    assert len(rows) == 20
    assert FLAT_START.items() <= rows[0].items()
    assert float(rows[0]["risk"]) > 0.5 > float(rows[1]["risk"])
    assert "+6281200000017" in rows[0]["contacts"]
    assert rows[0]["reasons"]
    first = flat.output.read_bytes()
    run(replace(flat, overwrite=True))
    assert flat.output.read_bytes() == first, "the same rows give the same bytes"


def test_a_formula_stays_text(tmp_path: Path) -> None:
    rows = ads(1)
    rows[0] |= {"id": '=HYPERLINK("http://x.example")', "kota": "+62; =cmd"}
    source = write_csv(tmp_path / "in.csv", rows)
    run(Job((str(source),), tmp_path / "out.csv", mode="fast"))
    [row] = flat_rows(tmp_path / "out.csv")
    assert (row["id"], row["kota"]) == ('\'=HYPERLINK("http://x.example")', "'+62; =cmd")


@pytest.mark.parametrize("seconds", [1.2, 1.8, 2.4])
def test_a_killed_process_leaves_what_the_same_command_completes(tmp_path: Path, seconds: float) -> None:
    source = write_csv(tmp_path / "many.csv", ads(600))
    whole, killed = tmp_path / "whole.jsonl", tmp_path / "killed.jsonl"
    command = [sys.executable, "-m", "detector.cli", "batch", str(source), "--quiet", "--part-rows", "10", "--output"]
    subprocess.run([*command, str(whole)], check=True)
    process = subprocess.Popen([*command, str(killed)])
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.wait()
    if not killed.exists():
        subprocess.run([*command, str(killed)], check=True)
    assert killed.read_bytes() == whole.read_bytes()
