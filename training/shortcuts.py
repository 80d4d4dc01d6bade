"""Features of a text's surface that a model could take for the answer: how far each separates the classes.

For people to read. A word, an emoji, a length or a layout that tells recruiting texts from the rest in the corpus more
than it would in the world is a shortcut: a model that learns it fails in the field.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np

from training.measures import roc_auc
from training.records import Record

_COMMON = 0.02  # share of the texts that must hold a word or sign to be listed
_EMOJI = re.compile("[\U0001f1e6-\U0001faff☀-➿⬀-⯿]")
_URL = re.compile(r"https?://|www\.|\w\.(?:com|id|net|org|my|example)\b", re.I)
_PHONE = re.compile(r"\+?\d[\d\s-]{7,}\d")

SURFACE: dict[str, Callable[[str], float]] = {
    "words": lambda text: float(len(text.split())),
    "lines": lambda text: float(text.count("\n")),
    "letters a word": lambda text: float(np.mean([len(word) for word in text.split()] or [0])),
    "share of capitals": lambda text: sum(c.isupper() for c in text) / max(1, sum(c.isalpha() for c in text)),
    "share of digits": lambda text: sum(c.isdigit() for c in text) / max(1, len(text)),
    "emoji": lambda text: float(len(_EMOJI.findall(text))),
    "exclamation marks": lambda text: float(text.count("!")),
    "question marks": lambda text: float(text.count("?")),
    "quotation marks": lambda text: float(sum(text.count(c) for c in "\"“”'‘’")),
    "phones": lambda text: float(len(_PHONE.findall(text))),
    "links": lambda text: float(len(_URL.findall(text))),
}


def surface(records: Sequence[Record]) -> list[tuple[str, float]]:
    """How well each feature of the surface alone ranks recruiting texts over the rest (ROC-AUC; 0.5 tells nothing),
    the most telling first.
    """
    label = np.array([record.label for record in records])
    found = [
        (name, roc_auc(label, np.array([measure(record.text) for record in records])))
        for name, measure in SURFACE.items()
    ]
    return sorted(found, key=lambda pair: -abs(pair[1] - 0.5))


def words(records: Sequence[Record], most: int = 15) -> list[tuple[str, int, float]]:
    """Common words and emoji by how far their share of recruiting texts lies from that of the whole corpus:
    (word, texts that hold it, share of these that recruit).
    """
    base = sum(record.label for record in records) / len(records)
    held: dict[str, list[int]] = defaultdict(list)
    for record in records:
        plain = "".join(c if c.isalnum() else f" {c} " if _EMOJI.match(c) else " " for c in record.text.lower())
        for word in set(plain.split()):
            held[word].append(record.label)
    rows = [
        (word, len(labels), sum(labels) / len(labels))
        for word, labels in held.items()
        if len(labels) >= _COMMON * len(records)
    ]
    return sorted(rows, key=lambda row: -abs(row[2] - base))[:most]


def within(records: Sequence[Record], word: str) -> str:
    """A word's counts in offers that recruit, in lawful offers and in texts about either: "a / b / c"."""
    pattern = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
    places = [0, 0, 0]
    for record in records:
        if pattern.search(record.text.lower()):
            places[0 if record.label else 1 if record.kind == "offer" else 2] += 1
    return " / ".join(map(str, places))
