"""What a mention is, and the register that keeps merged mentions from overlapping."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Mention:
    """Something named in `Text.normal[start:end]`.

    `type` is one of phone, link, shortlink, handle, email, pay, destination, visa, licence, company, age, looks.
    `value` is the canonical form. `detail` holds the facts of the type (see the extractor of each).
    """

    type: str
    value: str
    start: int
    end: int
    detail: Mapping[str, Any] = field(default_factory=dict)


class Claims:
    """Which characters already belong to a merged mention: the first extractor that claims a span keeps it."""

    __slots__ = ("_taken",)

    def __init__(self, length: int) -> None:
        self._taken = bytearray(length)

    def free(self, start: int, end: int) -> bool:
        """Whether nothing in `[start, end)` is claimed."""
        return self._taken.find(1, start, end) < 0

    def take(self, start: int, end: int) -> None:
        """Claim `[start, end)`."""
        self._taken[start:end] = b"\1" * (end - start)
