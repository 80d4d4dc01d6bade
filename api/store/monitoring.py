"""How the model does in the field: precision by people's verdicts, and drift of scores and words."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Integer, cast, func, select

from api.store.tables import ADS

BINS = 10
_Z = 1.959964  # 95 %


@dataclass(frozen=True, slots=True)
class Precision:
    """Of the ads of one level that people judged, how many were confirmed, with the interval of 95 %.

    Only ads that somebody chose to judge count: the queue prefers uncertain ones, so this errs to the low side.
    """

    level: str
    confirmed: int
    others: int

    @property
    def judged(self) -> int:
        """Ads with a sure and undisputed verdict."""
        return self.confirmed + self.others

    @property
    def share(self) -> float | None:
        """The precision, None where nothing was judged."""
        return self.confirmed / self.judged if self.judged else None

    @property
    def interval(self) -> tuple[float, float]:
        """Bounds of the precision (Wilson 1927)."""
        return wilson(self.confirmed, self.judged)


@dataclass(frozen=True, slots=True)
class Span:
    """The ads received in a span of time: how many, their risks in ten bins, and the mean share of unknown words."""

    ads: int
    bins: tuple[int, ...]
    novelty: float
    novelty_spread: float


def precision(connection: Connection, since: datetime | None = None) -> tuple[Precision, ...]:
    """For each level, what people say of its ads; of those received since a moment, or of all."""
    query = (
        select(ADS.c.level, ADS.c.verdict, func.count().label("ads"))
        .where(ADS.c.verdict.in_(("confirmed", "lawful", "not_offer")))
        .group_by(ADS.c.level, ADS.c.verdict)
    )
    if since is not None:
        query = query.where(ADS.c.received_at >= since)
    counts: dict[str, dict[str, int]] = {level: {} for level in ("high", "elevated", "low")}
    for row in connection.execute(query):
        counts[row.level][row.verdict] = row.ads
    return tuple(
        Precision(level, said.get("confirmed", 0), said.get("lawful", 0) + said.get("not_offer", 0))
        for level, said in counts.items()
    )


def span(connection: Connection, since: datetime, until: datetime) -> Span:
    """The ads received from `since` up to `until`."""
    within = (ADS.c.received_at >= since, ADS.c.received_at < until)
    # The bin is worked out in whole numbers: 0 to 9, the last one with risk 1.
    bin_ = cast(func.floor(ADS.c.risk * (BINS - 1e-9)), Integer)
    rows = connection.execute(select(bin_.label("bin"), func.count().label("ads")).where(*within).group_by(bin_))
    counts = {row.bin: row.ads for row in rows}
    mean, square, ads = connection.execute(
        select(func.avg(ADS.c.novelty), func.avg(ADS.c.novelty * ADS.c.novelty), func.count()).where(*within)
    ).one()
    spread = math.sqrt(max(0.0, (square or 0.0) - (mean or 0.0) ** 2))
    return Span(ads, tuple(counts.get(at, 0) for at in range(BINS)), float(mean or 0.0), spread)


def stability(before: Sequence[int], now: Sequence[int]) -> float:
    """Population stability index of two histograms: sum of (p - q) ln(p / q), each bin with half a count added.

    Under 0.1 nothing has moved, over 0.25 much has (Siddiqi 2006, "Credit Risk Scorecards").
    """
    p_total, q_total = sum(before) + 0.5 * len(before), sum(now) + 0.5 * len(now)
    shares = [((b + 0.5) / p_total, (n + 0.5) / q_total) for b, n in zip(before, now, strict=True)]
    return sum((q - p) * math.log(q / p) for p, q in shares)


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Wilson's interval of 95 % for a share; 0 to 1 where nothing was counted."""
    if of == 0:
        return 0.0, 1.0
    share = hits / of
    middle = (share + _Z**2 / (2 * of)) / (1 + _Z**2 / of)
    reach = _Z / (1 + _Z**2 / of) * math.sqrt(share * (1 - share) / of + _Z**2 / (4 * of**2))
    return max(0.0, middle - reach), min(1.0, middle + reach)
