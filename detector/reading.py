"""What a text shows, before any judgement: the stages that the model and its training share."""

import re
from dataclasses import dataclass

from detector.entities import EntityExtractor, Mention
from detector.facts import facts
from detector.indicators import Hit, IndicatorMatcher
from detector.knowledge.schema import Knowledge
from detector.language import identify
from detector.mentions.words import Words
from detector.text import Text, normalise
from detector.tokens import Tokens, tokenise

_SHORTEST_LEXICON_WORD = 4


@dataclass(frozen=True, slots=True)
class Reading:
    """One text, read: normalised, its mentions, tokens, facts (name -> token spans), indicator hits and language."""

    text: Text
    mentions: tuple[Mention, ...]
    tokens: Tokens
    facts: dict[str, tuple[tuple[int, int], ...]]
    hits: tuple[Hit, ...]
    language: str

    def received_span(self, first: int, end: int) -> tuple[int, int]:
        """Offsets in the received text of tokens [first, end)."""
        return self.text.span(self.tokens.starts[first], self.tokens.ends[end - 1])


class Reader:
    """The stages with everything compiled that they need; `read` is a pure function of the text."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.lexicon = lexicon(knowledge)
        self.extractor = EntityExtractor(knowledge)
        self.matcher = IndicatorMatcher(knowledge)

    def read(self, received: str) -> Reading:
        """Read one text.

        Raises:
            EmptyInput: nothing visible is in it.
        """
        text = normalise(received, self.lexicon)
        words = Words(text.normal)
        mentions = self.extractor.extract(text.normal, words)
        tokens = tokenise(text.normal, mentions, words)
        shown = facts(mentions, tokens, self.knowledge)
        hits = self.matcher.match(tokens, shown)
        return Reading(text, mentions, tokens, shown, hits, identify(tokens, self.knowledge.function_words))


def lexicon(knowledge: Knowledge) -> frozenset[str]:
    """The words that hidden spellings are undone towards: those of the patterns, the places and `language.yaml`."""
    words = set(knowledge.words)
    lines = [line for e in knowledge.indicators for lines in e.patterns.values() for line in lines]
    lines += [name for d in knowledge.destinations for name in (d.name.id, d.name.en, *d.spellings, *d.places)]
    for line in lines:
        words.update(re.findall(r"[a-z]+", line.lower()))
    return frozenset(word for word in words if len(word) >= _SHORTEST_LEXICON_WORD)
