"""A person's request to be forgotten, carried out everywhere: store, search, and the files of jobs."""

import json
from dataclasses import dataclass
from datetime import datetime

from api.jobs.folders import Folder, Folders
from api.store import Store, audit, jobs, removal
from detector.errors import SigapError


class JobRunning(SigapError):
    """A file that is being scored holds the contact: cancel the job or wait for its end."""

    def __init__(self, job_id: str) -> None:
        self.job_id = job_id
        super().__init__(f"job {job_id} is still running and may hold the contact; cancel it or wait for its end")


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased: kept ads, and jobs whose file showed the contact (their upload, results and rejects)."""

    ads: int
    jobs: tuple[str, ...]


def erase_contact(store: Store, folders: Folders, contact: str, actor: str, now: datetime, reason: str) -> Erased:
    """Erase a "type:value" contact. A job whose results show it goes as a whole: its upload holds the text, too.

    Backups made before still hold it until they are thrown away; their age is the operator's to bound.

    Raises:
        JobRunning: a job that is at work may be writing the contact right now; nothing was erased.
    """
    type_, _, value = contact.partition(":")
    needle = json.dumps(value, ensure_ascii=False)[1:-1].encode()
    with store.reading() as connection:
        known = sorted(jobs.known(connection))
        running = next((one for one in known if _is_open(jobs.get(connection, one))), None)
    if running is not None:
        raise JobRunning(running)
    showing = tuple(one for one in known if _shows(folders.of(one), needle))
    with store.writing() as connection:
        removed = removal.forget_contact(connection, type_, value, actor, now, reason)
        for job_id in showing:
            jobs.remove(connection, job_id)
            audit.record(connection, now, actor, "erase.job", f"job:{job_id}", reason=reason)
    for job_id in showing:  # after the store has let go of them; a crash in between leaves orphans that are cleared
        folders.remove(job_id)
    return Erased(removed, showing)


def _is_open(job: jobs.Job | None) -> bool:
    return job is not None and job.state in ("queued", "running")


def _shows(folder: Folder, needle: bytes) -> bool:
    """Whether the results of a job name the value, as the detector writes it whatever the spelling in the text."""
    for path in (folder.output, folder.growing):
        if path.is_file():
            with path.open("rb") as stream:
                if any(needle in line for line in stream):
                    return True
    return False
