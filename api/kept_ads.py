"""Kept ads as lists show them: on a page, as JSON, as rows of a sheet."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from api.catalog import Catalog
from api.excerpts import Bit, excerpt
from api.listing import Page
from api.store.history import AdRow
from api.store.search import Query, shown_words
from detector.knowledge.schema import Knowledge

HEADER = (
    "id",
    "received",
    "last_seen",
    "times_seen",
    "level",
    "risk",
    "too_short",
    "kind",
    "typology",
    "verdict",
    "channel",
    "origin",
    "officer",
    "job",
    "campaign",
    "model",
    "sha256",
    "excerpt",
    "caution",
)


@dataclass(frozen=True, slots=True)
class ShownAd:
    """One ad in a list. `look` is its level, or "unjudged"."""

    row: AdRow
    look: str
    typology: str
    excerpt: tuple[Bit, ...]


def shown(rows: Iterable[AdRow], query: Query | None, knowledge: Knowledge, t: Catalog) -> list[ShownAd]:
    """Rows as a page shows them."""
    words = list(shown_words(query)) if query else []
    return [
        ShownAd(
            row,
            "unjudged" if row.unjudged else row.level,
            "" if row.unjudged else typology_name(row.typology, knowledge, t),
            excerpt(row.text, words),
        )
        for row in rows
    ]


def as_json(page: Page[AdRow], t: Catalog, schema: str) -> dict[str, Any]:
    """A window of ads as the JSON twin has it."""
    return {
        "schema": schema,
        "caution": t("foot.caution"),
        "total": page.total,
        "more": page.is_more,
        "page": page.window.number,
        "size": page.window.size,
        "ads": [
            {
                "id": row.id,
                "address": f"/ads/{row.id}",
                "sha256": row.sha256,
                "received": row.received_at.isoformat(),
                "last_seen": row.last_seen_at.isoformat(),
                "times_seen": row.times_seen,
                "level": row.level,
                "risk": row.risk,
                "too_short": row.unjudged,
                "kind": row.kind,
                "typology": row.typology or None,
                "verdict": row.verdict or None,
                "channel": row.channel or None,
                "origin": row.origin or None,
                "officer": row.officer or None,
                "job": row.job_id,
                "campaign": row.campaign_id,
                "model": row.model,
                "excerpt": _plain(row),
            }
            for row in page.rows
        ],
    }


def as_rows(rows: Iterable[AdRow], t: Catalog) -> Iterator[tuple[object, ...]]:
    """Ads as rows of a sheet, under `HEADER`."""
    caution = t("foot.caution")
    for row in rows:
        yield (
            row.id,
            row.received_at.isoformat(),
            row.last_seen_at.isoformat(),
            row.times_seen,
            row.level,
            f"{row.risk:.6f}",
            "yes" if row.unjudged else "",
            row.kind,
            row.typology,
            row.verdict,
            row.channel,
            row.origin,
            row.officer,
            row.job_id or "",
            row.campaign_id or "",
            row.model,
            row.sha256,
            _plain(row),
            caution,
        )


def typology_name(id_: str, knowledge: Knowledge, t: Catalog) -> str:
    """The name of a typology; the id itself where it is known no more, "" for none."""
    entry = knowledge.typologies.get(id_)
    if entry is None:
        return id_
    return entry.name.id if t.language == "id" else entry.name.en


def _plain(row: AdRow) -> str:
    return "".join(bit.text for bit in excerpt(row.text))
