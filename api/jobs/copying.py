"""From a job's files to the table of its rows, in the order of the file and each once.

What was written down is one stretch from the first row on, since both kinds of rows are merged by their numbers and a
transaction takes the next ones or none. So the highest number in the table says where to go on, after a kill as well.
"""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from api import keeping
from api.jobs.folders import Folder
from api.security.person import Person
from api.store import job_rows
from api.store.job_rows import JobRow
from api.store.jobs import Job
from detector.detector import Detector
from detector.errors import EmptyInput, NotText

ROWS = 100  # of one transaction; others wait for the place of the writer that long
_EXCERPT = 300
_ROW_ID = 300
_REASON = 200


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a job's files: the row to write down, and the whole of it."""

    row: JobRow
    told: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Alert:
    """A row that is to be kept as an ad, judged before the transaction begins: that takes its time."""

    number: int
    judged: keeping.Judged


class Copier:
    """Copies one job's rows. `keeper` judges alerts again to keep them as ads; None where none are kept."""

    def __init__(self, job: Job, folder: Folder, keeper: tuple[Detector, Person] | None) -> None:
        self._job, self._folder, self._keeper = job, folder, keeper
        self._scored_end = self._rejected_end = 0
        self._reached = 0

    def find_place(self, connection: Connection) -> None:
        """Go on where this or an earlier worker stopped."""
        reached = job_rows.reached(connection, self._job.id)
        self._reached = reached.number
        self._scored_end = _end_of_line(self._folder.results, reached.scored)
        self._rejected_end = _end_of_line(self._folder.rejects, reached.rejected)

    def batches(self, scored_bytes: int, rejected_bytes: int) -> Iterator[tuple[list[Line], list[Alert]]]:
        """What is to be written down of so many bytes of both files, in portions for one transaction each."""
        lines = merge(
            _lines(self._folder.results, self._scored_end, scored_bytes, _scored),
            _lines(self._folder.rejects, self._rejected_end, rejected_bytes, _rejected),
            key=lambda line: line.row.number,
        )
        while held := list(islice(lines, ROWS)):
            yield held, list(self._alerts(held))
        self._scored_end, self._rejected_end = scored_bytes, rejected_bytes

    def write(self, connection: Connection, lines: list[Line], alerts: list[Alert], now: datetime) -> None:
        """Write a portion down, inside a transaction."""
        fresh = [line.row for line in lines if line.row.number > self._reached]
        job_rows.add(connection, self._job.id, fresh)
        if self._keeper is None:
            return
        for alert in alerts:
            try:
                keeping.keep(
                    connection,
                    alert.judged,
                    self._keeper[1],
                    now,
                    channel=self._job.options.channel,
                    origin=f"{self._job.file_name} #{alert.number}",
                    job_id=self._job.id,
                )
            except NotText:  # a NUL: in the results it stands, in the store it can't
                continue

    def wrote(self, lines: list[Line]) -> None:
        """The transaction stands."""
        self._reached = max(self._reached, lines[-1].row.number)

    def _alerts(self, lines: list[Line]) -> Iterator[Alert]:
        if self._keeper is None:
            return
        for line in lines:
            if line.row.level in job_rows.ALERTS and line.row.number > self._reached:
                try:
                    yield Alert(line.row.number, keeping.judge(self._keeper[0], line.told["text"]))
                except EmptyInput:
                    continue


def line_at(path: Path, offset: int) -> dict[str, Any]:
    """The object on the line that begins at `offset`.

    Raises:
        OSError: the file is gone.
        ValueError: there is none.
    """
    with path.open("rb") as file:
        file.seek(offset)
        told: dict[str, Any] = json.loads(file.readline())
    return told


def _end_of_line(path: Path, offset: int | None) -> int:
    if offset is None:
        return 0
    with path.open("rb") as file:
        file.seek(offset)
        file.readline()
        return file.tell()


def _lines(path: Path, start: int, end: int, read: Any) -> Iterator[Line]:
    if start >= end:
        return
    with path.open("rb") as file:
        file.seek(start)
        at = start
        while at < end and (line := file.readline()):
            yield read(json.loads(line), at)
            at += len(line)


def _scored(told: dict[str, Any], offset: int) -> Line:
    typologies = told["typologies"]
    row = JobRow(
        number=told["number"],
        row_id=_storable(told["id"])[:_ROW_ID],
        risk=told["risk"],
        level=told["level"],
        typology=typologies[0]["id"] if typologies else "",
        kind=told["document"]["kind"],
        reason="",
        excerpt=_excerpt(told["text"]),
        offset=offset,
    )
    return Line(row, told)


def _rejected(told: dict[str, Any], offset: int) -> Line:
    code = told["reason"].partition(":")[0]
    raw = base64.b64decode(told["raw"])[: 4 * _EXCERPT].decode("utf-8", "replace")
    return Line(JobRow(told["number"], "", None, "", "", "", code[:_REASON], _excerpt(raw), offset), told)


def _excerpt(text: str) -> str:
    return " ".join(_storable(text[: 4 * _EXCERPT]).split())[:_EXCERPT]


def _storable(text: str) -> str:
    """Without what no database keeps."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
