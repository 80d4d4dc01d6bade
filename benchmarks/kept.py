"""A store of many kept ads, made quickly: real texts and real assessments, each used again with small changes.

A few hundred texts of the corpus are judged by the released model. Every kept ad is one of them with seeded edits
(words dropped and doubled, other digits, its own contacts), the assessment of its text with another risk, and a date,
contacts, a campaign, an officer and a verdict drawn from skewed laws over 18 months. The record holds a deed per ad,
but the deeds are not chained: only `sigap admin verify` minds.
"""

import json
import random
from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import Connection, Table, text

from api import moments
from api.store import Store, ads, campaigns, search
from api.store.ads import CHANNELS, sha256
from api.store.tables import AD_BANDS, AD_CONTACTS, AD_DESTINATIONS, ADS, AUDIT, CAMPAIGNS, CONTACTS, PEOPLE, VERDICTS
from api.store.tables import JOBS as JOBS_TABLE
from detector.detector import Detector
from detector.novelty import novelty
from training.records import corpus

END = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
DAYS = 548
BASES = 500  # texts that are really judged
OFFICERS = 12
_FILLERS = ("segera", "resmi", "terpercaya", "langsung", "cepat", "info", "minat", "serius", "kuota", "terbatas")
_SAID = ("confirmed",) * 5 + ("lawful", "not_offer", "unsure", "disputed")
_DIGITS = str.maketrans("0123456789", "2816359704")


@dataclass(frozen=True, slots=True)
class Base:
    """A judged text: its assessment as stored, its destinations and its MinHash bands."""

    text: str
    stored: dict[str, Any]
    novelty: float
    priority: float
    destinations: tuple[str, ...]
    bands: tuple[int, ...]


@dataclass(slots=True)
class Sums:
    """What a contact or a campaign adds up over its ads."""

    first: datetime
    last: datetime
    ads: int = 0
    risk: float = 0.0
    typologies: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Plan:
    """One ad before it is written."""

    number: int
    at: datetime
    base: Base
    risk: float
    level: str
    contacts: tuple[int, ...]
    campaign: int | None
    officer: int
    job: str | None
    verdict: str


class Skewed:
    """Draws numbers from 1 to `count` by Zipf's law, shifted so that the first is not everywhere."""

    def __init__(self, draw: random.Random, count: int, shift: float) -> None:
        self._draw = draw
        self._sums = list(accumulate(1 / (rank + shift) for rank in range(count)))

    def __call__(self) -> int:
        """A number; small ones are drawn more often."""
        return 1 + bisect(self._sums, self._draw.random() * self._sums[-1])


def contact_name(number: int) -> tuple[str, str]:
    """(type, value) of the contact with this number: invented phones, accounts, domains and links."""
    kind = number % 10
    if kind < 6:
        return "phone", f"+628120000{number:05d}"
    if kind < 8:
        return "telegram", f"agen_contoh_{number}"
    return ("domain", f"contoh{number}.example") if kind < 9 else ("link", f"singkat.example/{number}")


def judged(detector: Detector, count: int) -> list[Base]:
    """Texts of the corpus, spread over all of it, with what the detector says."""
    records = corpus()
    found = []
    for record in records[:: max(1, len(records) // count)][:count]:
        reading = detector.reader.read(record.text)
        places = dict.fromkeys(m.value for m in reading.mentions if m.type == "destination" and m.value != "ID")
        bands = dict.fromkeys(campaigns._signature(record.text)[1])
        assessment = detector.judge(reading, None, None, explain=True)
        new = novelty(reading.tokens, detector.vectorizer)
        priority = ads.priority(assessment, new)
        found.append(Base(record.text, assessment.as_dict(), new, priority, tuple(places), tuple(bands)))
    return found


def fill(store: Store, detector: Detector, count: int, seed: int = 0) -> None:
    """Fill an empty store of the newest shape with `count` kept ads. The same seed, the same ads."""
    draw = random.Random(seed)  # noqa: S311 (invented ads, not secrets)
    plans = _plans(draw, judged(detector, min(BASES, count)), count)
    with store.writing() as connection:
        _Writer(connection, draw).write(plans)
    if store.dialect == "postgresql":
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _plans(draw: random.Random, bases: Sequence[Base], count: int) -> list[Plan]:
    contact = Skewed(draw, max(10, count * 2 // 5), 25.0)
    campaign = Skewed(draw, max(5, count // 15), 8.0)
    officer, popular = Skewed(draw, OFFICERS, 2.0), Skewed(draw, len(bases), 20.0)
    bases = draw.sample(bases, len(bases))
    # More ads as the months pass, fewer on Sundays; every twentieth was received long before it was kept.
    seconds = sorted(int(DAYS * 86_400 * draw.random() ** 0.7) for _ in range(count))
    home: dict[int, Base] = {}
    plans = []
    for number, second in enumerate(seconds, start=1):
        at = END - timedelta(seconds=DAYS * 86_400 - second)
        if draw.random() < 0.05:
            at -= timedelta(days=draw.randrange(60))
        of = campaign() if draw.random() < 0.5 else None
        base = bases[popular() - 1] if of is None else home.setdefault(of, bases[popular() - 1])
        risk = min(0.9999, max(0.0001, base.stored["risk"] + draw.gauss(0, 0.015)))
        # The contacts of a campaign are few and its own; the others come from all.
        own = tuple(
            {contact() if of is None or draw.random() < 0.3 else of for _ in range(draw.choice((0, 1, 1, 2, 3)))}
        )
        plans.append(
            Plan(
                number=number,
                at=at,
                base=base,
                risk=risk,
                level=str(base.stored["level"]),
                contacts=own,
                campaign=of,
                officer=officer(),
                job=f"{number * 20 // count:032x}" if draw.random() < 0.4 else None,
                verdict=draw.choice(_SAID) if draw.random() < 0.1 else "",
            )
        )
    return plans


class _Writer:
    """Writes one store, table after table."""

    def __init__(self, connection: Connection, draw: random.Random) -> None:
        self._connection, self._draw = connection, draw
        self._is_sqlite = connection.dialect.name == "sqlite"

    def write(self, plans: Sequence[Plan]) -> None:
        """Every row of every table, those that others point to first."""
        if self._is_sqlite:
            self._connection.exec_driver_sql("PRAGMA cache_size=-400000")
        names = ["notebook", *(f"petugas{number}" for number in range(2, OFFICERS + 1))]
        self._many(
            PEOPLE,
            "id login name role created_at",
            ((at, name, name.title(), "admin" if at == 1 else "analyst", END) for at, name in enumerate(names, 1)),
        )
        jobs = sorted({plan.job for plan in plans if plan.job})
        self._many(
            JOBS_TABLE,
            "id person_id file_name sha256 size options state created_at",
            ((id_, 1, f"kiriman-{at}.csv", "0" * 64, 1_000, "{}", "done", END) for at, id_ in enumerate(jobs, 1)),
        )
        of_campaigns = _sums(plans, lambda plan: () if plan.campaign is None else (plan.campaign,))
        self._many(
            CAMPAIGNS,
            "id created_at first_seen_at last_seen_at ads highest_risk typology",
            (
                (id_, s.first, s.first, s.last, s.ads, s.risk, s.typologies.most_common(1)[0][0])
                for id_, s in of_campaigns
            ),
        )
        self._many(
            CONTACTS,
            "id type value first_seen_at last_seen_at ads highest_risk hub",
            (
                (id_, *contact_name(id_), s.first, s.last, s.ads, s.risk, False)
                for id_, s in _sums(plans, lambda plan: plan.contacts)
            ),
        )
        self._many(
            ADS,
            "id sha256 received_at week last_seen_at times_seen channel origin kept_by job_id risk level kind typology"
            " language answered_by model knowledge campaign_id verdict judged_at novelty priority text normal words"
            " assessment",
            map(self._ad, plans),
        )
        self._many(AD_CONTACTS, "contact_id ad_id", ((id_, plan.number) for plan in plans for id_ in plan.contacts))
        self._many(
            AD_DESTINATIONS, "iso2 ad_id", ((iso2, plan.number) for plan in plans for iso2 in plan.base.destinations)
        )
        self._many(
            VERDICTS,
            "ad_id person_id verdict evidence settles released risk level model knowledge created_at",
            (row for plan in plans if plan.verdict for row in self._verdict(plan)),
        )
        self._many(
            AUDIT,
            "number at actor action object details previous hash",
            (
                (p.number, p.at, names[p.officer - 1], "keep.ad", f"ad:{p.number}", "{}", "0" * 64, "0" * 64)
                for p in plans
            ),
        )
        bands = (((key * 31 + self._draw.randrange(3)) % 2**62, p.number) for p in plans for key in p.base.bands)
        self._many(AD_BANDS, "band_key ad_id", sorted(set(bands)))
        if not self._is_sqlite:
            for table in (PEOPLE, CAMPAIGNS, CONTACTS, ADS):
                self._connection.exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), max(id)) FROM {table.name}"  # noqa: S608
                )

    def _many(self, table: Table, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Many rows by each database's quickest way."""
        names = columns.split()
        raw = self._connection.connection
        rows = (tuple(_naive(value) for value in row) for row in rows)
        cursor = raw.cursor()
        if self._is_sqlite:
            marks = ", ".join("?" * len(names))
            cursor.executemany(f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})", map(_dated, rows))  # noqa: S608
        else:
            with cursor.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        cursor.close()

    def _ad(self, plan: Plan) -> tuple[Any, ...]:
        draw, stored = self._draw, plan.base.stored
        written = _edited(draw, plan)
        typology = stored["typologies"][0]["id"] if stored["typologies"] else ""
        assessment = json.dumps({**stored, "risk": plan.risk}, ensure_ascii=False)
        seen = 1 if draw.random() < 0.8 else 1 + int(draw.expovariate(0.3))
        return (
            plan.number,
            sha256(written),
            plan.at,
            moments.week_of(plan.at),
            plan.at + timedelta(days=seen - 1),
            seen,
            draw.choice(CHANNELS) if draw.random() < 0.9 else "",
            "",
            plan.officer,
            plan.job,
            plan.risk,
            plan.level,
            stored["document"]["kind"],
            typology,
            stored["language"],
            stored["answered_by"],
            stored["model"],
            stored["knowledge"],
            plan.campaign,
            plan.verdict,
            plan.at if plan.verdict else None,
            plan.base.novelty,
            plan.base.priority * (1 + 0.2 * draw.random()),
            written,
            written,
            search.words_of(written),
            assessment,
        )

    def _verdict(self, plan: Plan) -> Iterator[tuple[Any, ...]]:
        said = ("confirmed", "lawful") if plan.verdict == "disputed" else (plan.verdict,)
        for verdict in said:
            officer = self._draw.randint(1, OFFICERS)
            about = (plan.base.stored["model"], plan.base.stored["knowledge"], plan.at + timedelta(hours=2))
            yield (plan.number, officer, verdict, "[]", False, False, plan.risk, plan.level, *about)


def _edited(draw: random.Random, plan: Plan) -> str:
    """The text of an ad: that of its base with some words dropped, doubled or added, and its contacts below."""
    words = plan.base.text.split(" ")
    for _ in range(max(1, len(words) // 12)):
        at = draw.randrange(len(words))
        words[at] = draw.choice(("", f"{words[at]} {draw.choice(_FILLERS)}", words[at].translate(_DIGITS)))
    lines = [f"Hubungi {value}" for _, value in map(contact_name, plan.contacts)]
    return "\n".join([" ".join(word for word in words if word), *lines, f"Kode {plan.number}"])


def _sums(plans: Sequence[Plan], keys: Any) -> list[tuple[int, Sums]]:
    found: dict[int, Sums] = {}
    for plan in plans:
        for key in keys(plan):
            one = found.setdefault(key, Sums(plan.at, plan.at))
            one.first, one.last = min(one.first, plan.at), max(one.last, plan.at)
            one.ads, one.risk = one.ads + 1, max(one.risk, plan.risk)
            one.typologies[plan.base.stored["typologies"][0]["id"] if plan.base.stored["typologies"] else ""] += 1
    return sorted(found.items())


def _naive(value: Any) -> Any:
    """A moment as `tables.Moment` stores it."""
    return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) else value


def _dated(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Moments as SQLAlchemy writes them in SQLite."""
    return tuple(v.strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(v, datetime) else v for v in row)
