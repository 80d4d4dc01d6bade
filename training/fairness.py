"""Slices of texts whose authors an error would wrong most, found by simple criteria that use no knowledge of the model.

The criteria are crude on purpose (a kind that the file names, a script, a word list held in `fairness.yaml`): they must
not depend on what the detector looks for.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from training.labelled import Evaluated
from training.measures import Labels, share_with_bounds

_LISTS = Path(__file__).with_name("fairness.yaml")
_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufeff]")
_CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f]")


@lru_cache(maxsize=1)
def _lists() -> Mapping[str, "re.Pattern[str]"]:
    """A pattern for each word list: whole words, either case."""
    lists = yaml.safe_load(_LISTS.read_text(encoding="utf-8"))
    return {
        name: re.compile(r"(?<!\w)(?:" + "|".join(re.escape(str(word)) for word in words) + r")(?!\w)", re.IGNORECASE)
        for name, words in lists.items()
        if isinstance(words, list)
    }


def memberships(rows: Sequence[Evaluated]) -> dict[str, NDArray[np.bool_]]:
    """Which texts belong to each slice; a name with the rule in it."""
    women, names = _lists()["womens_domestic_work"], _lists()["arabic_or_chinese_names"]
    picks = {
        "lawful overseas ads": [row.kind == "legal_overseas" for row in rows],
        "victims' own words": [row.kind == "testimony" for row in rows],
        "Arabic script": [bool(_ARABIC.search(row.text)) for row in rows],
        "Chinese script": [bool(_CHINESE.search(row.text)) for row in rows],
        "Arabic or Chinese names": [bool(names.search(row.text)) for row in rows],
        "women's domestic work": [bool(women.search(row.text)) for row in rows],
    }
    return {name: np.array(pick, dtype=np.bool_) for name, pick in picks.items()}


def fairness(rows: Sequence[Evaluated], y: Labels, flagged: NDArray[np.bool_]) -> dict[str, dict[str, Any]]:
    """Per slice: false alarms and recall at `elevated`, each beside those of all other texts. No empty ones."""
    found: dict[str, dict[str, Any]] = {}
    for name, pick in memberships(rows).items():
        if pick.any():
            found[name] = {
                "texts": int(pick.sum()),
                "positives": int(y[pick].sum()),
                "false_alarms": share_with_bounds(flagged[pick & (y == 0)]),
                "false_alarms_elsewhere": share_with_bounds(flagged[~pick & (y == 0)]),
                "recall": share_with_bounds(flagged[pick & (y == 1)]),
                "recall_elsewhere": share_with_bounds(flagged[~pick & (y == 1)]),
            }
    return found
