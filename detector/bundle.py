"""Save, verify and load a released model.

    manifest.json     what the bundle is, the sha256 of every other file, thresholds, calibration, figures
    heads.npz         arrays of the linear heads (no pickled objects: `allow_pickle` stays off)
    vocabulary.txt    one n-gram a line, UTF-8, in the order of the arrays

and, in a bundle that can answer deeply, all three of

    deep.npz          arrays of the heads on the encoder's vectors
    tokenizer.json.gz the encoder's tokenizer
    encoder.onnx      the encoder

The bytes that were hashed are the bytes that are parsed: each file is read once.
"""

import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from detector.assessment import KINDS, TYPOLOGIES
from detector.classifier import Calibration, DeepHeads, Heads
from detector.deep import Deep
from detector.errors import BundleMismatch, BundleMissing

SCHEMA = "bundle/1"
MANIFEST = "manifest.json"
HEADS: tuple[str, ...] = ("risk", *(f"typology:{name}" for name in TYPOLOGIES), *(f"kind:{name}" for name in KINDS))
CALIBRATED: tuple[str, ...] = tuple(name for name in HEADS if not name.startswith("kind:"))
_FILES = ("heads.npz", "vocabulary.txt")
_DEEP_FILES = ("deep.npz", "tokenizer.json.gz", "encoder.onnx")
# What numpy and zipfile raise on bytes that are no plain npz.
_UNREADABLE = (ValueError, KeyError, TypeError, EOFError, OSError, NotImplementedError, zipfile.BadZipFile, zlib.error)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _File(_Part):
    sha256: str
    bytes: int


class _Scaling(_Part):
    slope: FiniteFloat
    offset: FiniteFloat


class _DeepPart(_Part):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)

    calibration: dict[str, _Scaling]
    thresholds: dict[str, FiniteFloat]
    band: tuple[FiniteFloat, FiniteFloat]


class _KnowledgeUsed(_Part):
    as_of: str
    digest: str


class _Manifest(_Part):
    """`manifest.json`: refused where an entry is missing, unknown or of another type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)

    schema_: str = Field(alias="schema")
    version: str
    files: dict[str, _File]
    heads: tuple[str, ...]
    named_features: tuple[str, ...]
    calibration: dict[str, _Scaling]
    thresholds: dict[str, FiniteFloat]
    knowledge: _KnowledgeUsed
    deep: _DeepPart | None = None
    facts: dict[str, Any]  # figures, data and libraries: shown, never computed with


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
    deep: Deep | None = None


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
    if bundle.deep is not None:
        heads = bundle.deep.heads
        deep: dict[str, NDArray[Any]] = {
            "intercepts": heads.intercepts,
            "scale": heads.scale,
            "vectors": heads.vectors.astype(np.float32),
        }
        parts |= {
            "deep.npz": _npz(deep),
            "tokenizer.json.gz": gzip.compress(bundle.deep.tokenizer, 9, mtime=0),
            "encoder.onnx": bundle.deep.network,
        }
    manifest: dict[str, Any] = {
        "schema": SCHEMA,
        "version": bundle.version,
        "files": {name: {"sha256": sha256(data).hexdigest(), "bytes": len(data)} for name, data in parts.items()},
        "heads": list(bundle.heads.names),
        "named_features": list(bundle.named_features),
        "calibration": _scalings(bundle.calibration),
        "thresholds": dict(bundle.thresholds),
        "knowledge": {"as_of": bundle.knowledge_as_of, "digest": bundle.knowledge_digest},
        "facts": dict(bundle.facts),
    }
    if bundle.deep is not None:
        manifest["deep"] = {
            "calibration": _scalings(bundle.deep.calibration),
            "thresholds": dict(bundle.deep.thresholds),
            "band": list(bundle.deep.band),
        }
    manifest["digest"] = _digest(manifest)
    for stale in {*_FILES, *_DEEP_FILES} - set(parts):
        (directory / stale).unlink(missing_ok=True)
    for name, data in parts.items():
        (directory / name).write_bytes(data)
    (directory / MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def load(directory: Path, *, deep: bool = True) -> Bundle:
    """Read a bundle, each file checked against the manifest before it is parsed.

    Without `deep` the encoder's files are left unread, and the bundle answers fast only.

    Raises:
        BundleMissing: there is none.
        BundleMismatch: a file is missing, was changed, or has other shapes than the manifest says.
    """
    path = directory / MANIFEST
    if not path.is_file():
        raise BundleMissing(str(directory))
    manifest = _manifest(path)
    data = {name: _verified(directory / name, manifest.files[name].sha256) for name in _FILES}
    arrays = _arrays("heads.npz", data["heads.npz"], ("idf", "intercepts", "named", "grams"))
    vocabulary = _lines(data["vocabulary.txt"])
    expected = {
        "intercepts": (len(HEADS),),
        "named": (len(HEADS), len(manifest.named_features)),
        "grams": (len(HEADS), len(vocabulary)),
        "idf": (len(vocabulary),),
    }
    _check("heads.npz", arrays, expected)
    heads = Heads(
        names=manifest.heads,
        intercepts=arrays["intercepts"].astype(np.float64),
        named=arrays["named"].astype(np.float64),
        grams=np.asfortranarray(arrays["grams"], dtype=np.float32),
    )
    return Bundle(
        version=manifest.version,
        named_features=manifest.named_features,
        vocabulary=vocabulary,
        idf=arrays["idf"].astype(np.float64),
        heads=heads,
        calibration=_calibrations(manifest.calibration),
        thresholds=manifest.thresholds,
        knowledge_as_of=manifest.knowledge.as_of,
        knowledge_digest=manifest.knowledge.digest,
        facts=manifest.facts,
        deep=_deep(directory, manifest, manifest.deep) if deep and manifest.deep is not None else None,
    )


def _deep(directory: Path, manifest: _Manifest, part: _DeepPart) -> Deep:
    data = {name: _verified(directory / name, manifest.files[name].sha256) for name in _DEEP_FILES}
    arrays = _arrays("deep.npz", data["deep.npz"], ("intercepts", "scale", "vectors"))
    size = arrays["vectors"].shape[-1] if arrays["vectors"].ndim else 0
    expected = {"intercepts": (len(HEADS),), "scale": (len(HEADS),), "vectors": (len(HEADS), size)}
    _check("deep.npz", arrays, expected)
    return Deep(
        heads=DeepHeads(**{name: arrays[name].astype(np.float64) for name in expected}),
        calibration=_calibrations(part.calibration),
        thresholds=part.thresholds,
        band=part.band,
        tokenizer=_unpacked("tokenizer.json.gz", data["tokenizer.json.gz"]),
        network=data["encoder.onnx"],
    )


def _scalings(calibration: Mapping[str, Calibration]) -> dict[str, dict[str, float]]:
    return {name: {"slope": c.slope, "offset": c.offset} for name, c in calibration.items()}


def _calibrations(scalings: Mapping[str, _Scaling]) -> dict[str, Calibration]:
    return {name: Calibration(c.slope, c.offset) for name, c in scalings.items()}


def _check(file: str, arrays: Mapping[str, NDArray[Any]], expected: Mapping[str, tuple[int, ...]]) -> None:
    for name, shape in expected.items():
        if arrays[name].shape != shape:
            raise BundleMismatch(f"{file}: {name}", str(shape), str(arrays[name].shape))
        if arrays[name].dtype.kind != "f" or not np.isfinite(arrays[name]).all():
            raise BundleMismatch(f"{file}: {name}", "finite numbers", str(arrays[name].dtype))


def _manifest(path: Path) -> _Manifest:
    try:
        data = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise BundleMismatch(MANIFEST, "a JSON object", type(error).__name__) from error
    if not isinstance(data, dict):
        raise BundleMismatch(MANIFEST, "a JSON object", type(data).__name__)
    if data.get("schema") != SCHEMA:
        raise BundleMismatch("schema", SCHEMA, str(data.get("schema")))
    stated = data.pop("digest", None)
    if stated is not None and stated != _digest(data):
        raise BundleMismatch(MANIFEST, f"digest {stated}", _digest(data))
    try:
        manifest = _Manifest.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BundleMismatch(f"{MANIFEST}: {where}", "an entry of bundle/1", first["msg"]) from error
    deep = manifest.deep
    wanted = {
        "files": ({*_FILES, *(_DEEP_FILES if deep else ())}, set(manifest.files)),
        "heads": (set(HEADS), set(manifest.heads)),
        "calibration": (set(CALIBRATED), set(manifest.calibration)),
        "thresholds": ({"high", "elevated"}, set(manifest.thresholds)),
    }
    if deep:
        wanted["deep.calibration"] = (set(CALIBRATED), set(deep.calibration))
        wanted["deep.thresholds"] = ({"high", "elevated"}, set(deep.thresholds))
    for name, (expected, actual) in wanted.items():
        if expected != actual:
            raise BundleMismatch(f"{MANIFEST}: {name}", str(sorted(expected)), str(sorted(actual)))
    if len(manifest.heads) != len(HEADS):
        raise BundleMismatch(f"{MANIFEST}: heads", f"{len(HEADS)}", f"{len(manifest.heads)}")
    return manifest


def _digest(manifest: Mapping[str, Any]) -> str:
    """sha256 of the manifest itself, its digest left out: shows damage, which no other file could show."""
    return sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()


def _verified(path: Path, expected: str) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BundleMismatch(path.name, "a readable file", type(error).__name__) from error
    actual = sha256(data).hexdigest()
    if actual != expected:
        raise BundleMismatch(path.name, f"sha256 {expected}", actual)
    return data


def _unpacked(name: str, data: bytes) -> bytes:
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise BundleMismatch(name, "gzip data", type(error).__name__) from error


def _lines(data: bytes) -> tuple[str, ...]:
    try:
        return tuple(data.decode().split("\n")[:-1])
    except UnicodeDecodeError as error:
        raise BundleMismatch("vocabulary.txt", "UTF-8", type(error).__name__) from error


def _arrays(file: str, data: bytes, names: tuple[str, ...]) -> dict[str, NDArray[Any]]:
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            return {name: archive[name] for name in names}
    except _UNREADABLE as error:
        raise BundleMismatch(file, f"{len(names)} plain arrays", type(error).__name__) from error


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
