"""The encoder on a tokenizer and a network small enough to check by hand."""

import numpy as np
import pytest

from detector.encoder import WINDOW, ContextualEncoder, contributions, mean
from tests.detector import small_deep
from tests.detector.small_deep import TABLE


@pytest.fixture
def tokenizer() -> bytes:
    return small_deep.tokenizer()


@pytest.fixture
def network() -> bytes:
    return small_deep.network()


def test_each_token_keeps_its_place_in_the_text_and_its_share_of_the_logit(tokenizer: bytes, network: bytes) -> None:
    (tokens,) = ContextualEncoder(tokenizer, network).token_vectors(["admin Kamboja"])
    assert [("admin Kamboja"[a:b]).strip() for a, b in tokens.offsets] == ["admin", "Kamboja"]
    assert tokens.vectors.tolist() == TABLE[[4, 6]].tolist()
    weights = np.array([2.0, 1.0])
    np.testing.assert_allclose(contributions(tokens, weights), [2 / 2, 10 / 2])
    assert contributions(tokens, weights).sum() == pytest.approx(mean(tokens) @ weights)


def test_the_answer_does_not_hang_on_the_company_in_the_batch(tokenizer: bytes, network: bytes) -> None:
    texts = ["kasir", "", "admin Kamboja admin", "kasir kasir"]
    encoder = ContextualEncoder(tokenizer, network)
    assert encoder.size == 2
    together = encoder.token_vectors(texts)
    for text, found in zip(texts, together, strict=True):
        (alone,) = encoder.token_vectors([text])
        np.testing.assert_array_equal(found.offsets, alone.offsets)
        np.testing.assert_array_equal(found.vectors, alone.vectors)
    assert mean(together[1]).tolist() == [0, 0]


def test_a_text_longer_than_a_window_is_read_to_its_end(tokenizer: bytes, network: bytes) -> None:
    text = "kasir " * (2 * WINDOW) + "Kamboja"
    (tokens,) = ContextualEncoder(tokenizer, network).token_vectors([text])
    assert len(tokens.vectors) == len(tokens.offsets) == 2 * WINDOW + 1
    assert tokens.vectors[-1].tolist() == [3, 4]
