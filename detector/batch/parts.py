"""A part: some hundred rows of the input as one Arrow table, and `Scorer`, the only thing that an engine runs.

Whatever runs it (this process, a pool, another machine) gets a table in and gives a table out; order and numbers
travel inside, so no engine is trusted with them.
"""

import json
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import pyarrow as pa

from detector.assessment import Assessment, Level
from detector.batch.rows import Rejected, Row
from detector.detector import Detector
from detector.errors import InputError

PART_ROWS = 500  # rows and rejects
_REMEMBERED = 20_000  # distinct texts whose answers a scorer keeps: scraped listings repeat
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
        columns["columns"].append(json.dumps(item.columns, ensure_ascii=False) if isinstance(item, Row) else None)
        columns["reason"].append(None if row else item.reason)  # type: ignore[union-attr]
        columns["raw"].append(None if row else item.raw)  # type: ignore[union-attr]
    return pa.table(columns, schema=IN)


class Scorer:
    """Scores parts with one loaded model. A text that it met before is not judged again."""

    def __init__(self, detector: Detector, wanted: Wanted) -> None:
        self._detector = detector
        self._wanted = wanted
        self._known: OrderedDict[bytes, Assessment] = OrderedDict()

    def __call__(self, part: pa.Table) -> pa.Table:
        """The answers to a part, row by row; see `IN` and `OUT`."""
        found: dict[str, list[Any]] = {name: [] for name in OUT.names}
        for row in part.to_pylist():
            reason, raw, line, level, answered_by = row["reason"], row["raw"], None, None, None
            if reason is None:
                try:
                    assessment = self._judge(row["text"])
                except InputError as error:
                    reason, raw = error.code, row["text"].encode("utf-8", "surrogatepass")
                else:
                    line = flat_line(row, assessment) if self._wanted.flat else json_line(row["id"], assessment)
                    level, answered_by = assessment.level, assessment.answered_by
            for name, value in (
                ("number", row["number"]),
                ("source", row["source"]),
                ("line", line),
                ("level", level),
                ("answered_by", answered_by),
                ("reason", reason),
                ("raw", raw),
            ):
                found[name].append(value)
        return pa.table(found, schema=OUT)

    def _judge(self, text: str) -> Assessment:
        key = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        known = self._known.get(key)
        if known is None:
            known = self._detector.assess(text, explain_from=self._wanted.explain_from)
            self._known[key] = known
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return known


def json_line(row_id: str, assessment: Assessment) -> str:
    """`assessment/1` as one line."""
    return json.dumps(assessment.as_dict() | {"id": row_id}, ensure_ascii=False)


def flat_line(row: dict[str, Any], assessment: Assessment) -> str:
    """The flat record as one line of JSON; the source's own columns lie in `columns`."""
    typologies = assessment.typologies
    contacts = [entity.value for entity in assessment.entities if entity.type in _CONTACTS]
    reasons = [
        f"{indicator.name['id']}: {indicator.evidence[0].text}" if indicator.evidence else indicator.name["id"]
        for indicator in assessment.indicators
        if indicator.severity
    ]
    record = {
        "id": row["id"],
        "source": row["source"],
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
        "text": row["text"],
        "columns": json.loads(row["columns"]),
    }
    return json.dumps(record, ensure_ascii=False)
