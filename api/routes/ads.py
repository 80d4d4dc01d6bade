"""The page of one kept ad: the result as it was filed, its contacts, what people say, and the record of deeds."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from api import judging, views
from api.contact_names import path_of
from api.kept_ads import typology_name
from api.problems import Problem
from api.render import catalog_of, render, twin
from api.security.person import Person
from api.state import Assessor, DetectorDep, Reader, StateDep, StoreDep
from api.store import Store, ads, audit, history
from api.store.ads import Ad
from detector.assessment import Assessment, Indicator
from detector.detector import Detector
from detector.text import MAX_CHARACTERS

router = APIRouter(include_in_schema=False)
_DEEDS = 200  # the newest


@dataclass(frozen=True, slots=True)
class Again:
    """A kept assessment beside one of now. `signs` are (name, then, now): log-odds, None where it was not found."""

    then: Assessment
    now: Assessment
    signs: tuple[tuple[dict[str, str], float | None, float | None], ...]

    @property
    def is_same(self) -> bool:
        """Whether nothing that is shown differs."""
        return (self.then.level, round(self.then.risk, 4), self.then.typologies[:1]) == (
            self.now.level,
            round(self.now.risk, 4),
            self.now.typologies[:1],
        ) and all(then == now for _, then, now in self.signs)


@router.get("/ads/{ad_id:int}")
@router.get("/ads/{ad_id:int}.json")
def ad(request: Request, ad_id: int, store: StoreDep, detector: DetectorDep, person: Reader) -> Response:
    """One kept ad."""
    return _shown(request, ad_id, store, detector, person)


@router.get("/ads/{ad_id:int}/again")
async def again(
    request: Request, ad_id: int, state: StateDep, detector: DetectorDep, person: Reader, assessor: Assessor
) -> Response:
    """One kept ad beside what the present model says of it; nothing of that is kept."""

    def work() -> Response:
        with state.store.reading() as connection:
            found = _found(ads.get(connection, ad_id) if ad_id < 1 << 62 else None)
        return _shown(request, ad_id, state.store, detector, person, _compared(found, detector))

    return await state.workers.run(work)


def _shown(
    request: Request, ad_id: int, store: Store, detector: Detector, person: Person, compared: Again | None = None
) -> Response:
    t = catalog_of(request)
    with store.reading() as connection:
        found = _found(ads.get(connection, ad_id) if ad_id < 1 << 62 else None)
        contacts = ads.contacts_of(connection, ad_id)
        destinations = ads.destinations_of(connection, ad_id)
        record = list(audit.entries(connection, f"ad:{ad_id}", _DEEDS))
        officer = history.login_of(connection, found.kept_by)
        signs = found.assessment["indicators"]
        panel = judging.panel(connection, ad_id, found.text, signs, person, detector.knowledge, t)
    if twin(request):
        return JSONResponse(_as_json(found, officer, contacts, destinations, record, t("foot.caution")))
    assessment = Assessment.from_dict(dict(found.assessment))
    return render(
        request,
        "ad.html",
        ad=found,
        officer=officer,
        result=views.build(assessment, found.text, detector.knowledge, t, shown_characters=MAX_CHARACTERS),
        thresholds=views.thresholds(detector.model_card()),
        is_older=(found.model, found.knowledge) != (detector.version, detector.bundle.knowledge_as_of),
        again=compared,
        typology_name=lambda id_: typology_name(id_, detector.knowledge, t),
        contacts=contacts,
        destinations=[_country(iso2, detector, t.language) for iso2 in destinations],
        record=record,
        panel=panel,
        json=f"/ads/{ad_id}.json",
    )


def _found(ad: Ad | None) -> Ad:
    if ad is None:
        raise Problem("not_found", "There is no such ad.")
    return ad


def _compared(ad: Ad, detector: Detector) -> Again:
    then, now = Assessment.from_dict(dict(ad.assessment)), detector.assess(ad.text)
    had, has = ({one.id: one for one in one_of.indicators} for one_of in (then, now))
    names = {id_: one.name for id_, one in (had | has).items()}

    def weight(signs: dict[str, Indicator], id_: str) -> float | None:
        return round(signs[id_].contribution, 4) if id_ in signs else None

    ordered = sorted(
        names, key=lambda id_: (id_ in had and id_ in has, -(weight(has, id_) or weight(had, id_) or 0), id_)
    )
    return Again(then, now, tuple((names[id_], weight(had, id_), weight(has, id_)) for id_ in ordered))


def _country(iso2: str, detector: Detector, language: str) -> str:
    entry = detector.knowledge.country.get(iso2)
    return iso2 if entry is None else entry.name.id if language == "id" else entry.name.en


def _as_json(
    ad: Ad, officer: str, contacts: list[Any], destinations: list[str], record: list[audit.Entry], caution: str
) -> dict[str, Any]:
    return {
        "schema": "ad/1",
        "caution": caution,
        "id": ad.id,
        "sha256": ad.sha256,
        "text": ad.text,
        "received": ad.received_at.isoformat(),
        "last_seen": ad.last_seen_at.isoformat(),
        "times_seen": ad.times_seen,
        "channel": ad.channel or None,
        "origin": ad.origin or None,
        "officer": officer or None,
        "job": ad.job_id,
        "campaign": ad.campaign_id,
        "verdict": ad.verdict or None,
        "contacts": [
            {"type": one.type, "value": one.value, "ads": one.ads, "address": path_of(one.type, one.value)}
            for one in contacts
        ],
        "destinations": destinations,
        "assessment": dict(ad.assessment),
        "record": [
            {"number": one.number, "at": one.at.isoformat(), "actor": one.actor, "action": one.action} for one in record
        ],
    }
