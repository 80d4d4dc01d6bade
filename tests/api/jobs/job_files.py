"""Files of listings for the tests of jobs, and what it takes to have them scored. Firms and numbers are invented."""

import csv
import hashlib
import json
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from api.jobs.folders import Folder, Folders
from api.jobs.worker import Worker
from api.settings import Settings
from api.store import Store, jobs, people
from api.store.jobs import Job, NewJob, Options
from detector.deep import Mode
from detector.detector import Detector

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
LURE = "Dibutuhkan admin ke Kamboja, gaji 15 juta, tiket & paspor ditanggung, tanpa pengalaman, japri WA 0812-0000-0017"
LAWFUL = "Toko Roti Harum di Sleman mencari kasir, gaji UMK, lamaran diantar ke toko sebelum tanggal 30 November."


def ads(rows: int) -> list[dict[str, str]]:
    """Every third one recruits into a compound; all differ."""
    return [
        {"id": f"ad-{at}", "teks": f"{LURE if at % 3 == 0 else LAWFUL} Nomor {at}.", "kota": f"Kota {at}"}
        for at in range(rows)
    ]


def csv_of(rows: list[dict[str, str]]) -> bytes:
    header = list(rows[0])
    lines = [",".join(header)]
    for row in rows:
        lines.append(",".join('"' + row[name].replace('"', '""') + '"' for name in header))
    return ("\n".join(lines) + "\n").encode()


def settings_of(store: Store, folder: Path) -> Settings:
    return Settings(store=store.url.render_as_string(hide_password=False), data=folder)


def worker_of(store: Store, folder: Path, detector: Detector, **more: Any) -> Worker:
    """A worker in this process, on the model that the tests have loaded already."""

    def load(mode: Mode) -> Detector:
        return Detector(detector.bundle, detector.knowledge, mode)

    return Worker(settings_of(store, folder), store, load, **more)


def put(store: Store, folder: Path, content: bytes, options: Options, name: str = "iklan.csv") -> str:
    """Receive a file and put it into the queue, as the pages do; returns the job's id."""
    folders = Folders(folder)
    job_id, incoming = folders.incoming()
    suffix = "".join(Path(name).suffixes)
    (incoming.path / f"source{suffix}").write_bytes(content)
    folders.settle(job_id, incoming)
    person = people.notebook(store)
    sha256 = hashlib.sha256(content).hexdigest()
    with store.writing() as connection:
        jobs.add(connection, NewJob(job_id, person.id, name, sha256, len(content), NOW))
        assert jobs.start(connection, job_id, options)
    return job_id


def finished(store: Store, folder: Path, detector: Detector, job_id: str) -> Job:
    """Let a worker of this process do the job that waits."""
    assert worker_of(store, folder, detector).work_one(threading.Event())
    return job_of(store, job_id)


def job_of(store: Store, job_id: str) -> Job:
    with store.reading() as connection:
        job = jobs.get(connection, job_id)
    assert job is not None
    return job


def folder_of(folder: Path, job_id: str) -> Folder:
    return Folders(folder).of(job_id)


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def read_csv(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(content.decode("utf-8-sig").splitlines()))
