"""The released model on cases that a careful officer judges without doubt, none of which it was fitted on."""

from pathlib import Path

import pytest
import yaml
from sklearn.metrics import average_precision_score

from detector.assessment import Assessment
from detector.detector import Detector

TABLE = Path(__file__).parent.parent.parent / "training" / "behaviour" / "minimum.yaml"


@pytest.fixture(scope="module")
def judged() -> list[tuple[dict[str, str], Assessment]]:
    """Each case with the fast answer: what every listing of a file gets."""
    fast = Detector.load(mode="fast")
    return [(case, fast.assess(case["text"])) for case in yaml.safe_load(TABLE.read_text(encoding="utf-8"))]


def test_recruiting_ranks_above_the_rest(judged: list[tuple[dict[str, str], Assessment]]) -> None:
    assert average_precision_score([case["label"] for case, _ in judged], [a.risk for _, a in judged]) >= 0.985


@pytest.mark.parametrize("language", ["id", "ms", "en"])
def test_few_are_missed_in_any_language(judged: list[tuple[dict[str, str], Assessment]], language: str) -> None:
    levels = [a.level for case, a in judged if case["label"] and case["language"] == language]
    assert levels.count("low") <= 0.03 * len(levels)


def test_the_typology_is_named(judged: list[tuple[dict[str, str], Assessment]]) -> None:
    named = [
        a.typologies[0].id == case["typology"]
        for case, a in judged
        if case["label"] and a.level != "low" and a.typologies
    ]
    assert sum(named) >= 0.9 * len(named)


def test_core_signs_weigh_something(judged: list[tuple[dict[str, str], Assessment]]) -> None:
    weights = {one.id: one.contribution for _, a in judged for one in a.indicators if one.severity == 5}
    assert weights
    assert sum(weight >= 0.1 for weight in weights.values()) >= 0.75 * len(weights)
