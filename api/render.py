"""Templates into pages: the language of the request, the person who asks, and what every page shows."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from api import moments
from api.catalog import LANGUAGES, Catalog
from api.contact_names import path_of
from api.problems import Problem
from api.security import cookies
from api.security.csrf import FIELD, token_of
from api.security.person import Permission, Person
from api.security.visit import visit_of
from api.state import state_of

LANGUAGE_COOKIE = "sigap_language"
# Pages of the workbench in the order of the navigation; a room that is not built is not shown.
ROOMS: tuple[str, ...] = ("history", "contacts", "campaigns", "overview", "review", "jobs", "model", "admin")
# Rooms under /admin in the order of its page, each with what its visitor must be allowed to do.
ADMIN_ROOMS: tuple[tuple[str, Permission], ...] = (
    ("people", "administer"),
    ("lists", "administer"),
    ("audit", "audit"),
)
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters["code"] = lambda text: Markup("").join(
    Markup("<code>{}</code>").format(part) if at % 2 else escape(part) for at, part in enumerate(text.split("`"))
)


@pass_context
def _moment(context: Context, moment: datetime) -> str:
    """`24 Nov 2026 08:00 WIB`: {{ ad.received_at | moment }}."""
    return moments.day_and_time(moment, context["t"])


@pass_context
def _day(context: Context, moment: datetime | date) -> str:
    """`24 Nov 2026`, of a moment in WIB or of a day: {{ contact.first_seen_at | day }}."""
    return moments.day(moment, context["t"])


_TEMPLATES.filters |= {"moment": _moment, "day": _day, "monday": moments.monday}
_TEMPLATES.globals["contact_path"] = path_of  # the address of a contact's page, whatever its value holds


def render(
    request: Request, template: str, status: int = 200, headers: Mapping[str, str] | None = None, **context: Any
) -> HTMLResponse:
    """A template in the language of the request. Lone surrogates, which UTF-8 cannot carry, show as U+FFFD.

    Every template has `t` (the catalog), `lang`, `path`, `person` (None where nobody is signed in), `model` (version
    and date of the knowledge, "" before the model is loaded) and `csrf()`, the field that every form has within it.
    """
    t = catalog_of(request)
    detector = state_of(request).detector
    visit = visit_of(request)
    page = _TEMPLATES.get_template(template).render(
        t=t,
        lang=t.language,
        path=request.url.path,
        person=visit.person,
        home=home_of(visit.person),
        rooms=ROOMS,
        csrf=lambda: Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token_of(visit.bound_to())),
        model={"version": detector.version, "knowledge": detector.bundle.knowledge_as_of} if detector else None,
        **context,
    )
    answer = HTMLResponse(page.encode("utf-8", "replace"), status, dict(headers or {}))
    wanted = request.query_params.get("lang")
    if wanted in LANGUAGES:
        answer.set_cookie(LANGUAGE_COOKIE, wanted, max_age=31_536_000, httponly=True, samesite="lax")
    if visit.is_new:
        cookies.give(answer, request, state_of(request).settings, cookies.VISIT, visit.secret)
    return answer


def refusal(request: Request, problem: Problem) -> HTMLResponse:
    """A problem as a page, for a browser."""
    return render(request, "error.html", problem.status_code, dict(problem.headers or {}), problem=problem)


def is_browsing(request: Request) -> bool:
    """Whether a person waits for the answer, so that a refusal is a page; else it is a problem document."""
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/v1")


def home_of(person: Person | None) -> str:
    """Where a person begins: an auditor has no ads to assess."""
    return "/" if person is None or person.may("assess") else "/admin/audit"


def catalog_of(request: Request) -> Catalog:
    """The words in the language of the request: named in the address, else remembered, else Indonesian."""
    catalogs = state_of(request).catalogs
    for language in (request.query_params.get("lang", ""), request.cookies.get(LANGUAGE_COOKIE, "")):
        if language in catalogs:
            return catalogs[language]
    return catalogs["id"]


def twin(request: Request) -> bool:
    """Whether the JSON twin of a page is asked for: the same address with `.json`."""
    return request.url.path.endswith(".json")


def to_script(value: Any) -> Markup:
    """JSON for a `<script type="application/json">` element, in which nothing can close it."""
    text = json.dumps(value, ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 (escaped just above)
