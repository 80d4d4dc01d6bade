"""How much of a text the model has never seen: a sign of new wording, for those who choose what to look at next."""

from functools import lru_cache

from detector.grams import GramVectorizer, gram_words
from detector.tokens import Tokens

_SHORTEST = 4  # letters; shorter words are mostly function words, abbreviations and slips


def novelty(tokens: Tokens, vectorizer: GramVectorizer) -> float:
    """Share of the distinct words of at least four letters that are not in the model's vocabulary, 0 to 1."""
    words = {word for word in gram_words(tokens) if len(word) >= _SHORTEST and word.isalpha()}
    return sum(word not in _known(vectorizer) for word in words) / len(words) if words else 0.0


@lru_cache(maxsize=4)
def _known(vectorizer: GramVectorizer) -> frozenset[str]:
    return frozenset(gram for gram in vectorizer.vocabulary if gram.isalpha())
