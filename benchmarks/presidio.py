"""Presidio's analyzer with Sigap's phrases: what a team that already runs Presidio would build for this task.

Set up as its documentation tells and, where that leaves a choice, for speed: a blank spaCy pipeline (a tokenizer and
nothing else, since no entity of a language model is wanted), a registry with our recognizers alone, no context words,
no trace of decisions, texts handed over in batches. Two ways of giving it the phrases are measured, since it runs every
expression of every recognizer on every text: one `Pattern` for each phrase, which names the phrase that was found, and
one alternation for each indicator, which names the indicator only.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any

from benchmarks.phrases import Phrase

MISSING = "presidio-analyzer is not installed: pip install presidio-analyzer (see docs/benchmarks.md)"
_LANGUAGE = "id"
_BATCH = 64
_SCORE = 0.6


def is_installed() -> bool:
    """Whether Presidio can be measured here."""
    return find_spec("presidio_analyzer") is not None


def analyzer(listed: Sequence[Phrase], *, joined: bool) -> Callable[[Sequence[str]], list[Any]]:
    """A function from texts to Presidio's results; with `joined`, the phrases of an indicator are one expression."""
    # Neither is a package of this project: they count as untyped.
    import spacy
    from presidio_analyzer import (  # type: ignore[import-not-found, unused-ignore]
        AnalyzerEngine,
        BatchAnalyzerEngine,
        Pattern,
        PatternRecognizer,
        RecognizerRegistry,
    )
    from presidio_analyzer.nlp_engine import SpacyNlpEngine  # type: ignore[import-not-found, unused-ignore]

    class BlankEngine(SpacyNlpEngine):  # type: ignore[misc, unused-ignore]
        """The spaCy engine around a pipeline that is loaded already, as the documentation shows it."""

        def __init__(self) -> None:
            super().__init__()
            self.nlp = {_LANGUAGE: spacy.blank(_LANGUAGE)}

    grouped: dict[str, list[str]] = defaultdict(list)
    for phrase in listed:
        grouped[phrase.indicator].append(phrase.expression)
    registry = RecognizerRegistry(supported_languages=[_LANGUAGE])
    for indicator, expressions in grouped.items():
        told = ["|".join(expressions)] if joined else expressions
        patterns = [Pattern(f"{indicator}-{at}", expression, _SCORE) for at, expression in enumerate(told)]
        registry.add_recognizer(
            PatternRecognizer(
                supported_entity=indicator.upper(),
                name=indicator,
                supported_language=_LANGUAGE,
                patterns=patterns,
            )
        )
    engine = AnalyzerEngine(registry=registry, nlp_engine=BlankEngine(), supported_languages=[_LANGUAGE])
    batches = BatchAnalyzerEngine(engine)
    return lambda texts: list(batches.analyze_iterator(texts, language=_LANGUAGE, batch_size=_BATCH))
