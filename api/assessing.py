"""What one visit of the assess form asks for, and everything that its answer shows."""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import Row

from api import keeping
from api.security.person import Person
from api.store import ads, campaigns
from detector.assessment import Assessment, Indicator
from detector.campaigns.contacts import contact
from detector.detector import Detector
from detector.errors import EmptyInput
from detector.lists.claims import Checker, Claim
from detector.page import Listing, looks_like_html, read_page

LONGEST_COMPARED = 20_000  # characters; the word by word comparison is quadratic in the worst case
_BETWEEN_ADS = re.compile(r"\n[^\S\n]*\n[^\S\n]*-{3,}[^\S\n]*\n(?=[^\S\n]*\n)")
_BLANK_LINES = re.compile(r"\A(?:[^\S\n]*\n)+")
_WORD = re.compile(r"\s*\S+")


@dataclass(frozen=True, slots=True)
class Piece:
    """One ad of what was pasted: judged, with the listing it came from where a page was pasted."""

    judged: keeping.Judged
    listing: Listing | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known around a text: kept ads alike, earlier uses of its contacts, and what lists say of its claims."""

    near: tuple[tuple[campaigns.Near, ads.Ad], ...] = ()
    contacts: tuple[Row[Any], ...] = ()
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """A text that was changed and judged again, against the judgement before.

    `words` are runs of (what happened, text): "same", "gone" or "new"; empty where the texts are too long to compare.
    """

    before: Assessment
    after: Assessment
    gone: tuple[Indicator, ...]
    new: tuple[Indicator, ...]
    words: tuple[tuple[str, str], ...]


def split_ads(pasted: str) -> list[str]:
    """The ads of what was pasted: a line of hyphens with a blank line on both sides stands between two."""
    pieces = _BETWEEN_ADS.split(pasted)
    return [_BLANK_LINES.sub("", piece) for piece in pieces if piece.strip()] if len(pieces) > 1 else [pasted]


def judge_all(detector: Detector, pasted: str) -> list[Piece]:
    """Every ad of what was pasted, judged; the listings of a page where it is HTML.

    Raises:
        EmptyInput: nothing visible is in it.
        UnreadablePage: it is HTML in which no listing could be read.
    """
    if looks_like_html(pasted):
        return [Piece(keeping.judge(detector, listing.text), listing) for listing in read_page(pasted)]
    texts = split_ads(pasted)
    if len(texts) == 1:  # as it is: offsets are those of what was pasted
        return [Piece(keeping.judge(detector, texts[0]))]
    found = list(_judge_visible(detector, texts))
    if not found:
        raise EmptyInput
    return found


def _judge_visible(detector: Detector, texts: Sequence[str]) -> Iterator[Piece]:
    for text in texts:
        try:
            yield Piece(keeping.judge(detector, text.strip("\n")))
        except EmptyInput:  # invisible characters between two separators are no ad
            continue


def surroundings(
    connection: Connection, judged: keeping.Judged, checker: Checker, but: int | None = None
) -> Surroundings:
    """What store and lists know around a text; `but` is the ad itself, where it is kept."""
    near = [one for one in campaigns.near(connection, judged.text) if one.ad_id != but]
    known = {ad.id: ad for one in near if (ad := ads.get(connection, one.ad_id)) is not None}
    found = (contact(mention) for mention in judged.reading.mentions)
    values = tuple(dict.fromkeys(value for value in found if value is not None))
    return Surroundings(
        tuple((one, known[one.ad_id]) for one in near if one.ad_id in known),
        tuple(ads.known_contacts(connection, values)),
        checker.check(judged.reading),
    )


def difference(detector: Detector, before: str, after: keeping.Judged) -> Difference | None:
    """What a change of the text did; None where nothing was changed or nothing can be compared."""
    if before == after.text or not before.strip():
        return None
    try:
        old = detector.assess(before)
    except EmptyInput:
        return None
    new = after.assessment
    had, has = {one.id for one in old.indicators}, {one.id for one in new.indicators}
    return Difference(
        before=old,
        after=new,
        gone=tuple(one for one in old.indicators if one.id not in has),
        new=tuple(one for one in new.indicators if one.id not in had),
        words=tuple(_compare(before, after.text)),
    )


def _compare(before: str, after: str) -> Iterator[tuple[str, str]]:
    if max(len(before), len(after)) > LONGEST_COMPARED:
        return
    old, new = _WORD.findall(before), _WORD.findall(after)
    matcher = difflib.SequenceMatcher(None, [w.strip() for w in old], [w.strip() for w in new], autojunk=False)
    for kind, start, end, from_, to in matcher.get_opcodes():
        if kind == "equal":
            yield "same", "".join(new[from_:to])
            continue
        if end > start:
            yield "gone", "".join(old[start:end])
        if to > from_:
            yield "new", "".join(new[from_:to])


def keep_all(
    connection: Connection, pieces: Sequence[Piece], person: Person, now: datetime, channel: str, origin: str
) -> list[ads.Kept]:
    """Keep every ad, all in one transaction: either the whole paste is kept or none of it."""
    return [keeping.keep(connection, piece.judged, person, now, channel=channel, origin=origin) for piece in pieces]
