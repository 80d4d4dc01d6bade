"""What an ad claims, checked against the lists: the company's licence, its job orders, its domain, watched contacts.

A finding describes the list, not the world: "not on the list of DATE" may be a new licence, a slip of the pen or a lie.
What could have been checked had there been a list is said, too: `not_checked`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz, process

from detector.campaigns.contacts import contact
from detector.entities import EntityExtractor, Mention
from detector.lists.office_list import Entry, Kind, OfficeList, company_key, licence_key
from detector.reading import Reading
from detector.text import normalise

Finding = Literal["listed", "not_listed", "expired", "similar", "mismatch", "watched", "not_checked"]
# Of two company names: 88 lets one letter of eight differ ("karya jaya" - "karya jaye"), and no whole word.
_SIMILAR = 88.0
_SIMILAR_DOMAIN = 80.0
_OWN_DOMAINS = frozenset({"company", "other", "free_host"})  # classes of links that may pose as an employer's own


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim and what the list says. `text` is `received[start:end]`; `matched` the entry, "" where none is alike.

    `as_of` and `origin` are those of the list, "" where there is none.
    """

    kind: Kind
    subject: str
    finding: Finding
    start: int
    end: int
    text: str
    matched: str = ""
    detail: str = ""
    as_of: str = ""
    origin: str = ""

    def as_dict(self) -> dict[str, str | int]:
        """The claim as plain data."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


class Checker:
    """Lists made ready for looking up. Of several lists of a kind the newest counts, and all of `watched`."""

    def __init__(self, lists: Sequence[OfficeList], extractor: EntityExtractor) -> None:
        """`extractor` reads the watched contacts as it reads those of ads, so that every spelling meets."""
        newest = {one.kind: one for one in sorted(lists, key=lambda one: one.as_of)}
        self._lists = newest
        self._companies = _by(newest.get("p3mi"), lambda entry: company_key(entry.name))
        self._licences = _by(newest.get("p3mi"), lambda entry: licence_key(entry.data.get("licence", "")))
        self._orders = _by(newest.get("job_orders"), lambda entry: company_key(entry.name))
        self._employers = _by(newest.get("domains"), lambda entry: company_key(entry.name))
        self._watched: dict[str, tuple[Entry, OfficeList]] = {}
        for one in lists:
            if one.kind == "watched":
                for entry in one.entries:
                    for value in _contacts(entry, extractor):
                        self._watched[value] = (entry, one)

    def check(self, reading: Reading) -> tuple[Claim, ...]:
        """The claims of a text, in the order of the text and of the kinds."""
        found = [*self._placements(reading), *self._domains(reading), *self._contacts(reading)]
        return tuple(sorted(dict.fromkeys(found), key=lambda one: (one.start, one.kind, one.subject)))

    def _placements(self, reading: Reading) -> Iterator[Claim]:
        """Companies and licence numbers of a text that places people abroad."""
        abroad = [m for m in reading.mentions if m.type == "destination" and m.value != "ID"]
        licences = [m for m in reading.mentions if m.type == "licence"]
        if not abroad and not licences:
            return
        for mention in reading.mentions:
            if mention.type == "company":
                yield from self._company(reading, mention, abroad)
            elif mention.type == "licence" and mention.detail.get("number"):
                yield self._licence(reading, mention)

    def _company(self, reading: Reading, mention: Mention, abroad: Sequence[Mention]) -> Iterator[Claim]:
        listed = self._lists.get("p3mi")
        if listed is None:
            yield self._claim("p3mi", reading, mention, "not_checked")
            return
        key = company_key(mention.value)
        entries = self._companies.get(key, [])
        if not entries:
            near = _similar(key, self._companies)
            yield self._claim("p3mi", reading, mention, "similar" if near else "not_listed", near)
            return
        until = entries[0].data.get("valid_until", "")
        expired = bool(until) and until < listed.as_of
        yield self._claim("p3mi", reading, mention, "expired" if expired else "listed", entries[0].name, until)
        countries = dict.fromkeys(m.value for m in abroad)
        for country in countries:
            if "job_orders" not in self._lists:
                yield self._claim("job_orders", reading, mention, "not_checked", detail=country)
                continue
            orders = [one for one in self._orders.get(key, []) if one.data["country"] == country]
            positions = "; ".join(dict.fromkeys(one.data.get("position", "") for one in orders))
            name = orders[0].name if orders else ""
            finding: Finding = "listed" if orders else "not_listed"
            yield self._claim("job_orders", reading, mention, finding, name, f"{country} {positions}".strip())

    def _licence(self, reading: Reading, mention: Mention) -> Claim:
        if "p3mi" not in self._lists:
            return self._claim("p3mi", reading, mention, "not_checked")
        entries = self._licences.get(licence_key(str(mention.detail["number"])), [])
        if not entries:
            return self._claim("p3mi", reading, mention, "not_listed")
        named = [company_key(m.value) for m in reading.mentions if m.type == "company"]
        holder = entries[0].name
        same = not named or company_key(holder) in named
        return self._claim("p3mi", reading, mention, "listed" if same else "mismatch", holder)

    def _domains(self, reading: Reading) -> Iterator[Claim]:
        """Links of a text that names an employer whose official domains are known, or one that looks like them."""
        companies = [m for m in reading.mentions if m.type == "company"]
        links = [m for m in reading.mentions if m.type == "link" and m.detail.get("domain_class") in _OWN_DOMAINS]
        if not links or not companies:
            return
        if "domains" not in self._lists:
            yield from (self._claim("domains", reading, link, "not_checked") for link in links)
            return
        for company in companies:
            entries = self._employers.get(company_key(company.value), [])
            official = {entry.data["domain"].lower().removeprefix("www.") for entry in entries}
            for link in links if official else ():
                host = str(link.detail["host"]).lower().removeprefix("www.")
                if any(host == one or host.endswith("." + one) for one in official):
                    yield self._claim("domains", reading, link, "listed", entries[0].name)
                    continue
                near = process.extractOne(host, sorted(official), scorer=fuzz.ratio, score_cutoff=_SIMILAR_DOMAIN)
                finding: Finding = "similar" if near else "mismatch"
                yield self._claim("domains", reading, link, finding, entries[0].name, ", ".join(sorted(official)))

    def _contacts(self, reading: Reading) -> Iterator[Claim]:
        for mention in reading.mentions:
            value = contact(mention)
            if value is None:
                continue
            if value in self._watched:
                entry, one = self._watched[value]
                yield self._claim("watched", reading, mention, "watched", entry.name, entry.data.get("note", ""), one)

    def _claim(
        self,
        kind: Kind,
        reading: Reading,
        mention: Mention,
        finding: Finding,
        matched: str = "",
        detail: str = "",
        of: OfficeList | None = None,
    ) -> Claim:
        start, end = reading.text.span(mention.start, mention.end)
        listed = of or self._lists.get(kind)
        return Claim(
            kind=kind,
            subject=mention.value,
            finding=finding,
            start=start,
            end=end,
            text=reading.text.received[start:end],
            matched=matched,
            detail=detail,
            as_of=listed.as_of if listed else "",
            origin=listed.origin if listed else "",
        )


def _by(one: OfficeList | None, key: Callable[[Entry], str]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in one.entries if one else ():
        if name := key(entry):
            found.setdefault(name, []).append(entry)
    return found


def _similar(key: str, companies: dict[str, list[Entry]]) -> str:
    """The listed company whose name is most like `key`: a letter or two off, or the same words and one more."""
    best = process.extractOne(key, companies.keys(), scorer=fuzz.ratio, score_cutoff=_SIMILAR)
    if best is not None:
        return companies[best[0]][0].name
    words = set(key.split())
    if len(words) >= 2:
        for other in sorted(companies):
            those = set(other.split())
            if len(those) >= 2 and len(words ^ those) == 1 and (words < those or those < words):
                return companies[other][0].name
    return ""


def _contacts(entry: Entry, extractor: EntityExtractor) -> Iterator[str]:
    """A watched value as the contacts that ads show: a number in any spelling, a handle, a link, an address."""
    type_, value = entry.data.get("type", ""), entry.name
    text = normalise(f"WA {value}" if value[:1] in "+0123456789(" else value).normal
    found = [one for mention in extractor.extract(text) if (one := contact(mention)) is not None]
    if type_ and type_.lower() != "handle":  # "@name" alone does not say on which service
        found = [f"{type_.lower()}:{one.partition(':')[2]}" if one.startswith("handle:") else one for one in found]
    yield from found or ([f"{type_.lower()}:{value.lstrip('@').lower()}"] if type_ else [])
