"""Texts without what names somebody: a model that still ranks them has not learnt names by heart.

The detector's own reading says where the names are, so what it can't see stays. Replaced are

- phones by `0812-0000-0000`, links that open a chat with a number by one to that number, foreign numbers included;
- handles by `akun_0000` (an `@` stays), links to an account by `t.me/akun_0000`;
- e-mail addresses by `nama@tautan.example`, every other link by `tautan.example`, with scheme and some path where the
  link had them: a short link, a form and a company's own site become the same;
- countries, cities and compounds of the gazetteer, Indonesia's included, by "tempat itu" / "that place", flags by a
  white flag;
- companies (a legal form with its name) and famous employers and public bodies by "perusahaan kami" / "our company",
  with the words that a pattern needs to tell a name from a word ("bank", "lowongan").

Pay, licence numbers, ages and names of persons stay. The replacements are held in `masks.yaml`.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

from detector.errors import EmptyInput
from detector.mentions.mention import Mention
from detector.reading import Reader, Reading

_FILE = Path(__file__).with_name("masks.yaml")
_SCHEME = re.compile(r"https?:/{1,2}[ ]?", re.IGNORECASE)
_ROUNDS = 3  # a name can come to light when its neighbour is replaced
_ORDER = ("email", "phone", "handle", "link", "shortlink", "company", "employer", "destination")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Contacts(_Part):
    phone: str
    chat_link: str
    handle: str
    handle_link: str
    host: str
    path: str
    email: str


class _Words(_Part):
    place: str
    company: str


class _Masks(_Part):
    as_of: str
    contacts: _Contacts
    flag: str
    words: Mapping[str, _Words]
    employer_indicators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Masked:
    """A text with its names replaced, and how many of each type were."""

    text: str
    replaced: dict[str, int]


@lru_cache(maxsize=1)
def _masks() -> _Masks:
    return _Masks.model_validate(yaml.safe_load(_FILE.read_text(encoding="utf-8")))


def mask(text: str, reader: Reader) -> Masked:
    """Replace every name and contact that the reader sees in `text`; masking a masked text changes nothing more."""
    replaced: Counter[str] = Counter()
    for _ in range(_ROUNDS):
        before = text
        text = _once(text, reader, replaced)
        if text == before:
            break
    return Masked(text, dict(sorted(replaced.items())))


def _once(text: str, reader: Reader, replaced: Counter[str]) -> str:
    try:
        reading = reader.read(text)
    except EmptyInput:
        return text
    words = _masks().words.get(reading.language) or _masks().words["id"]
    found = _names(reading)
    parts, at = [], 0
    for start, end, kind, mention in found:
        old = text[start:end]
        new = _neutral(kind, old, mention.detail if mention else {}, words)
        if new == old:
            continue
        left = " " if start and text[start - 1].isalnum() and new[0].isalnum() else ""
        right = " " if text[end : end + 1].isalnum() and new[-1].isalnum() else ""
        parts += [text[at:start], left, new, right]
        at = end
        replaced[kind] += 1
    return "".join([*parts, text[at:]])


def _names(reading: Reading) -> list[tuple[int, int, str, Mention | None]]:
    """(start, end, kind, mention) in offsets of the received text, sorted, none overlapping; the surer kind wins."""
    every: list[tuple[int, int, str, Mention | None]] = [
        (*reading.text.span(m.start, m.end), m.type, m) for m in reading.mentions if m.type in _ORDER
    ]
    for hit in reading.hits:
        if hit.id in _masks().employer_indicators and hit.end > hit.start:
            every.append((*reading.received_span(hit.start, hit.end), "employer", None))
    every.sort(key=lambda name: (_ORDER.index(name[2]), name[0], -name[1]))
    taken: list[tuple[int, int, str, Mention | None]] = []
    for name in every:
        if all(name[1] <= start or name[0] >= end for start, end, _, _ in taken):
            taken.append(name)
    return sorted(taken, key=lambda name: name[0])


def _neutral(kind: str, old: str, detail: Mapping[str, Any], words: _Words) -> str:
    contacts = _masks().contacts
    scheme = match.group() if (match := _SCHEME.match(old)) else ""
    match kind:
        case "phone":
            return scheme + contacts.chat_link if detail["via"] == "link" else contacts.phone
        case "handle":
            if detail["via"] == "link":
                return scheme + contacts.handle_link
            return "@" * old.startswith("@") + contacts.handle
        case "email":
            return contacts.email
        case "link" | "shortlink":
            has_path = "/" in old.removeprefix(scheme).rstrip("/")
            return scheme + contacts.host + contacts.path * has_path
        case "company" | "employer":
            return words.company
        case _:
            return _masks().flag if detail["kind"] == "flag" else words.place
