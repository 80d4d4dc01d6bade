"""Campaigns: the list, and a page each with its variants side by side, its contacts as a graph and its time line."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from api.listing import address, twin_address, window_of
from api.problems import Problem
from api.render import catalog_of, render, twin
from api.state import DetectorDep, Reader, StoreDep
from api.store import campaign_pages
from api.store.campaign_pages import CampaignRow
from detector.assessment import TYPOLOGIES
from detector.campaigns.clustering import cluster
from detector.campaigns.page import Shown, shown_of

router = APIRouter(include_in_schema=False)


@router.get("/campaigns")
@router.get("/campaigns.json")
def campaigns(request: Request, store: StoreDep, detector: DetectorDep, person: Reader) -> Response:
    """The list, by last seen, size or risk."""
    order = request.query_params.get("sort", "")
    typology = request.query_params.get("typology", "")
    typology = typology if typology in TYPOLOGIES else ""
    with store.reading() as connection:
        page = campaign_pages.find(
            connection, window_of(request), order if order in campaign_pages.ORDERS else "last_seen", typology
        )
    if twin(request):
        rows = [_row(one) for one in page.rows]
        return JSONResponse({"schema": "campaigns/1", "total": page.total, "more": page.is_more, "campaigns": rows})
    t = catalog_of(request)
    names = {
        key: one.name.id if t.language == "id" else one.name.en for key, one in detector.knowledge.typologies.items()
    }
    return render(
        request,
        "campaigns.html",
        page=page,
        names=names,
        sort=order or "last_seen",
        typology=typology,
        address=lambda **changes: address(request, **changes),
        json=twin_address(request, ".json"),
    )


@router.get("/campaigns/{campaign_id:int}")
@router.get("/campaigns/{campaign_id:int}.json")
def campaign(request: Request, campaign_id: int, store: StoreDep, detector: DetectorDep, person: Reader) -> Response:
    """One campaign; one that became part of another leads there."""
    with store.reading() as connection:
        found = campaign_pages.get(connection, campaign_id) if campaign_id < 1 << 62 else None
        if found is None:
            raise Problem("not_found", "There is no such campaign.")
        if isinstance(found, int):
            return RedirectResponse(f"/campaigns/{found}" + (".json" if twin(request) else ""), 308)
        judged = campaign_pages.verdicts_of(connection, campaign_id)
        listings = campaign_pages.listings(connection, campaign_id)
    clustered = cluster(listings).campaigns
    drawn: Shown | None = shown_of(clustered[0]) if clustered else None
    if twin(request):
        contacts = [{"contact": name, "ads": count} for name, count in (drawn.campaign.contacts if drawn else ())]
        ads = [int(one.id) for one in listings]
        return JSONResponse(
            {"schema": "campaign/1", **_row(found), "verdicts": judged, "contacts": contacts, "newest_ads": ads}
        )
    t = catalog_of(request)
    names = {
        key: one.name.id if t.language == "id" else one.name.en for key, one in detector.knowledge.typologies.items()
    }
    return render(
        request,
        "campaign.html",
        campaign=found,
        judged=judged,
        drawn=drawn,
        listings=listings,
        names=names,
        json=request.url.path + ".json",
    )


def _row(one: CampaignRow) -> dict[str, Any]:
    return {
        "id": one.id,
        "first_seen": one.first_seen_at.isoformat(),
        "last_seen": one.last_seen_at.isoformat(),
        "ads": one.ads,
        "highest_risk": one.highest_risk,
        "typology": one.typology,
    }
