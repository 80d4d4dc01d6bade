"""What the routes of one application share, and how they reach it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, cast

from fastapi import Depends, Request

from api.catalog import Catalog
from api.problems import Problem
from api.security.person import Permission, Person
from api.settings import Settings
from api.store import Store
from api.workers import Workers
from detector.detector import Detector


@dataclass
class State:
    """Built once by the application factory; `detector` and `warm` are set while the application starts."""

    settings: Settings
    workers: Workers
    catalogs: dict[str, Catalog]
    store: Store
    detector: Detector | None = None
    warm: bool = False
    failed: str | None = field(default=None)


def state_of(request: Request) -> State:
    """The state of the application that serves `request`."""
    return cast(State, request.app.state.sigap)


def detector_of(request: Request) -> Detector:
    """The detector.

    Raises:
        Problem: `not_ready`, before the model is loaded.
    """
    detector = state_of(request).detector
    if detector is None:
        raise Problem("not_ready", "The model is still being loaded.")
    return detector


def store_of(request: Request) -> Store:
    """The store."""
    return state_of(request).store


def allowed(permission: Permission) -> Callable[[Request], Person]:
    """A dependency: the person who asks, if their role holds `permission`.

    Raises:
        Problem: `not_signed_in` or `forbidden`.
    """

    def person_of(request: Request) -> Person:
        person: Person | None = getattr(request.state, "person", None)
        if person is None:
            raise Problem("not_signed_in", "Sign in first.")
        if not person.may(permission):
            raise Problem("forbidden", f"The role {person.role} may not do this.")
        return person

    return person_of


StateDep = Annotated[State, Depends(state_of)]
DetectorDep = Annotated[Detector, Depends(detector_of)]
StoreDep = Annotated[Store, Depends(store_of)]
Reader = Annotated[Person, Depends(allowed("read"))]
Keeper = Annotated[Person, Depends(allowed("keep"))]
Judge = Annotated[Person, Depends(allowed("judge"))]
Settler = Annotated[Person, Depends(allowed("settle"))]
Exporter = Annotated[Person, Depends(allowed("export"))]
Administrator = Annotated[Person, Depends(allowed("administer"))]
Auditor = Annotated[Person, Depends(allowed("audit"))]
