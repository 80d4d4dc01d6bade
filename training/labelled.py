"""Labelled texts that a model is measured on: files in, rows out."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.records import SHARED, Record, read_jsonl

DEVELOPMENT = {"realworld": SHARED / "realworld_dev.jsonl", "challenge": SHARED / "challenge_dev.jsonl"}
OVERSEAS = ("scam_compound", "conflict_zone", "illegal_placement", "fake_placement", "seafarer", "sham_internship")
_GROUP_COLUMNS = ("group", "campaign", "source_group")


@dataclass(frozen=True, slots=True)
class Evaluated:
    """One labelled text of an evaluation file; what the file does not tell is "".

    `typology` is the first of `typologies`. Texts of one `group` are relatives: intervals resample groups as a whole.
    """

    id: str
    text: str
    label: int
    kind: str
    typology: str
    language: str
    typologies: tuple[str, ...] = ()
    source: str = ""
    group: str = ""

    def as_record(self) -> Record:
        """What the training's own reader takes; its source keeps it apart from what is fitted on."""
        return Record(self.id, self.text, self.label, None, None, self.language, self.id, "measured", "measured")

    def recruits_into(self, *typologies: str) -> bool:
        """Whether one of the text's typologies is among these."""
        return any(name in typologies for name in self.typologies or (self.typology,))


class LabelledFileError(ValueError):
    """A file of labelled texts that can't be read; names the row and the reason."""


def read_labelled(path: Path, text_column: str = "text", label_column: str = "label") -> list[Evaluated]:
    """Rows of a .jsonl or .csv file with a text and a 0/1 label.

    Read where they are there: `id`, `kind`, `typology` or `typologies`, `language`, `source`, and the first of `group`,
    `campaign` and `source_group`.

    Raises:
        LabelledFileError: with the row number and the reason.
    """
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as handle:
            rows: list[dict[str, Any]] = list(csv.DictReader(handle))
    else:
        try:
            rows = list(read_jsonl(path))
        except ValueError as error:
            raise LabelledFileError(f"{path}: no JSON lines: {error}") from error
    if not rows:
        raise LabelledFileError(f"{path}: no rows")
    return [_row(path, number, row, text_column, label_column) for number, row in enumerate(rows, 1)]


def _row(path: Path, number: int, row: dict[str, Any], text_column: str, label_column: str) -> Evaluated:
    text = row.get(text_column)
    if not isinstance(text, str) or not text.strip():
        raise LabelledFileError(f"{path}: row {number}: no text in column {text_column!r}")
    if str(row.get(label_column)) not in ("0", "1"):
        raise LabelledFileError(f"{path}: row {number}: column {label_column!r} is not 0 or 1")
    several = row.get("typologies")
    typologies = tuple(str(name) for name in several) if isinstance(several, list) else ()
    typology = str(row.get("typology") or (typologies[0] if typologies else ""))
    return Evaluated(
        id=str(row.get("id") or number),
        text=text,
        label=int(row[label_column]),
        kind=str(row.get("kind") or ""),
        typology=typology,
        language=str(row.get("language") or ""),
        typologies=typologies or ((typology,) if typology else ()),
        source=str(row.get("source") or ""),
        group=next((str(row[column]) for column in _GROUP_COLUMNS if row.get(column)), ""),
    )
