"""Evidence out: an ad or a campaign as a sealed JSON package or as PDF. Every export is recorded."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api import case_file
from api.case_file import MOST_ADS
from api.pdf import pdf
from api.problems import Problem
from api.render import catalog_of
from api.security.person import Person
from api.state import DetectorDep, Exporter, State, StateDep
from api.store import ads, audit, campaign_pages
from detector.detector import Detector
from detector.evidence import canonical

router = APIRouter(include_in_schema=False)
FORMATS = ("json", "pdf")


@router.post("/ads/{ad_id}/export")
async def export_ad(request: Request, ad_id: int, state: StateDep, detector: DetectorDep, person: Exporter) -> Response:
    """One ad."""
    return await _export(request, state, detector, person, f"ad:{ad_id}", [ad_id])


@router.post("/campaigns/{campaign_id}/export")
async def export_campaign(
    request: Request, campaign_id: int, state: StateDep, detector: DetectorDep, person: Exporter
) -> Response:
    """The newest ads of a campaign."""
    with state.store.reading() as connection:
        found = campaign_pages.get(connection, campaign_id)
        if found is None or isinstance(found, int):
            raise Problem("not_found", "There is no such campaign.")
        ids = [int(one.id) for one in campaign_pages.listings(connection, campaign_id)][:MOST_ADS]
    return await _export(request, state, detector, person, f"campaign:{campaign_id}", ids)


async def _export(
    request: Request, state: State, detector: Detector, person: Person, name: str, ids: Sequence[int]
) -> Response:
    async with request.form(max_files=0, max_fields=10) as form:
        fields = {
            key: value if isinstance(value := form.get(key, ""), str) else "" for key in ("format", "title", "note")
        }
    if fields["format"] not in FORMATS:
        raise Problem("invalid", "Choose JSON or PDF.")
    return await state.workers.run(lambda: _made(request, state, detector, person, name, ids, fields))


def _made(
    request: Request,
    state: State,
    detector: Detector,
    person: Person,
    name: str,
    ids: Sequence[int],
    fields: dict[str, str],
) -> Response:
    now = datetime.now(UTC)
    with state.store.writing() as connection:
        if name.startswith("ad:") and ads.get(connection, ids[0]) is None:
            raise Problem("not_found", "There is no such ad.")
        title, note = fields["title"].strip()[:200], fields["note"].replace("\r\n", "\n").strip()[:4_000]
        entry = audit.record(
            connection, now, person.login, "export.evidence", name, format=fields["format"], ads=len(ids)
        )
        package: dict[str, Any] = case_file.package(connection, ids, detector, person, now, title=title, note=note)
    file = f"sigap-{name.replace(':', '-')}-{entry.number}.{fields['format']}"
    headers = {"Content-Disposition": f'attachment; filename="{file}"'}
    if fields["format"] == "json":
        return Response(canonical(package).encode(), media_type="application/json", headers=headers)
    return Response(
        pdf(package, detector.knowledge, catalog_of(request)), media_type="application/pdf", headers=headers
    )
