"""Texts as the model sees them: read once, then turned into feature matrices."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from detector.errors import EmptyInput
from detector.features import FeatureNames
from detector.grams import GramVectorizer, character_grams, gram_words, word_grams
from detector.reading import Reader
from detector.tokens import Tokens
from training.records import Record


@dataclass(frozen=True, slots=True)
class Example:
    """A record, its normalised text, its tokens and the indices of the named features that it shows."""

    record: Record
    text: str
    tokens: Tokens
    named: NDArray[np.intp]


def prepare(records: Sequence[Record], reader: Reader) -> list[Example]:
    """Read every record; one that shows no visible text is left out."""
    features = FeatureNames.of(reader.knowledge)
    examples = []
    for record in records:
        try:
            reading = reader.read(record.text)
        except EmptyInput:
            continue
        examples.append(Example(record, reading.text.normal, reading.tokens, features.present(reading)))
    return examples


def build_vectorizer(examples: Sequence[Example], fewest_words: int, fewest_characters: int) -> GramVectorizer:
    """A vocabulary of the n-grams that at least so many texts hold, with smoothed idf as in scikit-learn:
    idf = ln((1 + n) / (1 + df)) + 1.
    """
    frequency: Counter[str] = Counter()
    for example in examples:
        words = gram_words(example.tokens)
        grams = {gram for gram, _, _ in word_grams(words)}
        for word in set(words):
            if word:
                grams.update(character_grams(word))
        frequency.update(grams)
    vocabulary = sorted(
        gram for gram, n in frequency.items() if n >= (fewest_characters if gram.startswith("~") else fewest_words)
    )
    counts = np.array([frequency[gram] for gram in vocabulary], dtype=np.float64)
    return GramVectorizer(vocabulary, np.log((1 + len(examples)) / (1 + counts)) + 1)


def matrix(
    examples: Sequence[Example], vectorizer: GramVectorizer, named_features: int, named_scale: float
) -> csr_matrix:
    """Rows of [named * named_scale | n-grams], shape (examples, named + vocabulary)."""
    columns: list[NDArray[np.int64]] = []
    values: list[NDArray[np.float64]] = []
    starts = [0]
    for example in examples:
        grams = vectorizer(example.tokens)
        columns.append(
            np.concatenate([example.named.astype(np.int64), grams.features.astype(np.int64) + named_features])
        )
        values.append(np.concatenate([np.full(len(example.named), named_scale), grams.values]))
        starts.append(starts[-1] + len(columns[-1]))
    shape = (len(examples), named_features + len(vectorizer.vocabulary))
    return csr_matrix((np.concatenate(values), np.concatenate(columns), np.array(starts)), shape=shape)
