"""The pipeline: a text in, an Assessment out.

text -> Reading (normalised, mentions, tokens, facts, indicators) -> features -> heads -> calibration -> Assessment

Two answers to one question: `fast` (signs and n-grams) and `deep` (the same and the contextual encoder). `auto` gives
the deep answer only where the fast one is undecided.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.assessment import (
    KINDS,
    LEVELS,
    TYPOLOGIES,
    Assessment,
    Document,
    Entity,
    Indicator,
    Level,
    Term,
    TypologyScore,
)
from detector.bundle import Bundle, default_path
from detector.bundle import load as load_bundle
from detector.classifier import Calibration, gram_contributions, softmax
from detector.deep import MODES, Answer, Mode, placed
from detector.encoder import TokenVectors, mean
from detector.errors import BundleError, BundleMismatch, InputError
from detector.explanation import Explainer
from detector.features import FeatureNames
from detector.grams import GramVector, GramVectorizer
from detector.knowledge.loader import load as load_knowledge
from detector.knowledge.schema import Knowledge
from detector.page import Listing, read_page
from detector.reading import Reader, Reading

FEWEST_WORDS = 5  # fewer judge nothing
_AT_ONCE = 64  # texts that are held read, some 2 MB
LISTED_TYPOLOGY = 0.05  # probability under which a typology is not listed


@dataclass(frozen=True, slots=True)
class _Judgement:
    """The logits of one answer and what is needed to explain and level them."""

    answered_by: Answer
    logits: NDArray[np.float64]
    intercept: float
    scale: float  # of the fast head's signs and n-grams within this answer
    vectors: TokenVectors | None
    calibration: Mapping[str, Calibration]
    thresholds: Mapping[str, float]


class Detector:
    """A released model with everything compiled that it needs. Safe to share between threads."""

    def __init__(self, bundle: Bundle, knowledge: Knowledge, mode: Mode = "auto") -> None:
        """Join a bundle with the knowledge that it was trained on.

        `mode` says which answer is given; with a bundle that holds no encoder, `auto` is `fast`.

        Raises:
            BundleMismatch: the knowledge or the features of the code differ from those of the bundle.
            BundleError: `mode` is `deep` and the bundle holds no encoder, or a package for it is missing.
            ValueError: there is no such mode.
        """
        if mode not in MODES:
            raise ValueError(f"no mode {mode!r}: one of {', '.join(MODES)}")
        if mode == "deep" and bundle.deep is None:
            raise BundleError(f"model {bundle.version} holds no encoder and can't answer deeply")
        features = FeatureNames.of(knowledge)
        if features.names != bundle.named_features:
            raise BundleMismatch("named features", f"{len(bundle.named_features)}", f"{len(features.names)} others")
        if knowledge.digest != bundle.knowledge_digest:
            raise BundleMismatch("knowledge", bundle.knowledge_digest[:12], knowledge.digest[:12])
        self.bundle = bundle
        self.knowledge = knowledge
        self.reader = Reader(knowledge)
        self.features = features
        self.vectorizer = GramVectorizer(bundle.vocabulary, bundle.idf)
        self._explainer = Explainer(knowledge, features)
        self.mode: Mode = "fast" if bundle.deep is None else mode
        self._encoder = bundle.deep.encoder() if bundle.deep is not None and self.mode != "fast" else None
        self._risk = bundle.heads.names.index("risk")
        self._kinds = [bundle.heads.names.index(f"kind:{kind}") for kind in KINDS]
        self._typologies = [(name, bundle.heads.names.index(f"typology:{name}")) for name in TYPOLOGIES]

    @classmethod
    def load(cls, path: Path | None = None, mode: Mode = "auto") -> "Detector":
        """The model of the bundle at `path`, by default the released one; `fast` leaves the encoder unread.

        Raises:
            BundleMissing: there is no bundle.
            BundleMismatch: the bundle was changed, or belongs to other code or knowledge.
            BundleError: `mode` is `deep` and the bundle holds no encoder, or a package for it is missing.
            KnowledgeError: a knowledge file breaks its schema.
        """
        return cls(load_bundle(path or default_path(), deep=mode != "fast"), load_knowledge(), mode)

    @property
    def version(self) -> str:
        """The version of the released model."""
        return self.bundle.version

    def assess(
        self,
        text: str,
        id: str | None = None,  # noqa: A002 (the name of the contract)
        language: str | None = None,
        explain: bool = True,
        explain_from: Level = "low",
    ) -> Assessment:
        """Judge one text.

        `language` overrides the recognised one. Without `explain`, or below the level `explain_from`, no indicators and
        terms are listed, and `rest` holds their sum.

        Raises:
            EmptyInput: nothing visible is in the text.
        """
        return self.judge(self.reader.read(text), id, language, explain, explain_from)

    def assess_many(self, texts: Iterable[str], explain: bool = True) -> Iterator[Assessment]:
        """Judge texts one after the other, lazily; memory stays flat."""
        for text in texts:
            yield self.assess(text, explain=explain)

    def assess_batch(
        self, texts: Sequence[str], explain: bool = True, explain_from: Level = "low"
    ) -> list[Assessment | InputError]:
        """Judge some hundred texts: the same answers as one by one, in less time.

        Each stage runs over many texts before the next one does, so that what it works with (mentions, then vocabulary
        and weights) stays at hand for the processor. In place of a text that shows nothing stands the error.
        """
        found: list[Assessment | InputError] = []
        for first in range(0, len(texts), _AT_ONCE):
            readings = [self._read(text) for text in texts[first : first + _AT_ONCE]]
            found += [
                read if isinstance(read, InputError) else self.judge(read, None, None, explain, explain_from)
                for read in readings
            ]
        return found

    def _read(self, text: str) -> Reading | InputError:
        try:
            return self.reader.read(text)
        except InputError as error:
            return error

    def assess_page(self, html: str | bytes) -> list[tuple[Listing, Assessment]]:
        """Judge every listing of an HTML page; offsets refer to `listing.text`.

        Raises:
            UnreadablePage: no listing could be read.
            EmptyInput: the page shows no text.
        """
        judged = []
        for listing in read_page(html):
            assessment = self.assess(listing.text)
            if listing.hidden_text and "hidden_text" not in assessment.warnings:
                assessment = replace(assessment, warnings=(*assessment.warnings, "hidden_text"))
            judged.append((listing, assessment))
        return judged

    def model_card(self) -> dict[str, Any]:
        """What the model is: version, knowledge, thresholds, figures."""
        return {
            "version": self.bundle.version,
            "knowledge": {"as_of": self.bundle.knowledge_as_of, "digest": self.bundle.knowledge_digest},
            "thresholds": dict(self.bundle.thresholds),
            "calibration": {
                "slope": self.bundle.calibration["risk"].slope,
                "offset": self.bundle.calibration["risk"].offset,
            },
            "deep": self._deep_card(),
            "features": {"named": len(self.bundle.named_features), "grams": len(self.bundle.vocabulary)},
            **self.bundle.facts,
        }

    def _deep_card(self) -> dict[str, Any] | None:
        """Thresholds, calibration and band of the deep answer; None in a bundle without an encoder."""
        deep = self.bundle.deep
        if deep is None:
            return None
        risk = deep.calibration["risk"]
        return {
            "thresholds": dict(deep.thresholds),
            "calibration": {"slope": risk.slope, "offset": risk.offset},
            "band": list(deep.band),
        }

    def weight(self, indicator_id: str) -> float:
        """What an indicator adds to the risk logit of the fast answer, in log-odds."""
        return float(self.bundle.heads.named[self._risk, self.features.indicator[indicator_id]])

    def judge(
        self,
        reading: Reading,
        id: str | None,  # noqa: A002
        language: str | None,
        explain: bool,
        explain_from: Level = "low",
    ) -> Assessment:
        """The model's part: features, heads, calibration and explanation of a text that was read."""
        named = self.features.present(reading)
        grams = self.vectorizer(reading.tokens)
        warnings = list(reading.text.warnings)
        enough = _has_words(reading, FEWEST_WORDS)
        if not enough:
            warnings.append("too_little_text")
        spoken = language or reading.language
        if spoken == "unknown":
            warnings.append("unknown_language")
        judged = self._answer(reading, named, grams, enough=enough)
        logit = float(judged.logits[self._risk])
        risk = judged.calibration["risk"](logit)
        kinds = softmax(judged.logits[self._kinds])
        kind = int(kinds.argmax())
        typologies = [
            TypologyScore(name, judged.calibration[f"typology:{name}"](float(judged.logits[at])))
            for name, at in self._typologies
        ]
        typologies = [typology for typology in typologies if typology.probability >= LISTED_TYPOLOGY]
        level = _level(risk, enough, judged.thresholds)
        explain = explain and LEVELS.index(level) <= LEVELS.index(explain_from)
        indicators, terms = self._explain(reading, named, grams, judged) if explain else ((), ())
        shown = sum(i.contribution for i in indicators) + sum(t.contribution for t in terms)
        return Assessment(
            id=id,
            risk=risk,
            level=level,
            logit=logit,
            intercept=judged.intercept,
            rest=logit - judged.intercept - shown,
            document=Document(KINDS[kind], float(kinds[kind])),
            typologies=tuple(sorted(typologies, key=lambda t: (-t.probability, t.id))),
            indicators=indicators,
            terms=terms,
            entities=self._entities(reading),
            language=spoken,
            truncated="truncated" in warnings,
            warnings=tuple(warnings),
            answered_by=judged.answered_by,
            model=self.bundle.version,
            knowledge=self.bundle.knowledge_as_of,
        )

    def _answer(self, reading: Reading, named: NDArray[np.intp], grams: GramVector, *, enough: bool) -> _Judgement:
        """The fast answer, or the deep one where it was asked for or the fast one is undecided."""
        heads, deep = self.bundle.heads, self.bundle.deep
        words = heads.words(grams)
        fast = heads.logits(named, words)
        wanted = self.mode == "deep" or (enough and deep is not None and deep.undecided(float(fast[self._risk])))
        if self._encoder is None or deep is None or not wanted:
            intercept = float(heads.intercepts[self._risk])
            return _Judgement("fast", fast, intercept, 1.0, None, self.bundle.calibration, self.bundle.thresholds)
        (vectors,) = self._encoder.token_vectors([reading.text.normal])
        return _Judgement(
            "deep",
            deep.heads.logits(heads, named, words, mean(vectors)),
            float(deep.heads.intercepts[self._risk]),
            float(deep.heads.scale[self._risk]),
            vectors,
            deep.calibration,
            deep.thresholds,
        )

    def _explain(
        self, reading: Reading, named: NDArray[np.intp], grams: GramVector, judged: _Judgement
    ) -> tuple[tuple[Indicator, ...], tuple[Term, ...]]:
        heads = self.bundle.heads
        words = judged.scale * gram_contributions(heads.grams[self._risk], grams, len(reading.tokens))
        if judged.vectors is not None and self.bundle.deep is not None:
            words += placed(judged.vectors, self.bundle.deep.heads.vectors[self._risk], reading.tokens)
        return self._explainer.explain(reading, named, judged.scale * heads.named[self._risk], words)

    @staticmethod
    def _entities(reading: Reading) -> tuple[Entity, ...]:
        found = []
        for mention in reading.mentions:
            start, stop = reading.text.span(mention.start, mention.end)
            found.append(Entity(mention.type, reading.text.received[start:stop], mention.value, start, stop))
        return tuple(found)


def _has_words(reading: Reading, fewest: int) -> bool:
    """Whether so many tokens hold a letter or digit; stops counting there."""
    for word, stop in zip(reading.tokens.words, reading.tokens.stops, strict=True):
        if not stop and (word.isalnum() or any(c.isalnum() for c in word)):
            fewest -= 1
            if fewest == 0:
                return True
    return False


def _level(risk: float, enough: bool, thresholds: Mapping[str, float]) -> Level:
    if not enough or risk < thresholds["elevated"]:
        return "low"
    return "high" if risk >= thresholds["high"] else "elevated"
