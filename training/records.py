"""The texts that a model is fitted on: the project's own corpus and, where it is there, public data."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha1
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "training" / "corpus"
# Texts about these crimes quote the advertisements and are fewer: each counts as three. Without that, a warning that
# quotes an advertisement in full scores like the advertisement.
ABOUT = frozenset({"news", "warning", "testimony", "question"})
ABOUT_WEIGHT = 3.0
SHARED = ROOT.parent / "shared" / "data"


@dataclass(frozen=True, slots=True)
class Record:
    """One labelled text. `kind` and `typologies` are None where the source does not tell them.

    `group` is the unit that a split never cuts: a text and its twins, or the near-duplicates of one campaign.
    `part` is `corpus` (written for this project) or `public`; `weight` scales the text's loss in fitting.
    """

    id: str
    text: str
    label: int
    kind: str | None
    typologies: tuple[str, ...] | None
    language: str
    group: str
    part: str
    source: str
    weight: float = 1.0
    spans: tuple[tuple[int, int, str], ...] = field(default=())


def read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-lines file, plain or gzipped."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def corpus(directory: Path = CORPUS) -> list[Record]:
    """The project's own texts; the first line of each file tells its origin."""
    rows: list[tuple[str, dict[str, Any]]] = []
    for path in sorted(directory.glob("*.jsonl")):
        rows += [(path.stem, row) for row in read_jsonl(path) if "origin" not in row]
    parent = {row["id"]: row.get("twin_of") for _, row in rows}

    def root(name: str) -> str:
        seen = {name}
        while (above := parent.get(name)) and above not in seen:
            name = above
            seen.add(name)
        return name

    return [
        Record(
            id=row["id"],
            text=row["text"],
            label=int(row["label"]),
            kind=row["kind"],
            typologies=tuple(row["typologies"]),
            language=row["language"],
            group=root(row["id"]),
            part="corpus",
            source=stem,
            weight=ABOUT_WEIGHT if row["kind"] in ABOUT else 1.0,
            spans=tuple((s["start"], s["end"], s["indicator"]) for s in row.get("spans", ())),
        )
        for stem, row in rows
    ]


def lot(name: str) -> int:
    """A number drawn by a name: always the same for it, so that what is drawn hangs on nothing else."""
    return int(sha1(name.encode(), usedforsecurity=False).hexdigest(), 16)


def from_json(row: dict[str, Any]) -> Record:
    """A record as `dataclasses.asdict` and JSON left it."""
    row = dict(row)
    row["spans"] = tuple((start, end, indicator) for start, end, indicator in row["spans"])
    row["typologies"] = None if row["typologies"] is None else tuple(row["typologies"])
    return Record(**row)
