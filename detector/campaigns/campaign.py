"""What comes out: campaigns, hubs, and what belongs to neither."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tie:
    """A contact, the group of texts that shows it (its place in `Campaign.groups`), and in how many listings."""

    contact: str
    group: int
    listings: int


@dataclass(frozen=True, slots=True)
class Campaign:
    """Listings that are near-duplicates of each other or share a contact.

    A campaign says that its listings belong together, not that they are unlawful: a lawful employer who posts one
    vacancy in ten cities is one too. `risk_max` and `risk_mean` are those of its listings, None where no risk is known.

    `id` is made of the ids of the listings: the same listings, the same id. `groups` are the sizes of its groups of
    near-duplicates, largest first; `variants` are texts of the largest one, the most central first, made for `align`.
    Counts are sorted, most frequent first.
    """

    id: str
    members: tuple[str, ...]
    groups: tuple[int, ...]
    days: tuple[tuple[str, int], ...]
    risk_max: float | None
    risk_mean: float | None
    typologies: tuple[tuple[str, int], ...]
    sources: tuple[tuple[str, int], ...]
    contacts: tuple[tuple[str, int], ...]
    ties: tuple[Tie, ...]
    variants: tuple[str, ...]

    @property
    def size(self) -> int:
        """How many listings it has."""
        return len(self.members)

    @property
    def example(self) -> str:
        """The most central text."""
        return self.variants[0]

    @property
    def first_seen(self) -> str | None:
        """Its first day, None where no listing has a date."""
        return self.days[0][0] if self.days else None

    @property
    def last_seen(self) -> str | None:
        """Its last day."""
        return self.days[-1][0] if self.days else None


@dataclass(frozen=True, slots=True)
class Hub:
    """A contact that unlike texts share, such as a job board's own number; it ties no listings together.

    Look at `risk_mean` before taking it for harmless: who posts dozens of unlike lures under one number is a hub too.
    """

    contact: str
    listings: int
    groups: int
    likeness: float
    risk_mean: float | None
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clustering:
    """Campaigns by size and first id, hubs by number of listings, and the ids of listings that stand alone."""

    campaigns: tuple[Campaign, ...]
    hubs: tuple[Hub, ...]
    singles: tuple[str, ...]

    @property
    def listings(self) -> int:
        """How many listings were read."""
        return sum(campaign.size for campaign in self.campaigns) + len(self.singles)
