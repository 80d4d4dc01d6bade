"""What makes a batch survive: output that only grows, and a journal that says how far it can be trusted.

After every part the output is flushed to the disk, and then the journal is replaced in one step. A run that was killed
goes on at the journal's end: what lies behind it in the output is cut off and written again.
"""

import base64
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, Self

import pyarrow as pa

from detector.errors import BatchError

__all__ = ["SCHEMA", "BatchError", "Files", "Journal", "Progress", "replace_file", "sync_folder"]

SCHEMA = "batch-journal/1"


@dataclass(frozen=True, slots=True)
class Files:
    """What a batch writes: the output, and beside it what is named after it."""

    output: Path
    partial: Path
    rejects: Path
    journal: Path
    summary: Path

    @classmethod
    def of(cls, output: Path) -> Self:
        """Those of the batch with this output."""
        names = (".partial", ".rejects.jsonl", ".journal.json", ".summary.json")
        return cls(output, *(output.with_name(output.name + name) for name in names))

    def all(self) -> tuple[Path, ...]:
        """All of them."""
        return (self.output, self.partial, self.rejects, self.journal, self.summary)


@dataclass
class Progress:
    """How far a batch has come. All counts are of what lies safely on the disk."""

    signature: str
    parts: int = 0
    numbers: int = 0  # the number of the last item of the last part
    items: int = 0  # rows and rejects in the parts
    scored: int = 0
    rejected: int = 0
    output_bytes: int = 0
    reject_bytes: int = 0
    levels: dict[str, int] = field(default_factory=dict)
    answered_by: dict[str, int] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)  # of the sources, in order of first appearance
    share: float | None = None  # of the inputs, where their end is known; only told, not kept


class Journal:
    """The growing files of one batch: `OUT.partial`, `OUT.rejects.jsonl` and `OUT.journal.json`."""

    def __init__(self, files: Files, signature: str) -> None:
        self.partial = files.partial
        self.rejects = files.rejects
        self.path = files.journal
        self.progress = Progress(signature)
        self._output: IO[bytes] | None = None
        self._rejects: IO[bytes] | None = None

    def is_finished(self, output: Path) -> bool:
        """Whether an earlier run was killed between its very last steps, when the output was there already.

        Raises:
            BatchError: that run had other inputs, options or another model.
        """
        if not self.path.is_file() or not output.is_file() or self.partial.exists():
            return False
        self.progress = self._read()
        return True

    def open(self) -> bool:
        """Open the files, cut to what the journal vouches for; returns whether an earlier run goes on.

        Raises:
            BatchError: an earlier run with other inputs, options or another model is unfinished.
            OSError: the files can't be written.
        """
        resumed = self.path.is_file()
        if resumed:
            self.progress = self._read()
        self._output = self._cut(self.partial, self.progress.output_bytes)
        self._rejects = self._cut(self.rejects, self.progress.reject_bytes)
        return resumed

    def _read(self) -> Progress:
        try:
            data: dict[str, Any] = json.loads(self.path.read_text(encoding="utf-8"))
            assert data.pop("schema") == SCHEMA
            found = Progress(**data)
        except (ValueError, TypeError, KeyError, AssertionError) as error:
            raise BatchError(f"{self.path} is no journal of a batch; --overwrite starts anew") from error
        if found.signature != self.progress.signature:
            raise BatchError(
                f"{self.path}: an unfinished run had other inputs, options or another model; --overwrite starts anew"
            )
        return found

    @staticmethod
    def _cut(path: Path, size: int) -> IO[bytes]:
        handle = path.open("ab")
        if handle.tell() < size:
            handle.close()
            raise BatchError(f"{path} is shorter than its journal says; --overwrite starts anew")
        handle.truncate(size)
        handle.seek(size)
        return handle

    def add(self, answers: pa.Table, items: int, last: int, columns: list[str]) -> None:
        """Append the answers to a part of so many `items` and make them safe; `last` is the number of its last item.

        Raises:
            OSError: the disk is full or broken; what was safe before still is.
        """
        if self._output is None or self._rejects is None:
            raise RuntimeError("the journal is not open")
        now = self.progress
        lines, rejects = [], []
        for row in answers.to_pylist():
            if row["line"] is not None:
                lines.append(row["line"].encode("utf-8", "backslashreplace") + b"\n")
                now.levels[row["level"]] = now.levels.get(row["level"], 0) + 1
                now.answered_by[row["answered_by"]] = now.answered_by.get(row["answered_by"], 0) + 1
            else:
                told = {
                    "number": row["number"],
                    "source": row["source"],
                    "reason": row["reason"],
                    "raw": base64.b64encode(row["raw"] or b"").decode("ascii"),
                }
                rejects.append(json.dumps(told, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n")
        for handle, chunk in ((self._output, lines), (self._rejects, rejects)):
            if chunk:
                handle.write(b"".join(chunk))
                handle.flush()
                os.fsync(handle.fileno())
        now.scored += len(lines)
        now.rejected += len(rejects)
        now.output_bytes = self._output.tell()
        now.reject_bytes = self._rejects.tell()
        now.parts += 1
        now.numbers = last
        now.items += items
        now.columns += [name for name in columns if name not in now.columns]
        kept = {name: value for name, value in asdict(now).items() if name != "share"}
        replace_file(self.path, json.dumps({"schema": SCHEMA, **kept}, ensure_ascii=False).encode())

    def close(self) -> None:
        """Close the growing files."""
        for handle in (self._output, self._rejects):
            if handle is not None:
                handle.close()

    def discard(self) -> None:
        """Remove the journal and the growing files of this or an earlier run."""
        for path in (self.path, self.partial, self.rejects):
            path.unlink(missing_ok=True)


def replace_file(path: Path, data: bytes) -> None:
    """Write a small file in one step: readers see the old or the new content, also after a crash."""
    fresh = path.with_name(path.name + ".new")
    with fresh.open("wb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())
    fresh.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames in a folder survive a power cut, where the system can."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
