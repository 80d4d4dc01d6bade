"""What the pages of jobs say: codes in words, and jobs and rows as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.catalog import Catalog
from api.store.job_rows import JobRow
from api.store.jobs import Job

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", "\x1f": "none"}


@dataclass(frozen=True, slots=True)
class Words:
    """Something that went wrong: what, what may be done, and what the program itself says about it."""

    title: str
    about: str
    detail: str = ""


def of_failure(error: str, t: Catalog) -> Words:
    """Why a job failed. `error` is a code, with what it is about behind a colon: a column, or the code of a reject."""
    code, _, what = (part.strip() for part in error.partition(":"))
    title = t.known(f"job.error.{code}.title", t("job.error.internal.title"))
    about = t.known(f"job.error.{code}.about", t("job.error.internal.about"))
    if code in ("broken_file", "nothing_scored"):
        reason = of_reject(what, t)
        return Words(title, about, f"{reason.title}. {reason.about}")
    return Words(title, about, what)


def of_reject(reason: str, t: Catalog) -> Words:
    """Why a row was rejected, from the readers' `code: detail`."""
    code, _, detail = (part.strip() for part in reason.partition(":"))
    return Words(
        t.known(f"job.reject.{code}.title", code),
        t.known(f"job.reject.{code}.about", t("job.reject.otherwise.about")),
        detail,
    )


def of_delimiter(delimiter: str, t: Catalog) -> str:
    """The name of what stands between two cells."""
    return t(f"job.delimiter.{DELIMITERS[delimiter]}") if delimiter in DELIMITERS else delimiter


def of_size(size_bytes: int, t: Catalog) -> str:
    """A size as file managers write it: `1,5 MB`, of 1,024 KB each."""
    size, unit = float(size_bytes), "B"
    for larger in ("KB", "MB", "GB"):
        if size < 1024:
            break
        size, unit = size / 1024, larger
    return f"{t.number(size, 0 if size >= 100 or size.is_integer() else 1)} {unit}"


def of_progress(job: Job, t: Catalog) -> str:
    """How far a job is, in a sentence."""
    numbers = {name: t.number(getattr(job, name), 0) for name in ("scored", "alerts", "rejected")}
    return t("jobs.progress", **numbers)


def job_as_json(job: Job) -> dict[str, Any]:
    """A job as its JSON twin tells it."""
    return {
        "id": job.id,
        "file": job.file_name,
        "sha256": job.sha256,
        "size_bytes": job.size,
        "owner": job.login,
        "state": job.state,
        "error": job.error,
        "rows": job.rows,
        "scored": job.scored,
        "alerts": job.alerts,
        "rejected": job.rejected,
        "share": round(job.done_share, 4),
        "model": job.options.mode,
        "text_columns": list(job.options.text_columns),
        "id_column": job.options.id_column,
        "keeps_alerts": job.options.keep_alerts,
        "created_at": _moment(job.created_at),
        "started_at": _moment(job.started_at),
        "finished_at": _moment(job.finished_at),
        "cancel_asked_at": _moment(job.cancelled_at),
    }


def row_as_json(row: JobRow) -> dict[str, Any]:
    """A row as a list tells it."""
    shown: Mapping[str, Any] = {
        "number": row.number,
        "id": row.row_id,
        "risk": row.risk,
        "level": row.level,
        "typology": row.typology,
        "kind": row.kind,
        "reason": row.reason,
        "excerpt": row.excerpt,
    }
    return dict(shown)


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
