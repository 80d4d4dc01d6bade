"""The deep answer: what the contextual encoder adds to the fast one, and the cascade that decides which is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detector.classifier import Calibration, DeepHeads
from detector.encoder import ContextualEncoder, TokenVectors, contributions
from detector.tokens import Tokens

Mode = Literal["auto", "fast", "deep"]
MODES: tuple[Mode, ...] = ("auto", "fast", "deep")
Answer = Literal["fast", "deep"]


@dataclass(frozen=True)
class Deep:
    """The deep part of a bundle.

    `band` holds two fast logits: `auto` asks the encoder between them, both included. `tokenizer` and `network` are
    the verified contents of `tokenizer.json.gz` (unpacked) and `encoder.onnx`.
    """

    heads: DeepHeads
    calibration: Mapping[str, Calibration]
    thresholds: Mapping[str, float]
    band: tuple[float, float]
    tokenizer: bytes
    network: bytes

    def encoder(self) -> ContextualEncoder:
        """The encoder, ready to run.

        Raises:
            BundleError: a package that it needs is not installed.
        """
        return ContextualEncoder(self.tokenizer, self.network)

    def undecided(self, fast_logit: float) -> bool:
        """Whether the fast answer lies within the band."""
        return self.band[0] <= fast_logit <= self.band[1]


def placed(vectors: TokenVectors, weights: NDArray[np.float64], tokens: Tokens) -> NDArray[np.float64]:
    """What the encoder adds to a logit by way of each shared token, shape (tokens,).

    A piece of the encoder counts for the token that its last character lies in, or else for the nearest token before
    it (for the first one where there is none). The sum is `mean(vectors) @ weights`.
    """
    added = np.zeros(len(tokens))
    if len(tokens) and len(vectors.offsets):
        owners = np.searchsorted(np.array(tokens.starts), vectors.offsets[:, 1] - 1, side="right") - 1
        np.add.at(added, np.maximum(owners, 0), contributions(vectors, weights))
    return added
