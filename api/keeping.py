"""From a text that was read and judged to a kept ad: what is filed with it, in one transaction with the record."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from api.security.person import Person
from api.store import ads, audit, campaigns
from detector.assessment import Assessment
from detector.campaigns.contacts import contact
from detector.detector import Detector
from detector.novelty import novelty
from detector.reading import Reading


@dataclass(frozen=True, slots=True)
class Judged:
    """A text with what the detector read in it and says about it."""

    text: str
    reading: Reading
    assessment: Assessment
    novelty: float


def judge(detector: Detector, text: str) -> Judged:
    """Read and judge a text once, for whoever needs both.

    Raises:
        EmptyInput: nothing visible is in it.
    """
    reading = detector.reader.read(text)
    return Judged(
        text, reading, detector.judge(reading, None, None, explain=True), novelty(reading.tokens, detector.vectorizer)
    )


def keep(
    connection: Connection,
    judged: Judged,
    person: Person,
    now: datetime,
    *,
    channel: str = "",
    origin: str = "",
    job_id: str | None = None,
) -> ads.Kept:
    """Keep an ad with its contacts and destinations, let it join its campaign, and record who kept it.

    Raises:
        NotText: the text holds what no database keeps.
    """
    mentions = judged.reading.mentions
    contacts = (contact(mention) for mention in mentions)
    kept = ads.keep(
        connection,
        ads.NewAd(
            text=judged.text,
            normal=judged.reading.text.normal,
            assessment=judged.assessment,
            received_at=now,
            contacts=tuple(dict.fromkeys(one for one in contacts if one is not None)),
            destinations=tuple(m.value for m in mentions if m.type == "destination" and m.value != "ID"),
            channel=channel,
            origin=origin,
            kept_by=person.id,
            job_id=job_id,
            novelty=judged.novelty,
        ),
    )
    if kept.is_new:
        campaign = campaigns.join(connection, kept.id, judged.text, now)
        audit.record(connection, now, person.login, "keep.ad", f"ad:{kept.id}", campaign=campaign, job=job_id)
    else:
        audit.record(connection, now, person.login, "see.ad", f"ad:{kept.id}", job=job_id)
    return kept
