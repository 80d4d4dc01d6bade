"""`sigap batch` as a person runs it: what it says, what it exits with, and what it leaves behind."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from detector.batch import cli, engine
from detector.batch.cli import Watch, batch
from detector.batch.journal import Progress
from detector.detector import Detector

AD = "Toko Roti Harum di Sleman mencari kasir, gaji UMK, lamaran diantar ke toko sebelum tanggal 30 November."


@pytest.fixture(autouse=True)
def _loaded_once(detector: Detector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "load_bundle", lambda path, deep: detector.bundle)


def sigap_batch(*arguments: str | Path) -> Result:
    return CliRunner().invoke(batch, [*map(str, arguments), "--model", "fast"])


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_text_columns_are_joined_by_a_plus_or_by_saying_it_twice(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(f"judul,isi_iklan,syarat\nKasir,{AD.replace(',', '')},SMA\n")
    given = (tmp_path / "in.csv", "--output")
    assert sigap_batch(*given, tmp_path / "a.csv", "--text-column", "isi_iklan+syarat").exit_code == 0
    twice = ("--text-column", "isi_iklan", "--text-column", "syarat")
    assert sigap_batch(*given, tmp_path / "b.csv", *twice).exit_code == 0
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert f"{AD.replace(',', '')}\n\nSMA" in (tmp_path / "a.csv").read_text()


class TestAnOutputInTheFolderThatIsRead:
    def test_is_not_read(self, tmp_path: Path) -> None:
        (tmp_path / "ads.jsonl").write_text(json.dumps({"text": AD}) + "\n{broken\n")
        out = tmp_path / "scored.jsonl"
        for _ in range(2):  # the second time, output and rejects of the first lie there
            result = sigap_batch(tmp_path, "--output", out, "--overwrite")
            assert "2 rows = 1 scored + 1 rejected" in result.output
        assert {path.name for path in tmp_path.iterdir()} == {
            "ads.jsonl",
            "scored.jsonl",
            "scored.jsonl.rejects.jsonl",
            "scored.jsonl.summary.json",
        }

    def test_is_not_read_when_a_run_goes_on(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "ads.jsonl").write_text("".join(json.dumps({"text": f"{AD} {at}"}) + "\n" for at in range(4)))
        given = (tmp_path, "--output", tmp_path / "scored.jsonl", "--part-rows", "1")

        def stop(self: Watch, progress: Progress) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(Watch, "__call__", stop)
            assert sigap_batch(*given).exit_code != 0
        assert (tmp_path / "scored.jsonl.partial").exists()
        assert "4 rows = 4 scored + 0 rejected" in sigap_batch(*given).output

    def test_is_refused_where_it_was_named(self, tmp_path: Path) -> None:
        out = tmp_path / "scored.jsonl"
        out.write_text(json.dumps({"text": AD}) + "\n")
        (tmp_path / "link.jsonl").symlink_to(out)
        for name in ("scored.jsonl", "link.jsonl"):
            result = sigap_batch(tmp_path / name, "--output", out, "--overwrite")
            assert result.exit_code == 1
            assert f"{name} is what this run writes" in result.output
        assert lines(out) == [{"text": AD}]


class TestAFileWithoutTheTextColumn:
    def put(self, folder: Path, *names: str) -> None:
        for at, name in enumerate(names):
            column = "nama" if name.startswith("lacks") else "text"
            (folder / name).write_text(f"{column},n\n{AD.replace(',', '')},{at}\n")

    def test_is_one_reject_and_the_run_goes_on(self, tmp_path: Path) -> None:
        self.put(tmp_path, "a.csv", "lacks.csv", "z.csv")
        given = (tmp_path / "a.csv", tmp_path / "lacks.csv", tmp_path / "z.csv")
        out = tmp_path / "out" / "o.jsonl"
        result = sigap_batch(*given, "--output", out)
        assert result.exit_code == 0
        assert "3 rows = 2 scored + 1 rejected" in result.output
        [reject] = lines(tmp_path / "out" / "o.jsonl.rejects.jsonl")
        assert (reject["number"], reject["source"]) == (2, str(tmp_path / "lacks.csv"))
        assert reject["reason"].startswith("no_text_column: ")
        assert "lacks.csv has no column named text or" in reject["reason"]
        assert "it has nama, n" in reject["reason"]
        assert sigap_batch(*given, "--output", tmp_path / "strict.jsonl", "--strict").exit_code == 3

    def test_is_one_reject_where_it_is_the_first(self, tmp_path: Path) -> None:
        self.put(tmp_path, "lacks.csv", "z.csv")
        result = sigap_batch(tmp_path / "lacks.csv", tmp_path / "z.csv", "--output", tmp_path / "out" / "o.jsonl")
        assert "2 rows = 1 scored + 1 rejected" in result.output

    @pytest.mark.parametrize(
        ("names", "said"),
        [
            (["lacks.csv"], "lacks.csv has no column named text or"),
            (["lacks-1.csv", "lacks-2.csv", "lacks-3.csv"], "2 other files lack a column, too"),
        ],
    )
    def test_is_an_error_before_anything_is_scored_where_it_goes_for_all(
        self, names: list[str], said: str, tmp_path: Path
    ) -> None:
        self.put(tmp_path, *names)
        out = tmp_path / "out" / "o.jsonl"
        result = sigap_batch(*(tmp_path / name for name in names), "--output", out)
        assert result.exit_code == 1
        assert said in result.output
        assert list(out.parent.iterdir()) == []

    def test_costs_no_old_output(self, tmp_path: Path) -> None:
        self.put(tmp_path, "lacks.csv")
        out = tmp_path / "out.jsonl"
        out.write_text("old\n")
        assert sigap_batch(tmp_path / "lacks.csv", "--output", out, "--overwrite").exit_code == 1
        assert out.read_text() == "old\n"

    def test_is_the_same_for_a_named_id_column(self, tmp_path: Path) -> None:
        self.put(tmp_path, "a.csv")
        (tmp_path / "b.csv").write_text(f"text,kode\n{AD.replace(',', '')},7\n")
        out = tmp_path / "o.jsonl"
        result = sigap_batch(tmp_path / "a.csv", tmp_path / "b.csv", "--output", out, "--id-column", "kode")
        assert "1 scored + 1 rejected" in result.output
        assert lines(tmp_path / "o.jsonl.rejects.jsonl")[0]["reason"].startswith("no_id_column: ")


def progress(items: int, share: float | None) -> Progress:
    return Progress("", items=items, levels={"high": 3, "low": items - 3}, rejected=1, share=share)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time that the command sees, which a test sets."""
    now = [0.0]
    monkeypatch.setattr(cli.time, "monotonic", lambda: now[0])
    return now


def test_progress_tells_the_share_and_the_time_left(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    watch = Watch(quiet=False)
    for now, items, share in ((1, 500, 0.1), (31, 2_000, 0.4), (40, 2_100, 0.42), (7_231, 2_500, 0.5)):
        clock[0] = now
        watch(progress(items, share))
    watch.close()
    assert capsys.readouterr().err.splitlines() == [
        "2,000 rows  50 rows/s  40%  60 s left  3 alerts  1 rejects",
        "2,500 rows  0 rows/s  50%  2 h 31 min left  3 alerts  1 rejects",
    ], "plain lines, not too many, where there is no terminal"


def test_of_standard_input_nobody_knows_the_end(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    watch = Watch(quiet=False)
    for now, items in ((1, 500), (31, 2_000)):
        clock[0] = now
        watch(progress(items, None))
    assert capsys.readouterr().err == "2,000 rows  50 rows/s  3 alerts  1 rejects\n"


def test_quiet_says_nothing(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    watch = Watch(quiet=True)
    for clock[0] in (1, 100):
        watch(progress(500, 0.5))
    watch.close()
    assert capsys.readouterr().err == ""
