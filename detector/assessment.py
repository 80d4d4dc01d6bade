"""The result types: what the detector says about one text (contract `assessment/1`).

Offsets are Unicode code points of the text *as received*: `text == received[start:end]` always.
Contributions are in log-odds, and `intercept + sum(indicators) + sum(terms) + rest == logit`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

SCHEMA = "assessment/1"

Level = Literal["high", "elevated", "low"]
LEVELS: tuple[Level, ...] = ("high", "elevated", "low")
DocumentKind = Literal["offer", "news", "warning", "testimony", "question", "other"]
KINDS: tuple[DocumentKind, ...] = ("offer", "news", "warning", "testimony", "question", "other")
TYPOLOGIES: tuple[str, ...] = (
    "scam_compound",
    "conflict_zone",
    "illegal_placement",
    "fake_placement",
    "seafarer",
    "sham_internship",
    "domestic_scam",
    "task_scam",
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Characters of the received text that show something."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """A named sign that was found, with what it added to the score and the words that show it.

    `severity` runs from 1 (background) to 5 (a core sign of trafficking); 0 marks a protective sign.
    `legal_basis` names provisions to check, never an accusation.
    """

    id: str
    name: dict[str, str]
    severity: int
    legal_basis: tuple[str, ...]
    contribution: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the text and what it added to the score."""

    start: int
    end: int
    text: str
    contribution: float


@dataclass(frozen=True, slots=True)
class Entity:
    """A phone, link, handle, pay, destination ... found in the text; `value` is its canonical form."""

    type: str
    text: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TypologyScore:
    """The probability that the text recruits into this type of exploitation or scam."""

    id: str
    probability: float


@dataclass(frozen=True, slots=True)
class Document:
    """What the text is: an offer, or a text about such offers."""

    kind: DocumentKind
    probability: float


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything that Sigap says about one text."""

    id: str | None
    risk: float
    level: Level
    logit: float
    intercept: float
    rest: float
    document: Document
    typologies: tuple[TypologyScore, ...]
    indicators: tuple[Indicator, ...]
    terms: tuple[Term, ...]
    entities: tuple[Entity, ...]
    language: str
    truncated: bool
    warnings: tuple[str, ...]
    answered_by: str
    model: str
    knowledge: str

    def as_dict(self) -> dict[str, Any]:
        """The assessment as plain data, in the key order of the contract."""
        return {
            "schema": SCHEMA,
            "id": self.id,
            "risk": self.risk,
            "level": self.level,
            "logit": self.logit,
            "intercept": self.intercept,
            "rest": self.rest,
            "document": {"kind": self.document.kind, "probability": self.document.probability},
            "typologies": [{"id": t.id, "probability": t.probability} for t in self.typologies],
            "indicators": [
                {
                    "id": i.id,
                    "name": dict(i.name),
                    "severity": i.severity,
                    "legal_basis": list(i.legal_basis),
                    "contribution": i.contribution,
                    "evidence": [{"start": e.start, "end": e.end, "text": e.text} for e in i.evidence],
                }
                for i in self.indicators
            ],
            "terms": [
                {"start": t.start, "end": t.end, "text": t.text, "contribution": t.contribution} for t in self.terms
            ],
            "entities": [
                {"type": e.type, "text": e.text, "value": e.value, "start": e.start, "end": e.end}
                for e in self.entities
            ],
            "language": self.language,
            "truncated": self.truncated,
            "warnings": list(self.warnings),
            "answered_by": self.answered_by,
            "model": self.model,
            "knowledge": self.knowledge,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Assessment":
        """An assessment from what `as_dict` gave, as it comes back from JSON.

        Raises:
            ValueError: it is no `assessment/1`, or a field is missing.
        """
        if data.get("schema") != SCHEMA:
            raise ValueError(f"not an {SCHEMA}: {data.get('schema')!r}")
        try:
            plain = {name: data[name] for name in _PLAIN}
            return cls(
                **plain,
                document=Document(**data["document"]),
                typologies=tuple(TypologyScore(**one) for one in data["typologies"]),
                indicators=tuple(_indicator(one) for one in data["indicators"]),
                terms=tuple(Term(**one) for one in data["terms"]),
                entities=tuple(Entity(**one) for one in data["entities"]),
                warnings=tuple(data["warnings"]),
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"a broken {SCHEMA}: {error}") from None


_PLAIN = (
    "id",
    "risk",
    "level",
    "logit",
    "intercept",
    "rest",
    "language",
    "truncated",
    "answered_by",
    "model",
    "knowledge",
)


def _indicator(data: Mapping[str, Any]) -> Indicator:
    evidence = tuple(Evidence(**one) for one in data["evidence"])
    return Indicator(**{**data, "legal_basis": tuple(data["legal_basis"]), "evidence": evidence})
