"""Figures of parts of an evaluation file: by typology, language, document kind, source and length."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training import bootstrap
from training.bootstrap import Resampler
from training.labelled import OVERSEAS, Evaluated
from training.measures import Labels, Scores

LENGTHS = (("under 15 words", 15), ("15-39 words", 40), ("40-100 words", 101))
LONGEST = "over 100 words"
FEWEST_OF_A_SOURCE = 8
OTHER_SOURCES = "other sources"
_BEHIND_SOURCE = re.compile(r" https?\b| via |[,;:(]")


def slices(
    rows: Sequence[Evaluated], y: Labels, logit: Scores, flagged: NDArray[np.bool_], resampler: Resampler
) -> dict[str, dict[str, dict[str, Any]]]:
    """Family -> slice -> figures. A figure is None where a slice holds one class only.

    A typology's positives stand against all negatives, a kind's negatives against all positives; language, source and
    length cut both.
    """
    return {
        family: {
            name: _figures(pick, y, logit, flagged, resampler) for name, pick in picks.items() if pick.any() and name
        }
        for family, picks in _memberships(rows, y).items()
    }


def length_of(text: str) -> str:
    """The length class of a text, in words between white space."""
    words = len(text.split())
    return next((name for name, below in LENGTHS if words < below), LONGEST)


def source_family(source: str) -> str:
    """The first part of a source line: "Listing site, data set x (row 4)" is of "Listing site"."""
    return _BEHIND_SOURCE.split(source, maxsplit=1)[0].strip()


def _memberships(rows: Sequence[Evaluated], y: Labels) -> dict[str, dict[str, NDArray[np.bool_]]]:
    typologies = sorted({name for row in rows if row.label for name in row.typologies})
    chosen: dict[str, tuple[str, ...]] = {"overseas typologies": OVERSEAS, **{name: (name,) for name in typologies}}
    families = [source_family(row.source) for row in rows]
    counts = Counter(families)
    sources = [name and (name if counts[name] >= FEWEST_OF_A_SOURCE else OTHER_SOURCES) for name in families]
    return {
        "typology": {
            name: np.array([not row.label or row.recruits_into(*members) for row in rows])
            for name, members in chosen.items()
            if any(row.label and row.recruits_into(*members) for row in rows)
        },
        "language": _parts([row.language for row in rows]),
        "kind": {
            name: np.array([bool(row.label) or row.kind == name for row in rows])
            for name in sorted({row.kind for row in rows if not row.label and row.kind})
        },
        "source": _parts(sources),
        "length": _parts([length_of(row.text) for row in rows], [*(name for name, _ in LENGTHS), LONGEST]),
    }


def _parts(values: Sequence[str], order: Sequence[str] | None = None) -> dict[str, NDArray[np.bool_]]:
    return {name: np.array([value == name for value in values]) for name in order or sorted(set(values))}


def _figures(
    pick: NDArray[np.bool_], y: Labels, logit: Scores, flagged: NDArray[np.bool_], resampler: Resampler
) -> dict[str, Any]:
    told = y[pick]
    return {
        "texts": int(pick.sum()),
        "positives": int(told.sum()),
        **bootstrap.estimate(
            bootstrap.together(bootstrap.ranking(told, logit[pick]), bootstrap.alarms(told, flagged[pick])),
            resampler.part(pick),
        ),
    }
