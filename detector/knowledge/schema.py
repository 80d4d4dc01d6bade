"""The schema of the knowledge files and their loader. A file that breaks it is refused with file, entry and reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from detector.assessment import TYPOLOGIES
from detector.errors import KnowledgeError

DIRECTORY = Path(__file__).parent
try:
    from yaml import CSafeLoader as _YamlLoader
except ImportError:  # a build of PyYAML without libyaml: slower, same result
    from yaml import SafeLoader as _YamlLoader  # type: ignore[assignment]

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$")]
AsOf = Annotated[str, StringConstraints(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]
Polarity = Literal["risk", "protective", "combination", "frame"]
EntryT = TypeVar("EntryT", bound=BaseModel)
LANGUAGES = ("id", "en", "ms")


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Bilingual(_Entry):
    """A text that people read, in Indonesian and English."""

    id: str
    en: str


class Condition(_Entry):
    """A conjunction over what else was found. An atom is `fact:NAME` or `indicator:ID`.

    Holds when every atom of `all`, at least one of `any` (if there are any) and none of `none` was found.
    """

    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    none: tuple[str, ...] = ()

    def atoms(self) -> Iterator[str]:
        """Every atom that the condition names."""
        yield from self.all
        yield from self.any
        yield from self.none


class Examples(_Entry):
    """Texts that must and must not show the indicator; a test walks them."""

    match: tuple[str, ...]
    no_match: tuple[str, ...]


class IndicatorEntry(_Entry):
    """One sign: how it is recognised, what it means and on whose word.

    `patterns` find it in words (syntax: `detector/patterns.py`), `requires` must hold besides, `derive` finds it from
    facts and other indicators alone. `unless` patterns void a hit that they touch or stand up to six tokens from.
    """

    id: Identifier
    polarity: Polarity = "risk"
    name: Bilingual
    severity: int = Field(ge=0, le=5)
    alone: Literal["weak", "medium", "strong"] = "weak"
    typologies: tuple[Identifier, ...] = ()
    legal_basis: tuple[str, ...] = ()
    why: Bilingual
    sources: tuple[str, ...]
    as_of: AsOf
    verified: bool
    patterns: dict[Literal["id", "en", "ms"], tuple[str, ...]] = Field(default_factory=dict)
    unless: tuple[str, ...] = ()
    requires: Condition | None = None
    derive: tuple[Condition, ...] = ()
    shields: Literal["sentence", "none"] = "none"
    examples: Examples


class WageRange(_Entry):
    """Lawful monthly pay of typical migrant posts, in the currency of the country."""

    currency: str
    min: float
    max: float
    basis: str
    as_of: AsOf
    source: str
    verified_min: bool
    verified_max: bool


class Flag(_Entry):
    """A dated statement about a place."""

    flag: Identifier
    as_of: AsOf
    source: str
    verified: bool


class Destination(_Entry):
    """A country: the names it goes by in ads, its cities and compounds, dated flags, lawful pay and corridors."""

    iso2: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    name: Bilingual
    spellings: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()
    wage: WageRange | None = None
    lawful_corridors: str
    lawful_sectors: str
    source: str
    as_of: AsOf
    note: str = ""

    def has(self, flag: str) -> bool:
        """Whether the place carries this flag."""
        return any(f.flag == flag for f in self.flags)


class Currency(_Entry):
    """A currency: how ads write it, and its rough value in rupiah (for plausibility only)."""

    code: str
    symbols: tuple[str, ...]
    idr: float
    as_of: AsOf
    source: str
    verified: bool


class Law(_Entry):
    """A provision to check, never an accusation."""

    code: str
    text: str
    about: Bilingual
    source: str
    as_of: AsOf
    verified: bool


class Requirement(_Entry):
    """What a lawful text of this kind would show; `met_by` are protective indicators that show it."""

    name: Bilingual
    met_by: tuple[Identifier, ...] = ()


class Typology(_Entry):
    """One way in which people are recruited into exploitation or cheated."""

    id: Identifier
    name: Bilingual
    definition: Bilingual
    lawful_if: tuple[Requirement, ...]
    sources: tuple[str, ...]
    as_of: AsOf


class Source(_Entry):
    """Where a statement comes from and how it was read."""

    id: str
    publisher: str
    title: str
    date: str
    url: str
    access: Literal["retrieved", "secondary", "own_knowledge"]


class LicenceList(_Entry):
    """Licensed placement companies. Only a list that is `complete` can show that a company is not on it."""

    complete: bool
    as_of: AsOf | None
    source: str | None
    companies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Knowledge:
    """Everything in `knowledge/`, validated. `as_of` is the date of the newest review of the whole."""

    as_of: str
    digest: str
    macros: dict[str, str]
    spelling: dict[str, str]
    indicators: tuple[IndicatorEntry, ...]
    destinations: tuple[Destination, ...]
    currencies: tuple[Currency, ...]
    minimum_wage_idr_month: float
    laws: dict[str, Law]
    typologies: dict[str, Typology]
    sources: dict[str, Source]
    licences: LicenceList
    words: frozenset[str]
    fact_names: tuple[str, ...]
    function_words: dict[str, frozenset[str]]

    @cached_property
    def by_id(self) -> dict[str, IndicatorEntry]:
        """Indicators by id."""
        return {entry.id: entry for entry in self.indicators}

    @cached_property
    def country(self) -> dict[str, Destination]:
        """Destinations by ISO code."""
        return {place.iso2: place for place in self.destinations}


def _read(path: Path) -> dict[str, object]:
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_YamlLoader)  # noqa: S506 (a safe loader)
    except yaml.YAMLError as error:
        raise KnowledgeError(path.name, "-", str(error).replace("\n", " ")) from error
    if not isinstance(data, dict):
        raise KnowledgeError(path.name, "-", "not a mapping")
    return data


def _entries(path: Path, data: dict[str, object], key: str, kind: type[EntryT]) -> tuple[EntryT, ...]:
    rows = data.get(key)
    if not isinstance(rows, list):
        raise KnowledgeError(path.name, key, "not a list")
    found = []
    for row in rows:
        name = str(row.get("id") or row.get("iso2") or row.get("code")) if isinstance(row, dict) else repr(row)
        try:
            found.append(kind.model_validate(row))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise KnowledgeError(path.name, name, f"{where}: {first['msg']}") from error
    return tuple(found)


def load(directory: Path = DIRECTORY) -> Knowledge:
    """Read and validate every knowledge file.

    Raises:
        KnowledgeError: with the file, the entry and the reason.
    """
    digest = sha256()
    data: dict[str, dict[str, object]] = {}
    for path in sorted(directory.rglob("*.yaml")):
        name = path.relative_to(directory).as_posix()
        data[name] = _read(path)
        digest.update(name.encode() + b"\0" + path.read_bytes())

    def entries(name: str, key: str, kind: type[EntryT]) -> tuple[EntryT, ...]:
        if name not in data:
            raise KnowledgeError(name, "-", "the file is missing")
        return _entries(directory / name, data[name], key, kind)

    indicators: list[IndicatorEntry] = []
    for name in data:
        if name.startswith("indicators/"):
            indicators += entries(name, "indicators", IndicatorEntry)
    language = data.get("language.yaml", {})
    places = data.get("destinations.yaml", {})
    function_words = dict(data.get("function_words.yaml", {}).get("function_words") or {})  # type: ignore[call-overload]
    spelling: dict[str, str] = {}
    for canonical, spellings in dict(language.get("spelling") or {}).items():  # type: ignore[call-overload]
        for word in spellings:
            if spelling.setdefault(str(word), str(canonical)) != str(canonical):
                raise KnowledgeError("language.yaml", str(word), "two canonical forms")
    knowledge = Knowledge(
        as_of=str(language.get("as_of")),
        digest=digest.hexdigest(),
        macros={str(k): str(v) for k, v in dict(language.get("macros") or {}).items()},  # type: ignore[call-overload]
        spelling=spelling,
        indicators=tuple(indicators),
        destinations=entries("destinations.yaml", "destinations", Destination),
        currencies=entries("destinations.yaml", "currencies", Currency),
        minimum_wage_idr_month=float(places.get("minimum_wage_idr_month") or 0),  # type: ignore[arg-type]
        laws={law.code: law for law in entries("laws.yaml", "laws", Law)},
        typologies={t.id: t for t in entries("typologies.yaml", "typologies", Typology)},
        sources={s.id: s for s in entries("sources.yaml", "sources", Source)},
        licences=LicenceList.model_validate(data.get("licences.yaml", {})),
        words=frozenset(str(word) for word in list(language.get("words") or [])),  # type: ignore[call-overload]
        fact_names=tuple(str(name) for name in list(language.get("facts") or [])),  # type: ignore[call-overload]
        function_words={str(k): frozenset(str(w) for w in v) for k, v in function_words.items()},
    )
    _cross_check(knowledge)
    return knowledge


def _cross_check(knowledge: Knowledge) -> None:
    """Names that point at other entries must exist; ids must be unique."""
    seen: set[str] = set()
    ids = {entry.id for entry in knowledge.indicators}

    def refuse(entry: str, reason: str) -> None:
        raise KnowledgeError("indicators", entry, reason)

    for entry in knowledge.indicators:
        if entry.id in seen:
            refuse(entry.id, "the id is used twice")
        seen.add(entry.id)
        if not entry.patterns and not entry.derive:
            refuse(entry.id, "neither patterns nor derive: it can never be found")
        for source in entry.sources:
            if source not in knowledge.sources:
                refuse(entry.id, f"unknown source {source}")
        for code in entry.legal_basis:
            if code not in knowledge.laws:
                refuse(entry.id, f"unknown law {code}")
        for typology in entry.typologies:
            if typology not in TYPOLOGIES:
                refuse(entry.id, f"unknown typology {typology}")
        conditions = [*entry.derive, *([entry.requires] if entry.requires else [])]
        for condition in conditions:
            for atom in condition.atoms():
                sort, _, name = atom.partition(":")
                known = ids if sort == "indicator" else set(knowledge.fact_names) if sort == "fact" else set()
                if name not in known:
                    refuse(entry.id, f"unknown atom {atom}")
    if set(knowledge.typologies) != set(TYPOLOGIES):
        raise KnowledgeError("typologies.yaml", "-", "the eight typologies of assessment/1 are expected")
