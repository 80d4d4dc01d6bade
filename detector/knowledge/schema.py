"""The schema of the knowledge files. A file that breaks it is refused with file, entry and reason (`loader.py`)."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$")]
AsOf = Annotated[str, StringConstraints(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]
Polarity = Literal["risk", "protective", "combination", "frame"]


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


class Provider(_Entry):
    """A bank, or a wallet whose accounts are phone numbers.

    `loose` spellings are ordinary words, too, and count only beside a word of accounts. `digits`: the usual lengths of
    its account numbers, the commonest first. `code`: the number of the bank in transfers between banks.
    """

    id: Identifier
    name: str
    kind: Literal["bank", "wallet"]
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    spellings: tuple[str, ...] = ()
    loose: tuple[str, ...] = ()
    digits: tuple[int, ...] = ()
    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{3}$")] | None = None

    @model_validator(mode="after")
    def _can_be_found(self) -> Self:
        if not self.spellings and not self.loose:
            raise ValueError("no spelling: it can never be found")
        if (self.kind == "bank") != bool(self.digits):
            raise ValueError("a bank has lengths of account numbers, and a wallet has none")
        return self


class Banks(_Entry):
    """Banks, e-wallets and the words that stand around the numbers of their accounts (`banks.yaml`)."""

    as_of: AsOf
    source: str
    verified: bool
    account_words: frozenset[str]
    payment_words: frozenset[str]
    holder_phrases: frozenset[str]
    other_numbers: frozenset[str]
    payment_codes: frozenset[str]
    joins: frozenset[str]
    providers: tuple[Provider, ...]


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
