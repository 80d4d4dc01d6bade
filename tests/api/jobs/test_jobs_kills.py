"""`kill -9` of worker and server while a file is scored: it finishes, each row once, the same bytes."""

import os
import random
import signal
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from api.moments import now
from api.store import Store, jobs
from api.store.jobs import Options
from api.store.tables import JOBS
from detector.detector import Detector
from tests.api.jobs.job_files import ads, csv_of, finished, folder_of, job_of, put
from tests.api.jobs.job_processes import Visitor, child_of, free_port, kill, server, wait_for, worker

ROWS = 1_500
FAST = Options(mode="fast")


@pytest.fixture
def whole(store: Store, tmp_path: Path, detector: Detector) -> bytes:
    """What comes out when nobody disturbs it."""
    id_ = put(store, tmp_path, csv_of(ads(ROWS)), FAST)
    assert finished(store, tmp_path, detector, id_).state == "done"
    content = folder_of(tmp_path, id_).results.read_bytes()
    with store.writing() as connection:
        jobs.remove(connection, id_)
    return content


def is_once(store: Store, job_id: str) -> bool:
    """Whether the table holds every row of the file, once."""
    with store.reading() as connection:
        query = "SELECT count(*), count(DISTINCT number), min(number), max(number) FROM job_rows"
        return tuple(connection.exec_driver_sql(query).one()) == (ROWS, ROWS, 1, ROWS)


def let_the_lease_run_out(store: Store) -> None:
    with store.writing() as connection:
        connection.execute(update(JOBS).values(lease_until=now() - timedelta(seconds=1)))


def test_killed_workers(store: Store, tmp_path: Path, whole: bytes) -> None:
    rng = random.Random(7)
    id_ = put(store, tmp_path, csv_of(ads(ROWS)), FAST)
    reached = 0
    for at in sorted(rng.randrange(1, ROWS - 300) for _ in range(2)):
        with worker(store, tmp_path) as process:
            wait_for(lambda at=at: job_of(store, id_).rows > at, [process])  # type: ignore[misc]
            kill(process)
        job = job_of(store, id_)
        assert job.state == "running"
        assert job.rows >= reached
        reached = job.rows
        let_the_lease_run_out(store)
    with worker(store, tmp_path) as process:
        wait_for(lambda: job_of(store, id_).has_ended, [process])
        process.terminate()
        assert process.wait(60) == 0
    job = job_of(store, id_)
    assert (job.state, job.rows, job.scored) == ("done", ROWS, ROWS)
    assert folder_of(tmp_path, id_).results.read_bytes() == whole
    assert is_once(store, id_)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_killed_server_and_then_its_killed_worker(store: Store, tmp_path: Path, whole: bytes) -> None:
    with ExitStack() as stack:
        _kill_server_and_worker(store, tmp_path, whole, stack)


def _kill_server_and_worker(store: Store, tmp_path: Path, whole: bytes, stack: ExitStack) -> None:
    port, log = free_port(), tmp_path / "log"
    with server(store, tmp_path, port, log) as process:
        visitor = stack.enter_context(closing(Visitor(f"http://127.0.0.1:{port}")))
        page = visitor.upload("iklan.csv", csv_of(ads(ROWS))).headers["location"]
        id_ = page.rpartition("/")[2]
        visitor.post(f"{page}/start", page, text="teks", id_column="id", mode="fast")
        wait_for(lambda: job_of(store, id_).rows > 200, [process])
        kill(process)
    # Its worker sees that the server is gone, and puts the job back.
    wait_for(lambda: job_of(store, id_).state == "queued")
    assert job_of(store, id_).rows < ROWS
    with server(store, tmp_path, port, log) as process:
        first = job_of(store, id_).rows
        wait_for(lambda: job_of(store, id_).rows > first, [process])
        child = child_of(process)
        assert child is not None
        os.kill(child, signal.SIGKILL)
        wait_for(lambda: child_of(process) not in (None, child), [process])
        if not job_of(store, id_).has_ended:
            let_the_lease_run_out(store)
        wait_for(lambda: job_of(store, id_).has_ended, [process])
        told = visitor.http.get(f"{page}.json").json()["job"]
        assert (told["state"], told["rows"], told["share"]) == ("done", ROWS, 1.0)
        assert visitor.http.get(f"{page}/results.jsonl").content == whole
        process.terminate()
        assert process.wait(60) in (0, -signal.SIGTERM)
    assert is_once(store, id_)
    assert b"Traceback" not in log.read_bytes()


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_two_workers_at_one_queue_do_every_job_once(store: Store, tmp_path: Path) -> None:
    ids = [put(store, tmp_path, csv_of(ads(40)), FAST) for _ in range(6)]
    with worker(store, tmp_path) as one, worker(store, tmp_path) as two:
        wait_for(lambda: all(job_of(store, id_).has_ended for id_ in ids), [one, two])
    with store.reading() as connection:
        ended = connection.exec_driver_sql("SELECT object, count(*) FROM audit WHERE action = 'end.job' GROUP BY 1")
        assert dict(map(tuple, ended)) == {f"job:{id_}": 1 for id_ in ids}
        rows = connection.exec_driver_sql("SELECT job_id, count(*) FROM job_rows GROUP BY 1")
        assert dict(map(tuple, rows)) == dict.fromkeys(ids, 40)
    assert all(job_of(store, id_).state == "done" for id_ in ids)
