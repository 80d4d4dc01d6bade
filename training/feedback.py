"""Verdicts of officers as training texts, weighed by their agreement and bounded per person.

The store's layer hands them over through the entry-point group `sigap.feedback`; nothing of it is imported here.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from importlib.metadata import entry_points
from typing import Any

from detector.assessment import TYPOLOGIES
from training.records import ABOUT, ABOUT_WEIGHT, Record

# What all verdicts of one person may weigh together, as a share of the weight of all other texts: who is mistaken or
# bought moves the model no further than this.
MOST_OF_ONE = 0.02


class FeedbackError(ValueError):
    """Verdicts can't be read; says why."""


def feedback(url: str, others: Iterable[Record]) -> list[Record]:
    """The texts on which people agree, from the store at `url` (see `api/feedback.py`), bounded against `others`.

    Raises:
        FeedbackError: the layer that keeps verdicts is not installed, or the store does not answer.
    """
    readers = entry_points(group="sigap.feedback")
    if not readers:
        raise FeedbackError("the part that keeps verdicts is not installed")
    read = next(iter(readers)).load()
    try:
        rows = list(read(url))
    except Exception as error:  # the boundary to another layer, whose errors have no names here
        raise FeedbackError(f"{type(error).__name__}: the store does not answer or has another shape") from error
    people = {f"feedback:{row['id']}": tuple(row["people"]) for row in rows}
    return bounded([_record(row) for row in rows], people, sum(record.weight for record in others))


def bounded(records: Iterable[Record], people: Mapping[str, tuple[str, ...]], others: float) -> list[Record]:
    """The records with their weights cut so that no person's verdicts weigh over `MOST_OF_ONE` of `others`.

    `people` names who said so, by record id; a text's weight is shared evenly among them, and all of a person's texts
    shrink alike.
    """
    records = list(records)
    weighs: dict[str, float] = defaultdict(float)
    for record in records:
        for person in people[record.id]:
            weighs[person] += record.weight / len(people[record.id])
    limit = MOST_OF_ONE * others
    share = {person: min(1.0, limit / weight) for person, weight in weighs.items() if weight}
    return [
        replace(record, weight=record.weight * sum(share[one] for one in people[record.id]) / len(people[record.id]))
        for record in records
    ]


def _record(row: Mapping[str, Any]) -> Record:
    typology = row["typology"] if row["typology"] in TYPOLOGIES else ""
    kind = row["kind"]
    weight = float(row["agreement"]) * (ABOUT_WEIGHT if kind in ABOUT else 1.0)
    return Record(
        id=f"feedback:{row['id']}",
        text=row["text"],
        label=int(row["label"]),
        kind=kind,
        typologies=((typology,) if typology else None) if row["label"] else (),
        language=row["language"],
        group=f"feedback:{row['group']}",
        part="feedback",
        source="verdicts",
        weight=weight,
    )
