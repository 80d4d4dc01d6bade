"""Verdicts as teaching: what people agreed on, ad by ad, for `sigap train --feedback`.

Training never imports this layer: it finds `read` through the entry-point group `sigap.feedback`.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from api.store import Store, verdicts
from api.store.tables import ADS

_SURE = ("confirmed", "lawful", "not_offer")


def read(url: str) -> Iterator[dict[str, Any]]:
    """One object for every ad on which people agree: text, label, kind, typology, group, agreement, and who said so.

    Disputed and unsure ads teach nothing. A text that reads like a victim's own words is left out until a lead
    released it. `agreement` is 1 where all who judged say the same or a lead settled it, less the more say "unsure".
    """
    store = Store(url)
    try:
        with store.reading() as connection:
            query = select(ADS.c.id, ADS.c.text, ADS.c.kind, ADS.c.language, ADS.c.campaign_id, ADS.c.verdict)
            for ad in connection.execute(query.where(ADS.c.verdict.in_(_SURE)).order_by(ADS.c.id)).all():
                said = verdicts.standing(verdicts.of_ad(connection, ad.id))
                agreeing = [one for one in said if one.verdict == ad.verdict]
                if ad.kind == "testimony" and not any(one.released for one in said):
                    continue
                yield {
                    "id": f"ad-{ad.id}",
                    "text": ad.text,
                    "label": int(ad.verdict == "confirmed"),
                    "kind": "offer" if ad.verdict != "not_offer" else None if ad.kind == "offer" else ad.kind,
                    "typology": next((one.typology for one in agreeing if one.typology), ""),
                    "language": ad.language,
                    "group": f"campaign-{ad.campaign_id}" if ad.campaign_id is not None else f"ad-{ad.id}",
                    "agreement": len(agreeing) / len(said),
                    "people": sorted(str(one.person_id) for one in agreeing),
                }
    finally:
        store.close()
