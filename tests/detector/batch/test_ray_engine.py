"""The Ray engine on a real cluster of two nodes with one processor each: the same bytes, whatever dies."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from detector.batch import ray_engine
from detector.batch.engine import Part
from detector.batch.journal import Progress
from detector.batch.parts import Wanted, table
from detector.batch.ray_engine import on_ray
from detector.batch.rows import Row
from detector.batch.run import Job, run
from detector.errors import BatchError

LURE = "Dibutuhkan admin ke Kamboja, gaji 15 juta, tiket & paspor ditanggung, tanpa pengalaman, japri WA 0812-0000-0017"
LAWFUL = "Toko Roti Harum di Sleman mencari kasir, gaji UMK, lamaran diantar ke toko sebelum tanggal 30 November."
ROWS = 2_000
PART = 25  # rows; 80 parts
STORE_BYTES = 100 * 2**20


@pytest.fixture(scope="module")
def two_nodes() -> Iterator[Any]:
    """A cluster of two nodes on this machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("RAY_AUTH_MODE", "disabled")  # or it may leave a token in the home of whoever runs the tests
        pytest.importorskip("ray", reason="the extra `cluster` is not installed", exc_type=ImportError)
        from ray.cluster_utils import Cluster

        cluster = Cluster()
        for _ in range(2):
            cluster.add_node(num_cpus=1, object_store_memory=STORE_BYTES, include_dashboard=False)
        yield cluster
        cluster.shutdown()


@pytest.fixture
def cluster(two_nodes: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("RAY_ADDRESS", two_nodes.address)
    return two_nodes


@pytest.fixture(scope="module")
def listings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file; every third row recruits, every 500th can't be read."""
    path = tmp_path_factory.mktemp("in") / "listings.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for at in range(ROWS):
            text = f"{LURE if at % 3 == 0 else LAWFUL} Nomor {at}."
            file.write("{broken\n" if at % 500 == 7 else json.dumps({"id": f"ad-{at}", "text": text}) + "\n")
    return path


@pytest.fixture(scope="module")
def local(listings: Path) -> Job:
    """What the local engine makes of the listings."""
    job = Job((str(listings),), listings.parent / "local.jsonl", mode="fast", part_rows=PART)
    run(job)
    return job


@pytest.fixture
def job(local: Job, tmp_path: Path) -> Job:
    """The same work for two actors, which hold every processor of the cluster."""
    return replace(local, output=tmp_path / "ray.jsonl", engine="ray", workers=2)


def beside(job: Job, suffix: str) -> Path:
    return job.output.with_name(job.output.name + suffix)


def assert_same(job: Job, local: Job) -> None:
    """Output, rejects and counts are those of the local engine."""
    assert job.output.read_bytes() == local.output.read_bytes()
    assert beside(job, ".rejects.jsonl").read_bytes() == beside(local, ".rejects.jsonl").read_bytes()
    told, expected = (json.loads(beside(j, ".summary.json").read_text()) for j in (job, local))
    for name in ("rows", "scored", "rejected", "levels", "answered_by", "complete"):
        assert told[name] == expected[name]
    assert (told["rows"], told["rejected"]) == (ROWS, ROWS // 500)


def actors(cluster: Any) -> list[int]:
    """Processes of the cluster's nodes that hold our actors."""
    raylets = {info.process.pid for node in cluster.list_all_nodes() for info in node.all_processes["raylet"]}
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            parent = int(status.read_text().partition("PPid:")[2].split()[0])
            title = status.with_name("cmdline").read_bytes()
        except (OSError, IndexError):  # gone since
            continue
        if parent in raylets and title.startswith(b"ray::_Actor"):
            found.append(int(status.parent.name))
    return found


def at_part(number: int, act: Any) -> Any:
    """A watch that acts once, after so many parts."""

    def watch(progress: Progress) -> None:
        if progress.parts == number:
            act()

    return watch


def some_parts(count: int) -> Iterator[Part]:
    for at in range(count):
        rows = [Row(2 * at + n, f"ad-{2 * at + n}", f"{LAWFUL} Nomor {2 * at + n}.", "s") for n in (1, 2)]
        yield Part(table(rows), rows[-1].number, [])


def test_one_file_is_spread_over_actors_that_hold_every_processor(
    cluster: Any, job: Job, local: Job, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", ray_engine.__name__):
        run(job)
    assert_same(job, local)
    counts = [int(record.getMessage().split()[-2]) for record in caplog.records]
    assert len(counts) == 2
    assert sum(counts) == ROWS // PART
    assert min(counts) > 10, counts


def test_a_worker_that_is_killed_changes_no_byte(
    cluster: Any, job: Job, local: Job, caplog: pytest.LogCaptureFixture
) -> None:
    run(job, at_part(10, lambda: os.kill(actors(cluster)[0], signal.SIGKILL)))
    assert_same(job, local)
    assert "died; what it held is scored by others" in caplog.text


def test_a_command_that_is_interrupted_goes_on_with_the_other_engine(cluster: Any, job: Job, local: Job) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(job, at_part(60, interrupt))
    assert not job.output.exists()
    assert run(replace(job, engine="local", workers=1)).resumed
    assert_same(job, local)


def test_the_command_attaches_to_the_cluster_that_is_named(cluster: Any, job: Job, local: Job) -> None:
    command = [sys.executable, "-m", "detector.cli", "batch", *job.inputs, "--output", str(job.output)]
    command += ["--model", "fast", "--part-rows", str(PART), "--engine", "ray", "--workers", "2"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert_same(job, local)
    assert f"{ROWS:,} rows" in done.stdout


def test_an_input_that_an_address_names(cluster: Any, job: Job, local: Job, listings: Path) -> None:
    run(replace(job, inputs=(listings.as_uri(),)))
    assert_same(job, local)


def test_more_workers_than_processors_are_refused_before_anything_is_read(cluster: Any) -> None:
    read: list[Part] = []
    parts = (read.append(part) or part for part in some_parts(3))  # type: ignore[func-returns-value]
    with pytest.raises(BatchError, match=r"--workers 3: the cluster has 2 processors.*take at most 2"):
        next(on_ray(parts, None, "fast", Wanted(), 3))
    assert not read


def test_parts_are_read_when_they_are_needed(cluster: Any) -> None:
    read = written = most = 0

    def counted() -> Iterator[Part]:
        nonlocal read, most
        for part in some_parts(200):
            read += 1
            most = max(most, read - written)
            yield part

    for part, answers in on_ray(counted(), None, "fast", Wanted(), 2):
        written += 1
        assert answers.column("number").to_pylist() == [part.last - 1, part.last]
    assert written == 200
    assert most <= 2 * ray_engine._AHEAD + 1


def test_a_part_that_kills_every_actor_ends_the_run_and_is_named(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Dying(ray_engine._Actor):
        def score(self, part: pa.Table) -> pa.Table:
            if 7 in part.column("number").to_pylist():
                os.kill(os.getpid(), signal.SIGKILL)
            return super().score(part)

    monkeypatch.setattr(ray_engine, "_Actor", Dying)
    found = []
    with pytest.raises(BatchError, match="workers died again and again over rows 7 to 8"):
        found += [part.last for part, _ in on_ray(some_parts(20), None, "fast", Wanted(), 2)]


def test_a_node_with_other_code_is_refused(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray_engine, "_code", lambda: "of another version")
    with pytest.raises(BatchError, match="can't start: its copy of sigap differs"):
        next(on_ray(some_parts(3), None, "fast", Wanted(), 2))


def test_a_node_without_sigap_is_refused(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    module = type(sys)("only_here")  # importable on this machine and on no node
    exec("class Actor:\n    def load(self, *told): ...\n", module.__dict__)
    monkeypatch.setitem(sys.modules, "only_here", module)
    monkeypatch.setattr(ray_engine, "_Actor", module.Actor)
    with pytest.raises(BatchError, match="is sigap installed on every node"):
        next(on_ray(some_parts(3), None, "fast", Wanted(), 2))


def test_a_cluster_that_is_busy_with_other_work_is_told(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import ray

    ray.init(cluster.address, log_to_driver=False)
    try:
        others = [ray.remote(num_cpus=1)(type("Other", (), {"here": lambda self: True})).remote() for _ in range(2)]
        assert all(ray.get([other.here.remote() for other in others]))
        monkeypatch.setattr(ray_engine, "_PATIENCE", 1.0)
        with pytest.raises(BatchError, match=r"no worker could start.*other work holds the processors"):
            next(on_ray(some_parts(3), None, "fast", Wanted(), 2))
        assert ray.is_initialized(), "who was attached before stays so"
    finally:
        ray.shutdown()


def test_a_node_that_is_lost_changes_no_byte(cluster: Any, job: Job, local: Job) -> None:
    lost = cluster.list_all_nodes()[-1]
    run(job, at_part(10, lambda: cluster.remove_node(lost, allow_graceful=False)))
    assert_same(job, local)


def test_without_an_address_a_small_cluster_runs_here_for_the_time_being(
    two_nodes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import ray

    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    for _ in on_ray(some_parts(1), None, "fast", Wanted(), 1):
        told = ray.cluster_resources()
        assert told["object_store_memory"] <= ray_engine._STORE_BYTES
        assert ray.get_runtime_context().gcs_address != two_nodes.address, "nobody offered that one"
        assert not ray._private.worker.get_dashboard_url()
        assert os.environ["RAY_USAGE_STATS_ENABLED"] == "0"
    assert not ray.is_initialized()


def test_no_cluster_at_the_address(two_nodes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:1")
    with pytest.raises(BatchError, match=r"no Ray cluster at 127\.0\.0\.1:1"):
        next(on_ray(some_parts(1), None, "fast", Wanted(), 1))


def test_a_client_address_is_refused(two_nodes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "ray://127.0.0.1:10001")
    with pytest.raises(BatchError, match="run the command on a machine of the cluster"):
        next(on_ray(some_parts(1), None, "fast", Wanted(), 1))


def test_where_ray_is_not_installed_the_install_line_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(BatchError, match=r"pip install 'sigap\[cluster\]'"):
        next(on_ray(some_parts(1), None, "fast", Wanted(), 1))
