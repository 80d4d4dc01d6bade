"""schema.org JobPosting, from JSON-LD and from microdata, to listings.

Publishers break the format in every way: a script that is no JSON at all loses only itself, and each property is read
for what it is (`schema_org.py`).
"""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from detector.elements import Element, Elements
from detector.markup import names, one_line, read_lines
from detector.schema_org import ById, place_of, resolved, salary_of, text_of

Source = Literal["jobposting", "microdata", "page"]

# Properties besides the description that an applicant reads as part of the ad, in the order in which ads have them.
_MORE_TEXT = (
    "responsibilities",
    "qualifications",
    "experienceRequirements",
    "educationRequirements",
    "skills",
    "workHours",
    "jobBenefits",
    "incentiveCompensation",
    "applicationContact",
)
_WANTED = names(
    "title name description hiringOrganization jobLocation address addressLocality addressRegion addressCountry"
    " applicantLocationRequirements jobLocationType url baseSalary estimatedSalary salaryCurrency currency value"
    " minValue maxValue unitText datePosted telephone email"
).union(_MORE_TEXT)
_MAX_LEVEL = 20  # scopes in scopes; honest postings have four
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_LETTERS = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Listing:
    """One ad of a page. `text` is what is scored: title, company, place, salary and description, line by line.

    `hidden_text`: the page keeps other text from its readers in the same place (`display: none` and the like).
    """

    title: str
    text: str
    company: str = ""
    place: str = ""
    url: str = ""
    salary: str = ""
    date: str = ""
    source: Source = "page"
    hidden_text: bool = False


def compose(description: str, **fields: Any) -> Listing:
    """A listing whose text is made of `fields` and the description; a title that leads it is not repeated."""
    head = one_line(description[:600]).casefold()
    lines: list[str] = []
    for key in ("title", "company", "place", "salary"):
        value = fields.get(key, "")
        if value and value not in lines and not (key == "title" and head.startswith(value.casefold())):
            lines.append(value)
    text = "\n\n".join(part for part in ("\n".join(lines), description) if part)
    return Listing(text=text, **{"title": "", **fields})


def extend(stub: Listing, description: str, *, hidden: bool) -> Listing:
    """A posting that names the post and no more, with the text of its page as the description."""
    kept = {name: getattr(stub, name) for name in ("title", "company", "place", "url", "salary", "date", "source")}
    return compose(description, **kept, hidden_text=hidden)


def from_json(script: str) -> Iterator[Listing]:
    """The postings of one JSON-LD script, in its order."""
    data = _parse(script)
    postings: list[dict[str, Any]] = []
    by_id: ById = {}
    stack: list[Any] = [data]
    while stack:
        node = stack.pop()
        if isinstance(node, list):
            stack += reversed(node)
        elif isinstance(node, dict):
            if isinstance(node.get("@id"), str) and len(node) > 1:
                by_id.setdefault(node["@id"], node)
            if _is_posting(node.get("@type")):
                postings.append(node)
            else:
                stack += reversed(node.values())
    for node in postings:
        listing = _listing(node, by_id, "jobposting")
        if listing is not None:
            yield listing


def is_posting_scope(element: Element) -> bool:
    """Whether the element is a microdata JobPosting."""
    return "itemscope" in element.attributes and _is_posting(element.attributes.get("itemtype", "").split())


def from_microdata(page: Elements, scope: Element) -> Listing | None:
    """The posting of a microdata scope; None where it has neither title nor description."""
    listing = _listing(_properties(page, scope), {}, "microdata")
    return replace(listing, hidden_text=read_lines(page, scope)[1]) if listing else None


def same_posting(one: Listing, other: Listing) -> bool:
    """Whether two listings of a page are one posting, published in two formats or twice."""
    if _words(one.title) != _words(other.title):
        return False
    if one.source == other.source and one.text != other.text:
        return False
    if any(a and b and a != b for a, b in ((one.url, other.url), (_words(one.company), _words(other.company)))):
        return False
    places = _words(one.place), _words(other.place)
    return not all(places) or places[0] <= places[1] or places[1] <= places[0]


def _words(text: str) -> frozenset[str]:
    return frozenset(_LETTERS.findall(text.casefold()))


def _parse(script: str) -> list[Any]:
    """Every JSON value of a script, as far as it can be read."""
    text = script.strip().removeprefix("<!--").removesuffix("-->").strip()
    text = text.removeprefix("//<![CDATA[").removeprefix("<![CDATA[").removesuffix("]]>").rstrip().removesuffix("//")
    for attempt in (text, _TRAILING_COMMA.sub(r"\1", text), html.unescape(text)):
        values = _values(attempt.strip().rstrip(";"))
        if values:
            return values
    return []


def _values(text: str) -> list[Any]:
    """The JSON values that `text` begins with."""
    decoder = json.JSONDecoder(strict=False)
    values: list[Any] = []
    at = 0
    try:
        while at < len(text):
            value, at = decoder.raw_decode(text, at)
            values.append(value)
            while at < len(text) and text[at] in " \t\r\n,;":
                at += 1
    except (ValueError, RecursionError):
        pass
    return values


def _is_posting(types: Any) -> bool:
    names = types if isinstance(types, list) else [types]
    return any(isinstance(name, str) and re.split(r"[/:#]", name)[-1] == "JobPosting" for name in names)


def _properties(page: Elements, scope: Element, level: int = 0) -> dict[str, Any]:
    """The properties of a microdata scope; lists of texts and of nested scopes, absurdly deep ones left empty."""
    found: dict[str, Any] = {}
    if level > _MAX_LEVEL:
        return found
    stack: list[tuple[Element, frozenset[str]]] = [(child, frozenset()) for child in _children(page, scope)]
    while stack:
        element, inside = stack.pop()
        nested = "itemscope" in element.attributes
        names = _WANTED.intersection(element.attributes.get("itemprop", "").split()) - inside
        if names:
            value = _properties(page, element, level + 1) if nested else _value(page, element)
            for name in sorted(names):
                found.setdefault(name, []).append(value)
        if not nested:  # what stands in another scope is not said of this one
            stack += [(child, inside | names) for child in _children(page, element)]
    return found


def _children(page: Elements, element: Element) -> list[Element]:
    return list(page.children(element))[::-1]


def _value(page: Elements, element: Element) -> str:
    attributes = element.attributes
    for name in ("content", "datetime") if element.name != "a" else ("content", "href"):
        if name in attributes:
            return attributes[name]
    return attributes["value"] if element.name == "data" and "value" in attributes else read_lines(page, element)[0]


def _listing(node: dict[str, Any], by_id: ById, source: Source) -> Listing | None:
    title = one_line(text_of(node.get("title")) or text_of(node.get("name")))
    parts = [text_of(node.get("description"))]
    for key in _MORE_TEXT:
        part = text_of(resolved(node.get(key), by_id))
        if part and not any(part in known for known in parts):
            parts.append(part)
    description = "\n\n".join(part for part in parts if part)
    if not title and not description:
        return None
    return compose(
        description,
        title=title,
        company=one_line(text_of(resolved(node.get("hiringOrganization"), by_id))),
        place=place_of(node, by_id),
        url=text_of(node.get("url")),
        salary=salary_of(node.get("baseSalary") or node.get("estimatedSalary"), text_of(node.get("salaryCurrency"))),
        date=text_of(node.get("datePosted")),
        source=source,
    )
