"""Token vectors of a text from a fine-tuned contextual encoder.

A text's vector is the mean of its token vectors, and every head on it is linear: a head's logit is the mean of what the
tokens give to it, so the tokens' contributions are exact.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.errors import BundleError

WINDOW = 176  # tokens that the contextual encoder reads at once, the two special ones included
_SPECIAL = 2


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """Of one text: `offsets` (tokens, 2) in code points of the text given, `vectors` (tokens, size)."""

    offsets: NDArray[np.int64]
    vectors: NDArray[np.float32]


def mean(tokens: TokenVectors) -> NDArray[np.float64]:
    """Mean of the token vectors, shape (size,); zeros where there are no tokens."""
    if not len(tokens.vectors):
        return np.zeros(tokens.vectors.shape[1])
    return np.asarray(tokens.vectors.mean(axis=0, dtype=np.float64))


def contributions(tokens: TokenVectors, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """What each token adds to the logit of a head with these weights; their sum is `mean(tokens) @ weights`."""
    return np.asarray(tokens.vectors.astype(np.float64) @ weights / max(1, len(tokens.vectors)))


def _tokenizer(description: bytes) -> Any:
    try:
        from tokenizers import Tokenizer
    except ImportError as error:
        raise BundleError("the bundle holds an encoder, which needs the package tokenizers") from error
    return Tokenizer.from_str(description.decode())


class ContextualEncoder:
    """A small transformer as ONNX, run on the processor.

    A text longer than `WINDOW` tokens is read in windows, one after the other; all their tokens count alike. Every
    window is run alone: dynamic int8 scales the activations of a whole batch alike, so that in a batch a text's score
    would hang on its neighbours.

    Args:
        tokenizer: content of a `tokenizer.json`.
        network: an ONNX network with inputs `ids` and `mask` (texts, tokens) and output `vectors`
            (texts, tokens, size).
        threads: processor threads that one call may use.
    """

    def __init__(self, tokenizer: bytes, network: bytes, threads: int = 1) -> None:
        try:
            import onnxruntime
        except ImportError as error:
            raise BundleError("the bundle holds an encoder, which needs the package onnxruntime") from error
        self._tokenizer = _tokenizer(tokenizer)
        self._start, self._end = (self._tokenizer.token_to_id(name) for name in ("<s>", "</s>"))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
        self.size = int(self._session.get_outputs()[0].shape[-1])

    def token_vectors(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Vectors of every token of every text, in order; a text without tokens gets none."""
        room = WINDOW - _SPECIAL
        found = []
        for encoding in self._tokenizer.encode_batch(list(texts), add_special_tokens=False):
            windows = [self._run(encoding.ids[start : start + room]) for start in range(0, len(encoding.ids), room)]
            vectors = np.concatenate(windows) if windows else np.zeros((0, self.size), np.float32)
            found.append(TokenVectors(np.array(encoding.offsets, dtype=np.int64).reshape(-1, 2), vectors))
        return found

    def _run(self, pieces: Sequence[int]) -> NDArray[np.float32]:
        """Vectors of these pieces, the special ones around them left out."""
        ids = np.array([[self._start, *pieces, self._end]], dtype=np.int64)
        vectors = self._session.run(["vectors"], {"ids": ids, "mask": np.ones_like(ids)})[0]
        return np.asarray(vectors[0, 1:-1], dtype=np.float32)
