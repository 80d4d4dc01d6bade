"""Canonical values of entities (`KH`, `IDR 12000000-15000000/month`) as a person reads them."""

import re

from api.catalog import Catalog
from detector.assessment import Entity
from detector.knowledge.schema import Knowledge

_PAY = re.compile(r"(?P<currency>[A-Z]{3}|\?) (?P<low>\d+(?:\.\d+)?)(?:-(?P<high>\d+(?:\.\d+)?))?/(?P<period>[a-z]+)\Z")


def in_words(entity: Entity, knowledge: Knowledge, t: Catalog) -> str:
    """The value of `entity` in the language of `t`; as it is where there is nothing to translate."""
    if entity.type == "destination" and entity.value in knowledge.country:
        name = knowledge.country[entity.value].name
        return f"{name.id if t.language == 'id' else name.en} ({entity.value})"
    if entity.type == "visa":
        return t.known(f"visa.{entity.value}", entity.value)
    if entity.type == "age":
        low, _, high = entity.value.partition("-")
        bounds = "range" if low and high else "from" if low else "to"
        return t(f"age.{bounds}", low=low, high=high)
    pay = _PAY.match(entity.value) if entity.type == "pay" else None
    if pay is None:
        return entity.value
    sums = [_sum(pay[name], t) for name in ("low", "high") if pay[name]]
    period = t.known(f"period.{pay['period']}", "")
    return f"{pay['currency']} {'–'.join(sums)} {period}".strip()


def _sum(digits: str, t: Catalog) -> str:
    return t.number(float(digits), 2 if "." in digits else 0)
