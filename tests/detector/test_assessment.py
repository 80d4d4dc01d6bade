"""An assessment survives being stored as JSON."""

import json

import pytest

from detector.assessment import Assessment
from detector.detector import Detector
from tests.api.ads import COMPOUND, LINK, SHOP


@pytest.mark.parametrize("text", [COMPOUND, SHOP, LINK])
def test_there_and_back(detector: Detector, text: str) -> None:
    assessment = detector.assess(text, id="baris-1")
    assert Assessment.from_dict(json.loads(json.dumps(assessment.as_dict()))) == assessment


@pytest.mark.parametrize("change", [{"schema": "assessment/2"}, {"document": None}, {"terms": [{"start": 1}]}])
def test_what_is_none_is_refused(detector: Detector, change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="assessment/1"):
        Assessment.from_dict(detector.assess(SHOP).as_dict() | change)
