"""The application factory: `create_app(settings)` puts rooms, doors and limits together."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import metadata
from pathlib import Path
from typing import Any

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from api import problems
from api.catalog import load_catalogs
from api.examples import EXAMPLES
from api.middleware import BodyLimit, LastCatch, SecurityHeaders, where
from api.problems import Problem
from api.render import is_browsing, refusal
from api.routes import (
    account,
    admin_audit,
    admin_lists,
    admin_people,
    ads,
    campaigns,
    contacts,
    doorstep,
    exports,
    health,
    history,
    job_results,
    jobs,
    knowledge,
    model,
    overview,
    pages,
    reference,
    score,
    sign_in,
    verdicts,
)
from api.security.csrf import StaleForm, own_form
from api.security.gate import Gate
from api.settings import Settings
from api.state import State
from api.store import Store
from api.workers import Workers
from detector.detector import Detector
from detector.errors import SigapError

LOG = logging.getLogger("sigap.api")
STATIC = Path(__file__).parent / "static"
DESCRIPTION = """
Sigap reads a job ad and says how likely it recruits people into trafficking (TPPO) or a job scam, of which type, and
which words say so. It describes texts, never persons; a legal basis is something to check; the decision belongs to a
person. Nothing that is posted here is stored, and no address in a text is ever opened.
""".strip()


def create_app(settings: Settings | None = None, detector: Detector | None = None) -> FastAPI:
    """The web application. Without `settings` they come from the environment.

    Args:
        settings: limits and the place of the model bundle.
        detector: a loaded detector to share; without it, the bundle is loaded when the application starts.
    """
    settings = settings or Settings()
    state = State(
        settings, Workers(settings.threads, settings.queue), load_catalogs(), Store(settings.store_url), detector
    )
    app = FastAPI(
        title="Sigap",
        version=_version(),
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        dependencies=[Depends(own_form)],
    )
    app.state.sigap = state
    for module in (score, knowledge, health, pages, campaigns, exports, model, verdicts, reference):
        app.include_router(module.router)
    for module in (history, ads, contacts, overview):
        app.include_router(module.router)
    for module in (jobs, job_results):
        app.include_router(module.router)
    for module in (sign_in, account, admin_people, admin_lists, admin_audit):
        app.include_router(module.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    for kind in (HTTPException, RequestValidationError, SigapError):
        app.add_exception_handler(kind, _refuse)
    app.add_exception_handler(StaleForm, doorstep.stale)
    # The last one added is the outermost.
    app.add_middleware(Gate)
    # A form around a file has its own fields and boundaries; the file itself is counted again where it is received.
    uploads = {"/jobs": settings.max_upload_bytes + settings.max_body_bytes}
    app.add_middleware(BodyLimit, limit_bytes=settings.max_body_bytes, larger=uploads)
    app.add_middleware(LastCatch)
    app.add_middleware(SecurityHeaders)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Load the model before the first request is taken, and warm it while `/readyz` still says no."""
    state: State = app.state.sigap
    await asyncio.to_thread(state.store.migrate)
    if state.detector is None:
        state.detector = await asyncio.to_thread(Detector.load, state.settings.bundle, state.settings.model)
    warming = asyncio.create_task(_warm_up(state, state.detector))
    yield
    await warming
    state.store.close()


async def _warm_up(state: State, detector: Detector) -> None:
    """A real first assessment, so that no user pays for what is built on first use."""
    try:
        for example in EXAMPLES["score"]:
            await asyncio.to_thread(detector.assess, example["text"])
    except Exception as error:  # the boundary of the task: readiness reports it
        LOG.error("the first assessment failed: %s: %s", type(error).__name__, where(error))
        state.failed = "The first assessment failed; the log of the server says where."
    else:
        state.warm = True


async def _refuse(request: Request, error: Exception) -> Response:
    """One place where errors become answers: a page for a browser's own addresses, a problem document otherwise."""
    if isinstance(error, HTTPException):
        problem = problems.from_http(error)
    elif isinstance(error, RequestValidationError):
        problem = problems.from_validation(error)
    elif isinstance(error, SigapError):
        problem = problems.from_error(error)
        if problem.status_code >= 500:
            LOG.error("%s: %s", type(error).__name__, where(error))
    else:
        raise error
    if not is_browsing(request):
        return problem.response()
    if request.method == "POST" and request.url.path == "/" and problem.kind.code not in ("not_signed_in", "forbidden"):
        return await pages.refused(request, problem)  # what was pasted stays in the box
    return refusal(request, problem)


def _version() -> str:
    try:
        return metadata.version("sigap")
    except metadata.PackageNotFoundError:  # run from a checkout that was not installed
        return "0"


def _openapi(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document; refusals are of the media type that they are sent as."""
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        for path in document["paths"].values():
            for operation in path.values():
                for status, answer in operation["responses"].items():
                    content = answer.get("content", {})
                    if status >= "400" and "application/json" in content:
                        content[problems.MEDIA_TYPE] = content.pop("application/json")
        app.openapi_schema = document
    return app.openapi_schema


__all__ = ["Problem", "create_app"]
