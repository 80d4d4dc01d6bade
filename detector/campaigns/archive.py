"""What is kept of a million listings: columns of numbers, the texts' sets, and the texts themselves in a spool."""

from array import array
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from math import isfinite
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt

from detector.campaigns.listing import Listing, Options
from detector.campaigns.shingles import Ints, Shingler
from detector.campaigns.sketches import Sketches

_AT_ONCE = 4_096  # listings whose sets are made in one go
_IN_MEMORY = 64 * 1024 * 1024  # bytes of texts; beyond it a temporary file without a name takes them
NO_DAY = 0


class Names:
    """Values that repeat (contacts, sources, typologies), held once and known by number."""

    def __init__(self) -> None:
        self.values: list[str] = []
        self._numbers: dict[str, int] = {}

    def number(self, value: str) -> int:
        """The number of `value`, a new one if it is new."""
        found = self._numbers.setdefault(value, len(self.values))
        if found == len(self.values):
            self.values.append(value)
        return found


class Lists:
    """For each listing a few numbers, in one flat array."""

    def __init__(self) -> None:
        self._values = array("i")
        self._starts = array("q", [0])

    def add(self, values: Iterable[int]) -> None:
        """The numbers of the next listing."""
        self._values.extend(values)
        self._starts.append(len(self._values))

    def of(self, listing: int) -> "array[int]":
        """The numbers of one listing."""
        return self._values[self._starts[listing] : self._starts[listing + 1]]

    def flat(self) -> tuple[Ints, Ints]:
        """(listing, number) of every number."""
        starts = np.asarray(self._starts, dtype=np.int64)
        sizes = starts[1:] - starts[:-1]
        return np.repeat(np.arange(len(sizes)), sizes), np.asarray(self._values, dtype=np.int64)


class Spool:
    """Texts that were put away; `read` gives them back."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed with the archive
        self._starts = array("q", [0])

    def write(self, text: str) -> None:
        """Put the next text away; what can't be encoded (half a surrogate pair) becomes a question mark."""
        self._starts.append(self._starts[-1] + self._file.write(text.encode("utf-8", "replace")))

    def read(self, at: int) -> str:
        """The text that was put away as number `at`."""
        self._file.seek(self._starts[at])
        return self._file.read(self._starts[at + 1] - self._starts[at]).decode("utf-8")

    def close(self) -> None:
        """Forget the texts."""
        self._file.close()


class Archive:
    """The listings, read once.

    Listings whose texts have the same set share one text. `texts` tells the text of each listing; `comparable` whether
    a text is long enough to prove anything; `order` lists the comparable texts in an order that does not hang on the
    order of the input.
    """

    def __init__(self, listings: Iterable[Listing], options: Options, shingler: Shingler | None = None) -> None:
        self.ids: list[str] = []
        self.contact_names, self.typology_names, self.source_names = Names(), Names(), Names()
        self.contacts, self.typologies = Lists(), Lists()
        self.sketches = Sketches()
        self.spool = Spool()
        self._sources, self._days = array("i"), array("i")
        self._risks, self._texts = array("f"), array("i")
        self._fingerprints, self._comparable = array("Q"), array("b")
        self._known: dict[int, int] = {}
        reading, shingler = iter(listings), shingler or Shingler()
        while part := list(islice(reading, _AT_ONCE)):
            self._take_texts(part, shingler, options.min_words)
            for listing in part:
                self._take(listing, options.kept_characters)
        self._known.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.spool.close()

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def texts(self) -> npt.NDArray[np.int32]:
        """The text of each listing."""
        return np.asarray(self._texts, dtype=np.int32)

    @property
    def risks(self) -> npt.NDArray[np.float32]:
        """The risk of each listing, NaN where unknown."""
        return np.asarray(self._risks, dtype=np.float32)

    @property
    def days(self) -> npt.NDArray[np.int32]:
        """The day of each listing as `date.toordinal`, `NO_DAY` where unknown."""
        return np.asarray(self._days, dtype=np.int32)

    @property
    def fingerprints(self) -> npt.NDArray[np.uint64]:
        """The fingerprint of each text."""
        return np.asarray(self._fingerprints, dtype=np.uint64)

    @property
    def comparable(self) -> npt.NDArray[np.bool_]:
        """Whether each text is long enough to be compared."""
        found: npt.NDArray[np.bool_] = np.asarray(self._comparable, dtype=np.int8) != 0
        return found

    @property
    def order(self) -> Ints:
        """The comparable texts by fingerprint."""
        found = np.argsort(self.fingerprints, kind="stable")
        return found[self.comparable[found]]

    def source(self, listing: int) -> str:
        """The source of a listing."""
        return self.source_names.values[self._sources[listing]]

    def _take_texts(self, part: list[Listing], shingler: Shingler, min_words: int) -> None:
        shingles = shingler.of([listing.text for listing in part])
        new = []
        prints, words = shingles.fingerprints.tolist(), shingles.words.tolist()
        for at, (fingerprint, count) in enumerate(zip(prints, words, strict=True)):
            text = len(self._fingerprints)
            if count >= min_words:
                text = self._known.setdefault(fingerprint, text)
            if text == len(self._fingerprints):
                self._fingerprints.append(fingerprint)
                self._comparable.append(count >= min_words)
                new.append(at)
            self._texts.append(text)
        self.sketches.add(shingles, np.asarray(new, dtype=np.intp))

    def _take(self, listing: Listing, kept_characters: int) -> None:
        self.ids.append(listing.id)
        named = dict.fromkeys(contact for contact in listing.contacts if contact.strip())
        self.contacts.add(map(self.contact_names.number, named))
        self.typologies.add(map(self.typology_names.number, dict.fromkeys(listing.typologies)))
        self._sources.append(self.source_names.number(listing.source))
        risk = listing.risk
        self._risks.append(float("nan") if risk is None or not isfinite(risk) else risk)
        self._days.append(_day(listing.date))
        self.spool.write(listing.text[:kept_characters])


def _day(text: str | None) -> int:
    if text is None:
        return NO_DAY
    try:
        return date.fromisoformat(text.strip()[:10]).toordinal()
    except ValueError:
        return NO_DAY


def distinct(values: Iterable[str], limit: int) -> Iterator[str]:
    """The first `limit` values that differ."""
    return islice(dict.fromkeys(values), limit)
