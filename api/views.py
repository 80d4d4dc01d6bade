"""What the result page shows, made from an assessment: order, grouping and words, never a judgement of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.catalog import Catalog
from api.highlight import Segment, Span, cut
from api.readings import in_words
from detector.assessment import Assessment, Indicator, Term
from detector.knowledge.schema import Bilingual, IndicatorEntry, Knowledge
from detector.page import Listing

TERMS_SHOWN = 12  # in each direction
TYPOLOGY_SHOWN = 0.20  # those under this probability are folded away
QUOTES_SHOWN = 8
SAID_BY_THE_LEVEL = "too_little_text"


@dataclass(frozen=True, slots=True)
class Bar:
    """A signed bar: `left` and `width` in per cent of its box, whose middle is zero."""

    left: float
    width: float
    rises: bool
    label: str
    effect: str


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of the text and the segment where they begin (None where the text was not shown that far)."""

    text: str
    segment: int | None


@dataclass(frozen=True, slots=True)
class LegalText:
    """A provision in words, and the numbers of the signs that point to it; `verified`: whether its text was read."""

    number: int
    text: str
    about: str
    verified: bool
    signs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SourceText:
    """Where a statement comes from."""

    id: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Sign:
    """An indicator as the page shows it, with its number in the text."""

    number: int
    name: str
    why: str
    verified: bool
    severity: int
    quotes: tuple[Quote, ...]
    quotes_left: int
    bar: Bar
    laws: tuple[LegalText, ...]
    sources: tuple[SourceText, ...]


@dataclass(frozen=True, slots=True)
class SignGroup:
    """Signs under one heading; `key` names the heading (`severity.5`, `group.protective`, `group.frame`)."""

    key: str
    signs: tuple[Sign, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """A word and what all its places together added."""

    text: str
    count: int
    bar: Bar


@dataclass(frozen=True, slots=True)
class TypologyText:
    """A typology with its probability in words."""

    id: str
    name: str
    definition: str
    probability: float


@dataclass(frozen=True, slots=True)
class RequirementText:
    """What a lawful text would show: `found` in the text, `missing` from it, or to `check` elsewhere."""

    name: str
    state: str


@dataclass(frozen=True, slots=True)
class Result:
    """One assessed text, ready for the template."""

    prefix: str
    listing: Listing | None
    assessment: Assessment
    look: str
    warnings: tuple[str, ...]
    typologies: tuple[TypologyText, ...]
    typologies_small: tuple[TypologyText, ...]
    segments: tuple[Segment, ...]
    names: Mapping[int, str]
    characters_left: int
    groups: tuple[SignGroup, ...]
    laws: tuple[LegalText, ...]
    entities: tuple[tuple[str, str, str], ...]
    raising: tuple[Word, ...]
    lowering: tuple[Word, ...]
    lawful_for: TypologyText | None
    lawful_if: tuple[RequirementText, ...]
    sum_indicators: float
    sum_terms: float


def build(
    assessment: Assessment,
    received: str,
    knowledge: Knowledge,
    t: Catalog,
    *,
    shown_characters: int,
    listing: Listing | None = None,
    prefix: str = "",
) -> Result:
    """The view of one assessment of `received`, in the language of `t`; at most `shown_characters` are shown."""
    entries = knowledge.by_id
    ordered = sorted(assessment.indicators, key=lambda found: _reading_order(found, entries.get(found.id)))
    numbered = list(enumerate(ordered, start=1))
    shown = received[:shown_characters]
    segments = cut(
        shown,
        (
            Span(e.start, e.end, number, found.severity)
            for number, found in numbered
            if not _is_frame(entries.get(found.id))
            for e in found.evidence
        ),
    )
    at = {segment.start: segment.number for segment in segments}
    contributions = [found.contribution for found in assessment.indicators]
    words = _words(assessment.terms)
    scale = max([1.0, *(abs(c) for c in contributions), *(abs(total) for _, _, total in words)])

    laws = _laws(numbered, knowledge, t)
    signs = [
        (_group(found, entries.get(found.id)), _sign(number, found, knowledge, t, at, laws, scale))
        for number, found in numbered
    ]
    keys = list(dict.fromkeys(key for key, _ in signs))
    rising = [word for word in words if word[2] > 0][:TERMS_SHOWN]
    falling = [word for word in reversed(words) if word[2] < 0][:TERMS_SHOWN]
    typologies = [_typology(one.id, one.probability, knowledge, t) for one in assessment.typologies]
    typologies.sort(key=lambda one: -one.probability)
    top = typologies[0] if typologies and assessment.document.kind == "offer" else None
    too_little = SAID_BY_THE_LEVEL in assessment.warnings
    return Result(
        prefix=prefix,
        listing=listing,
        assessment=assessment,
        look="unjudged" if too_little else assessment.level,
        warnings=tuple(code for code in assessment.warnings if code != SAID_BY_THE_LEVEL),
        typologies=tuple(one for one in typologies if one.probability >= TYPOLOGY_SHOWN),
        typologies_small=tuple(one for one in typologies if one.probability < TYPOLOGY_SHOWN),
        segments=segments,
        names={number: _in(found.name, t) for number, found in numbered},
        characters_left=len(received) - len(shown),
        groups=tuple(SignGroup(key, tuple(sign for of, sign in signs if of == key)) for key in keys),
        laws=laws,
        entities=tuple(
            (t.known(f"entity.{one.type}", one.type), one.text, in_words(one, knowledge, t))
            for one in assessment.entities
        ),
        raising=tuple(Word(text, count, _bar(total, scale, t)) for text, count, total in rising),
        lowering=tuple(Word(text, count, _bar(total, scale, t)) for text, count, total in falling),
        lawful_for=None if too_little else top,
        lawful_if=_lawful_if(top, assessment.indicators, knowledge, t) if top and not too_little else (),
        sum_indicators=sum(contributions),
        sum_terms=sum(term.contribution for term in assessment.terms),
    )


def _reading_order(found: Indicator, entry: IndicatorEntry | None) -> tuple[int, int, float, str]:
    return (
        2 if _is_frame(entry) else int(_is_protective(found, entry)),
        -found.severity,
        -found.contribution,
        found.id,
    )


def _is_frame(entry: IndicatorEntry | None) -> bool:
    """Whether the sign is about the kind of text: it spans whole sentences, so it is listed but not marked."""
    return entry is not None and entry.polarity == "frame"


def _is_protective(found: Indicator, entry: IndicatorEntry | None) -> bool:
    return entry.polarity == "protective" if entry else found.severity == 0


def _group(found: Indicator, entry: IndicatorEntry | None) -> str:
    if _is_frame(entry):
        return "group.frame"
    return "group.protective" if _is_protective(found, entry) else f"severity.{found.severity or 1}"


def _sign(
    number: int,
    found: Indicator,
    knowledge: Knowledge,
    t: Catalog,
    at: Mapping[int, int],
    laws: Sequence[LegalText],
    scale: float,
) -> Sign:
    entry = knowledge.by_id.get(found.id)
    quotes = tuple(Quote(e.text, at.get(e.start)) for e in found.evidence)
    sources = [knowledge.sources[id_] for id_ in entry.sources if id_ in knowledge.sources] if entry else []
    return Sign(
        number=number,
        name=_in(found.name, t),
        why=_in(entry.why, t) if entry else "",
        verified=entry.verified if entry else False,
        severity=found.severity,
        quotes=quotes[:QUOTES_SHOWN],
        quotes_left=max(0, len(quotes) - QUOTES_SHOWN),
        bar=_bar(found.contribution, scale, t),
        laws=tuple(law for law in laws if number in law.signs),
        sources=tuple(SourceText(s.id, f"{s.publisher}: {s.title} ({s.date})", s.url) for s in sources),
    )


def _laws(numbered: Sequence[tuple[int, Indicator]], knowledge: Knowledge, t: Catalog) -> tuple[LegalText, ...]:
    """Every provision that a sign points to, once, in the order of the signs."""
    entries = {law.text: law for law in knowledge.laws.values()}
    cited: dict[str, list[int]] = {}
    for number, found in numbered:
        for text in found.legal_basis:
            cited.setdefault(text, []).append(number)
    return tuple(
        LegalText(
            number,
            text,
            _in(entries[text].about, t) if text in entries else "",
            text in entries and entries[text].verified,
            tuple(signs),
        )
        for number, (text, signs) in enumerate(cited.items(), start=1)
    )


def _words(terms: Sequence[Term]) -> list[tuple[str, int, float]]:
    """Words with their number of places and sum, from the strongest rise to the strongest fall."""
    totals: dict[str, tuple[str, int, float]] = {}
    for term in terms:
        key = " ".join(term.text.casefold().split())
        text, count, total = totals.get(key, (" ".join(term.text.split()), 0, 0.0))
        totals[key] = (text, count + 1, total + term.contribution)
    return sorted(totals.values(), key=lambda word: (-word[2], word[0]))


def _bar(value: float, scale: float, t: Catalog) -> Bar:
    width = min(50.0, abs(value) / scale * 50.0)
    return Bar(
        left=round(50.0 if value >= 0 else 50.0 - width, 2),
        width=round(width, 2),
        rises=value >= 0,
        label=t.signed(value),
        effect=t.times(value),
    )


def _typology(id_: str, probability: float, knowledge: Knowledge, t: Catalog) -> TypologyText:
    entry = knowledge.typologies.get(id_)
    if entry is None:
        return TypologyText(id_, id_, "", probability)
    return TypologyText(id_, _in(entry.name, t), _in(entry.definition, t), probability)


def _lawful_if(
    top: TypologyText, found: Sequence[Indicator], knowledge: Knowledge, t: Catalog
) -> tuple[RequirementText, ...]:
    entry = knowledge.typologies.get(top.id)
    seen = {indicator.id for indicator in found}

    def state(met_by: tuple[str, ...]) -> str:
        if not met_by:
            return "check"
        return "found" if seen.intersection(met_by) else "missing"

    return tuple(RequirementText(_in(one.name, t), state(one.met_by)) for one in (entry.lawful_if if entry else ()))


def _in(text: Bilingual | Mapping[str, str], t: Catalog) -> str:
    if isinstance(text, Bilingual):
        return text.id if t.language == "id" else text.en
    return text[t.language]


def thresholds(card: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """The thresholds of the levels by who answered, from the model card."""
    by_answer = {"fast": card["thresholds"], "deep": (card["deep"] or card)["thresholds"]}
    return {
        answer: {level: float(limits[level]) for level in ("elevated", "high")} for answer, limits in by_answer.items()
    }
