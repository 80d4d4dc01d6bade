"""The history: every kept ad, searched and filtered; each view has an address, and the same list as JSON and CSV."""

from collections.abc import Iterator, Sequence

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from api import asked, kept_ads
from api.catalog import Catalog
from api.listing import Page, address, switched, tidied, twin_address, window_of
from api.problems import Problem
from api.render import catalog_of, render, twin
from api.sheets import sheet
from api.state import DetectorDep, Reader, StoreDep
from api.store import Store, history
from api.store.ads import CHANNELS
from detector.assessment import KINDS, LEVELS, TYPOLOGIES
from detector.knowledge.schema import Knowledge

router = APIRouter(include_in_schema=False)


@router.get("/history")
@router.get("/history.json")
@router.get("/history.csv")
def find(request: Request, store: StoreDep, detector: DetectorDep, person: Reader) -> Response:
    """A page of the list or its JSON, or all that is wanted as CSV; what can't be read is told and finds nothing."""
    wanted, window, t = asked.read(request.query_params), window_of(request), catalog_of(request)
    is_sheet = request.url.path.endswith(".csv")
    if not is_sheet and not twin(request) and (tidy := tidied(request, sort="date")):
        return RedirectResponse(tidy, 303)  # a link that can be read and passed on
    if wanted.wrong and (is_sheet or twin(request)):
        names = ", ".join(wanted.wrong)
        raise Problem("invalid", f"These parameters can't be read: {names}.")
    with store.reading() as connection:
        if wanted.wrong:
            page: Page[history.AdRow] = Page([], window, 0)
        else:
            narrowed = asked.filter_of(connection, wanted, detector)
            if is_sheet:
                return sheet("sigap-history.csv", kept_ads.HEADER, _rows(store, narrowed, wanted.order, t))
            page = history.find(connection, narrowed, window, wanted.order)
        if twin(request):
            return JSONResponse(kept_ads.as_json(page, t, "history/1"))
        officers, jobs = history.officers(connection), history.jobs(connection, wanted.fields["job"])
    query = asked.query_of(wanted, detector)
    return render(
        request,
        "history.html",
        status=422 if wanted.wrong else 200,
        asked=wanted,
        says_nothing=query is not None and not query.terms,
        page=page,
        ads=kept_ads.shown(page.rows, query, detector.knowledge, t),
        choices=_choices(detector.knowledge, t, officers, jobs),
        address=lambda **changes: address(request, **changes),
        other_language=switched(request, t("site.other_code")),
        json=twin_address(request, ".json"),
        csv=twin_address(request, ".csv"),
    )


def _rows(store: Store, wanted: history.Filter, order: history.Order, t: Catalog) -> Iterator[tuple[object, ...]]:
    """Rows of the sheet, read while it is sent."""
    with store.reading() as connection:
        yield from kept_ads.as_rows(history.every(connection, wanted, order), t)


def _choices(
    knowledge: Knowledge, t: Catalog, officers: Sequence[tuple[int, str]], jobs: Sequence[tuple[str, str]]
) -> dict[str, list[tuple[str, str]]]:
    """What each select offers, (value, words), behind "all"."""
    every = ("", t("list.all"))
    countries = [
        (iso2, entry.name.id if t.language == "id" else entry.name.en) for iso2, entry in knowledge.country.items()
    ]
    return {
        "level": [every, *((level, t(f"level.{level}.title")) for level in LEVELS)],
        "typology": [
            every,
            (asked.NONE, t("history.no_typology")),
            *((one, kept_ads.typology_name(one, knowledge, t)) for one in TYPOLOGIES),
        ],
        "kind": [every, *((kind, t(f"kind.{kind}")) for kind in KINDS)],
        "channel": [every, ("unknown", t("channel.unknown")), *((one, t(f"channel.{one}")) for one in CHANNELS[1:])],
        "verdict": [every, *((one, t(f"verdict.{one}")) for one in asked.VERDICTS)],
        "destination": [every, *sorted(countries, key=lambda one: one[1])],
        "officer": [every, *((str(id_), login) for id_, login in officers)],
        "job": [every, *jobs],
        "sort": [(order, t(f"history.sort_{order}")) for order in history.ORDERS],
    }
