"""A deep part that is small enough to check by hand: its 'transformer' looks each piece up."""

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from detector.bundle import CALIBRATED, HEADS
from detector.classifier import Calibration, DeepHeads
from detector.deep import Deep

PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁admin", "▁kasir", "▁Kamboja"]
TABLE = np.array([[0, 0], [9, 9], [0, 0], [0, 0], [1, 0], [0, 1], [3, 4]], dtype=np.float16)


def tokenizer() -> bytes:
    """A Unigram `tokenizer.json` over `PIECES`."""
    special: list[dict[str, Any]] = [
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


def network() -> bytes:
    """An ONNX network that gives each piece its row of `TABLE`, whatever stands around it."""
    ids = helper.make_tensor_value_info("ids", TensorProto.INT64, ["texts", "tokens"])
    mask = helper.make_tensor_value_info("mask", TensorProto.INT64, ["texts", "tokens"])
    vectors = helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", "tokens", 2])
    table = numpy_helper.from_array(TABLE.astype(np.float32), "table")
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "ids"], ["vectors"])], "look-up", [ids, mask], [vectors], [table]
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(model.SerializeToString())


def deep(band: tuple[float, float] = (-1.0, 1.0), scale: float = 0.5) -> Deep:
    """Every head takes `scale` times the fast one and, for the risk, 2 x the first and 1 x the second number."""
    vectors: NDArray[np.float64] = np.zeros((len(HEADS), 2))
    vectors[HEADS.index("risk")] = [2.0, 1.0]
    return Deep(
        heads=DeepHeads(np.full(len(HEADS), 0.25), np.full(len(HEADS), scale), vectors),
        calibration={name: Calibration(1.0, 0.0) for name in CALIBRATED},
        thresholds={"high": 0.9, "elevated": 0.5},
        band=band,
        tokenizer=tokenizer(),
        network=network(),
    )
