"""Save, verify and load a released model.

    manifest.json     what the bundle is, the sha256 of every other file, thresholds, calibration, figures
    heads.npz         arrays of the linear heads (no pickled objects: `allow_pickle` stays off)
    vocabulary.txt    one n-gram a line, UTF-8, in the order of the arrays

The bytes that were hashed are the bytes that are parsed: each file is read once.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.classifier import Calibration, Heads
from detector.errors import BundleMismatch, BundleMissing

SCHEMA = "bundle/1"
MANIFEST = "manifest.json"
_FILES = ("heads.npz", "vocabulary.txt")


@dataclass(frozen=True)
class Bundle:
    """A model: its heads, vocabulary, calibration and thresholds, and what the manifest says about it."""

    version: str
    named_features: tuple[str, ...]
    vocabulary: tuple[str, ...]
    idf: NDArray[np.float64]
    heads: Heads
    calibration: Mapping[str, Calibration]
    thresholds: Mapping[str, float]
    knowledge_as_of: str
    knowledge_digest: str
    facts: Mapping[str, Any]  # figures, data and libraries: shown, never computed with


def default_path() -> Path:
    """The released bundle: inside the installed package, or `models/release` of a checkout."""
    packaged = Path(str(files("detector"))) / "release"
    return packaged if (packaged / MANIFEST).is_file() else Path(__file__).parent.parent / "models" / "release"


def save(bundle: Bundle, directory: Path) -> None:
    """Write a bundle; the same bundle gives the same bytes."""
    directory.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, NDArray[Any]] = {
        "idf": bundle.idf.astype(np.float32),
        "intercepts": bundle.heads.intercepts,
        "named": bundle.heads.named,
        "grams": bundle.heads.grams.astype(np.float16),
    }
    parts = {"heads.npz": _npz(arrays), "vocabulary.txt": ("\n".join(bundle.vocabulary) + "\n").encode()}
    manifest = {
        "schema": SCHEMA,
        "version": bundle.version,
        "files": {name: {"sha256": sha256(data).hexdigest(), "bytes": len(data)} for name, data in parts.items()},
        "heads": list(bundle.heads.names),
        "named_features": list(bundle.named_features),
        "calibration": {name: {"slope": c.slope, "offset": c.offset} for name, c in bundle.calibration.items()},
        "thresholds": dict(bundle.thresholds),
        "knowledge": {"as_of": bundle.knowledge_as_of, "digest": bundle.knowledge_digest},
        "facts": dict(bundle.facts),
    }
    for name, data in parts.items():
        (directory / name).write_bytes(data)
    (directory / MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def load(directory: Path) -> Bundle:
    """Read a bundle, each file checked against the manifest before it is parsed.

    Raises:
        BundleMissing: there is none.
        BundleMismatch: a file is missing, was changed, or has other shapes than the manifest says.
    """
    path = directory / MANIFEST
    if not path.is_file():
        raise BundleMissing(str(directory))
    try:
        manifest = json.loads(path.read_bytes())
        schema = manifest["schema"]
    except (ValueError, KeyError, TypeError) as error:
        raise BundleMismatch(MANIFEST, "a JSON object with a schema", type(error).__name__) from error
    if schema != SCHEMA:
        raise BundleMismatch("schema", SCHEMA, str(schema))
    data = {name: _verified(directory / name, manifest["files"].get(name, {})) for name in _FILES}
    arrays = _arrays(data["heads.npz"])
    vocabulary = tuple(data["vocabulary.txt"].decode().split("\n")[:-1])
    heads = Heads(
        names=tuple(manifest["heads"]),
        intercepts=arrays["intercepts"].astype(np.float64),
        named=arrays["named"].astype(np.float64),
        grams=arrays["grams"].astype(np.float32),
    )
    named_features = tuple(manifest["named_features"])
    expected = {
        "intercepts": (len(heads.names),),
        "named": (len(heads.names), len(named_features)),
        "grams": (len(heads.names), len(vocabulary)),
        "idf": (len(vocabulary),),
    }
    for name, shape in expected.items():
        if arrays[name].shape != shape:
            raise BundleMismatch(f"heads.npz: {name}", str(shape), str(arrays[name].shape))
    return Bundle(
        version=str(manifest["version"]),
        named_features=named_features,
        vocabulary=vocabulary,
        idf=arrays["idf"].astype(np.float64),
        heads=heads,
        calibration={n: Calibration(float(c["slope"]), float(c["offset"])) for n, c in manifest["calibration"].items()},
        thresholds={str(k): float(v) for k, v in manifest["thresholds"].items()},
        knowledge_as_of=str(manifest["knowledge"]["as_of"]),
        knowledge_digest=str(manifest["knowledge"]["digest"]),
        facts=manifest["facts"],
    )


def _verified(path: Path, entry: Mapping[str, Any]) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BundleMismatch(path.name, "a readable file", type(error).__name__) from error
    actual = sha256(data).hexdigest()
    if actual != entry.get("sha256"):
        raise BundleMismatch(path.name, f"sha256 {entry.get('sha256')}", actual)
    return data


def _arrays(data: bytes) -> dict[str, NDArray[Any]]:
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            return {name: archive[name] for name in ("idf", "intercepts", "named", "grams")}
    except (ValueError, KeyError, zipfile.BadZipFile) as error:
        raise BundleMismatch("heads.npz", "four plain arrays", type(error).__name__) from error


def _npz(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """A compressed npz whose bytes depend on the arrays alone (fixed order, fixed time stamps)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in arrays.items():
            held = io.BytesIO()
            np.lib.format.write_array(held, np.ascontiguousarray(array), allow_pickle=False)
            member = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            archive.writestr(member, held.getvalue(), zipfile.ZIP_DEFLATED, compresslevel=9)
    return buffer.getvalue()
