"""New wording is seen as new."""

from detector.detector import Detector
from detector.novelty import novelty


def test_words_that_the_model_never_met_count(detector: Detector) -> None:
    def share(text: str) -> float:
        return novelty(detector.reader.read(text).tokens, detector.vectorizer)

    assert share("dibutuhkan admin gaji besar tanpa pengalaman") == 0.0
    assert share("dibutuhkan admin qworpzt blenquix") == 0.5
    assert share("di ke 12 @") == 0.0
