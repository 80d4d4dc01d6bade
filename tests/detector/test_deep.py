"""The deep answer and the cascade: who answers, and why the explanation still adds up."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from detector.assessment import Assessment
from detector.bundle import HEADS, Bundle, load, save
from detector.deep import placed
from detector.detector import Detector
from detector.encoder import TokenVectors
from detector.errors import BundleError, BundleMismatch
from detector.tokens import tokenise
from tests.detector.small_deep import deep

TEXT = "Dicari admin dan kasir untuk kantor di Kamboja, gaji bagus."
RISK = HEADS.index("risk")


@pytest.fixture(scope="module")
def shallow(detector: Detector) -> Bundle:
    """The released bundle without its encoder."""
    return replace(detector.bundle, deep=None)


def with_deep(detector: Detector, shallow: Bundle, mode: str, band: tuple[float, float] = (-1e9, 1e9)) -> Detector:
    return Detector(replace(shallow, deep=deep(band)), detector.knowledge, mode)  # type: ignore[arg-type]


def parts(assessment: Assessment) -> float:
    signs = sum(i.contribution for i in assessment.indicators)
    return assessment.intercept + signs + sum(t.contribution for t in assessment.terms) + assessment.rest


def test_the_deep_logit_is_the_scaled_fast_one_and_the_encoder_s_part(detector: Detector, shallow: Bundle) -> None:
    fast = Detector(shallow, detector.knowledge).assess(TEXT)
    found = with_deep(detector, shallow, "deep").assess(TEXT)
    # The known pieces are admin, kasir and Kamboja; all others are unknown and give nought.
    encoder = with_deep(detector, shallow, "deep")._encoder
    assert encoder is not None
    (vectors,) = encoder.token_vectors([TEXT])
    added = (2 * 1 + 1 * 1 + (2 * 3 + 1 * 4)) / len(vectors.vectors)
    assert found.logit == pytest.approx(0.25 + 0.5 * (fast.logit - fast.intercept) + added)
    assert (fast.answered_by, found.answered_by) == ("fast", "deep")


@pytest.mark.parametrize("mode", ["fast", "deep", "auto"])
def test_every_answer_adds_up_and_quotes_the_text(detector: Detector, shallow: Bundle, mode: str) -> None:
    found = with_deep(detector, shallow, mode).assess(TEXT)
    assert parts(found) == pytest.approx(found.logit, abs=1e-9)
    assert all(TEXT[term.start : term.end] == term.text for term in found.terms)


def test_the_encoder_s_words_are_shown(detector: Detector, shallow: Bundle) -> None:
    def terms(mode: str) -> dict[str, float]:
        return {term.text: term.contribution for term in with_deep(detector, shallow, mode).assess(TEXT).terms}

    fast, found = terms("fast"), terms("deep")
    assert found["Kamboja"] - 0.5 * fast.get("Kamboja", 0.0) > found["kasir"] - 0.5 * fast.get("kasir", 0.0) > 0


@pytest.mark.parametrize(("above", "below", "who"), [(1, 1, "deep"), (-0.5, 9, "fast"), (9, -0.5, "fast")])
def test_auto_asks_the_encoder_only_within_the_band(
    detector: Detector, shallow: Bundle, above: float, below: float, who: str
) -> None:
    logit = Detector(shallow, detector.knowledge).assess(TEXT).logit
    found = with_deep(detector, shallow, "auto", (logit - below, logit + above)).assess(TEXT)
    assert found.answered_by == who


def test_too_little_text_is_not_sent_on(detector: Detector, shallow: Bundle) -> None:
    assert with_deep(detector, shallow, "auto").assess("admin Kamboja").answered_by == "fast"


def test_a_bundle_without_an_encoder_answers_fast_or_says_that_it_can_not(detector: Detector, shallow: Bundle) -> None:
    assert Detector(shallow, detector.knowledge, "auto").assess(TEXT).answered_by == "fast"
    with pytest.raises(BundleError, match="holds no encoder"):
        Detector(shallow, detector.knowledge, "deep")
    with pytest.raises(ValueError, match="no mode 'slow'"):
        Detector(shallow, detector.knowledge, "slow")  # type: ignore[arg-type]


def test_a_deep_bundle_survives_the_disk(shallow: Bundle, tmp_path: Path) -> None:
    save(replace(shallow, deep=deep()), tmp_path)
    loaded, ours = load(tmp_path).deep, deep()
    assert loaded is not None
    assert (loaded.band, loaded.thresholds, loaded.calibration) == (ours.band, ours.thresholds, ours.calibration)
    assert (loaded.tokenizer, loaded.network) == (ours.tokenizer, ours.network)
    for name in ("intercepts", "scale", "vectors"):
        assert np.array_equal(getattr(loaded.heads, name), getattr(ours.heads, name)), name
    assert load(tmp_path, deep=False).deep is None


def test_saving_without_an_encoder_leaves_none_behind(shallow: Bundle, tmp_path: Path) -> None:
    save(replace(shallow, deep=deep()), tmp_path)
    save(shallow, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["heads.npz", "manifest.json", "vocabulary.txt"]


@pytest.mark.parametrize("name", ["deep.npz", "tokenizer.json.gz", "encoder.onnx"])
def test_a_changed_or_missing_part_is_refused(shallow: Bundle, tmp_path: Path, name: str) -> None:
    save(replace(shallow, deep=deep()), tmp_path)
    path = tmp_path / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(BundleMismatch, match=name):
        load(tmp_path)
    path.unlink()
    with pytest.raises(BundleMismatch, match=name):
        load(tmp_path)
    assert load(tmp_path, deep=False).deep is None, "the fast answer needs none of them"


def test_each_piece_counts_for_the_token_that_it_ends_in() -> None:
    text = "loker!! Kamboja 🙏"
    tokens = tokenise(text)
    offsets = np.array([[0, 5], [5, 7], [7, 11], [11, 15], [15, 17]])
    vectors = TokenVectors(offsets, np.array([[1], [2], [4], [8], [16]], dtype=np.float32))
    added = placed(vectors, np.array([5.0]), tokens)
    assert tokens.words[0] == "loker"
    assert added.sum() == pytest.approx(31)
    assert added[0] == pytest.approx(1 if tokens.words[1] == "!!" else 3)
    assert added[tokens.words.index("kamboja")] == pytest.approx(12)


def test_the_model_card_tells_both_answers(detector: Detector, shallow: Bundle) -> None:
    card = with_deep(detector, shallow, "auto", (-1.0, 1.0)).model_card()
    assert card["deep"]["thresholds"] == {"high": 0.9, "elevated": 0.5}
    assert card["deep"]["band"] == [-1.0, 1.0]
    assert Detector(shallow, detector.knowledge).model_card()["deep"] is None
