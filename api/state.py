"""What the routes of one application share, and how they reach it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, cast

from fastapi import Depends, Request

from api import moments
from api.catalog import Catalog
from api.claims import Lists
from api.problems import Problem
from api.security.door import Door
from api.security.person import Permission, Person
from api.settings import Settings
from api.store import Store
from api.workers import Workers
from detector.detector import Detector

if TYPE_CHECKING:
    from api.security.oidc import Provider


@dataclass
class State:
    """Built once by the application factory; `detector` and `warm` are set while the application starts.

    Attributes:
        passwords: where passwords are hashed, each taking 64 MiB for a while; what waits beyond is refused as busy.
        clock: the moment at which a session is looked at and an attempt to sign in is counted.
        door: who asks.
        provider: the OpenID Connect provider; None where none is set.
        lists: the lists of offices that claims are checked against.
        errands: where the provider is asked, each question waiting for another machine.
    """

    settings: Settings
    workers: Workers
    catalogs: dict[str, Catalog]
    store: Store
    detector: Detector | None = None
    warm: bool = False
    failed: str | None = field(default=None)
    passwords: Workers = field(default_factory=lambda: Workers(threads=2, queue=32))
    clock: Callable[[], datetime] = moments.now
    lists: Lists = field(init=False)
    errands: Workers = field(default_factory=lambda: Workers(threads=4, queue=32))
    door: Door = field(init=False)
    provider: "Provider | None" = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.door = Door(self.store, self.settings)
        self.lists = Lists(self.store)
        if self.settings.oidc_issuer:
            from api.security.oidc import Provider  # an extra: only where it is asked for

            self.provider = Provider(self.settings)


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
Assessor = Annotated[Person, Depends(allowed("assess"))]
Reader = Annotated[Person, Depends(allowed("read"))]
Keeper = Annotated[Person, Depends(allowed("keep"))]
Judge = Annotated[Person, Depends(allowed("judge"))]
Settler = Annotated[Person, Depends(allowed("settle"))]
Exporter = Annotated[Person, Depends(allowed("export"))]
Administrator = Annotated[Person, Depends(allowed("administer"))]
Auditor = Annotated[Person, Depends(allowed("audit"))]
