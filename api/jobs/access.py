"""Whose a job is: its owner's, and that of those who answer for all of them."""

from api.problems import Problem
from api.security.person import Person
from api.store import Store, jobs
from api.store.jobs import Job

_OF_ALL = ("lead", "admin", "auditor")


def sees_all(person: Person) -> bool:
    """Whether somebody sees the jobs of others."""
    return person.role in _OF_ALL


def may_change(person: Person, job: Job) -> bool:
    """Whether somebody may start, stop and delete a job: auditors only look."""
    return person.may("keep") and (sees_all(person) or job.person_id == person.id)


def seen(store: Store, person: Person, job_id: str) -> Job:
    """A job that somebody may see.

    Raises:
        Problem: `not_found`, also where it is another person's: that it exists is theirs to know.
    """
    with store.reading() as connection:
        job = jobs.get(connection, job_id)
    if job is None or not (sees_all(person) or job.person_id == person.id):
        raise Problem("not_found", "There is no such file.")
    return job


def changeable(store: Store, person: Person, job_id: str) -> Job:
    """A job that somebody may change.

    Raises:
        Problem: `not_found`, or `forbidden` to those who may only look.
    """
    job = seen(store, person, job_id)
    if not may_change(person, job):
        raise Problem("forbidden", "This file is another person's.")
    return job
