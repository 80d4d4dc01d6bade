"""Token vectors of a text, from a fine-tuned contextual encoder or from a static table, behind one interface.

A text's vector is the mean of its token vectors, and every head on it is linear: a head's logit is the mean of what the
tokens give to it, so the tokens' contributions are exact whichever encoder answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from detector.errors import BundleError

WINDOW = 176  # tokens that the contextual encoder reads at once, the two special ones included
_SPECIAL = 2
_BATCH = 32


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """Of one text: `offsets` (tokens, 2) in code points of the text given, `vectors` (tokens, size)."""

    offsets: NDArray[np.int64]
    vectors: NDArray[np.float32]


class Encoder(Protocol):
    """What the detector needs of an encoder."""

    size: int

    def token_vectors(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Vectors of every token of every text, in order; a text without tokens gets none."""
        ...


def mean(tokens: TokenVectors) -> NDArray[np.float64]:
    """Mean of the token vectors, shape (size,); zeros where there are no tokens."""
    if not len(tokens.vectors):
        return np.zeros(tokens.vectors.shape[1])
    return np.asarray(tokens.vectors.mean(axis=0, dtype=np.float64))


def contributions(tokens: TokenVectors, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """What each token adds to the logit of a head with these weights; their sum is `mean(tokens) @ weights`."""
    return np.asarray(tokens.vectors.astype(np.float64) @ weights / max(1, len(tokens.vectors)))


def _tokenizer(path: Path) -> Any:
    try:
        from tokenizers import Tokenizer
    except ImportError as error:
        raise BundleError("the bundle holds an encoder, which needs the package tokenizers") from error
    return Tokenizer.from_str(path.read_text(encoding="utf-8"))


class StaticEncoder:
    """One vector per piece of the vocabulary, whatever stands around it.

    Args:
        tokenizer: path of a `tokenizer.json`.
        table: shape (pieces, size).
    """

    def __init__(self, tokenizer: Path, table: NDArray[np.float16]) -> None:
        self._tokenizer = _tokenizer(tokenizer)
        self._table = table
        self.size = int(table.shape[1])

    def token_vectors(self, texts: Sequence[str]) -> list[TokenVectors]:
        """See `Encoder`."""
        found = []
        for encoding in self._tokenizer.encode_batch(list(texts), add_special_tokens=False):
            offsets = np.array(encoding.offsets, dtype=np.int64).reshape(-1, 2)
            found.append(TokenVectors(offsets, self._table[encoding.ids].astype(np.float32)))
        return found


class ContextualEncoder:
    """A small transformer as ONNX, run on the processor.

    A text longer than `WINDOW` tokens is read in windows, one after the other; all their tokens count alike.

    Args:
        tokenizer: path of a `tokenizer.json`.
        network: path of an ONNX file with inputs `ids` and `mask` (texts, tokens) and output `vectors`
            (texts, tokens, size).
        threads: processor threads that one call may use.
    """

    def __init__(self, tokenizer: Path, network: Path, threads: int = 1) -> None:
        try:
            import onnxruntime
        except ImportError as error:
            raise BundleError("the bundle holds an encoder, which needs the package onnxruntime") from error
        self._tokenizer = _tokenizer(tokenizer)
        self._start, self._end, self._pad = (self._tokenizer.token_to_id(name) for name in ("<s>", "</s>", "<pad>"))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(network.read_bytes(), options, providers=["CPUExecutionProvider"])
        self.size = int(self._session.get_outputs()[0].shape[-1])

    def token_vectors(self, texts: Sequence[str]) -> list[TokenVectors]:
        """See `Encoder`."""
        encodings = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        room = WINDOW - _SPECIAL
        windows = [
            (owner, encoding.ids[start : start + room])
            for owner, encoding in enumerate(encodings)
            for start in range(0, len(encoding.ids), room)
        ]
        vectors: list[NDArray[np.float32]] = [np.zeros((0, self.size), np.float32)] * len(windows)
        order = sorted(range(len(windows)), key=lambda at: len(windows[at][1]))
        for first in range(0, len(order), _BATCH):
            part = order[first : first + _BATCH]
            answer = self._run([windows[at][1] for at in part])
            for row, at in enumerate(part):
                vectors[at] = answer[row, 1 : 1 + len(windows[at][1])]
        parts: list[list[NDArray[np.float32]]] = [[] for _ in texts]
        for (owner, _), found in zip(windows, vectors, strict=True):
            parts[owner].append(found)
        return [
            TokenVectors(
                np.array(encoding.offsets, dtype=np.int64).reshape(-1, 2),
                np.concatenate(own) if own else np.zeros((0, self.size), np.float32),
            )
            for encoding, own in zip(encodings, parts, strict=True)
        ]

    def _run(self, rows: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        longest = max(map(len, rows)) + _SPECIAL
        ids = np.full((len(rows), longest), self._pad, dtype=np.int64)
        mask = np.zeros((len(rows), longest), dtype=np.int64)
        for at, row in enumerate(rows):
            ids[at, : len(row) + _SPECIAL] = [self._start, *row, self._end]
            mask[at, : len(row) + _SPECIAL] = 1
        return np.asarray(self._session.run(["vectors"], {"ids": ids, "mask": mask})[0], dtype=np.float32)
