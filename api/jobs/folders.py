"""Where the files of a job lie: one folder a job, in which every name is ours and none is the sender's."""

import os
import re
import secrets
import shutil
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path, PurePath

FORMATS = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet", ".xlsx", ".html", ".htm", ".mhtml", ".mht", ".warc", ".txt")
COMPRESSIONS = (".gz", ".zst")
LONGEST_NAME = 200  # characters of a file's name that are kept, of the 300 that the table has room for
_INCOMING = "incoming-"
_ORPHAN_S = 86_400  # age at which a folder that no job owns is cleared away: by then no upload is going on in it
_ID = re.compile(r"[0-9a-f]{32}\Z")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Folder:
    """The folder of one job."""

    path: Path

    @property
    def source(self) -> Path:
        """The file as it was received.

        Raises:
            FileNotFoundError: it is gone.
        """
        found = next(self.path.glob("source.*"), None)
        if found is None:
            raise FileNotFoundError(2, "the file that was uploaded is gone", str(self.path))
        return found

    @property
    def output(self) -> Path:
        """The results, once all rows are scored: one JSON object a line."""
        return self.path / "result.jsonl"

    @property
    def growing(self) -> Path:
        """The results while they grow."""
        return self.path / "result.jsonl.partial"

    @property
    def rejects(self) -> Path:
        """The rows that can't be read, with reason and bytes."""
        return self.path / "result.jsonl.rejects.jsonl"

    @property
    def preview(self) -> Path:
        """What a look at the file found."""
        return self.path / "preview.json"

    @property
    def lock(self) -> Path:
        """Held by the process that works in the folder."""
        return self.path / "lock"

    @property
    def results(self) -> Path:
        """The results as far as there are any: the whole ones, else the growing ones."""
        return self.output if self.output.exists() else self.growing

    def forget_results(self) -> None:
        """Remove everything that was made from the file; the file itself stays."""
        for path in self.path.glob("result.*"):
            path.unlink(missing_ok=True)


class Folders:
    """All jobs' folders."""

    def __init__(self, data_folder: Path) -> None:
        self._root = data_folder / "jobs"

    def of(self, job_id: str) -> Folder:
        """The folder of a job.

        Raises:
            ValueError: that is no id of a job; nothing else may become part of a path.
        """
        if not _ID.match(job_id):
            raise ValueError("not the id of a job")
        return Folder(self._root / job_id)

    def incoming(self) -> tuple[str, Folder]:
        """A new id, and a folder for what is being received: it gets its name when it is whole."""
        job_id = secrets.token_hex(16)
        folder = Folder(self._root / f"{_INCOMING}{job_id}")
        self._root.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.path.mkdir(mode=0o700)
        return job_id, folder

    def settle(self, job_id: str, incoming: Folder) -> Folder:
        """Give what was received its place, which a power cut leaves as it is."""
        folder = self.of(job_id)
        _sync(incoming.path)
        incoming.path.rename(folder.path)
        _sync(self._root)
        return folder

    def remove(self, job_id: str) -> None:
        """Remove a job's folder with all that is in it."""
        shutil.rmtree(self.of(job_id).path, ignore_errors=True)

    def clear(self, known: Collection[str]) -> int:
        """Remove what a killed server or a half deletion left: folders of no job that nobody touched for a day."""
        removed = 0
        for path in self._root.iterdir() if self._root.is_dir() else ():
            is_ours = _ID.match(path.name.removeprefix(_INCOMING))
            if is_ours and path.name not in known and time.time() - path.stat().st_mtime > _ORPHAN_S:
                shutil.rmtree(path, ignore_errors=True)
                removed += 1
        return removed


def _sync(path: Path) -> None:
    """Make the names in a folder safe on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def suffix_of(name: str) -> str | None:
    """The suffix that says how a file is to be read, `.csv.gz`; None where the name ends in none that is known.

    It is looked up in a fixed list, so that nothing of a sender's name ever reaches the disk.
    """
    lower = name.lower()
    for compression in ("", *COMPRESSIONS):
        for form in FORMATS:
            if lower.endswith(form + compression):
                return form + compression
    return None


def shown_name(name: str) -> str:
    """A sender's file name as it may be shown and stored: no folders, nothing invisible, not endless."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = " ".join(_UNPRINTABLE.sub("\ufffd", last).split())
    if len(plain) > LONGEST_NAME:
        end = PurePath(plain).suffix[:10]
        plain = plain[: LONGEST_NAME - len(end) - 1] + "…" + end
    return plain or "?"
