"""`sigap admin` for what is kept: backup and restore, retention, erasure, checking."""

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from api import keeping
from api.admin_cli import admin
from api.store import Store, people
from api.store.tables import ADS, JOBS
from detector.detector import Detector
from tests.api.ads import COMPOUND, SHOP

NOW = datetime.now(UTC)
NUMBER = "phone:+6281200000011"
JOB = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def data(tmp_path: Path, detector: Detector) -> Path:
    """A data folder with two kept ads, one with a number, and a job whose results show that number."""
    store = Store(f"sqlite:///{tmp_path / 'sigap.db'}")
    store.migrate()
    person = people.notebook(store)
    with store.writing() as connection:
        keeping.keep(connection, keeping.judge(detector, COMPOUND), person, NOW - timedelta(days=40))
        keeping.keep(connection, keeping.judge(detector, SHOP), person, NOW)
        connection.execute(
            JOBS.insert().values(
                id=JOB, file_name="a.csv", sha256="0" * 64, size=1, options={}, state="done", created_at=NOW
            )
        )
    folder = tmp_path / "jobs" / JOB
    folder.mkdir(parents=True)
    (folder / "source.csv").write_text("text\n", encoding="utf-8")
    line = json.dumps(detector.assess(COMPOUND).as_dict(), ensure_ascii=False)
    (folder / "result.jsonl").write_text(line + "\n", encoding="utf-8")
    store.close()
    return tmp_path


def run(data: Path, *arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(admin, list(arguments), env={"SIGAP_DATA": str(data), **environment})


def ads_in(data: Path) -> int:
    store = Store(f"sqlite:///{data / 'sigap.db'}")
    with store.reading() as connection:
        count = len(connection.execute(select(ADS.c.id)).all())
    store.close()
    return count


def test_backup_and_restore(data: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    done = run(data, "backup", str(other / "b.zip"))
    assert done.exit_code == 0, done.output
    assert "2 ads, 2 files" in done.output
    done = run(other / "data", "restore", str(other / "b.zip"))
    assert done.exit_code == 0, done.output
    assert ads_in(other / "data") == 2
    assert run(other / "data", "restore", str(other / "b.zip")).exit_code == 1


@pytest.mark.parametrize(("days", "left"), [("0", 2), ("30", 1), ("60", 2)])
def test_what_is_over_goes(data: Path, days: str, left: int) -> None:
    done = run(data, "expire", SIGAP_UNJUDGED_DAYS=days)
    assert f"{2 - left} ads removed" in done.output
    assert ads_in(data) == left


def test_a_number_is_erased_with_its_ads_and_jobs(data: Path) -> None:
    done = run(data, "erase", NUMBER, "--reason", "surat 12/2026", "--yes")
    assert "1 ads and 1 jobs erased" in done.output
    assert ads_in(data) == 1
    assert not (data / "jobs" / JOB).exists()
    remains = b"".join(path.read_bytes() for path in data.rglob("*") if path.is_file() and "jobs" in path.parts)
    assert b"81200000011" not in remains


def test_nothing_is_erased_while_a_job_runs(data: Path) -> None:
    with sqlite3.connect(data / "sigap.db") as connection:
        connection.execute("UPDATE jobs SET state = 'running'")
    done = run(data, "erase", NUMBER, "--reason", "-", "--yes")
    assert (done.exit_code, JOB in done.output) == (1, True)
    assert ads_in(data) == 2


def test_erasing_asks_first(data: Path) -> None:
    done = CliRunner().invoke(admin, ["erase", NUMBER, "--reason", "-"], input="n\n", env={"SIGAP_DATA": str(data)})
    assert done.exit_code == 1
    assert ads_in(data) == 2


def test_the_check_finds_what_was_touched(data: Path) -> None:
    assert run(data, "check").exit_code == 0
    with sqlite3.connect(data / "sigap.db") as connection:
        connection.execute("UPDATE audit SET actor = 'orang lain' WHERE number = 1")
    done = run(data, "check")
    assert done.exit_code == 1
    assert "record: entry 1 is changed" in done.output
