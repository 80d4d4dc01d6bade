"""The overview: what was kept over the weeks, as pictures with a table twin each."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from api import charts, moments
from api.kept_ads import typology_name
from api.listing import switched, twin_address
from api.problems import Problem
from api.render import catalog_of, render, twin
from api.state import DetectorDep, Reader, StateDep
from api.store import statistics
from detector.assessment import LEVELS, TYPOLOGIES, Level

router = APIRouter(include_in_schema=False)
_WEEKS = 26  # where the address names none
MOST_WEEKS = 261  # five years
ALERTS: tuple[Level, ...] = ("high", "elevated")
_RANKED = 15


@dataclass(frozen=True, slots=True)
class Range:
    """Whole weeks, by number; `wrong` names what the address holds and can't be read."""

    first: int
    last: int
    wrong: tuple[str, ...] = ()

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day."""
        return moments.monday(self.first), moments.monday(self.last + 1) - timedelta(days=1)


def range_of(parameters: Mapping[str, str], today: date) -> Range:
    """The weeks that hold the days `from` to `to`; the last half year where there are none."""
    written = {name: parameters.get(name, "").strip() for name in ("from", "to")}
    days = {name: moments.read_day(text) for name, text in written.items()}
    wrong = [name for name in written if written[name] and days[name] is None]
    last_day = days["to"] or today
    first_day = days["from"] or moments.monday(moments.week_number(last_day) - _WEEKS + 1)
    if first_day > last_day:
        wrong.append("from" if days["from"] else "to")
        first_day = last_day
    last = moments.week_number(last_day)
    first = moments.week_number(first_day)
    if last - first >= MOST_WEEKS:
        wrong.append("from")
        first = last - MOST_WEEKS + 1
    return Range(first, last, tuple(dict.fromkeys(wrong)))


@router.get("/overview")
@router.get("/overview.json")
def overview(request: Request, state: StateDep, detector: DetectorDep, person: Reader) -> Response:
    """The pictures, or their figures as JSON."""
    now, t = state.clock(), catalog_of(request)
    weeks = range_of(request.query_params, moments.date_of(now))
    if weeks.wrong and twin(request):
        raise Problem("invalid", f"These parameters can't be read: {', '.join(weeks.wrong)}.")
    with state.store.reading() as connection:
        counts = statistics.weekly(connection, weeks.first, weeks.last)
        destinations = statistics.destinations(connection, weeks.first, weeks.last, ALERTS)
        campaigns = statistics.campaigns(connection, weeks.first, weeks.last)
    levels = _by_week(counts, weeks, LEVELS, lambda one: one.level)
    typologies = _by_week(
        [one for one in counts if one.level in ALERTS], weeks, ("", *TYPOLOGIES), lambda one: one.typology
    )
    if twin(request):
        return JSONResponse(_as_json(weeks, levels, typologies, destinations, campaigns, t("foot.caution")))
    names = {"": t("history.no_typology")} | {one: typology_name(one, detector.knowledge, t) for one in TYPOLOGIES}
    drawn_levels, highest_level = _figure(levels, {one: t(f"level.{one}.title") for one in LEVELS}, weeks, ranked=False)
    drawn_typologies, highest_typology = _figure(typologies, names, weeks, ranked=True)
    drawn_campaigns, highest_campaign = _figure({"": campaigns}, {"": t("overview.new_campaigns")}, weeks, ranked=False)
    countries = detector.knowledge.country

    def name_of(iso2: str) -> str:
        entry = countries.get(iso2)
        return iso2 if entry is None else entry.name.id if t.language == "id" else entry.name.en

    return render(
        request,
        "overview.html",
        status=422 if weeks.wrong else 200,
        weeks=weeks,
        fields={name: request.query_params.get(name, "").strip() for name in ("from", "to")},
        days=weeks.days,
        spans=[(count, _address(weeks.last, count)) for count in (13, 26, 52, 104)],
        ads=sum(one.ads for one in counts),
        levels=drawn_levels,
        highest_level=highest_level,
        typologies=drawn_typologies,
        highest_typology=highest_typology,
        campaigns=drawn_campaigns,
        highest_campaign=highest_campaign,
        destinations=charts.ranking([(iso2, name_of(iso2), ads) for iso2, ads in destinations[:_RANKED]]),
        other_destinations=[(name_of(iso2), ads) for iso2, ads in destinations[_RANKED:]],
        other_language=switched(request, t("site.other_code")),
        json=twin_address(request, ".json"),
    )


def _address(last: int, count: int) -> str:
    first_day, last_day = Range(last - count + 1, last).days
    return f"/overview?from={first_day}&to={last_day}"


def _by_week(
    counts: Sequence[statistics.Count], weeks: Range, keys: Sequence[str], key_of: Any
) -> dict[str, list[int]]:
    """For each key one number a week; keys that are known no more come last."""
    sums: Counter[tuple[str, int]] = Counter()
    for one in counts:
        sums[key_of(one), one.week] += one.ads
    every = dict.fromkeys([*keys, *sorted(key for key, _ in sums)])
    return {key: [sums[key, week] for week in range(weeks.first, weeks.last + 1)] for key in every}


def _figure(
    values: Mapping[str, Sequence[int]], names: Mapping[str, str], weeks: Range, *, ranked: bool
) -> tuple[list[charts.Strip], int]:
    """Strips on one scale and its highest value; `ranked`: the largest sum first, and none without any."""
    highest = max((max(of) for of in values.values()), default=0)
    strips = [charts.strip(key, names.get(key, key), weeks.first, of, highest) for key, of in values.items()]
    if ranked:
        strips = sorted((one for one in strips if one.total), key=lambda one: -one.total)
    return strips, highest


def _as_json(
    weeks: Range,
    levels: Mapping[str, Sequence[int]],
    typologies: Mapping[str, Sequence[int]],
    destinations: Sequence[tuple[str, int]],
    campaigns: Sequence[int],
    caution: str,
) -> dict[str, Any]:
    return {
        "schema": "overview/1",
        "caution": caution,
        "from": weeks.days[0].isoformat(),
        "to": weeks.days[1].isoformat(),
        "mondays": [moments.monday(week).isoformat() for week in range(weeks.first, weeks.last + 1)],
        "levels": levels,
        "typologies_of_alerts": {key or "none": of for key, of in typologies.items()},
        "destinations_of_alerts": [{"country": iso2, "ads": ads} for iso2, ads in destinations],
        "new_campaigns": campaigns,
    }
