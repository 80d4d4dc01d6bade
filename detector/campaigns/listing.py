"""What goes into the clustering and how strictly it judges."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Listing:
    """One advertisement or post.

    `contacts` are canonical "type:value" strings (`contacts.contacts_of` makes them from a text). `date` is ISO 8601;
    only its day counts, and one that can't be read counts as none. `risk` and `typologies` are those of an assessment.
    """

    id: str
    text: str
    contacts: tuple[str, ...] = ()
    risk: float | None = None
    typologies: tuple[str, ...] = ()
    date: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """Thresholds of the clustering.

    Likeness is the Jaccard index of two texts' sets of words and pairs of neighbouring words (`shingles`), without
    stock phrases (`phrases`). Measured on 2,750 real vacancies, one a company, and 3,500 written ones: at 0.25, 1 in
    46,000 pairs of different companies is alike (most of them share a text outright), while copies with 30 % of their
    words replaced, dropped or added stay alike to the original in 94 to 98 of 100 cases, and with 40 % in 58 to 82.
    """

    likeness: float = 0.25  # two texts this alike are one text
    centre_likeness: float = 0.18  # and so alike to the central text of a group of three is one of the group
    cohesion: float = 0.12  # so alike is every text of a group to the most central one; else a chain has formed
    min_words: int = 8  # unmasked words; shorter texts ("lowongan kerja, hubungi ...") prove nothing by being alike
    phrase_share: float = 0.01  # a shingle in this share of unlike texts is a stock phrase
    phrase_texts: int = 50  # and in at least so many
    hub_groups: int = 20  # a contact in so many groups of texts
    hub_likeness: float = 0.04  # that are on average less alike than this is a hub
    max_contacts: int = 6  # a listing with more (a warning, a directory) ties none of its contacts together
    large_group: int = 50  # a group of so many listings is joined only by a contact that it shows twice
    variants: int = 6  # texts that are kept of a campaign
    kept_characters: int = 4_000  # of each text that is kept
