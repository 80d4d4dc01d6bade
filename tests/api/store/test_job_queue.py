"""The queue: leases, attempts, and rows that are ranked."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from api.listing import Window
from api.store import Store, job_rows, jobs, people
from api.store.job_rows import Filters, JobRow, Reached
from api.store.jobs import LeaseLost, NewJob, Options, Progress

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
LEASE = timedelta(seconds=10)
LATER = NOW + timedelta(seconds=11)


def job_id(number: int) -> str:
    return f"{number:032x}"


def file(store: Store, number: int = 1, *, queued: bool = True, error: str = "") -> str:
    person = people.notebook(store)
    with store.writing() as connection:
        at = NOW + timedelta(minutes=number)
        jobs.add(connection, NewJob(job_id(number), person.id, f"{number}.csv", "0" * 64, 10, at, error))
        if queued:
            assert jobs.start(connection, job_id(number), Options(("teks",), mode="fast"))
    return job_id(number)


def claim(store: Store, owner: str, now: datetime = NOW) -> jobs.Job | None:
    with store.writing() as connection:
        return jobs.claim(connection, owner, now, LEASE)


def state(store: Store, id_: str) -> str:
    with store.reading() as connection:
        job = jobs.get(connection, id_)
    assert job is not None
    return job.state


def test_a_job_waits_until_somebody_says_how_it_is_to_be_read(store: Store) -> None:
    id_ = file(store, queued=False)
    assert claim(store, "a") is None
    with store.writing() as connection:
        assert jobs.start(connection, id_, Options(("isi",), "nomor", "deep", True, "facebook"))
        assert not jobs.start(connection, id_, Options()), "once"
    job = claim(store, "a")
    assert job is not None
    assert job.options == Options(("isi",), "nomor", "deep", True, "facebook")
    assert (job.state, job.owner, job.lease_until, job.started_at) == ("running", "a", NOW + LEASE, NOW)
    assert job.person is not None
    assert job.person.login == people.NOTEBOOK


def test_the_oldest_job_comes_first_and_each_to_one_worker(store: Store) -> None:
    second, first = file(store, 2), file(store, 1)
    taken = [job.id for job in (claim(store, "a"), claim(store, "b")) if job]
    assert taken == [first, second]
    assert claim(store, "c") is None


def test_workers_at_the_same_moment_get_different_jobs(store: Store) -> None:
    ids = {file(store, number) for number in range(8)}
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: claim(store, f"w{number}"), range(12)))
    taken = [job.id for job in found if job]
    assert len(taken) == len(set(taken))
    # PostgreSQL's workers pass over a row that another one is looking at: those who got none ask again.
    while (job := claim(store, "late")) is not None:
        taken.append(job.id)
    assert sorted(taken) == sorted(ids)


def test_a_lease_that_runs_out_passes_the_job_on_and_the_late_worker_can_write_nothing(store: Store) -> None:
    id_ = file(store)
    claim(store, "a")
    assert claim(store, "b", NOW + LEASE - timedelta(seconds=1)) is None
    taken = claim(store, "b", LATER)
    assert taken is not None
    assert taken.owner == "b"
    for late in (
        lambda c: jobs.renew(c, id_, "a", LATER),
        lambda c: jobs.save(c, id_, "a", Progress(1, 1, 0, 0)),
        lambda c: jobs.finish(c, id_, "a", "done", LATER),
        lambda c: jobs.release(c, id_, "a"),
    ):
        with pytest.raises(LeaseLost), store.writing() as connection:
            late(connection)
    with store.writing() as connection:
        jobs.renew(connection, id_, "b", LATER + LEASE)
    assert claim(store, "a", LATER + timedelta(seconds=5)) is None


def test_a_job_that_kills_three_workers_at_one_place_is_given_up(store: Store) -> None:
    id_ = file(store)
    moments = [NOW + at * timedelta(seconds=11) for at in range(5)]
    for at, moment in enumerate(moments[:3]):
        assert claim(store, f"w{at}", moment) is not None
    assert claim(store, "w3", moments[3]) is None
    with store.reading() as connection:
        job = jobs.get(connection, id_)
    assert job is not None
    assert (job.state, job.error, job.finished_at) == ("failed", "poison", moments[3])
    with store.writing() as connection:
        assert jobs.again(connection, id_), "a person may try again"
    assert claim(store, "w4", moments[4]) is not None


def test_workers_that_die_further_and_further_on_are_no_reason_to_give_up(store: Store) -> None:
    id_ = file(store)
    for at in range(9):
        moment = NOW + at * timedelta(seconds=11)
        assert claim(store, f"w{at}", moment) is not None
        with store.writing() as connection:
            jobs.save(connection, id_, f"w{at}", Progress(at + 1, at + 1, 0, 0, at / 10))
    assert state(store, id_) == "running"


def test_a_worker_that_is_told_to_stop_has_not_failed(store: Store) -> None:
    id_ = file(store)
    for at in range(5):
        assert claim(store, f"w{at}") is not None
        with store.writing() as connection:
            jobs.release(connection, id_, f"w{at}")
    assert state(store, id_) == "queued"


def test_cancelling(store: Store) -> None:
    waiting, running, orphan = file(store, 3), file(store, 1), file(store, 2)
    claim(store, "a")
    claim(store, "gone")
    with store.writing() as connection:
        for id_ in (waiting, running, orphan):
            assert jobs.ask_cancel(connection, id_, NOW)
        assert jobs.save(connection, running, "a", Progress(5, 4, 2, 1, 0.5)), "the worker is told"
        jobs.finish(connection, running, "a", "cancelled", NOW)
        assert not jobs.ask_cancel(connection, running, NOW)
    assert state(store, waiting) == "cancelled"
    assert claim(store, "b", LATER) is None
    assert state(store, orphan) == "cancelled", "its worker is gone, so the next one sees to it"
    with store.writing() as connection:
        assert jobs.again(connection, running)
        job = jobs.get(connection, running)
    assert job is not None
    assert (job.state, job.cancelled_at, job.rows, job.done_share) == ("queued", None, 5, 0.5)


def test_opened_again_a_job_begins_with_its_columns(store: Store) -> None:
    id_ = file(store)
    claim(store, "a")
    with store.writing() as connection:
        jobs.save(connection, id_, "a", Progress(5, 4, 2, 1, 0.5))
        assert not jobs.reopen(connection, id_)
        jobs.finish(connection, id_, "a", "failed", NOW, "column_missing: isi")
        assert jobs.reopen(connection, id_)
        job = jobs.get(connection, id_)
    assert job is not None
    assert (job.state, job.error, job.rows, job.started_at) == ("uploaded", "", 0, None)


def test_a_job_is_removed_with_its_rows_but_not_under_a_worker(store: Store) -> None:
    id_ = file(store)
    claim(store, "a")
    with store.writing() as connection:
        job_rows.add(connection, id_, [row(1, 0.5)])
        assert not jobs.remove(connection, id_)
        jobs.finish(connection, id_, "a", "done", NOW)
        assert jobs.remove(connection, id_)
        assert jobs.get(connection, id_) is None
        assert job_rows.counts(connection, id_).rows == 0
        assert not jobs.remove(connection, id_)


def test_lists_are_of_one_person_or_of_all_and_of_one_state(store: Store) -> None:
    mine = [file(store, number, queued=number > 1) for number in (1, 2, 3)]
    failed = file(store, 4, queued=False, error="encrypted")
    person = people.notebook(store)
    with store.reading() as connection:
        listed = jobs.newest(connection, Window(1, 2), person.id)
        assert ([job.id for job in listed.rows], listed.total) == ([failed, mine[2]], 4)
        assert jobs.newest(connection, Window(), person.id + 1).total == 0
        assert [job.error for job in jobs.newest(connection, Window(), state="failed").rows] == ["encrypted"]
        assert jobs.known(connection) == {*mine, failed}


# Rows ---------------------------------------------------------------------------------------------------------------


def row(number: int, risk: float | None, level: str = "low", typology: str = "", reason: str = "") -> JobRow:
    return JobRow(number, f"r{number}", risk, level if risk is not None else "", typology, "", reason, "…", number * 10)


ROWS = [
    row(1, 0.2),
    row(2, 0.9, "high", "scam_compound"),
    row(3, None, reason="columns"),
    row(4, 0.5, "elevated", "task_scam"),
    row(5, 0.9, "high", "task_scam"),
    row(6, None, reason="json"),
    row(7, None, reason="columns"),
]


@pytest.fixture
def ranked_job(store: Store) -> Iterator[str]:
    id_, other = file(store, 1), file(store, 2)
    with store.writing() as connection:
        job_rows.add(connection, id_, ROWS)
        job_rows.add(connection, other, [row(1, 0.99, "high")])
    return id_


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        (Filters(), [2, 5, 4, 1]),
        (Filters(level="high"), [2, 5]),
        (Filters(typology="task_scam"), [5, 4]),
        (Filters(level="elevated", typology="scam_compound"), []),
        (Filters(state="rejected"), [3, 6, 7]),
        (Filters(state="rejected", reason="columns"), [3, 7]),
    ],
)
def test_rows_come_by_falling_risk_and_then_in_the_order_of_the_file(
    store: Store, ranked_job: str, filters: Filters, numbers: list[int]
) -> None:
    with store.reading() as connection:
        page = job_rows.ranked(connection, ranked_job, filters, Window())
        assert [found.number for found in page.rows] == numbers
        assert page.total == len(numbers)
        second = job_rows.ranked(connection, ranked_job, filters, Window(2, 1))
        assert [found.number for found in second.rows] == numbers[1:2]


def test_rows_are_counted_and_found(store: Store, ranked_job: str) -> None:
    with store.reading() as connection:
        assert job_rows.counts(connection, ranked_job) == job_rows.Counts(rows=7, scored=4, alerts=3, rejected=3)
        assert job_rows.reasons(connection, ranked_job) == {"columns": 2, "json": 1}
        assert list(job_rows.reasons(connection, ranked_job)) == ["columns", "json"]
        assert job_rows.reached(connection, ranked_job) == Reached(7, 50, 70)
        assert job_rows.get(connection, ranked_job, 4) == ROWS[3]
        assert job_rows.get(connection, ranked_job, 8) is None
        assert job_rows.reached(connection, job_id(9)) == Reached(0, None, None)


def test_beyond_ten_thousand_rows_there_are_more_than(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    id_ = file(store)
    with store.writing() as connection:
        job_rows.add(connection, id_, [replace(ROWS[0], number=at) for at in range(1, 13)])
        monkeypatch.setattr(job_rows, "COUNTED", 12)
        assert not job_rows.ranked(connection, id_, Filters(), Window()).is_more
        monkeypatch.setattr(job_rows, "COUNTED", 11)
        assert job_rows.ranked(connection, id_, Filters(), Window()).is_more
