"""Templates into pages: the language of the request, the person who asks, and what every page shows."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from api.catalog import LANGUAGES, Catalog
from api.problems import Problem
from api.state import state_of

LANGUAGE_COOKIE = "sigap_language"
# Pages of the workbench in the order of the navigation; a room that is not built is not shown.
ROOMS: tuple[str, ...] = ()
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


def render(
    request: Request, template: str, status: int = 200, headers: Mapping[str, str] | None = None, **context: Any
) -> HTMLResponse:
    """A template in the language of the request. Lone surrogates, which UTF-8 cannot carry, show as U+FFFD.

    Every template has `t` (the catalog), `lang`, `path`, `person` (None where nobody is signed in) and `model`
    (version and date of the knowledge, "" before the model is loaded).
    """
    t = catalog_of(request)
    detector = state_of(request).detector
    page = _TEMPLATES.get_template(template).render(
        t=t,
        lang=t.language,
        path=request.url.path,
        person=getattr(request.state, "person", None),
        rooms=ROOMS,
        model={"version": detector.version, "knowledge": detector.bundle.knowledge_as_of} if detector else None,
        **context,
    )
    answer = HTMLResponse(page.encode("utf-8", "replace"), status, dict(headers or {}))
    wanted = request.query_params.get("lang")
    if wanted in LANGUAGES:
        answer.set_cookie(LANGUAGE_COOKIE, wanted, max_age=31_536_000, httponly=True, samesite="lax")
    return answer


def refusal(request: Request, problem: Problem) -> HTMLResponse:
    """A problem as a page, for a browser."""
    return render(request, "error.html", problem.status_code, dict(problem.headers or {}), problem=problem)


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
