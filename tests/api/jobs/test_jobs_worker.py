"""The worker: a file becomes ranked rows, each once, whatever happens in between."""

import errno
import json
import os
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from api.jobs import lease, scoring
from api.jobs import worker as working
from api.jobs.lease import locked
from api.jobs.scoring import PART_ROWS
from api.jobs.worker import Worker
from api.listing import Window
from api.moments import now
from api.store import Store, ads, audit, job_rows, jobs
from api.store.job_rows import Filters, JobRow
from api.store.jobs import Options
from api.store.tables import ADS
from detector.batch import journal
from detector.detector import Detector
from tests.api.jobs.job_files import (
    LAWFUL,
    LURE,
    csv_of,
    finished,
    folder_of,
    job_of,
    lines_of,
    put,
    worker_of,
)
from tests.api.jobs.job_files import (
    ads as listings,
)

FAST = Options(mode="fast")
KEEPING = Options(mode="fast", keep_alerts=True, channel="facebook")
NEVER = threading.Event()


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PART_ROWS, "fast", 4)


def rows_of(store: Store, job_id: str, filters: Filters | None = None) -> list[JobRow]:
    with store.reading() as connection:
        return list(job_rows.ranked(connection, job_id, filters or Filters(), Window(1, 200)).rows)


def kept(store: Store) -> list[Any]:
    with store.reading() as connection:
        return list(connection.execute(select(ADS).order_by(ADS.c.id)))


def interrupt(monkeypatch: pytest.MonkeyPatch, after: int, act: Callable[[], None]) -> None:
    """Let `act` happen when the worker has written so many parts."""
    real, seen = working._Run._watch, iter(range(1, 1_000))

    def watch(self: Any, written: Any) -> None:
        if next(seen) == after:
            act()
        real(self, written)

    monkeypatch.setattr(working._Run, "_watch", watch)


def test_a_file_becomes_rows_ranked_by_risk(store: Store, tmp_path: Path, detector: Detector) -> None:
    id_ = put(store, tmp_path, csv_of(listings(20)), FAST)
    job = finished(store, tmp_path, detector, id_)
    assert (job.state, job.rows, job.scored, job.alerts, job.rejected, job.done_share) == ("done", 20, 20, 7, 0, 1.0)
    assert (job.error, job.owner, job.lease_until, job.attempts) == ("", None, None, 0)
    rows = rows_of(store, id_)
    assert [row.row_id for row in rows[:7]] != [f"ad-{at}" for at in range(7)]
    assert {row.row_id for row in rows[:7]} == {f"ad-{at}" for at in range(0, 20, 3)}
    assert [row.risk for row in rows] == sorted((row.risk for row in rows), reverse=True)  # type: ignore[type-var]
    assert sorted(row.number for row in rows) == list(range(1, 21))
    first = rows[0]
    assert (first.level, first.kind, first.reason) == ("high", "offer", "")
    assert first.excerpt.startswith("Dibutuhkan admin ke Kamboja")
    with store.reading() as connection:
        (deed,) = audit.entries(connection, f"job:{id_}")
    assert (deed.actor, deed.action, deed.details["rows"]) == ("system", "end.job", 20)


def test_every_row_leads_to_its_line_with_text_and_evidence(store: Store, tmp_path: Path, detector: Detector) -> None:
    id_ = put(store, tmp_path, csv_of(listings(9)), FAST, name="unggahan saya.csv")
    finished(store, tmp_path, detector, id_)
    folder = folder_of(tmp_path, id_)
    content = folder.results.read_bytes()
    for row in rows_of(store, id_):
        line = json.loads(content[row.offset :].split(b"\n", 1)[0])
        assert (line["number"], line["id"], line["risk"]) == (row.number, row.row_id, row.risk)
        assert line["text"] == listings(9)[row.number - 1]["teks"]
        assert line["columns"] == {"kota": f"Kota {row.number - 1}"}
        assert line["source"] == "unggahan saya.csv", "and not where it lies on this machine"
        for indicator in line["indicators"]:
            for evidence in indicator["evidence"]:
                assert line["text"][evidence["start"] : evidence["end"]] == evidence["text"]
    assert str(tmp_path).encode() not in content


MIXED = b'{"id": "a", "text": "%s"}\n{"id": "b", "text": 7}\n{broken\n{"text": " "}\n{"id": "e", "text": "%s"}\n' % (
    LURE.encode(),
    LAWFUL.encode(),
)


def test_rejected_rows_stand_between_the_others_with_their_reasons(
    store: Store, tmp_path: Path, detector: Detector
) -> None:
    id_ = put(store, tmp_path, MIXED, FAST, name="campur.jsonl")
    job = finished(store, tmp_path, detector, id_)
    assert (job.state, job.rows, job.scored, job.rejected) == ("done", 5, 2, 3)
    rejected = rows_of(store, id_, Filters(state="rejected"))
    assert [(row.number, row.reason) for row in rejected] == [(2, "not_text"), (3, "json"), (4, "empty")]
    assert rejected[1].excerpt == "{broken"
    content = folder_of(tmp_path, id_).rejects.read_bytes()
    assert [json.loads(content[row.offset :].split(b"\n", 1)[0])["number"] for row in rejected] == [2, 3, 4]
    assert all(line["source"] == "campur.jsonl" for line in lines_of(folder_of(tmp_path, id_).rejects))


def test_text_that_no_database_holds_is_shown_and_not_lost(store: Store, tmp_path: Path, detector: Detector) -> None:
    text = LURE + " \x00 \U0001f600"
    content = json.dumps({"id": "x\x00y", "text": text}).encode()
    id_ = put(store, tmp_path, content, KEEPING, name="a.jsonl")
    job = finished(store, tmp_path, detector, id_)
    assert (job.state, job.alerts) == ("done", 1)
    (row,) = rows_of(store, id_)
    assert row.row_id == "x\ufffdy"
    assert "\ufffd" in row.excerpt
    assert lines_of(folder_of(tmp_path, id_).results)[0]["text"] == text
    assert kept(store) == []


# Interrupted --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [1, 3, 5])
def test_a_worker_that_is_told_to_stop_puts_the_job_back_and_another_goes_on(
    store: Store, tmp_path: Path, detector: Detector, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    whole = put(store, tmp_path, csv_of(listings(20)), FAST)
    finished(store, tmp_path, detector, whole)
    id_ = put(store, tmp_path, csv_of(listings(20)), FAST)
    stop = threading.Event()
    with monkeypatch.context() as patch:
        interrupt(patch, after, stop.set)
        assert worker_of(store, tmp_path, detector).work_one(stop)
    stopped = job_of(store, id_)
    assert (stopped.state, stopped.owner, stopped.attempts) == ("queued", None, 0)
    assert stopped.rows == 4 * (after - 1)
    job = finished(store, tmp_path, detector, id_)
    assert (job.state, job.rows) == ("done", 20)
    assert folder_of(tmp_path, id_).results.read_bytes() == folder_of(tmp_path, whole).results.read_bytes()
    assert rows_of(store, id_) == rows_of(store, whole)


class Killed(BaseException):
    """What no worker catches."""


@pytest.mark.parametrize("place", ["between", "rows", "end"])
def test_what_a_dying_worker_left_is_taken_up_once(
    store: Store, tmp_path: Path, detector: Detector, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Between a part and its rows, within the transaction of the rows, and between the last row and the end."""
    whole = put(store, tmp_path, csv_of(listings(20)), KEEPING)
    finished(store, tmp_path, detector, whole)
    expected = [(ad.text, ad.times_seen) for ad in kept(store)]
    assert len(expected) == 7
    with store.writing() as connection:
        connection.execute(ADS.delete())
        assert jobs.remove(connection, whole)
    id_ = put(store, tmp_path, csv_of(listings(20)), KEEPING)

    def die(*_: Any, **__: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        if place == "between":
            interrupt(patch, 3, die)
        elif place == "rows":
            real, calls = ads.keep, iter(range(100))
            patch.setattr(ads, "keep", lambda *told: real(*told) if next(calls) < 4 else die())
        else:
            patch.setattr(working._Run, "_finish", die)
        with pytest.raises(Killed):
            worker_of(store, tmp_path, detector).work_one(NEVER)
    dead = job_of(store, id_)
    assert dead.state == "running"
    assert not worker_of(store, tmp_path, detector).work_one(NEVER), "the lease still runs"
    monkeypatch.setattr(working, "now", lambda: now() + timedelta(minutes=1))
    job = finished(store, tmp_path, detector, id_)
    assert (job.state, job.rows, job.alerts) == ("done", 20, 7)
    assert sorted(row.number for row in rows_of(store, id_)) == list(range(1, 21))
    assert [(ad.text, ad.times_seen) for ad in kept(store)] == expected


def test_results_of_another_model_are_not_continued(store: Store, tmp_path: Path, detector: Detector) -> None:
    id_ = put(store, tmp_path, csv_of(listings(12)), FAST)
    folder = folder_of(tmp_path, id_)
    folder.growing.write_bytes(b'{"half": ')
    told = {"schema": journal.SCHEMA, "signature": "of another model", "output_bytes": 9, "items": 1, "numbers": 1}
    (folder.path / "result.jsonl.journal.json").write_text(json.dumps(told))
    with store.writing() as connection:
        job_rows.add(connection, id_, [JobRow(1, "old", 0.9, "high", "", "", "", "", 0)])
    job = finished(store, tmp_path, detector, id_)
    assert (job.state, job.rows) == ("done", 12)
    assert "old" not in {row.row_id for row in rows_of(store, id_)}
    assert len(lines_of(folder.results)) == 12


def test_cancelled_it_stops_at_the_next_part_and_may_go_on(
    store: Store, tmp_path: Path, detector: Detector, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = put(store, tmp_path, csv_of(listings(20)), FAST)

    def cancel() -> None:
        with store.writing() as connection:
            assert jobs.ask_cancel(connection, id_, now())

    with monkeypatch.context() as patch:
        interrupt(patch, 2, cancel)
        job = finished(store, tmp_path, detector, id_)
    assert (job.state, job.rows) == ("cancelled", 8)
    assert len(rows_of(store, id_)) == 8
    with store.writing() as connection:
        assert jobs.again(connection, id_)
    job = finished(store, tmp_path, detector, id_)
    assert (job.state, job.rows) == ("done", 20)
    assert len(rows_of(store, id_)) == 20


def test_a_worker_that_lost_its_lease_writes_nothing_more(
    store: Store, tmp_path: Path, detector: Detector, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = put(store, tmp_path, csv_of(listings(20)), FAST)

    def steal() -> None:
        with store.writing() as connection:
            assert jobs.claim(connection, "another", now() + timedelta(minutes=1), lease.LASTS)

    with monkeypatch.context() as patch:
        interrupt(patch, 3, steal)
        job = finished(store, tmp_path, detector, id_)
    assert (job.state, job.owner, job.rows) == ("running", "another", 8)
    assert len(rows_of(store, id_)) == 8


def test_two_workers_never_write_into_one_folder(store: Store, tmp_path: Path, detector: Detector) -> None:
    id_ = put(store, tmp_path, csv_of(listings(4)), FAST)
    short = timedelta(milliseconds=400)
    with locked(folder_of(tmp_path, id_), now()) as mine:
        assert mine, "as a frozen worker holds it, whose lease ran out"
        assert worker_of(store, tmp_path, detector, lease=short).work_one(NEVER)
    job = job_of(store, id_)
    assert (job.state, job.rows) == ("queued", 0)
    assert finished(store, tmp_path, detector, id_).state == "done"


def test_a_lease_is_renewed_while_a_part_takes_long(
    store: Store, tmp_path: Path, detector: Detector, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = put(store, tmp_path, csv_of(listings(4)), FAST)
    short = timedelta(milliseconds=300)
    seen: list[bool] = []

    def look_again() -> None:
        first = job_of(store, id_).lease_until
        assert first is not None
        while (later := job_of(store, id_).lease_until) == first:
            pass
        assert later is not None
        seen.append(later > first)

    interrupt(monkeypatch, 1, look_again)
    assert worker_of(store, tmp_path, detector, lease=short).work_one(NEVER)
    assert seen == [True]
    assert job_of(store, id_).state == "done"


# What goes wrong ----------------------------------------------------------------------------------------------------


def test_a_full_disk_is_said_and_the_job_goes_on_where_it_stopped(
    store: Store, tmp_path: Path, detector: Detector, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = put(store, tmp_path, csv_of(listings(20)), FAST)
    finished(store, tmp_path, detector, whole)
    id_ = put(store, tmp_path, csv_of(listings(20)), FAST)
    real, calls = os.fsync, iter(range(1000))

    def full(handle: int) -> None:
        if next(calls) == 9:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(handle)

    with monkeypatch.context() as patch:
        patch.setattr(journal.os, "fsync", full)
        job = finished(store, tmp_path, detector, id_)
    assert (job.state, job.error) == ("failed", "disk_full")
    assert 0 < job.rows < 20
    with store.writing() as connection:
        assert jobs.again(connection, id_)
    job = finished(store, tmp_path, detector, id_)
    assert (job.state, job.rows, job.error) == ("done", 20, "")
    assert folder_of(tmp_path, id_).results.read_bytes() == folder_of(tmp_path, whole).results.read_bytes()


@pytest.mark.parametrize(
    ("content", "name", "options", "error"),
    [
        (csv_of(listings(3)), "a.csv", Options(("isi",), mode="fast"), "column_missing: isi"),
        (csv_of(listings(3)), "a.csv", Options(("teks",), "nomor", mode="fast"), "column_missing: nomor"),
        (b"a,b\n1,2\n", "a.csv", FAST, "no_text_column"),
        (b"teks,kota\n", "a.csv", FAST, "empty_file"),
        (b"", "a.jsonl", FAST, "empty_file"),
        (b"PK\x03\x04 not a workbook", "a.xlsx", FAST, "nothing_scored: unreadable"),
        (b"teks\n\x22\x22\n \n", "a.csv", FAST, "nothing_scored: empty"),
    ],
)
def test_a_file_that_can_not_be_scored_says_why(
    store: Store, tmp_path: Path, detector: Detector, content: bytes, name: str, options: Options, error: str
) -> None:
    id_ = put(store, tmp_path, content, options, name)
    job = finished(store, tmp_path, detector, id_)
    assert (job.state, job.error) == ("failed", error)
    assert folder_of(tmp_path, id_).source.read_bytes() == content, "the file stays"


def test_a_file_that_is_gone_and_a_fault_of_our_own_are_said_and_the_worker_lives(
    store: Store, tmp_path: Path, detector: Detector, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = put(store, tmp_path, csv_of(listings(3)), FAST)
    folder_of(tmp_path, gone).source.unlink()
    assert finished(store, tmp_path, detector, gone).error == "file_missing"
    id_ = put(store, tmp_path, csv_of(listings(3)), FAST)

    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(scoring, "Scorer", broken)
        job = finished(store, tmp_path, detector, id_)
    assert (job.state, job.error) == ("failed", "internal")


def test_without_its_owner_nothing_is_kept(store: Store, tmp_path: Path, detector: Detector) -> None:
    id_ = put(store, tmp_path, csv_of(listings(6)), KEEPING)
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE jobs SET person_id = NULL")
    assert finished(store, tmp_path, detector, id_).alerts == 2
    assert kept(store) == []


def test_alerts_are_kept_with_channel_and_origin(store: Store, tmp_path: Path, detector: Detector) -> None:
    id_ = put(store, tmp_path, csv_of(listings(6)), KEEPING, name="loker.csv")
    finished(store, tmp_path, detector, id_)
    found = kept(store)
    assert [(ad.channel, ad.origin, ad.job_id) for ad in found] == [
        ("facebook", "loker.csv #1", id_),
        ("facebook", "loker.csv #4", id_),
    ]
    assert [ad.text for ad in found] == [listings(6)[at]["teks"] for at in (0, 3)]
    with store.reading() as connection:
        assert [contact.value for contact in ads.contacts_of(connection, found[0].id)] == ["+6281200000017"]
        assert connection.execute(select(func.count()).select_from(ADS)).scalar_one() == 2


def test_folders_of_no_job_are_cleared_away_after_a_day(store: Store, tmp_path: Path, detector: Detector) -> None:
    id_ = put(store, tmp_path, csv_of(listings(3)), FAST)
    worker = worker_of(store, tmp_path, detector)
    orphan = tmp_path / "jobs" / ("0" * 32)
    upload = tmp_path / "jobs" / f"incoming-{'1' * 32}"
    fresh = tmp_path / "jobs" / f"incoming-{'2' * 32}"
    others = tmp_path / "jobs" / "not ours"
    for folder in (orphan, upload, fresh, others):
        folder.mkdir()
    for folder in (orphan, upload, others, folder_of(tmp_path, id_).path):
        os.utime(folder, (0, 0))
    worker._clear()
    assert [folder.exists() for folder in (orphan, upload, fresh, others)] == [False, False, True, True]
    assert folder_of(tmp_path, id_).source.exists()


def test_the_loop_ends_when_it_is_told_and_outlives_a_model_that_can_not_be_loaded(
    store: Store, tmp_path: Path, detector: Detector, monkeypatch: pytest.MonkeyPatch
) -> None:
    from detector.errors import BundleMissing

    id_ = put(store, tmp_path, csv_of(listings(3)), FAST)
    monkeypatch.setattr(working, "_AFTER_TROUBLE_S", 0.0)
    stop = threading.Event()
    tries = iter(range(10))

    def load(mode: str) -> Detector:
        if next(tries) == 0:
            raise BundleMissing("nowhere")
        return Detector(detector.bundle, detector.knowledge, "fast")

    class Once(Worker):
        def work_one(self, stop: threading.Event) -> bool:
            worked = super().work_one(stop)
            if job_of(store, id_).state == "done":
                stop.set()
            return worked

    Once(worker_of(store, tmp_path, detector)._settings, store, load).run(stop)
    assert job_of(store, id_).state == "done"
