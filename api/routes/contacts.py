"""Contacts: the list, and a page each with all its ads, its risk over time and what stands beside it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlalchemy import Connection

from api import charts, kept_ads, moments
from api.catalog import Catalog
from api.contact_names import Spelling, path_of, spelled, unescaped
from api.listing import Page, Window, address, switched, tidied, twin_address, window_of
from api.problems import Problem
from api.render import catalog_of, render, twin
from api.sheets import sheet
from api.state import DetectorDep, Reader, StoreDep
from api.store import Store, contacts, history
from api.store.contacts import Appearance, Contact

router = APIRouter(include_in_schema=False)
_HEADER = ("type", "value", "ads", "first_seen", "last_seen", "highest_risk", "hub", "caution")
_CAMPAIGNS = 20
_WEEKS_SHOWN = 260


@dataclass(frozen=True, slots=True)
class Week:
    """The ads of one week that show a contact; `highest` and `mean` are risks."""

    week: int
    ads: int
    highest: float
    mean: float


@router.get("/contacts")
@router.get("/contacts.json")
@router.get("/contacts.csv")
def find(request: Request, store: StoreDep, detector: DetectorDep, person: Reader) -> Response:
    """A page of the list or its JSON, or all of it as CSV."""
    asked = {name: request.query_params.get(name, "").strip()[:300] for name in ("q", "type", "sort")}
    order: contacts.Order = next((one for one in contacts.ORDERS if one == asked["sort"]), "ads")
    spelling = spelled(asked["q"], detector.reader.extractor) if asked["q"] else None
    window, t = window_of(request), catalog_of(request)
    is_sheet = request.url.path.endswith(".csv")
    if not is_sheet and not twin(request) and (tidy := tidied(request, sort="ads")):
        return RedirectResponse(tidy, 303)
    if is_sheet:
        return sheet("sigap-contacts.csv", _HEADER, _rows(store, order, asked["type"], spelling, t))
    with store.reading() as connection:
        page = contacts.find(connection, window, order, asked["type"], spelling)
    if twin(request):
        return JSONResponse(
            {
                "schema": "contacts/1",
                "caution": t("foot.caution"),
                "total": page.total,
                "more": page.is_more,
                "page": page.window.number,
                "size": page.window.size,
                "contacts": [_as_json(one) for one in page.rows],
            }
        )
    return render(
        request,
        "contacts.html",
        asked=asked,
        order=order,
        page=page,
        types=[("", t("list.all")), *((one, t(f"contact_type.{one}")) for one in contacts.TYPES)],
        address=lambda **changes: address(request, **changes),
        other_language=switched(request, t("site.other_code")),
        json=twin_address(request, ".json"),
        csv=twin_address(request, ".csv"),
    )


@router.get("/contacts/{type_}/{name:path}")
def contact(
    request: Request, type_: str, name: str, store: StoreDep, detector: DetectorDep, person: Reader
) -> Response:
    """One contact; another spelling of its address leads to the right one."""
    is_json = twin(request)
    value, window, t = (
        unescaped(name.removesuffix(".json") if is_json else name),
        window_of(request),
        catalog_of(request),
    )
    with store.reading() as connection:
        found = contacts.get(connection, type_, value) if "\x00" not in type_ + value else None
        if found is None:
            raise Problem("not_found", "No kept ad shows this contact.")
        seen = contacts.appearances(connection, found.id)
        page = _ads(connection, found, seen, window)
        beside = contacts.beside(connection, found.id)
    weeks = by_week(seen)
    campaigns = Counter(one.campaign_id for one in seen if one.campaign_id is not None).most_common(_CAMPAIGNS)
    verdicts = Counter(one.verdict for one in seen)
    own = path_of(found.type, found.value)
    if is_json:
        ads = kept_ads.as_json(page, t, "contact/1")
        return JSONResponse(
            {
                **ads,
                "contact": _as_json(found),
                "verdicts": {verdict or "none": count for verdict, count in sorted(verdicts.items())},
                "campaigns": [{"campaign": id_, "ads": count} for id_, count in campaigns],
                "beside": [{**_as_json(one), "both": both} for one, both in beside],
                "weeks": [
                    {
                        "monday": moments.monday(one.week).isoformat(),
                        "ads": one.ads,
                        "highest_risk": one.highest,
                        "mean_risk": one.mean,
                    }
                    for one in weeks
                ],
            }
        )
    if request.url.path != own:
        query = request.url.query
        return RedirectResponse(own + ("?" + query if query else ""), 308)
    return render(
        request,
        "contact.html",
        contact=found,
        page=page,
        ads=kept_ads.shown(page.rows, None, detector.knowledge, t),
        weeks=weeks,
        drawing=drawing(weeks, t("contacts.over_time")),
        is_part=len(seen) >= contacts.READ,
        campaigns=campaigns,
        verdicts=verdicts,
        beside=beside,
        address=lambda **changes: address(request, **changes),
        other_language=switched(request, t("site.other_code")),
        json=own + ".json",
    )


def _ads(connection: Connection, of: Contact, seen: Sequence[Appearance], window: Window) -> Page[history.AdRow]:
    """A window of the ads of a contact, newest first: of those that were read, where these are all."""
    if len(seen) >= contacts.READ:
        return history.find(connection, history.Filter(contacts=(of.id,)), window)
    newest = sorted(seen, key=lambda one: (one.received_at, one.ad_id), reverse=True)
    here = [one.ad_id for one in newest[window.offset : window.offset + window.size]]
    return Page(history.rows(connection, here), window, len(seen))


def by_week(seen: Iterable[Appearance]) -> list[Week]:
    """The weeks that have ads, in order."""
    risks: dict[int, list[float]] = {}
    for one in seen:
        risks.setdefault(moments.week_of(one.received_at), []).append(one.risk)
    return [Week(week, len(of), max(of), sum(of) / len(of)) for week, of in sorted(risks.items())]


def drawing(weeks: Sequence[Week], name: str) -> charts.Strip | None:
    """The highest risk of each week, 0 to 1, and its mean across, without gaps in time; None where there is no week."""
    if not weeks:
        return None
    last = weeks[-1].week
    first = max(weeks[0].week, last - _WEEKS_SHOWN + 1)
    shown = {one.week: one for one in weeks}
    every = [shown.get(week) for week in range(first, last + 1)]
    highest, mean = [one.highest if one else 0.0 for one in every], [one.mean if one else 0.0 for one in every]
    return charts.strip("risk", name, first, highest, 1.0, mean)


def _rows(
    store: Store, order: contacts.Order, type_: str, spelling: Spelling | None, t: Catalog
) -> Iterator[tuple[object, ...]]:
    caution = t("foot.caution")
    with store.reading() as connection:
        for one in contacts.every(connection, order, type_, spelling):
            seen = one.first_seen_at.isoformat(), one.last_seen_at.isoformat()
            yield (one.type, one.value, one.ads, *seen, f"{one.highest_risk:.6f}", "yes" if one.hub else "", caution)


def _as_json(one: Contact) -> dict[str, Any]:
    return {
        "type": one.type,
        "value": one.value,
        "address": path_of(one.type, one.value),
        "ads": one.ads,
        "first_seen": one.first_seen_at.isoformat(),
        "last_seen": one.last_seen_at.isoformat(),
        "highest_risk": one.highest_risk,
        "hub": one.hub,
    }
