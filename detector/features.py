"""The named features: one for every indicator and fact of the knowledge files, in a fixed order."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.knowledge.schema import Knowledge
from detector.reading import Reading


@dataclass(frozen=True)
class FeatureNames:
    """Names and indices of the named features. All are 0 or 1: found or not."""

    names: tuple[str, ...]
    indicator: dict[str, int]
    fact: dict[str, int]

    @classmethod
    def of(cls, knowledge: Knowledge) -> "FeatureNames":
        """The features of this knowledge: indicators by id, then facts."""
        ids = sorted(entry.id for entry in knowledge.indicators)
        facts = sorted(knowledge.fact_names)
        names = tuple([f"indicator:{key}" for key in ids] + [f"fact:{name}" for name in facts])
        return cls(
            names, {key: at for at, key in enumerate(ids)}, {name: at + len(ids) for at, name in enumerate(facts)}
        )

    def present(self, reading: Reading) -> NDArray[np.intp]:
        """Indices of the features that a text shows, ascending."""
        found = {self.indicator[hit.id] for hit in reading.hits}
        found.update(self.fact[name] for name in reading.facts)
        return np.array(sorted(found), dtype=np.intp)

    def fact_at(self, index: int) -> str | None:
        """The fact at an index, or None where an indicator stands."""
        name = self.names[index]
        return name.removeprefix("fact:") if name.startswith("fact:") else None
