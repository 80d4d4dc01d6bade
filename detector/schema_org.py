"""Values of schema.org properties to text: whatever a publisher put there, and never an error."""

import html
import re
from typing import Any

from detector.markup import one_line, strip_tags

_NUMBER = re.compile(r"\d{1,15}(?:\.\d{1,4})?")
_MARKUP = re.compile(r"<[a-zA-Z/!]")
_ESCAPED_MARKUP = re.compile(r"&lt;/?[a-zA-Z]")
_MAX_PLACES = 20
_NAMES = ("name", "legalName", "description", "value", "@value", "credentialCategory", "monthsOfExperience")

ById = dict[str, dict[str, Any]]


def resolved(value: Any, by_id: ById) -> Any:
    """The object that `{"@id": ...}` points at, where the script has it."""
    if isinstance(value, dict) and len(value) == 1 and isinstance(value.get("@id"), str):
        return by_id.get(value["@id"], value)
    return value


def text_of(value: Any) -> str:
    """Text of a property: HTML to lines, lists joined, objects by what they are called."""
    if isinstance(value, str):
        if _ESCAPED_MARKUP.search(value) and not _MARKUP.search(value):
            value = html.unescape(value)
        if _MARKUP.search(value):
            return strip_tags(value)[0]
        return html.unescape(value).strip() if "&" in value else value.strip()
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list):
        return "\n".join(filter(None, (_flat_text(item) for item in value)))
    return _flat_text(value)


def _flat_text(value: Any) -> str:
    """As `text_of`, one level down: an object inside an object is read for its own name only."""
    if not isinstance(value, dict):
        return "" if isinstance(value, list) else text_of(value)
    parts: list[str] = []
    for keys in (_NAMES, ("telephone",), ("email",)):
        inner = next((_first(value[key]) for key in keys if value.get(key)), None)
        if not isinstance(inner, dict | list):
            parts.append(text_of(inner))
    return " ".join(filter(None, parts))


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def place_of(node: dict[str, Any], by_id: ById) -> str:
    """Town, region and country of each place, places apart by a semicolon."""
    places: list[str] = []
    for item in [*_items(node.get("jobLocation")), *_items(node.get("applicantLocationRequirements"))]:
        item = resolved(item, by_id)
        parts: list[str] = []
        addresses = _items(item.get("address")) if isinstance(item, dict) else [item]
        for address in (resolved(one, by_id) for one in addresses):
            if isinstance(address, dict):
                parts += [text_of(address.get(k)) for k in ("addressLocality", "addressRegion", "addressCountry")]
            else:
                parts.append(text_of(address))
        place = ", ".join(dict.fromkeys(one_line(part) for part in parts if part)) or one_line(_flat_text(item))
        if place and place not in places:
            places.append(place)
    if "TELECOMMUTE" in text_of(node.get("jobLocationType")).upper():
        places.insert(0, "Remote")
    return "; ".join(places[:_MAX_PLACES])


def salary_of(value: Any, currency: str) -> str:
    """A MonetaryAmount as an ad would put it: `IDR 5,000,000 - 7,000,000 per month`."""
    value, unit = _first(value), ""
    amounts: list[str] = []
    for _ in range(3):  # MonetaryAmount, its QuantitativeValue, and one more by mistake
        if not isinstance(value, dict):
            break
        currency = text_of(value.get("currency")) or currency
        unit = text_of(value.get("unitText")) or unit
        amounts = [a for a in (_amount(value.get("minValue")), _amount(value.get("maxValue"))) if a] or amounts
        value = _first(value.get("value"))
    if not amounts:
        amount = _amount(value)
        amounts = [amount] if amount else []
    if not amounts:
        return ""
    salary = " - ".join(dict.fromkeys(amounts))
    if currency and not salary.upper().startswith(currency.upper()):
        salary = f"{currency} {salary}"
    return f"{salary} per {unit.lower()}" if unit else salary


def _amount(value: Any) -> str:
    """A number with commas between thousands; other text as it is; zero, which means unknown, as nothing."""
    text = one_line(text_of(value))
    if not _NUMBER.fullmatch(text):
        return text
    number = float(text)
    if number == 0:
        return ""
    return f"{number:,.0f}" if number == int(number) else f"{number:,.2f}"
