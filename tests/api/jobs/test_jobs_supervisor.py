"""Workers as children of the server, and the bar that moves while they work."""

import sys
import threading
from itertools import pairwise
from pathlib import Path

import pytest

from api.jobs import supervisor
from api.jobs.bar import Bar
from api.jobs.supervisor import Supervisor, missing
from tests.api.jobs.job_processes import wait_for


def command(code: str, log: Path) -> tuple[str, ...]:
    """A child that writes a line when it begins, and then does what `code` says."""
    return (sys.executable, "-c", f"import sys, time\nopen({str(log)!r}, 'a').write('begun\\n')\n{code}")


def lines(log: Path) -> list[str]:
    return log.read_text().splitlines() if log.exists() else []


def test_a_child_that_dies_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "_FIRST_PAUSE_S", 0.01)
    log = tmp_path / "log"
    with Supervisor(1, command("sys.exit(1)", log)):
        wait_for(lambda: len(lines(log)) >= 3)


def test_children_end_with_the_server_which_closes_their_input(tmp_path: Path) -> None:
    log = tmp_path / "log"
    code = f"sys.stdin.read(); open({str(log)!r}, 'a').write('ended\\n')"
    with Supervisor(2, command(code, log)):
        wait_for(lambda: len(lines(log)) == 2)
    assert lines(log) == ["begun", "begun", "ended", "ended"]


def test_a_child_that_does_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "_GRACE_S", 0.05)
    log = tmp_path / "log"
    with Supervisor(1, command("time.sleep(600)", log)):
        wait_for(lambda: bool(lines(log)))
    assert lines(log) == ["begun"]


def test_none_is_none() -> None:
    before = threading.active_count()
    with Supervisor(0):
        assert threading.active_count() == before


def test_whether_the_packages_are_there() -> None:
    assert not missing()
    assert missing(lambda name: None if name == "warcio" else name)


# The bar ------------------------------------------------------------------------------------------------------------

BUFFER = 262_144


def shares(size: int, row: int, rows: int, part: int, *, skipped: int = 0) -> list[float]:
    """What the bar shows after each part of a file whose readers take in a buffer at a time."""
    bar, seen = Bar(size), []
    per_row = size / rows
    for done in range(skipped + part, rows + 1, part):
        taken = min(size, -(-int(done * per_row) // BUFFER) * BUFFER) / size
        bar.passed(row * part)
        share = bar.share(taken)
        assert share is not None
        seen.append(share)
    return seen


@pytest.mark.parametrize("weight", [0.3, 1.0, 3.0])  # of a row as text, against its bytes in the file
@pytest.mark.parametrize("size", [60_000, 700_000, 5_000_000])
def test_the_bar_moves_on_and_not_ahead_of_the_readers(size: int, weight: float) -> None:
    rows = 1_000
    seen = shares(size, int(size / rows * weight), rows, 25)
    assert seen == sorted(seen), "it never goes back"
    assert all(0 < share <= 0.999 for share in seen)
    moves = sum(later > earlier for earlier, later in pairwise(seen))
    assert moves > 0.3 * len(seen)
    if size > 1_000_000 and weight <= 1:
        assert abs(seen[len(seen) // 2] - 0.5) < 0.15, "half-way it stands about half-way"


def test_the_bar_of_a_job_that_goes_on_begins_where_that_was() -> None:
    seen = shares(5_000_000, 5_000, 1_000, 25, skipped=600)
    assert 0.5 < seen[0] < 0.7
    assert seen == sorted(seen)


def test_where_nothing_is_known_of_the_end_there_is_no_bar() -> None:
    assert Bar(100).share(None) is None
