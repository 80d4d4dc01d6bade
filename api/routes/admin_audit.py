"""`/admin/audit`: who did what and when, and whether the record is whole."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from api import moments
from api.listing import address, twin_address, window_of
from api.render import render, twin
from api.sheets import sheet
from api.state import Auditor, StateDep
from api.store import Store, audit

CHECKED_AT_ONCE = 2_000  # entries; a longer chain is walked when somebody asks for it
LONGEST_FILTER = 120
_HEADER = ("number", "at", "actor", "action", "object", "details", "hash")
router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Chain:
    """The state of the record: its newest entry, and what a walk along it found."""

    newest: audit.Entry | None
    walked: bool
    broken: audit.Break | None

    def as_dict(self) -> dict[str, Any]:
        """For the JSON twin; `whole` is null where the chain was not walked."""
        return {
            "entries": self.newest.number if self.newest else 0,
            "newest_hash": self.newest.hash if self.newest else None,
            "whole": (self.broken is None) if self.walked else None,
            "broken_at": self.broken.number if self.broken else None,
            "reason": self.broken.reason if self.broken else None,
        }


@router.get("/admin/audit")
@router.get("/admin/audit.json")
@router.get("/admin/audit.csv")
def record(request: Request, state: StateDep, person: Auditor) -> Response:
    """The record as a page or as JSON, a page of it at a time, or as CSV, all that is looked for at once."""
    wanted = {
        name: request.query_params.get(name, "").strip()[:LONGEST_FILTER]
        for name in ("actor", "action", "object", "from", "to")
    }
    since, last = moments.read_day(wanted["from"]), moments.read_day(wanted["to"])
    search = audit.Search(
        actor=wanted["actor"].lower(),
        action=wanted["action"],
        object=wanted["object"],
        since=moments.start_of(since) if since else None,
        before=moments.start_of(last + timedelta(days=1)) if last else None,
    )
    if request.url.path.endswith(".csv"):
        return sheet("sigap-audit.csv", _HEADER, _rows(state.store, search))
    asked = request.query_params.get("check") == "1"
    with state.store.reading() as connection:
        page = audit.find(connection, search, window_of(request))
        newest = audit.newest(connection)
        walked = asked or newest is None or newest.number <= CHECKED_AT_ONCE
        chain = Chain(newest, walked, audit.verify(connection) if walked else None)
    if twin(request):
        return JSONResponse(
            {
                "schema": "audit/1",
                "chain": chain.as_dict(),
                "page": page.window.number,
                "size": page.window.size,
                "total": page.total,
                "more": page.is_more,
                "entries": [_as_dict(entry) for entry in page.rows],
            }
        )
    return render(
        request,
        "audit.html",
        page=page,
        chain=chain,
        wanted=wanted | {"from": since.isoformat() if since else "", "to": last.isoformat() if last else ""},
        address=lambda **changes: address(request, **({"check": None} | changes)),
        check=address(request, check="1"),
        json=twin_address(request, ".json"),
        csv=twin_address(request, ".csv"),
        details=_in_short,
    )


def _rows(store: Store, search: audit.Search) -> Iterator[list[object]]:
    with store.reading() as connection:
        for entry in audit.every(connection, search):
            row = _as_dict(entry)
            row["details"] = json.dumps(row["details"], ensure_ascii=False, sort_keys=True)
            yield list(row.values())


def _as_dict(entry: audit.Entry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "at": entry.at.isoformat(timespec="microseconds"),
        "actor": entry.actor,
        "action": entry.action,
        "object": entry.object,
        "details": dict(entry.details),
        "hash": entry.hash,
    }


def _in_short(entry: audit.Entry) -> str:
    """The details of an entry in one line: `role=analyst way=password`."""
    return " ".join(
        f"{name}={value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
        for name, value in entry.details.items()
    )
