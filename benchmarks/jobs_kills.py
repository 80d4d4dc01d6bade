"""`kill -9` of the worker and of the server, in turn and at random moments, while an uploaded file is scored.

python -m benchmarks.jobs_kills [KILLS] [ROWS]

The results must be the bytes of an undisturbed run, and the table must hold every row once.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from itertools import islice
from pathlib import Path

from api.jobs.folders import Folders
from api.store import Store, jobs
from api.store.jobs import Job
from benchmarks.listings import endless, texts
from tests.api.jobs.job_files import csv_of
from tests.api.jobs.job_processes import Visitor, child_of, free_port, kill, server, wait_for


class Upload:
    """One uploaded file, followed in the store."""

    def __init__(self, store: Store, page: str) -> None:
        self.page, self.id, self._store = page, page.rpartition("/")[2], store

    @property
    def job(self) -> Job:
        """How it stands."""
        with self._store.reading() as connection:
            found = jobs.get(connection, self.id)
        assert found is not None
        return found


def main(kills: int, rows: int) -> int:
    """Print what was killed at which row, and what came of it; 1 where a row was lost, doubled or changed."""
    rng = random.Random(0)  # noqa: S311 (moments, not secrets)
    content = csv_of([{"id": str(at), "teks": text} for at, text in enumerate(islice(endless(texts("ads")), rows))])
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        store = Store(f"sqlite:///{folder / 'sigap.db'}")
        stack.callback(store.close)
        whole = _undisturbed(store, folder, content)
        upload: Upload | None = None
        done = 0
        start = time.monotonic()
        while upload is None or not upload.job.has_ended:
            with _served(store, folder) as (process, visitor):
                upload = upload or _send(store, visitor, content)
                while not upload.job.has_ended and done < kills:
                    before = upload.job.rows
                    wait_for(lambda at=before, one=upload: one.job.rows > at or one.job.has_ended, [process])  # type: ignore[misc]
                    time.sleep(rng.uniform(0, 3))
                    child = child_of(process)
                    if upload.job.state != "running" or child is None:
                        continue
                    done += 1
                    what = "server" if done % 2 else "worker"
                    print(f"kill {done}: the {what}, at row {upload.job.rows}", flush=True)
                    if what == "server":
                        kill(process)
                        break
                    os.kill(child, signal.SIGKILL)
                else:
                    wait_for(lambda one=upload: one.job.has_ended, [process])  # type: ignore[misc]
        took = time.monotonic() - start
        results = Folders(folder).of(upload.id).results.read_bytes()
        with store.reading() as connection:
            query = "SELECT count(*), count(DISTINCT number), max(number) FROM job_rows WHERE job_id = ?"
            counted = tuple(connection.exec_driver_sql(query, (upload.id,)).one())
        state = upload.job.state
    is_same = state == "done" and results == whole and counted == (rows, rows, rows)
    print(f"{done} kills in {took:.0f} s: {state}, {counted[0]} rows, {counted[1]} different numbers, "
          f"results {'byte-identical' if results == whole else 'DIFFERENT'}")  # fmt: skip
    return 0 if is_same and done == kills else 1


def _undisturbed(store: Store, folder: Path, content: bytes) -> bytes:
    start = time.monotonic()
    with _served(store, folder) as (process, visitor):
        upload = _send(store, visitor, content)
        wait_for(lambda: upload.job.has_ended, [process])
    print(f"undisturbed: {upload.job.rows} rows in {time.monotonic() - start:.0f} s", flush=True)
    return Folders(folder).of(upload.id).results.read_bytes()


@contextmanager
def _served(store: Store, folder: Path) -> Iterator[tuple["subprocess.Popen[bytes]", Visitor]]:
    port = free_port()
    visitor = closing(Visitor(f"http://127.0.0.1:{port}"))
    with server(store, folder, port, folder / "log") as process, visitor as opened:
        yield process, opened


def _send(store: Store, visitor: Visitor, content: bytes) -> Upload:
    page = visitor.upload("iklan.csv", content).headers["location"]
    visitor.post(f"{page}/start", page, text="teks", id_column="id", mode="fast")
    return Upload(store, page)


if __name__ == "__main__":
    arguments = [int(one) for one in sys.argv[1:]]
    raise SystemExit(main(*(arguments + [10, 6_000][len(arguments) :])))
