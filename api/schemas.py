"""The bodies of the API as the OpenAPI document states them. Requests are validated here, answers are described.

Answers are written straight from the detector's own types; a test holds them against these models.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from api.examples import EXAMPLES
from detector.assessment import DocumentKind, Level

MAX_BATCH_ITEMS = 1_000
MAX_ID_CHARACTERS = 200


def _is_received(value: object) -> object:
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "must be a string")
    if not value:
        raise PydanticCustomError("string_too_short", "must not be empty")
    return value


# No more is checked here: one text of a batch that is no text must not spoil the others.
Received = Annotated[
    Any, BeforeValidator(_is_received), WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 1_048_576})
]
CallerId = Annotated[str, StringConstraints(max_length=MAX_ID_CHARACTERS)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


def _one_of_text_and_html(schema: dict[str, Any]) -> None:
    for name in ("text", "html"):
        schema["properties"][name].pop("default", None)
    schema["oneOf"] = [{"required": ["text"]}, {"required": ["html"]}]
    schema["examples"] = EXAMPLES["score"]


class ScoreRequest(_Request):
    """One ad: either its `text` or the `html` of its page."""

    model_config = ConfigDict(json_schema_extra=_one_of_text_and_html)

    text: Received = Field(None, description="the ad as it was found; offsets in the answer count its code points")
    html: Received = Field(
        None, description="the page of the ad; offsets count the text of the listing, which /v1/score/page returns"
    )
    id: CallerId | None = Field(None, description="your own name for this ad; comes back unchanged")
    language: Language | None = Field(None, description="ISO 639 code, where you know it better than a guess")
    store: Literal[False] = Field(False, description="nothing is stored; `true` is refused")
    explain: bool = Field(True, description="`false` leaves out indicators, terms and their evidence")

    @model_validator(mode="after")
    def _exactly_one(self) -> "ScoreRequest":
        if (self.text is None) == (self.html is None):
            raise PydanticCustomError("one_of", "give exactly one of `text` and `html`")
        return self


class PageRequest(_Request):
    """A page that may hold several ads."""

    model_config = ConfigDict(json_schema_extra={"examples": EXAMPLES["page"]})

    html: Received = Field(description="the HTML of the page")


class BatchItem(_Request):
    """One ad of a batch."""

    id: CallerId | None = Field(None, description="your own name for this ad; comes back unchanged")
    text: Received = Field(description="the ad as it was found")


class BatchRequest(_Request):
    """Up to 1,000 ads."""

    model_config = ConfigDict(json_schema_extra={"examples": EXAMPLES["batch"]})

    items: list[BatchItem] = Field(min_length=1, max_length=MAX_BATCH_ITEMS)


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Evidence(_Answer):
    """Words of the received text; `text == received[start:end]`, in code points."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)
    text: str


class Term(Evidence):
    """A word and what it added to the score."""

    contribution: float = Field(description="log-odds")


class Bilingual(_Answer):
    """The same words in Indonesian and English."""

    id: str
    en: str


class Indicator(_Answer):
    """A sign that was found, what it added to the score, and the words that show it."""

    id: str
    name: Bilingual
    severity: int = Field(ge=0, le=5, description="1 background to 5 core sign of trafficking; 0 protective")
    legal_basis: list[str] = Field(description="provisions to check, never an accusation")
    contribution: float = Field(description="log-odds")
    evidence: list[Evidence]


class Entity(Evidence):
    """A phone, link, handle, pay, destination ... with its canonical `value`."""

    type: str
    value: str


class TypologyScore(_Answer):
    """The probability that the text recruits into this type of exploitation or scam."""

    id: str
    probability: float = Field(ge=0, le=1)


class Document(_Answer):
    """What the text is: an offer, or a text about such offers."""

    kind: DocumentKind
    probability: float = Field(ge=0, le=1)


class Assessment(_Answer):
    """What Sigap says about one text. `intercept + indicators + terms + rest == logit`; `risk` is its calibration."""

    schema_: Literal["assessment/1"] = Field(alias="schema")
    id: str | None
    risk: float = Field(ge=0, le=1, description="probability that the text recruits into trafficking or a job scam")
    level: Level = Field(description="`low` never means safe")
    logit: float
    intercept: float
    rest: float
    document: Document
    typologies: list[TypologyScore]
    indicators: list[Indicator]
    terms: list[Term]
    entities: list[Entity]
    language: str
    truncated: bool
    warnings: list[str]
    answered_by: str
    model: str
    knowledge: str


class Listing(_Answer):
    """One ad of a page. The offsets of its assessment count the code points of `text`."""

    title: str | None
    company: str | None
    place: str | None
    text: str


class ListingAssessment(_Answer):
    """One ad of a page and what Sigap says about it."""

    listing: Listing
    assessment: Assessment


class PageAssessment(_Answer):
    """Every ad of a page, in page order."""

    schema_: Literal["assessments/1"] = Field(alias="schema")
    results: list[ListingAssessment]


class ProblemDocument(BaseModel):
    """Why a request was refused (RFC 9457). It never quotes the request."""

    type: str
    title: str
    status: int
    detail: str
    code: str = Field(description="stable, for programs")
    errors: list["ProblemAt"]


class ProblemAt(BaseModel):
    """One fault of a body."""

    pointer: str = Field(description="JSON Pointer into the body; empty for the whole")
    code: str
    detail: str


class ItemError(_Answer):
    """Why one ad of a batch was not assessed."""

    code: str
    detail: str


class RefusedItem(_Answer):
    """One ad of a batch that was not assessed."""

    id: str | None
    error: ItemError


class BatchAnswer(_Answer):
    """One result per item, in the order of the items."""

    results: list[Assessment | RefusedItem]


class LegalBasis(_Answer):
    """A provision to check, never an accusation."""

    code: str
    text: str
    about: Bilingual
    source: str
    as_of: str
    verified: bool


class IndicatorEntry(_Answer):
    """One sign that Sigap knows, why it matters, and on whose word."""

    id: str
    polarity: str = Field(description="risk, protective, combination or frame (what kind of text it is)")
    name: Bilingual
    why: Bilingual
    severity: int = Field(ge=0, le=5)
    typologies: list[str]
    legal_basis: list[LegalBasis]
    sources: list[str]
    as_of: str
    verified: bool
    weight: float = Field(description="what the model learnt that it adds to the score, in log-odds")


class IndicatorList(_Answer):
    """Every sign that Sigap knows."""

    schema_: Literal["indicators/1"] = Field(alias="schema")
    knowledge: str = Field(description="date of the newest review")
    indicators: list[IndicatorEntry]


class ModelCard(BaseModel):
    """What the model is: version, knowledge date, thresholds, figures, licence."""

    model_config = ConfigDict(extra="allow")


class Health(_Answer):
    """A sign of life."""

    status: Literal["ok", "ready"]
