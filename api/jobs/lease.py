"""Holding on to a job: a lease in the database, renewed by a thread, and a lock on its folder.

The lease says who works on a job, to everybody. The lock makes sure: a worker that was frozen for longer than its
lease, and wakes up, must not write into files that another one is writing.
"""

import fcntl
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy.exc import DBAPIError

from api.jobs.folders import Folder
from api.moments import now
from api.store import Store, jobs
from api.store.jobs import LeaseLost

LOG = logging.getLogger("sigap.jobs")
LASTS = timedelta(seconds=10)
_RENEWALS = 4  # within that time
_LOCK_POLL_S = 0.2


class Lease:
    """Renews the lease on a job while the block runs. `is_lost` once it belongs to another worker."""

    def __init__(self, store: Store, job_id: str, owner: str, lasts: timedelta = LASTS) -> None:
        self._store, self._job_id, self._owner, self.lasts = store, job_id, owner, lasts
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._renew, name="lease", daemon=True)
        self.is_lost = False

    def __enter__(self) -> "Lease":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _renew(self) -> None:
        while not self._over.wait(self.lasts.total_seconds() / _RENEWALS):
            try:
                with self._store.writing() as connection:
                    jobs.renew(connection, self._job_id, self._owner, now() + self.lasts)
            except LeaseLost:
                self.is_lost = True
                return
            except DBAPIError as error:  # busy, or gone for a moment: the next renewal may be in time
                LOG.warning("a lease could not be renewed: %s", type(error).__name__)


@contextmanager
def locked(folder: Folder, until: datetime) -> Iterator[bool]:
    """Hold a folder against every other process; False where another one still has it at `until`.

    The system lets go of the lock of a process that dies, in whatever way.

    Raises:
        FileNotFoundError: there is no such folder.
    """
    with folder.lock.open("ab") as file:
        while not (is_mine := _try(file.fileno())) and now() < until:
            time.sleep(_LOCK_POLL_S)
        yield is_mine


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
