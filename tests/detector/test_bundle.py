"""Released models: what was saved is what is loaded, and nothing else is."""

import io
import json
import pickle
import zipfile
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detector import bundle as bundles
from detector.bundle import CALIBRATED, HEADS, Bundle, load, save
from detector.classifier import Calibration, Heads
from detector.detector import Detector
from detector.errors import BundleError, BundleMismatch, BundleMissing
from tests.detector.small_knowledge import SHIPPED

FILES = ("manifest.json", "heads.npz", "vocabulary.txt")


def small_bundle() -> Bundle:
    rng = np.random.default_rng(7)
    vocabulary = ("gaji", "kerja", "kerja di", "~ga é")
    return Bundle(
        version="0.0.1",
        named_features=("indicator:a", "fact:b"),
        vocabulary=vocabulary,
        idf=np.array([1.0, 1.5, 2.0, 2.5]),
        heads=Heads(HEADS, rng.normal(size=15), rng.normal(size=(15, 2)), np.ones((15, 4), dtype=np.float32) / 4),
        calibration={name: Calibration(1.0 + at, 0.5) for at, name in enumerate(CALIBRATED)},
        thresholds={"high": 0.7, "elevated": 0.2},
        knowledge_as_of="2026-11-23",
        knowledge_digest="0" * 64,
        facts={"licence": "Apache-2.0", "note": "contoh é"},
    )


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    directory = tmp_path / "bundle"
    save(small_bundle(), directory)
    return directory


def test_what_is_saved_is_loaded(saved: Path) -> None:
    ours, loaded = small_bundle(), load(saved)
    for name in ("version", "named_features", "vocabulary", "calibration", "thresholds", "knowledge_digest", "facts"):
        assert getattr(loaded, name) == getattr(ours, name), name
    assert loaded.heads.names == ours.heads.names
    for name in ("intercepts", "named", "grams"):
        assert np.array_equal(getattr(loaded.heads, name), getattr(ours.heads, name)), name
    assert np.array_equal(loaded.idf, ours.idf)


def test_saving_twice_gives_the_same_bytes(saved: Path, tmp_path: Path) -> None:
    save(small_bundle(), tmp_path / "again")
    for name in FILES:
        assert (tmp_path / "again" / name).read_bytes() == (saved / name).read_bytes(), name


def test_the_released_bundle_is_what_saving_it_again_gives(detector: Detector, tmp_path: Path) -> None:
    save(detector.bundle, tmp_path)
    for name in ("heads.npz", "vocabulary.txt"):
        assert (tmp_path / name).read_bytes() == (bundles.default_path() / name).read_bytes(), name


def flip(path: Path, at: int, bit: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1 << bit
    path.write_bytes(bytes(data))


@pytest.mark.parametrize("name", ["heads.npz", "vocabulary.txt"])
def test_one_changed_bit_is_refused(saved: Path, name: str) -> None:
    path = saved / name
    whole = path.read_bytes()
    for at in range(0, len(whole), 7):
        flip(path, at, at % 8)
        with pytest.raises(BundleMismatch) as caught:
            load(saved)
        assert caught.value.what == name
        path.write_bytes(whole)
    assert load(saved).version == "0.0.1"


def test_one_changed_bit_of_the_manifest_is_refused(saved: Path) -> None:
    """Or means the same, as `1e-05` and `1E-05` do."""
    path = saved / "manifest.json"
    whole = path.read_bytes()
    plain = json.loads(whole)
    for at in range(len(whole)):
        flip(path, at, (at * 5) % 8)
        try:
            load(saved)
        except BundleError:
            pass
        else:
            assert json.loads(path.read_bytes()) == plain, (at, whole[at - 20 : at + 20])
        path.write_bytes(whole)


@pytest.mark.parametrize("name", ["heads.npz", "vocabulary.txt"])
def test_one_changed_bit_of_the_release_is_refused_before_it_is_parsed(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in FILES:
        (tmp_path / file).write_bytes((bundles.default_path() / file).read_bytes())
    flip(tmp_path / name, (tmp_path / name).stat().st_size // 2, 3)
    monkeypatch.setattr(np, "load", lambda *_, **__: pytest.fail("bytes were parsed that no hash vouched for"))
    with pytest.raises(BundleMismatch, match=name):
        load(tmp_path)


@pytest.mark.parametrize("name", ["heads.npz", "vocabulary.txt"])
def test_a_missing_file(saved: Path, name: str) -> None:
    (saved / name).unlink()
    with pytest.raises(BundleMismatch, match=name):
        load(saved)


def test_no_bundle_at_all(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(BundleMissing) as caught:
            Detector.load(path)
        assert caught.value.path == str(path)


def test_a_truncated_manifest(saved: Path) -> None:
    path = saved / "manifest.json"
    whole = path.read_bytes()
    for share in (0.0, 0.1, 0.5, 0.9, 0.99):
        path.write_bytes(whole[: int(share * len(whole))])
        with pytest.raises(BundleMismatch, match=r"manifest\.json"):
            load(saved)


def rewrite(directory: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the manifest as someone would who also leaves its digest out."""
    path = directory / "manifest.json"
    manifest = json.loads(path.read_bytes())
    del manifest["digest"]
    change(manifest)
    path.write_text(json.dumps(manifest), encoding="utf-8")


BROKEN: list[tuple[str, Callable[[dict[str, Any]], object]]] = [
    ("another schema", lambda m: m.update(schema="bundle/2")),
    ("no schema", lambda m: m.pop("schema")),
    ("no files", lambda m: m.pop("files")),
    ("files is a list", lambda m: m.update(files=["heads.npz"])),
    ("a file without a hash", lambda m: m["files"].update({"heads.npz": {}})),
    ("a file that nobody hashed", lambda m: m["files"].pop("vocabulary.txt")),
    ("a file that nobody knows", lambda m: m["files"].update({"extra.pkl": {"sha256": "0", "bytes": 1}})),
    ("no version", lambda m: m.pop("version")),
    ("an unknown entry", lambda m: m.update(code="import os")),
    ("a head is missing", lambda m: m["heads"].pop()),
    ("a head twice", lambda m: m["heads"].append("risk")),
    ("a head that is none", lambda m: m["heads"].__setitem__(0, "mood")),
    ("no calibration of the risk", lambda m: m["calibration"].pop("risk")),
    ("a slope that is no number", lambda m: m["calibration"]["risk"].update(slope="steep")),
    ("a slope that is not finite", lambda m: m["calibration"]["risk"].update(slope=float("nan"))),
    ("a threshold is missing", lambda m: m["thresholds"].pop("high")),
    ("a threshold that is not finite", lambda m: m["thresholds"].update(high=float("inf"))),
    ("a named feature too few", lambda m: m["named_features"].pop()),
    ("no digest of the knowledge", lambda m: m["knowledge"].pop("digest")),
    ("facts that are no mapping", lambda m: m.update(facts=7)),
]


@pytest.mark.parametrize(("why", "change"), BROKEN, ids=[why for why, _ in BROKEN])
def test_a_broken_manifest(saved: Path, why: str, change: Callable[[dict[str, Any]], object]) -> None:
    rewrite(saved, change)
    with pytest.raises(BundleMismatch):
        load(saved)


@pytest.mark.parametrize("content", ["7", "[]", "null", '"bundle/1"', "[" * 100_000, "\xff"])
def test_a_manifest_that_is_no_object(saved: Path, content: str) -> None:
    (saved / "manifest.json").write_bytes(content.encode("latin-1"))
    with pytest.raises(BundleMismatch):
        load(saved)


def arrays_of(bundle: Bundle) -> dict[str, Any]:
    return {
        "idf": bundle.idf,
        "intercepts": bundle.heads.intercepts,
        "named": bundle.heads.named,
        "grams": bundle.heads.grams,
    }


def put_heads(directory: Path, data: bytes) -> None:
    """Replace the weights and vouch for them in the manifest."""
    (directory / "heads.npz").write_bytes(data)
    entry = {"sha256": sha256(data).hexdigest(), "bytes": len(data)}
    rewrite(directory, lambda manifest: manifest["files"].update({"heads.npz": entry}))


def npz(**arrays: Any) -> bytes:
    held = io.BytesIO()
    np.savez(held, allow_pickle=True, **arrays)
    return held.getvalue()


class Trap:
    """Unpickling it leaves a trace."""

    sprung = False

    @staticmethod
    def spring() -> str:
        Trap.sprung = True
        return "sprung"

    def __reduce__(self) -> tuple[Callable[[], str], tuple[()]]:
        return Trap.spring, ()


def test_the_trap_works() -> None:
    pickle.loads(pickle.dumps(Trap()))
    assert Trap.sprung
    Trap.sprung = False


PICKLES: list[tuple[str, Callable[[dict[str, Any]], bytes]]] = [
    ("an array of objects", lambda arrays: npz(**arrays | {"idf": np.array([Trap()] * 4, dtype=object)})),
    ("the whole file is a pickle", lambda _: pickle.dumps(Trap())),
]


@pytest.mark.parametrize(("why", "build"), PICKLES, ids=[why for why, _ in PICKLES])
def test_a_pickle_is_never_run_even_where_its_hash_is_right(
    saved: Path, why: str, build: Callable[[dict[str, Any]], bytes]
) -> None:
    put_heads(saved, build(arrays_of(small_bundle())))
    with pytest.raises(BundleMismatch, match=r"heads\.npz"):
        load(saved)
    assert not Trap.sprung, why


def plain_array() -> bytes:
    held = io.BytesIO()
    np.save(held, np.ones(3))
    return held.getvalue()


def damaged_inside(arrays: dict[str, Any]) -> bytes:
    """A sound archive around a stream of nonsense."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in arrays:
            archive.writestr(f"{name}.npy", b"\x93NUMPY nonsense")
    return held.getvalue()


WEIGHTS: list[tuple[str, Callable[[dict[str, Any]], bytes]]] = [
    ("empty", lambda _: b""),
    ("no archive", lambda _: b"weights"),
    ("cut off", lambda arrays: npz(**arrays)[:-40]),
    ("one array instead of four", lambda _: plain_array()),
    ("an array is missing", lambda arrays: npz(**{k: v for k, v in arrays.items() if k != "named"})),
    ("nonsense inside", damaged_inside),
    ("a head too few", lambda arrays: npz(**arrays | {"intercepts": np.zeros(14)})),
    ("a sign too many", lambda arrays: npz(**arrays | {"named": np.zeros((15, 3))})),
    ("turned round", lambda arrays: npz(**arrays | {"grams": arrays["grams"].T})),
    ("an n-gram too few", lambda arrays: npz(**arrays | {"idf": np.ones(3)})),
    ("words for numbers", lambda arrays: npz(**arrays | {"idf": np.array(["a", "b", "c", "d"])})),
    ("not a number", lambda arrays: npz(**arrays | {"idf": np.array([1.0, np.nan, 1.0, 1.0])})),
]


@pytest.mark.parametrize(("why", "build"), WEIGHTS, ids=[why for why, _ in WEIGHTS])
def test_weights_that_do_not_fit(saved: Path, why: str, build: Callable[[dict[str, Any]], bytes]) -> None:
    put_heads(saved, build(arrays_of(small_bundle())))
    with pytest.raises(BundleMismatch, match=r"heads\.npz"):
        load(saved)


def test_the_helper_writes_weights_that_fit(saved: Path) -> None:
    put_heads(saved, npz(**arrays_of(small_bundle())))
    assert load(saved).vocabulary == small_bundle().vocabulary


def test_a_vocabulary_in_another_encoding(saved: Path) -> None:
    data = (saved / "vocabulary.txt").read_bytes().decode().encode("latin-1")
    (saved / "vocabulary.txt").write_bytes(data)
    rewrite(saved, lambda m: m["files"].update({"vocabulary.txt": {"sha256": sha256(data).hexdigest(), "bytes": 1}}))
    with pytest.raises(BundleMismatch, match=r"vocabulary\.txt"):
        load(saved)


def test_a_bundle_of_other_knowledge(detector: Detector) -> None:
    with pytest.raises(BundleMismatch, match="knowledge"):
        Detector(detector.bundle, replace(SHIPPED, digest="f" * 64))


def test_a_bundle_of_other_features(detector: Detector) -> None:
    fewer = replace(SHIPPED, indicators=SHIPPED.indicators[1:])
    with pytest.raises(BundleMismatch, match="named features"):
        Detector(detector.bundle, fewer)
    with pytest.raises(BundleMismatch, match="named features"):
        Detector(small_bundle(), SHIPPED)
