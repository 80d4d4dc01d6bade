"""Listings with a known truth: who posted which, made of invented words.

The background is as alike as real vacancies are (`Options` tells how that was measured): words follow Zipf's law, stock
phrases recur, and every tenth stranger carries the same long footer of a job board. An operator posts copies of one or
two templates, each with 5 to 40 % of its words replaced, dropped or followed by a new one, and with a fresh city, pay
and person; some operators show a few numbers over and over, some a new number each time, some none. Hubs are contacts
that stand in many strangers' listings.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from detector.campaigns.campaign import Clustering
from detector.campaigns.listing import Listing

_SYLLABLES = [a + b for a in "bcdfghjklmnprstvwyz" for b in "aeiou"]
_WORDS = 20_000
_PHRASES = 400
_CITIES = ("Bekasi", "Batam", "Surabaya", "Medan", "Phnom Penh", "Poipet", "Johor Bahru", "Manila", "Dubai", "Taipei")
_FOOTER_WORDS = 24
TYPOLOGIES = ("scam_compound", "illegal_placement", "task_scam", "seafarer")


@dataclass(frozen=True, slots=True)
class Known:
    """A listing and who posted it."""

    listing: Listing
    operator: int


@dataclass(frozen=True, slots=True)
class Mix:
    """How many listings of what kind; sizes of operators run from 2 to `largest`, small ones being frequent."""

    listings: int = 3_000
    posted_by_operators: float = 0.5
    largest: int = 60
    edits: tuple[float, float] = (0.05, 0.40)
    contacts: bool = True
    hubs: int = 2
    listings_of_a_hub: int = 40
    seed: int = 7


class Generator:
    """A world of words, phrases and operators; the same seed, the same listings."""

    def __init__(self, mix: Mix) -> None:
        self._mix = mix
        self._random = Random(mix.seed)
        draw = self._random
        seen = dict.fromkeys(
            "".join(draw.choices(_SYLLABLES, k=draw.choice((1, 2, 2, 3, 3, 4)))) for _ in range(2 * _WORDS)
        )
        self._words = list(seen)[:_WORDS]
        self._word_weights = list(accumulate(1 / (rank + 3) for rank in range(len(self._words))))
        self._phrases = [self._some_words(draw.randint(2, 6)) for _ in range(_PHRASES)]
        self._phrase_weights = list(accumulate(1 / (rank + 3) for rank in range(_PHRASES)))
        self._footer = self._some_words(_FOOTER_WORDS)
        self._number = 0
        self._operator = 0

    def listings(self) -> Iterator[Known]:
        """All listings, operators and strangers mixed."""
        mix, draw = self._mix, self._random
        waiting: list[Iterator[Known]] = []
        hubs = [self._phone() for _ in range(mix.hubs)]
        to_hubs = mix.hubs * mix.listings_of_a_hub
        made = 0
        while made < mix.listings:
            if draw.random() < mix.posted_by_operators:
                if len(waiting) < 40:
                    waiting.append(self._posted())
                at = draw.randrange(len(waiting))
                known = next(waiting[at], None)
                if known is None:
                    waiting[at] = waiting[-1]
                    waiting.pop()
                    continue
            else:
                hub = draw.random() < 2 * to_hubs / mix.listings
                known = self._stranger(draw.choice(hubs) if hub and hubs else None)
            made += 1
            yield known

    def _posted(self) -> Iterator[Known]:
        mix, draw = self._mix, self._random
        operator = self._next_operator()
        size = min(mix.largest, int(2 + draw.paretovariate(0.7)))
        templates = [self._body() for _ in range(2 if mix.contacts and size >= 6 and draw.random() < 0.2 else 1)]
        habit = draw.choice(("pool", "fresh", "none")) if len(templates) == 1 else "pool"
        pool = [self._phone() for _ in range(draw.randint(1, 3))]
        typology = draw.choice(TYPOLOGIES)
        for at in range(size):
            words = self._edited(templates[at % len(templates)], draw.uniform(*mix.edits))
            phone = pool[at // len(templates) % len(pool)] if habit == "pool" else self._phone()
            shown = mix.contacts and habit != "none"
            yield self._known(words, phone if shown else None, operator, 0.9, (typology,))

    def _stranger(self, hub: str | None) -> Known:
        draw = self._random
        words = self._body() + (self._footer if draw.random() < 0.1 else [])
        phone = hub or (self._phone() if draw.random() < 0.5 else None)
        return self._known(words, phone if self._mix.contacts else None, self._next_operator(), 0.1, ())

    def _known(
        self, words: Sequence[str], phone: str | None, operator: int, risk: float, typologies: tuple[str, ...]
    ) -> Known:
        draw = self._random
        self._number += 1
        text = " ".join(words)
        text += (
            f"\nPenempatan {draw.choice(_CITIES)}, gaji {draw.randint(3, 40)} juta, hubungi {draw.choice(self._words)}"
        )
        text += f" {phone}" if phone else ""
        listing = Listing(
            id=f"l{self._number:07d}",
            text=text,
            contacts=(f"phone:{phone}",) if phone else (),
            risk=risk,
            typologies=typologies,
            date=f"2026-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d}",
            source=draw.choice(("telegram", "facebook")),
        )
        return Known(listing, operator)

    def _body(self) -> list[str]:
        draw = self._random
        length = min(200, max(20, int(draw.lognormvariate(4.0, 0.5))))
        words: list[str] = []
        while len(words) < length:
            if draw.random() < 0.12:
                words += draw.choices(self._phrases, cum_weights=self._phrase_weights)[0]
            else:
                words += self._some_words(draw.randint(3, 9))
        return words

    def _some_words(self, count: int) -> list[str]:
        return self._random.choices(self._words, cum_weights=self._word_weights, k=count)

    def _edited(self, words: Sequence[str], share: float) -> list[str]:
        draw, edited = self._random, []
        for word in words:
            if draw.random() >= share:
                edited.append(word)
                continue
            kind = draw.random()
            if kind < 0.6:
                edited += self._some_words(1)
            elif kind < 0.8:
                edited += [word, *self._some_words(1)]
        return edited

    def _phone(self) -> str:
        return f"+628{self._random.randrange(10**9):09d}"

    def _next_operator(self) -> int:
        self._operator += 1
        return self._operator


@dataclass(frozen=True, slots=True)
class Measured:
    """Of the pairs put together, how many belong together; of those that do, how many were put together."""

    precision: float
    recall: float


def measure(found: Clustering, operators: dict[str, int]) -> Measured:
    """Pairwise figures of `found`; `operators` tells who posted each id."""
    right = wrong = 0
    for campaign in found.campaigns:
        counts = Counter(operators[id_] for id_ in campaign.members)
        together = sum(map(_pairs, counts.values()))
        right += together
        wrong += _pairs(campaign.size) - together
    truth = sum(map(_pairs, Counter(operators.values()).values()))
    return Measured(right / max(1, right + wrong), right / max(1, truth))


def told(known: Iterable[Known], operators: dict[str, int]) -> Iterator[Listing]:
    """The listings of `known`; who posted them is noted in `operators` on the way."""
    for one in known:
        operators[one.listing.id] = one.operator
        yield one.listing


def _pairs(count: int) -> int:
    return count * (count - 1) // 2
