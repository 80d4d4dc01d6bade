"""The lists in force, made ready once and again only when an admin changed them."""

import threading

from api.store import Store, office_lists
from detector.detector import Detector
from detector.lists.claims import Checker, Claim
from detector.reading import Reading


class Lists:
    """One checker for all requests of a process. Safe to share between threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._version: tuple[int, int] | None = None
        self._checker: Checker | None = None

    def check(self, reading: Reading, detector: Detector) -> tuple[Claim, ...]:
        """What the lists of this moment say of a text."""
        return self.checker(detector).check(reading)

    def checker(self, detector: Detector) -> Checker:
        """The checker over the lists in force."""
        with self._store.reading() as connection:
            version = office_lists.version(connection)
            with self._lock:
                if self._checker is None or version != self._version:
                    lists = office_lists.in_force(connection)
                    self._checker, self._version = Checker(lists, detector.reader.extractor), version
                return self._checker
