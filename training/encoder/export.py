"""Export the fine-tuned encoder for serving: ONNX with int8 weights, checked against the network it came from."""

from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn
from transformers import BertModel


class _Vectors(nn.Module):
    """The encoder's last hidden state as the only output."""

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        vectors: Tensor = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        return vectors


def export(encoder: BertModel, path: Path) -> None:
    """Write the encoder as ONNX with dynamically quantised int8 weights (per channel) and vectors per piece."""
    encoder.eval()
    example = torch.ones((2, 8), dtype=torch.long)
    with TemporaryDirectory() as scratch:
        whole = Path(scratch) / "whole.onnx"
        axes = {
            "ids": {0: "texts", 1: "tokens"},
            "mask": {0: "texts", 1: "tokens"},
            "vectors": {0: "texts", 1: "tokens"},
        }
        torch.onnx.export(
            _Vectors(encoder),
            (example, example),
            str(whole),
            input_names=["ids", "mask"],
            output_names=["vectors"],
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )
        # Seven bits: processors without VNNI add products of eight in sixteen bits, which overflow, so that a score
        # would hang on the machine.
        quantize_dynamic(str(whole), str(path), weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
