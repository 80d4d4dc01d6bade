"""`/model`: which model answers, how it does by people's verdicts, what has drifted, and what has grown old."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from api import monitor, views
from api.listing import twin_address
from api.moments import now
from api.render import render, twin
from api.routes.admin_lists import is_stale
from api.state import DetectorDep, Reader, StoreDep

router = APIRouter(include_in_schema=False)


@router.get("/model")
@router.get("/model.json")
def model(request: Request, store: StoreDep, detector: DetectorDep, person: Reader) -> Response:
    """The page, or its twin."""
    at = now()
    with store.reading() as connection:
        watch = monitor.watch(connection, detector, at)
    card = detector.model_card()
    if twin(request):
        return JSONResponse(_told(watch, card))
    return render(
        request,
        "model.html",
        watch=watch,
        card=card,
        thresholds=views.thresholds(card),
        stale_lists=[one for one in watch.lists if is_stale(one.as_of, at)],
        recent_days=monitor.RECENT_DAYS,
        before_days=monitor.BEFORE_DAYS,
        fewest=monitor.FEWEST_ADS,
        json=twin_address(request, ".json"),
    )


def _told(watch: monitor.Watch, card: dict[str, Any]) -> dict[str, Any]:
    return {
        "schema": "model-watch/1",
        "model": card["version"],
        "knowledge": card["knowledge"]["as_of"],
        "precision": [
            {"level": one.level, "confirmed": one.confirmed, "judged": one.judged, "interval": list(one.interval)}
            for one in watch.precision
        ],
        "recent": asdict(watch.recent),
        "before": asdict(watch.before),
        "drift": watch.drift,
        "alarms": [asdict(one) for one in watch.alarms],
        "stale": [asdict(one) for one in watch.stale],
        "lists": [{"kind": one.kind, "as_of": one.as_of, "origin": one.origin} for one in watch.lists],
    }
