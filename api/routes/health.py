"""`GET /healthz` and `/readyz`: for whatever watches the server."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from api.problems import Problem
from api.schemas import Health, ProblemDocument
from api.state import StateDep

router = APIRouter(tags=["health"])


@router.get(
    "/healthz",
    operation_id="getHealth",
    response_description="The process answers",
    summary="The process answers",
    response_model=Health,
)
async def healthz() -> JSONResponse:
    """Says yes as long as the process answers; asks nothing else."""
    return JSONResponse({"status": "ok"})


@router.get(
    "/readyz",
    operation_id="getReadiness",
    response_description="The model is warm",
    summary="The model is loaded and warm",
    response_model=Health,
    responses={503: {"model": ProblemDocument, "description": "The model is not ready"}},
)
async def readyz(state: StateDep) -> JSONResponse:
    """Says yes once a real first assessment has run, so that no user waits for it."""
    if not state.warm:
        raise Problem("not_ready", state.failed or "The model is still being loaded.")
    return JSONResponse({"status": "ready"})
