"""Why a job failed, as a code that the pages have words for, with what it is about behind a colon."""

import errno

from detector.batch.readers import ColumnMissing, ColumnNotText, InputMissing, NothingToRead, UnknownFormat
from detector.batch.readers.columns import TEXT_NAMES
from detector.errors import BatchError, BundleError, InputError

CODES = (
    "broken_file",
    "column_missing",
    "column_not_text",
    "disk",
    "disk_full",
    "empty_file",
    "encrypted",
    "file_missing",
    "internal",
    "model",
    "no_text_column",
    "nothing_scored",
    "old_workbook",
    "poison",
    "too_slow",
    "unreadable",
)
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_SHOWN = 120  # characters of a column's name


def failure_of(error: Exception) -> str:
    """The code of what ended a run. Whatever nobody expected is `internal`; the log of the worker says where."""
    if isinstance(error, BatchError) and isinstance(error.__cause__, OSError):
        error = error.__cause__
    if isinstance(error, OSError):
        if isinstance(error, FileNotFoundError):
            return "file_missing"
        return "disk_full" if error.errno in _FULL else "disk"
    if isinstance(error, ColumnMissing):
        return "no_text_column" if error.wanted == TEXT_NAMES else f"column_missing: {_named(error.wanted[0])}"
    if isinstance(error, ColumnNotText):
        return f"column_not_text: {_named(error.column)}"
    if isinstance(error, InputMissing | NothingToRead | UnknownFormat):
        return "file_missing"
    if isinstance(error, InputError):
        return "unreadable"
    return "model" if isinstance(error, BundleError) else "internal"


def _named(column: str) -> str:
    return " ".join(column.replace("\0", " ").split())[:_SHOWN].encode("utf-8", "replace").decode()
