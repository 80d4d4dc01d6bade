"""An ordinary mix of scraped listings: what `auto` meets every night, and what its band is chosen on.

Ten of eleven are vacancies of job portals, the rest posts, reviews, messages and news. None of them is fitted on.
"""

import random
from pathlib import Path

from training.public_data import passages
from training.records import SHARED, read_jsonl

# part: (file, how many at most)
_PARTS = {
    "jobs": ("indonesian/jobs.jsonl", 2000),
    "emscad": ("english/emscad.jsonl.gz", 200),
    "informal": ("indonesian/informal.jsonl", 100),
    "hoax": ("indonesian/hoax.jsonl", 50),
    "news": ("indonesian/news.jsonl", 50),
}
_LONGEST = 6000  # characters, as portals give them


def ordinary_mix(fitted_on: set[str], shared: Path = SHARED, seed: int = 1) -> list[str]:
    """Texts of public data that are not among `fitted_on`; empty where the folder is missing."""
    rng = random.Random(seed)  # noqa: S311 (sampling, not secrets)
    texts: list[str] = []
    for part, (name, limit) in _PARTS.items():
        if not (shared / name).is_file():
            continue
        rows = [
            row
            for row in read_jsonl(shared / name)
            if not (part == "emscad" and row["label"]) and str(row["text"])[:_FITTED_LENGTH] not in fitted_on
        ]
        rng.shuffle(rows)
        for row in rows[:limit]:
            text = str(row["text"])[:_LONGEST]
            texts.append(next(passages(text), text) if part == "news" else text)
    return texts


_FITTED_LENGTH = 1500  # characters of a text that `public_data` fits on
