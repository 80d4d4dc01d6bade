"""One self-contained HTML page of campaigns: no script, nothing loaded, every word of a listing escaped."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from detector.campaigns.align import align
from detector.campaigns.campaign import Campaign, Clustering
from detector.campaigns.drawings import Graph, Timeline, graph, timeline
from detector.knowledge.loader import load

_TEMPLATE = "page.html.jinja"
_SHOWN = 100  # campaigns; a page of more is slow to open on a phone
_CHARACTERS = 1_500  # of each variant
_OPTIONS, _OPTION_CHARACTERS = 4, 120  # of a slot
# Controls, bidirectional overrides and what is drawn as nothing: shown by their code, so that no text can hide or turn
# another one. Joiners stay, for emoji and some scripts need them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufffe\uffff]"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of an aligned text: its words where fixed, else what the variants have there with how many have it."""

    fixed: str
    options: tuple[tuple[str, int], ...]
    more: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A campaign with all that the template draws."""

    campaign: Campaign
    pieces: tuple[Piece, ...]
    timeline: Timeline | None
    graph: Graph | None


def page(found: Clustering, limit: int = _SHOWN) -> str:
    """The page of the first `limit` campaigns and all hubs, Indonesian with English beneath."""
    days: Counter[str] = Counter()
    for campaign in found.campaigns:
        days.update(dict(campaign.days))
    template = _environment().get_template(_TEMPLATE)
    return template.render(
        found=found,
        shown=[shown_of(campaign) for campaign in found.campaigns[:limit]],
        timeline=timeline(days.items()),
        typologies={key: typology.name for key, typology in load().typologies.items()},
    )


def write_html(found: Clustering, path: Path, limit: int = _SHOWN) -> None:
    """The page as a file."""
    path.write_text(page(found, limit), encoding="utf-8")


def visible(value: object) -> object:
    """`value` with unseen characters of plain text shown by their codes; markup passes as it is."""
    if type(value) is not str:
        return value
    return _UNSEEN.sub(lambda match: f"⟨U+{ord(match.group()):04X}⟩", value.replace("\r\n", "\n"))


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        finalize=visible,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["grouped"] = lambda number: f"{number:,}".replace(",", "\u202f")
    environment.filters["percent"] = lambda share: f"{share:.0%}"
    return environment


def shown_of(campaign: Campaign) -> Shown:
    """A campaign with its texts aligned and its drawings laid out."""
    variants = [text[:_CHARACTERS] for text in campaign.variants]
    pieces = tuple(
        Piece(segment.parts[0], (), 0) if segment.fixed else _slot(segment.parts) for segment in align(variants)
    )
    return Shown(campaign, pieces, timeline(campaign.days), graph(campaign.contacts, campaign.groups, campaign.ties))


def _slot(parts: tuple[str, ...]) -> Piece:
    counts = Counter(part.strip() for part in parts).most_common()
    options = tuple((_cut(option), count) for option, count in counts[:_OPTIONS])
    return Piece("", options, len(counts) - len(options))


def _cut(option: str) -> str:
    return option if len(option) <= _OPTION_CHARACTERS else option[: _OPTION_CHARACTERS - 1] + "…"
