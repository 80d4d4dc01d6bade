"""The worker: takes jobs from the queue, one at a time, and survives being killed at any moment.

Nothing that it holds in memory matters. What is scored lies in the job's folder, safe part by part; what is in the
table is copied from there; and both say where to go on.
"""

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from api.jobs.bar import Bar
from api.jobs.copying import Copier
from api.jobs.failures import failure_of
from api.jobs.folders import Folder, Folders
from api.jobs.lease import LASTS, Lease, locked
from api.jobs.scoring import score
from api.middleware import where
from api.moments import now
from api.settings import Settings
from api.store import Store, audit, job_rows, jobs
from api.store.jobs import Job, LeaseLost, Progress, State
from detector.batch.journal import Progress as Written
from detector.deep import Mode
from detector.detector import Detector
from detector.errors import BatchError, SigapError

LOG = logging.getLogger("sigap.jobs")
_POLL_S = 0.5
_AFTER_TROUBLE_S = 3.0  # with the database or the model
_IDLE_S = 600.0  # after which the model is let go of
_CLEARING_S = 3_600.0


class Stopped(Exception):
    """The worker is told to end; the job goes back into the queue."""


class Cancelled(Exception):
    """Somebody cancelled the job."""


class Worker:
    """One worker; runs in a process of its own."""

    def __init__(
        self, settings: Settings, store: Store, load: Callable[[Mode], Detector] | None = None, lease: timedelta = LASTS
    ) -> None:
        """Get ready. Without `load`, the models of the settings' bundle are loaded with the first job."""
        self.name = f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(4)}"
        self._settings, self._store, self._lasts = settings, store, lease
        self._folders = Folders(settings.data_folder)
        self._load = load or (lambda mode: Detector.load(settings.bundle, mode))
        self._detectors: dict[Mode, Detector] = {}

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set."""
        cleared, worked = float("-inf"), time.monotonic()
        while not stop.is_set():
            try:
                if self.work_one(stop):
                    worked = time.monotonic()
                    continue
                if time.monotonic() - cleared > _CLEARING_S:
                    self._clear()
                    cleared = time.monotonic()
            except (DBAPIError, SigapError) as error:
                LOG.error("%s: %s", type(error).__name__, where(error))
                stop.wait(_AFTER_TROUBLE_S)
            if time.monotonic() - worked > _IDLE_S:
                self._detectors.clear()
            stop.wait(_POLL_S)

    def work_one(self, stop: threading.Event) -> bool:
        """Take a job and work on it; False where none waits.

        Raises:
            DBAPIError: the database is gone.
            BundleError, KnowledgeError: there is no model that could be loaded.
        """
        with self._store.reading() as connection:
            if not jobs.is_waiting(connection, now()):
                return False
        self._detector("auto")  # before a job is taken: who dies while loading has not tried it
        with self._store.writing() as connection:
            job = jobs.claim(connection, self.name, now(), self._lasts)
        if job is None:
            return False
        LOG.info("job %s: taken, %d rows are scored", job.id, job.scored)
        with Lease(self._store, job.id, self.name, self._lasts) as lease:
            try:
                self._work(job, lease, stop)
            except LeaseLost:
                LOG.warning("job %s: another worker has it by now", job.id)
        return True

    def _work(self, job: Job, lease: Lease, stop: threading.Event) -> None:
        folder = self._folders.of(job.id)
        try:
            with locked(folder, now() + self._lasts) as is_mine:
                if not is_mine:  # a worker that was frozen holds it, and will see that it lost the lease
                    raise Stopped
                _Run(self._store, self._settings, job, folder, self.name, lease, stop, self._detector).run()
        except Stopped:
            with self._store.writing() as connection:
                jobs.release(connection, job.id, self.name)
        except Cancelled:
            self._end(job, "cancelled")
        except (LeaseLost, DBAPIError):
            raise
        except Exception as error:  # the boundary of one job
            code = failure_of(error)
            LOG.error("job %s: %s: %s: %s", job.id, code.partition(":")[0], type(error).__name__, where(error))
            self._end(job, "failed", code)

    def _end(self, job: Job, state: State, error: str = "") -> None:
        with self._store.writing() as connection:
            jobs.finish(connection, job.id, self.name, state, now(), error)
            code = error.partition(":")[0]
            audit.record(connection, now(), "system", "end.job", f"job:{job.id}", state=state, error=code)

    def _detector(self, mode: Mode) -> Detector:
        if mode not in self._detectors:
            self._detectors[mode] = self._load(mode)
        return self._detectors[mode]

    def _clear(self) -> None:
        with self._store.reading() as connection:
            known = jobs.known(connection)
        if removed := self._folders.clear(known):
            LOG.info("%d folders of no job were cleared away", removed)


class _Run:
    """One worker's turn at one job."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        job: Job,
        folder: Folder,
        worker: str,
        lease: Lease,
        stop: threading.Event,
        detector_of: Callable[[Mode], Detector],
    ) -> None:
        self._store, self._settings, self._job, self._folder = store, settings, job, folder
        self._worker, self._lease, self._stop = worker, lease, stop
        self._detector = detector_of(job.options.mode)
        self._bar = Bar(folder.source.stat().st_size)
        self._copier = self._new_copier()

    def run(self) -> None:
        """Score, copy, end."""
        if self._folder.output.exists():  # killed between the last row and the end
            (self._folder.path / "result.jsonl.journal.json").unlink(missing_ok=True)
        else:
            self._score()
        self._copy(_size(self._folder.output), _size(self._folder.rejects), None)
        self._finish()

    def _score(self) -> None:
        is_anew = not any(self._folder.path.glob("result.*"))
        try:
            self._go(anew=False)
        except BatchError as error:
            if is_anew or isinstance(error.__cause__, OSError):
                raise
            # Files of another model, or that a failing disk damaged. What a machine found, it finds again.
            LOG.warning("job %s begins anew", self._job.id)
            with self._store.writing() as connection:
                jobs.save(connection, self._job.id, self._worker, Progress(0, 0, 0, 0, 0.0))
                job_rows.clear(connection, self._job.id)
            self._folder.forget_results()
            self._copier = self._new_copier()
            self._go(anew=True)

    def _go(self, *, anew: bool) -> None:
        job = self._job
        bundle, passed = self._settings.bundle, self._bar.passed
        score(self._folder, job.file_name, job.options, self._detector, bundle, self._watch, passed, anew=anew)

    def _watch(self, written: Written) -> None:
        if self._stop.is_set():
            raise Stopped
        if self._lease.is_lost:
            raise LeaseLost(self._job.id)
        alerts = sum(written.levels.get(level, 0) for level in job_rows.ALERTS)
        share = self._bar.share(written.share)
        progress = Progress(written.items, written.scored, alerts, written.rejected, share)
        if self._copy(written.output_bytes, written.reject_bytes, progress):
            raise Cancelled

    def _copy(self, scored_bytes: int, rejected_bytes: int, progress: Progress | None) -> bool:
        """Copy what is in the files up to there; returns whether the job is to stop."""
        is_cancelled = False
        for lines, alerts in self._copier.batches(scored_bytes, rejected_bytes):
            with self._store.writing() as connection:
                if progress is None:
                    jobs.renew(connection, self._job.id, self._worker, now() + self._lease.lasts)
                else:
                    is_cancelled = jobs.save(connection, self._job.id, self._worker, progress)
                self._copier.write(connection, lines, alerts, now())
            self._copier.wrote(lines)
        return is_cancelled

    def _finish(self) -> None:
        job = self._job
        with self._store.writing() as connection:
            counts = job_rows.counts(connection, job.id)
            progress = Progress(counts.rows, counts.scored, counts.alerts, counts.rejected)
            jobs.save(connection, job.id, self._worker, progress)
            error = ""
            if not counts.scored:
                reasons = job_rows.reasons(connection, job.id)
                error = f"nothing_scored: {next(iter(reasons))}" if reasons else "empty_file"
            state: State = "failed" if error else "done"
            jobs.finish(connection, job.id, self._worker, state, now(), error)
            told = {"state": state, "rows": counts.rows, "rejected": counts.rejected, "alerts": counts.alerts}
            audit.record(connection, now(), "system", "end.job", f"job:{job.id}", **told)
        LOG.info("job %s: %s, %d rows", job.id, state, counts.rows)

    def _new_copier(self) -> Copier:
        owner = self._job.person
        keeps = self._job.options.keep_alerts and owner is not None
        copier = Copier(self._job, self._folder, (self._detector, owner) if keeps and owner else None)
        with self._store.reading() as connection:
            copier.find_place(connection)
        return copier


def _size(path: Path) -> int:
    return path.stat().st_size
