"""Two encoders behind one interface, on a tokenizer and a network small enough to check by hand."""

import numpy as np
import pytest

from detector.encoder import WINDOW, ContextualEncoder, StaticEncoder, contributions, mean
from tests.detector import small_deep
from tests.detector.small_deep import TABLE


@pytest.fixture
def tokenizer() -> bytes:
    return small_deep.tokenizer()


@pytest.fixture
def network() -> bytes:
    return small_deep.network()


def test_each_token_keeps_its_place_in_the_text_and_its_share_of_the_logit(tokenizer: bytes) -> None:
    encoder = StaticEncoder(tokenizer, TABLE)
    (tokens,) = encoder.token_vectors(["admin Kamboja"])
    assert [("admin Kamboja"[a:b]).strip() for a, b in tokens.offsets] == ["admin", "Kamboja"]
    weights = np.array([2.0, 1.0])
    np.testing.assert_allclose(contributions(tokens, weights), [2 / 2, 10 / 2])
    assert contributions(tokens, weights).sum() == pytest.approx(mean(tokens) @ weights)


def test_both_encoders_answer_alike_whatever_the_company_in_the_batch(tokenizer: bytes, network: bytes) -> None:
    texts = ["kasir", "", "admin Kamboja admin", "kasir kasir"]
    static = StaticEncoder(tokenizer, TABLE)
    contextual = ContextualEncoder(tokenizer, network)
    assert static.size == contextual.size == 2
    together = contextual.token_vectors(texts)
    for text, found, other in zip(texts, together, static.token_vectors(texts), strict=True):
        np.testing.assert_array_equal(found.offsets, other.offsets)
        np.testing.assert_allclose(found.vectors, other.vectors)
        np.testing.assert_allclose(found.vectors, contextual.token_vectors([text])[0].vectors)
    assert mean(together[1]).tolist() == [0, 0]


def test_a_text_longer_than_a_window_is_read_to_its_end(tokenizer: bytes, network: bytes) -> None:
    text = "kasir " * (2 * WINDOW) + "Kamboja"
    (tokens,) = ContextualEncoder(tokenizer, network).token_vectors([text])
    assert len(tokens.vectors) == len(tokens.offsets) == 2 * WINDOW + 1
    assert tokens.vectors[-1].tolist() == [3, 4]
