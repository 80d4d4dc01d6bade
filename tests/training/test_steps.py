"""A step runs when an input changed, and only then."""

from pathlib import Path

import pytest

from training.steps import step


def run(folder: Path, inputs: dict[str, object], log: list[str]) -> str:
    def build(target: Path) -> None:
        log.append("built")
        (target / "result.txt").write_text(str(inputs["c"]))

    return (step(folder / "fit", inputs, build, log.append) / "result.txt").read_text()


def test_unchanged_inputs_skip_the_step_and_a_changed_one_is_named(tmp_path: Path) -> None:
    log: list[str] = []
    assert run(tmp_path, {"c": 40, "corpus": "abc"}, log) == "40"
    assert run(tmp_path, {"corpus": "abc", "c": 40}, log) == "40"
    assert run(tmp_path, {"c": 10, "corpus": "abc"}, log) == "10"
    assert log == ["fit: first run", "built", "fit: unchanged, skipped", "fit: changed: c", "built"]


def test_a_step_that_fails_leaves_the_last_result_and_runs_again(tmp_path: Path) -> None:
    log: list[str] = []
    run(tmp_path, {"c": 1}, log)

    def fail(target: Path) -> None:
        (target / "result.txt").write_text("half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        step(tmp_path / "fit", {"c": 2}, fail, log.append)
    assert (tmp_path / "fit" / "result.txt").read_text() == "1"
    assert run(tmp_path, {"c": 2}, log) == "2"
