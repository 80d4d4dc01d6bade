"""`GET /v1/model` and `/v1/indicators`: what the answers rest on."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from api.schemas import IndicatorList, ModelCard, ProblemDocument
from api.state import DetectorDep
from detector.detector import Detector
from detector.knowledge.schema import IndicatorEntry

REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {"model": ProblemDocument, "description": "There are accounts, and nobody is signed in"},
    500: {"model": ProblemDocument, "description": "Sigap failed"},
    503: {"model": ProblemDocument, "description": "The model is not ready"},
}
router = APIRouter(prefix="/v1", tags=["model"])


@router.get(
    "/model",
    operation_id="getModel",
    response_description="The model card",
    summary="The model and its figures",
    response_model=ModelCard,
    responses=REFUSALS,
)
def model(detector: DetectorDep) -> JSONResponse:
    """Version, knowledge date, thresholds of the levels, measured figures and licence."""
    return JSONResponse(detector.model_card())


@router.get(
    "/indicators",
    operation_id="listIndicators",
    response_description="Every sign",
    summary="Every sign that Sigap knows",
    response_model=IndicatorList,
    responses=REFUSALS,
)
def indicators(detector: DetectorDep) -> JSONResponse:
    """Names, reasons, severity, legal basis, sources and learnt weight of every sign, in a fixed order."""
    return JSONResponse(
        {
            "schema": "indicators/1",
            "knowledge": detector.knowledge.as_of,
            "indicators": [_entry(detector, entry) for entry in detector.knowledge.indicators],
        }
    )


def _entry(detector: Detector, entry: IndicatorEntry) -> dict[str, Any]:
    laws = [detector.knowledge.laws[code] for code in entry.legal_basis]
    return {
        "id": entry.id,
        "polarity": entry.polarity,
        "name": entry.name.model_dump(),
        "why": entry.why.model_dump(),
        "severity": entry.severity,
        "typologies": list(entry.typologies),
        "legal_basis": [law.model_dump() for law in laws],
        "sources": list(entry.sources),
        "as_of": entry.as_of,
        "verified": entry.verified,
        "weight": detector.weight(entry.id),
    }
