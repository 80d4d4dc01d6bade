"""Two encoders behind one interface, on a tokenizer and a network small enough to check by hand."""

import json

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from detector.encoder import WINDOW, ContextualEncoder, StaticEncoder, contributions, mean

PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁admin", "▁kasir", "▁Kamboja"]
TABLE = np.array([[0, 0], [9, 9], [0, 0], [0, 0], [1, 0], [0, 1], [3, 4]], dtype=np.float16)


@pytest.fixture
def tokenizer() -> bytes:
    special = [
        {"id": at, "content": PIECES[at], "single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
        | {"special": True}
        for at in range(4)
    ]
    description = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": special,
        "normalizer": None,
        "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "add_prefix_space": True},
        "post_processor": None,
        "decoder": None,
        "model": {"type": "Unigram", "unk_id": 3, "vocab": [[piece, -float(at)] for at, piece in enumerate(PIECES)]},
    }
    return json.dumps(description).encode()


@pytest.fixture
def network() -> bytes:
    """A 'transformer' that looks each piece up: what it says of a piece does not depend on its neighbours."""
    ids = helper.make_tensor_value_info("ids", TensorProto.INT64, ["texts", "tokens"])
    mask = helper.make_tensor_value_info("mask", TensorProto.INT64, ["texts", "tokens"])
    vectors = helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", "tokens", 2])
    table = numpy_helper.from_array(TABLE.astype(np.float32), "table")
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "ids"], ["vectors"])], "look-up", [ids, mask], [vectors], [table]
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(model.SerializeToString())


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
