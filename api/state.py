"""What the routes of one application share, and how they reach it."""

from dataclasses import dataclass, field
from typing import Annotated, cast

from fastapi import Depends, Request

from api.catalog import Catalog
from api.problems import Problem
from api.settings import Settings
from api.workers import Workers
from detector.detector import Detector


@dataclass
class State:
    """Built once by the application factory; `detector` and `warm` are set while the application starts."""

    settings: Settings
    workers: Workers
    catalogs: dict[str, Catalog]
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


StateDep = Annotated[State, Depends(state_of)]
DetectorDep = Annotated[Detector, Depends(detector_of)]
