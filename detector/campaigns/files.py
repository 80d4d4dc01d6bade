"""Campaigns and hubs as JSON lines and as a table for spreadsheets."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from detector.campaigns.align import align
from detector.campaigns.campaign import Campaign, Clustering, Hub
from detector.cells import neutralised

CAMPAIGN_SCHEMA, HUB_SCHEMA = "campaign/1", "hub/1"
COLUMNS = (
    "kind",
    "id",
    "listings",
    "groups_of_texts",
    "first_seen",
    "last_seen",
    "risk_max",
    "risk_mean",
    "typologies",
    "contacts",
    "sources",
    "example",
    "members",
)
_ALIGNED = 1_000  # campaigns whose variants are aligned; the small ones behind them carry their variants only
_MAX_CELL = 32_000  # characters; a spreadsheet's cell holds 32,767


def write_jsonl(found: Clustering, path: Path, aligned: int = _ALIGNED) -> None:
    """One campaign a line, then one hub a line; the first `aligned` campaigns carry `segments`."""
    with _replacing(path) as file:
        for at, campaign in enumerate(found.campaigns):
            print(json.dumps(campaign_as_dict(campaign, at < aligned), ensure_ascii=False), file=file)
        for hub in found.hubs:
            print(json.dumps(hub_as_dict(hub), ensure_ascii=False), file=file)


def write_csv(found: Clustering, path: Path) -> None:
    """One row a campaign, then one a hub; nothing in it is read as a formula."""
    with _replacing(path) as file:
        table = csv.writer(file)
        table.writerow(COLUMNS)
        table.writerows(map(_safe_row, _rows(found)))


def campaign_as_dict(campaign: Campaign, aligned: bool) -> dict[str, Any]:
    """A campaign as plain data."""
    data: dict[str, Any] = {
        "schema": CAMPAIGN_SCHEMA,
        "id": campaign.id,
        "size": campaign.size,
        "groups": list(campaign.groups),
        "first_seen": campaign.first_seen,
        "last_seen": campaign.last_seen,
        "days": dict(campaign.days),
        "risk_max": campaign.risk_max,
        "risk_mean": campaign.risk_mean,
        "typologies": dict(campaign.typologies),
        "sources": dict(campaign.sources),
        "contacts": dict(campaign.contacts),
        "ties": [{"contact": tie.contact, "group": tie.group, "listings": tie.listings} for tie in campaign.ties],
        "example": campaign.example,
        "variants": list(campaign.variants),
        "members": list(campaign.members),
    }
    if aligned:
        data["segments"] = [{"fixed": s.fixed, "parts": list(s.parts)} for s in align(campaign.variants)]
    return data


def hub_as_dict(hub: Hub) -> dict[str, Any]:
    """A hub as plain data."""
    return {
        "schema": HUB_SCHEMA,
        "contact": hub.contact,
        "listings": hub.listings,
        "groups": hub.groups,
        "likeness": round(hub.likeness, 4),
        "risk_mean": hub.risk_mean,
        "examples": list(hub.examples),
    }


def _rows(found: Clustering) -> Iterator[Sequence[object]]:
    for one in found.campaigns:
        yield (
            *("campaign", one.id, one.size, len(one.groups), one.first_seen, one.last_seen, one.risk_max),
            *(one.risk_mean, _counted(one.typologies), _counted(one.contacts), _counted(one.sources)),
            *(one.example, " ".join(one.members)),
        )
    for hub in found.hubs:
        yield (
            *("hub", "", hub.listings, hub.groups, None, None, None, hub.risk_mean, "", hub.contact, "", ""),
            " ".join(hub.examples),
        )


def _counted(counts: Iterable[tuple[str, int]]) -> str:
    return "; ".join(f"{value} ({count})" for value, count in counts)


def _safe_row(row: Sequence[object]) -> list[object]:
    return [neutralised(cell[:_MAX_CELL]) if isinstance(cell, str) else cell for cell in row]


@contextmanager
def _replacing(path: Path) -> Iterator[TextIO]:
    """A file that takes the place of `path` when all of it is written."""
    part = path.with_name(path.name + ".part")
    # Half a surrogate pair in an id can't be encoded; as an escape it stays what it was in JSON.
    with part.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        yield file
    part.replace(path)
