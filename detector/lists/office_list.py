"""What a list is: its kind, the date it tells of, where it comes from, and its entries."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, get_args

from detector.errors import InputError
from detector.mentions.lexicon import load_lexicon

Kind = Literal["p3mi", "job_orders", "domains", "watched"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_NOT_WORD = re.compile(r"[^0-9a-z]+")


class ListError(InputError):
    """A list can't be read: `file` and what is wrong with it."""

    code = "bad_list"

    def __init__(self, file: str, reason: str) -> None:
        self.file, self.reason = file, reason
        super().__init__(f"{file}: {reason}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One row. `name` is the company, or the value of a watched contact; `data` the other columns that are known.

    Of p3mi: licence, valid_until, status. Of job_orders: country (ISO 3166 alpha-2), position, valid_until. Of domains:
    domain. Of watched: type, note.
    """

    name: str
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OfficeList:
    """One list. `as_of` is its own date, ISO 8601; `origin` says who gave it."""

    kind: Kind
    as_of: str
    origin: str
    entries: tuple[Entry, ...]


@lru_cache(maxsize=65_536)
def company_key(name: str) -> str:
    """A company's name without its legal form, case and punctuation: "PT. Karya-Jaya Tbk" is "karya jaya"."""
    forms = _legal_forms()
    words = _NOT_WORD.sub(" ", name.lower()).split()
    kept = [word for word in words if word not in forms]
    return " ".join(kept or words)


def licence_key(number: str) -> str:
    """A licence number without spaces and punctuation."""
    return _NOT_WORD.sub("", number.lower())


@lru_cache(maxsize=1)
def _legal_forms() -> frozenset[str]:
    words = load_lexicon().papers.companies
    return frozenset(word for form in (*words.prefixes, *words.tails) for word in form.split())
