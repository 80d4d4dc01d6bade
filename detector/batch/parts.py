"""A part: some hundred rows of the input as one Arrow table, and `Scorer`, the only thing that an engine runs.

Whatever runs it (this process, a pool, another machine) gets a table in and gives a table out; order and numbers
travel inside, so no engine is trusted with them.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import orjson
import pyarrow as pa

from detector.assessment import SCHEMA, Assessment, Level
from detector.batch.rows import Rejected, Row
from detector.detector import Detector
from detector.errors import InputError

PART_ROWS = 500  # rows and rejects
_REMEMBERED = 20_000  # distinct texts whose answers a scorer keeps: scraped listings repeat
_MOST_HELD = 30_000_000  # characters of these answers
_CONTACTS = frozenset({"phone", "handle", "email", "link", "shortlink"})
_REASONS = 5

IN = pa.schema(
    [
        ("number", pa.int64()),
        ("id", pa.string()),
        ("text", pa.string()),
        ("source", pa.string()),
        ("columns", pa.string()),  # JSON object, names in the order of the source
        ("reason", pa.string()),  # of a row that the reader rejected
        ("raw", pa.binary()),
    ]
)
OUT = pa.schema(
    [
        ("number", pa.int64()),
        ("source", pa.string()),
        ("line", pa.string()),  # what goes into the output; null where the row was rejected
        ("level", pa.string()),
        ("answered_by", pa.string()),
        ("reason", pa.string()),
        ("raw", pa.binary()),
    ]
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is written for a row: an `assessment/1`, or the flat record that the other formats are made of."""

    flat: bool = False
    explain_from: Level = "elevated"


def table(items: Sequence[Row | Rejected]) -> pa.Table:
    """The part that holds these items, in their order."""
    columns: dict[str, list[Any]] = {name: [] for name in IN.names}
    for item in items:
        row = isinstance(item, Row)
        columns["number"].append(item.number)
        columns["source"].append(item.source)
        columns["id"].append(item.id if isinstance(item, Row) else None)
        columns["text"].append(item.text if isinstance(item, Row) else None)
        columns["columns"].append(_json(item.columns) if isinstance(item, Row) else None)
        columns["reason"].append(None if row else item.reason)  # type: ignore[union-attr]
        columns["raw"].append(None if row else item.raw)  # type: ignore[union-attr]
    return pa.table(columns, schema=IN)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What was found in a text: `record` is all of the output line that no other column of the row has a part in."""

    record: str | None = None
    level: str | None = None
    answered_by: str | None = None
    reason: str | None = None  # of a text that can't be scored


class Scorer:
    """Scores parts with one loaded model. A text that it met before is not judged again."""

    def __init__(self, detector: Detector, wanted: Wanted) -> None:
        self._detector = detector
        self._wanted = wanted
        self._known: OrderedDict[bytes, _Answer] = OrderedDict()
        self._held = 0  # characters in `_known`

    def __call__(self, part: pa.Table) -> pa.Table:
        """The answers to a part, row by row; see `IN` and `OUT`."""
        rows = part.to_pylist()
        keys = [None if row["reason"] is not None else _key(row["text"]) for row in rows]
        answers = self._answers({key: row["text"] for key, row in zip(keys, rows, strict=True) if key is not None})
        found: dict[str, list[Any]] = {name: [] for name in OUT.names}
        for row, key in zip(rows, keys, strict=True):
            answer = answers[key] if key is not None else _Answer(reason=row["reason"])
            is_new_reject = key is not None and answer.reason is not None
            found["number"].append(row["number"])
            found["source"].append(row["source"])
            found["line"].append(None if answer.record is None else self._line(row, answer.record))
            found["level"].append(answer.level)
            found["answered_by"].append(answer.answered_by)
            found["reason"].append(answer.reason)
            found["raw"].append(row["text"].encode() if is_new_reject else row["raw"])
        return pa.table(found, schema=OUT)

    def _answers(self, texts: Mapping[bytes, str]) -> dict[bytes, _Answer]:
        """The answers to these texts, by key; only those that are not known are judged."""
        answers = {key: self._known[key] for key in texts if key in self._known}
        fresh = {key: text for key, text in texts.items() if key not in answers}
        judged = self._detector.assess_batch([*fresh.values()], explain_from=self._wanted.explain_from)
        for key, one in zip(fresh, judged, strict=True):
            answers[key] = _Answer(reason=one.code) if isinstance(one, InputError) else self._answer(one)
            self._remember(key, answers[key])
        return answers

    def _answer(self, assessment: Assessment) -> _Answer:
        record = _flat_record(assessment) if self._wanted.flat else _json_record(assessment)
        return _Answer(record, assessment.level, assessment.answered_by)

    def _line(self, row: Mapping[str, Any], record: str) -> str:
        return _flat_line(row, record) if self._wanted.flat else _json_line(row["id"], record)

    def _remember(self, key: bytes, answer: _Answer) -> None:
        self._known[key] = answer
        self._held += len(answer.record or "")
        while len(self._known) > _REMEMBERED or self._held > _MOST_HELD:
            _, forgotten = self._known.popitem(last=False)
            self._held -= len(forgotten.record or "")


def _key(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=16).digest()


def flat_line(row: Mapping[str, Any], assessment: Assessment) -> str:
    """The flat record as one line of JSON; `row["columns"]`, the source's own, are one JSON object."""
    return _flat_line(row, _flat_record(assessment))


# A line is put together from JSON that was made before: what depends on the text alone is made once for a text.


def _json_line(row_id: str, record: str) -> str:
    """`assessment/1` as one line."""
    return f'{{"schema":"{SCHEMA}","id":{_json(row_id)},{record}}}'


def _json_record(assessment: Assessment) -> str:
    told = assessment.as_dict()
    del told["schema"], told["id"]
    return _json(told)[1:-1]


def _flat_line(row: Mapping[str, Any], record: str) -> str:
    head = f'"id":{_json(row["id"])},"source":{_json(row["source"])}'
    return f'{{{head},{record},"text":{_json(row["text"])},"columns":{row["columns"]}}}'


def _flat_record(assessment: Assessment) -> str:
    typologies = assessment.typologies
    contacts = [entity.value for entity in assessment.entities if entity.type in _CONTACTS]
    reasons = [
        f"{indicator.name['id']}: {indicator.evidence[0].text}" if indicator.evidence else indicator.name["id"]
        for indicator in assessment.indicators
        if indicator.severity
    ]
    record = {
        "risk": assessment.risk,
        "level": assessment.level,
        "typology": typologies[0].id if typologies else "",
        "kind": assessment.document.kind,
        "reasons": "; ".join(reasons[:_REASONS]),
        "contacts": "; ".join(dict.fromkeys(contacts)),
        "language": assessment.language,
        "warnings": " ".join(assessment.warnings),
        "answered_by": assessment.answered_by,
        "model": assessment.model,
        "knowledge": assessment.knowledge,
    }
    return _json(record)[1:-1]


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
