"""What the model page shows, and the alarms: figures that left their band."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from api.store import monitoring, office_lists
from api.store.monitoring import Precision, Span
from detector.detector import Detector
from detector.knowledge.schema import Knowledge

RECENT_DAYS = 28
BEFORE_DAYS = 180
FEWEST_ADS = 100  # in each of the two spans; fewer say nothing about drift
MOST_DRIFT = 0.25  # population stability index
STALE_DAYS = 365  # of an entry of knowledge
PROMISED = {"high": 0.95}  # precision for which the level is set, on held-out real texts
FEWEST_JUDGED = 20


@dataclass(frozen=True, slots=True)
class Alarm:
    """One figure out of its band. `code` names it; `value` and `band` are as they are shown."""

    code: str
    value: float
    band: float


@dataclass(frozen=True, slots=True)
class Stale:
    """Entries of knowledge older than a year: what kind, how many of how many, and the oldest date."""

    kind: str
    entries: int
    of: int
    oldest: str


@dataclass(frozen=True, slots=True)
class Watch:
    """Everything on the page that is measured."""

    precision: tuple[Precision, ...]
    recent: Span
    before: Span
    drift: float | None
    alarms: tuple[Alarm, ...]
    stale: tuple[Stale, ...]
    lists: tuple[office_lists.Loaded, ...]


def watch(connection: Connection, detector: Detector, now: datetime) -> Watch:
    """Measure: verdicts of the last half year, and the last four weeks against the half year before them."""
    turn = now - timedelta(days=RECENT_DAYS)
    start = turn - timedelta(days=BEFORE_DAYS)
    precision = monitoring.precision(connection, start)
    recent, before = monitoring.span(connection, turn, now), monitoring.span(connection, start, turn)
    enough = min(recent.ads, before.ads) >= FEWEST_ADS
    drift = monitoring.stability(before.bins, recent.bins) if enough else None
    return Watch(
        precision=precision,
        recent=recent,
        before=before,
        drift=drift,
        alarms=tuple(_alarms(precision, recent, before, drift)),
        stale=tuple(stale(detector.knowledge, now.date())),
        lists=tuple(one for one in office_lists.all_of(connection) if one.retired_at is None),
    )


def _alarms(precision: Sequence[Precision], recent: Span, before: Span, drift: float | None) -> list[Alarm]:
    found = []
    for one in precision:
        promised = PROMISED.get(one.level)
        # Only where chance can't explain it: the whole interval lies below what was promised.
        if promised is not None and one.judged >= FEWEST_JUDGED and one.interval[1] < promised:
            found.append(Alarm("precision", one.share or 0.0, promised))
    if drift is not None and drift > MOST_DRIFT:
        found.append(Alarm("scores", drift, MOST_DRIFT))
    if drift is not None:
        # Three standard errors of the mean of the recent span, plus two points for what never stands still.
        band = before.novelty + 3 * before.novelty_spread / recent.ads**0.5 + 0.02
        if recent.novelty > band:
            found.append(Alarm("words", recent.novelty, band))
    return found


def stale(knowledge: Knowledge, today: date) -> list[Stale]:
    """The kinds of entries of which some are older than a year."""
    limit = (today - timedelta(days=STALE_DAYS)).isoformat()
    kinds = {
        "indicators": [one.as_of for one in knowledge.indicators],
        "destinations": [one.as_of for one in knowledge.destinations],
        "laws": [one.as_of for one in knowledge.laws.values()],
    }
    found = []
    for kind, dates in kinds.items():
        old = [one for one in dates if one < limit]
        if old:
            found.append(Stale(kind, len(old), len(dates), min(old)))
    return found
