"""From contributions to what people read: the named signs and the words that carry a score, each with its place."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from detector.assessment import Evidence, Indicator, Term
from detector.classifier import spread
from detector.features import FeatureNames
from detector.knowledge.schema import Knowledge
from detector.reading import Reading

SMALLEST_TERM = 0.01  # log-odds; smaller contributions are summed in `rest`


@dataclass(frozen=True, slots=True)
class _Sign:
    """What is always said about an indicator."""

    feature: int
    name: dict[str, str]
    severity: int
    legal_basis: tuple[str, ...]


class Explainer:
    """Says which signs and words carry a score. Safe to share between threads."""

    def __init__(self, knowledge: Knowledge, features: FeatureNames) -> None:
        self._features = features
        self._signs = {
            entry.id: _Sign(
                features.indicator[entry.id],
                {"id": entry.name.id, "en": entry.name.en},
                entry.severity if entry.polarity in ("risk", "combination") else 0,
                tuple(knowledge.laws[code].text for code in entry.legal_basis),
            )
            for entry in knowledge.indicators
        }

    def explain(
        self, reading: Reading, named: NDArray[np.intp], weights: NDArray[np.float64], words: NDArray[np.float64]
    ) -> tuple[tuple[Indicator, ...], tuple[Term, ...]]:
        """The signs and the words of a text, those that raise the score most first.

        `named` are the indices of the named features that it shows and `weights` those of all, in log-odds; `words` is
        what each token adds besides. What a fact adds lies on the words that show it.
        """
        added = words.tolist()
        for at in named.tolist():
            fact = self._features.fact_at(at)
            if fact is not None:
                spread(float(weights[at]), reading.facts[fact], added)
        return self._indicators(reading, weights), _terms(reading, added)

    def _indicators(self, reading: Reading, weights: NDArray[np.float64]) -> tuple[Indicator, ...]:
        spans: dict[str, list[tuple[int, int]]] = {}
        for hit in reading.hits:
            spans.setdefault(hit.id, []).append((hit.start, hit.end))
        found = []
        for key, places in spans.items():
            sign = self._signs[key]
            evidence = tuple([_evidence(reading, first, end) for first, end in places if end > first])
            contribution = float(weights[sign.feature])
            found.append(Indicator(key, dict(sign.name), sign.severity, sign.legal_basis, contribution, evidence))
        found.sort(key=lambda i: (-i.contribution, i.evidence[0].start if i.evidence else 0, i.id))
        return tuple(found)


def _evidence(reading: Reading, first: int, end: int) -> Evidence:
    start, stop = reading.received_span(first, end)
    return Evidence(start, stop, reading.text.received[start:stop])


def _terms(reading: Reading, added: Sequence[float]) -> tuple[Term, ...]:
    text, tokens = reading.text, reading.tokens
    received, starts, ends = text.received, text.starts, text.ends
    terms = []
    for first, end, contribution in zip(tokens.starts, tokens.ends, added, strict=True):
        if abs(contribution) >= SMALLEST_TERM:
            start, stop = starts[first], ends[end - 1]
            terms.append(Term(start, stop, received[start:stop], contribution))
    terms.sort(key=attrgetter("contribution"), reverse=True)  # which leaves equal ones in reading order
    return tuple(terms)
