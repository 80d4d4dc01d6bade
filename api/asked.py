"""The address of the history as a filter: what was asked, and which of it can't be read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from api import moments
from api.contact_names import spelled
from api.store import contacts, history
from api.store.ads import CHANNELS
from api.store.search import Query, parse
from detector.assessment import KINDS, LEVELS, TYPOLOGIES
from detector.detector import Detector
from detector.errors import EmptyInput
from detector.text import normalise

NONE = "none"  # in an address: no typology, judged by nobody; an unknown channel is "unknown"
VERDICTS = (NONE, "confirmed", "lawful", "not_offer", "unsure", "disputed")
FIELDS = (
    "q",
    "level",
    "typology",
    "destination",
    "contact",
    "channel",
    "from",
    "to",
    "verdict",
    "officer",
    "kind",
    "job",
    "sort",
)
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "level": LEVELS,
    "typology": (NONE, *TYPOLOGIES),
    "channel": ("unknown", *CHANNELS[1:]),
    "verdict": VERDICTS,
    "kind": KINDS,
    "sort": history.ORDERS,
}
_FORMS: Mapping[str, re.Pattern[str]] = {
    "destination": re.compile(r"[A-Z]{2}"),
    "officer": re.compile(r"[0-9]{1,15}"),
    "job": re.compile(r"[0-9a-f-]{1,36}"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """The fields of the address, "" where nothing was asked, and the names of those that can't be read."""

    fields: Mapping[str, str]
    wrong: tuple[str, ...]

    @property
    def order(self) -> history.Order:
        """The order of the list."""
        return next((one for one in history.ORDERS if one == self.fields["sort"]), "date")

    @property
    def is_narrow(self) -> bool:
        """Whether anything beside the words and the order was asked."""
        return any(value for name, value in self.fields.items() if name not in ("q", "sort"))


def read(parameters: Mapping[str, str]) -> Asked:
    """Read the parameters of an address."""
    fields = {name: parameters.get(name, "").strip() for name in FIELDS}
    wrong = [name for name, choices in _CHOICES.items() if fields[name] and fields[name] not in choices]
    wrong += [name for name, form in _FORMS.items() if fields[name] and not form.fullmatch(fields[name])]
    days = {name: moments.read_day(fields[name]) for name in ("from", "to")}
    wrong += [name for name, day in days.items() if fields[name] and day is None]
    if days["from"] and days["to"] and days["from"] > days["to"]:
        wrong.append("to")
    return Asked(fields, tuple(wrong))


def query_of(asked: Asked, detector: Detector) -> Query | None:
    """What the words ask for, folded as the detector reads a text; None where there are none."""

    def fold(typed: str) -> str:
        try:
            return normalise(typed, detector.reader.lexicon).normal
        except EmptyInput:
            return ""

    return parse(asked.fields["q"], fold) if asked.fields["q"] else None


def filter_of(connection: Connection, asked: Asked, detector: Detector) -> history.Filter:
    """The filter of the store; only for what could all be read."""
    fields = asked.fields
    since, until = (moments.read_day(fields[name]) for name in ("from", "to"))
    named = contacts.ids_of(connection, spelled(fields["contact"], detector.reader.extractor))
    return history.Filter(
        query=query_of(asked, detector),
        level=fields["level"] or None,
        typology=_value(fields["typology"], NONE),
        kind=fields["kind"] or None,
        channel=_value(fields["channel"], "unknown"),
        verdict=_value(fields["verdict"], NONE),
        destination=fields["destination"] or None,
        contacts=named if fields["contact"] else None,
        officer=int(fields["officer"]) if fields["officer"] else None,
        job=fields["job"] or None,
        since=moments.start_of(since) if since else None,
        until=moments.start_of(until + timedelta(days=1)) if until else None,
    )


def _value(asked: str, empty: str) -> str | None:
    """The value of the store that a choice stands for."""
    return None if not asked else "" if asked == empty else asked
