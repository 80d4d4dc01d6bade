"""Evidence out of the store: an ad, or the ads of a campaign, as a sealed package of everything said and done."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from api.security.person import Person
from api.store import ads, audit, verdicts
from detector.detector import Detector
from detector.evidence import digest, seal

MOST_ADS = 200


def package(
    connection: Connection,
    ad_ids: Sequence[int],
    detector: Detector,
    person: Person,
    now: datetime,
    *,
    title: str = "",
    note: str = "",
) -> dict[str, Any]:
    """An `evidence/1` package of the ads that exist among `ad_ids`, at most `MOST_ADS`, in the given order.

    Each ad comes with its text as received, its hash, the assessment of the day it was kept, contacts, the laws that
    its signs point to, every verdict, and the record of what was done with it.
    """
    found = [ad for ad in (ads.get(connection, ad_id) for ad_id in ad_ids[:MOST_ADS]) if ad is not None]
    return seal(
        {
            "made_at": now.isoformat(timespec="seconds"),
            "made_by": {"login": person.login, "name": person.name, "role": person.role},
            "case": {"title": title, "note": note},
            "model": {
                "version": detector.version,
                "knowledge": detector.bundle.knowledge_as_of,
                "knowledge_digest": detector.bundle.knowledge_digest,
            },
            "laws": _laws(found, detector),
            "ads": [_ad(connection, ad) for ad in found],
        }
    )


def _ad(connection: Connection, ad: ads.Ad) -> dict[str, Any]:
    return {
        "id": ad.id,
        "text": ad.text,
        "sha256": digest(ad.text),
        "received_at": ad.received_at.isoformat(),
        "last_seen_at": ad.last_seen_at.isoformat(),
        "times_seen": ad.times_seen,
        "channel": ad.channel,
        "origin": ad.origin,
        "campaign": ad.campaign_id,
        "assessment": dict(ad.assessment),
        "contacts": [
            {
                "type": one.type,
                "value": one.value,
                "ads": one.ads,
                "first_seen_at": one.first_seen_at.isoformat(),
                "last_seen_at": one.last_seen_at.isoformat(),
            }
            for one in ads.contacts_of(connection, ad.id)
        ],
        "verdict": ad.verdict,
        "verdicts": [_plain(asdict(one)) for one in verdicts.of_ad(connection, ad.id)],
        "record": [
            _plain({name: getattr(one, name) for name in ("number", "at", "actor", "action", "details", "hash")})
            for one in audit.entries(connection, f"ad:{ad.id}", newest=1_000)
        ],
    }


def _laws(found: Sequence[ads.Ad], detector: Detector) -> list[dict[str, Any]]:
    """The provisions that the signs of these ads point to, once each, with what they are about."""
    cited = {text for ad in found for sign in ad.assessment["indicators"] for text in sign["legal_basis"]}
    known = {law.text: law for law in detector.knowledge.laws.values()}
    return [
        {"text": text, "about": known[text].about.model_dump(), "verified": known[text].verified}
        for text in sorted(cited)
        if text in known
    ]


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value.isoformat() if isinstance(value, datetime) else dict(value) if key == "details" else value
        for key, value in values.items()
    }
