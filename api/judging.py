"""The panel in which people judge an ad: what it shows, and the form that it takes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from api.catalog import Catalog
from api.security.person import Person
from api.store import verdicts
from api.store.verdicts import Before, Correction, Given
from detector.assessment import TYPOLOGIES
from detector.knowledge.schema import Knowledge

_CORRECTION = re.compile(r"(\d{1,7})-(\d{1,7}):(sign|not_sign):([a-z0-9_]{0,60})\Z")


@dataclass(frozen=True, slots=True)
class Panel:
    """What people say about one ad so far. `state` is a verdict, "" or "disputed"; `own` is the reader's own word."""

    ad_id: int
    text: str
    state: str
    standing: tuple[Given, ...]
    earlier: tuple[Given, ...]  # replaced, overruled or taken back
    own: Given | None
    before: tuple[Before, ...]
    typologies: tuple[tuple[str, str], ...]
    signs: tuple[tuple[str, str], ...]

    def name_of(self, id_: str) -> str:
        """The name of a typology or sign; the id itself where it is known no more, "–" for none."""
        return dict((*self.typologies, *self.signs)).get(id_, id_ or "–")

    @property
    def differing(self) -> frozenset[str]:
        """The fields in which the standing verdicts differ, where there are several."""
        fields: dict[str, set[Any]] = {
            "verdict": {one.verdict for one in self.standing},
            "typology": {one.typology for one in self.standing},
            "note": {one.note for one in self.standing},
            "evidence": {one.evidence for one in self.standing},
        }
        return frozenset(name for name, values in fields.items() if len(values) > 1)


def panel(
    connection: Connection,
    ad_id: int,
    text: str,
    found: Sequence[Mapping[str, Any]],
    person: Person,
    knowledge: Knowledge,
    t: Catalog,
) -> Panel:
    """The panel of one ad for `person`; `found` are the indicators of its assessment, which may be corrected."""
    given = verdicts.of_ad(connection, ad_id)
    standing = verdicts.standing(given)
    own = next((one for one in given if one.person_id == person.id and one.undone_at is None), None)
    return Panel(
        ad_id=ad_id,
        text=text,
        state=verdicts.state_of(given),
        standing=tuple(standing),
        earlier=tuple(one for one in given if one not in standing),
        own=own,
        before=tuple(verdicts.before(connection, ad_id)),
        typologies=tuple(
            (name, _said(knowledge.typologies[name].name, t)) for name in TYPOLOGIES if name in knowledge.typologies
        ),
        signs=tuple((one["id"], one["name"][t.language]) for one in found),
    )


def corrections(marked: str, words: str, says: str, indicator: str, text: str) -> tuple[Correction, ...]:
    """The evidence of the form: lines "start-end:says:indicator" that the page wrote, and words typed by hand, of which
    every place in the text counts.

    Raises:
        ValueError: a line breaks its form, or the words are not in the text.
    """
    found = []
    for line in filter(None, map(str.strip, marked.splitlines())):
        match = _CORRECTION.match(line)
        if match is None or not int(match[1]) < int(match[2]) <= len(text):
            raise ValueError("evidence")
        found.append(Correction(int(match[1]), int(match[2]), match[3], match[4]))  # type: ignore[arg-type]
    if words.strip():
        kind = "not_sign" if says == "not_sign" else "sign"
        places = [(m.start(), m.end()) for m in re.finditer(re.escape(words.strip()), text, re.IGNORECASE)]
        if not places:
            raise ValueError("words")
        sign = indicator if re.fullmatch(r"[a-z0-9_]{0,60}", indicator) else ""
        found += [Correction(start, end, kind, sign) for start, end in places]  # type: ignore[arg-type]
    return tuple(dict.fromkeys(found))


def _said(name: Any, t: Catalog) -> str:
    return str(name.id if t.language == "id" else name.en)
