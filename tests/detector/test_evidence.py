"""A sealed package holds until somebody touches it."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from detector.detector import Detector
from detector.evidence import BrokenPackage, digest, read, seal, verify
from detector.verify_cli import verify_command
from tests.api.ads import COMPOUND, SHOP


@pytest.fixture(scope="module")
def package(detector: Detector) -> dict[str, Any]:
    ads = [
        {"id": number, "text": text, "sha256": digest(text), "assessment": detector.assess(text).as_dict()}
        for number, text in enumerate((COMPOUND, SHOP), start=1)
    ]
    return seal({"made_at": "2026-11-24T08:00:00+00:00", "ads": ads})


def there_and_back(package: dict[str, Any]) -> dict[str, Any]:
    return read(json.dumps(package, indent=2).encode())


def test_an_untouched_package_holds(package: dict[str, Any], detector: Detector) -> None:
    checks = verify(there_and_back(package), detector)
    assert [one.what for one in checks] == ["seal", "ad:1 text", "ad:1 score", "ad:2 text", "ad:2 score"]
    assert {one.finding for one in checks} == {"holds"}


def touched(package: dict[str, Any], name: str) -> dict[str, Any]:
    other = copy.deepcopy(package)
    ad = other["ads"][0]
    if name == "text":
        ad["text"] += "."
    elif name == "risk":
        ad["assessment"]["risk"] -= 0.01
    elif name == "level":
        ad["assessment"]["level"] = "low"
    elif name == "evidence":
        ad["assessment"]["indicators"][0]["evidence"] = []
    elif name == "date":
        other["made_at"] = "2025-01-01T00:00:00+00:00"
    return other


@pytest.mark.parametrize("name", ["text", "risk", "level", "evidence", "date"])
def test_a_touched_package_breaks_its_seal(package: dict[str, Any], detector: Detector, name: str) -> None:
    checks = {one.what: one.finding for one in verify(touched(package, name), detector)}
    assert checks["seal"] == "changed"


@pytest.mark.parametrize(("name", "breaks"), [("text", "ad:1 text"), ("risk", "ad:1 score"), ("level", "ad:1 score"),
                                              ("evidence", "ad:1 score")])  # fmt: skip
def test_a_touched_package_that_was_sealed_again_breaks_where_it_was_touched(
    package: dict[str, Any], detector: Detector, name: str, breaks: str
) -> None:
    checks = {one.what: one.finding for one in verify(seal(touched(package, name)), detector)}
    assert checks["seal"] == "holds"
    assert checks[breaks] == "changed"
    assert checks["ad:2 score"] == "holds"


def test_another_model_is_named(package: dict[str, Any], detector: Detector) -> None:
    other = copy.deepcopy(package)
    other["ads"][0]["assessment"]["model"] = "2025.1.0"
    (check,) = [one for one in verify(seal(other), detector) if one.what == "ad:1 score"]
    assert (check.finding, "model 2025.1.0" in check.detail) == ("other_model", True)


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b'{"schema": "evidence/2"}', b'{"schema": "evidence/1", "ads": []}',
     b'{"schema": "evidence/1", "seal": "x", "ads": [{"text": 1}]}', b"[" * 100_000],
)  # fmt: skip
def test_what_is_no_package_is_refused(data: bytes) -> None:
    with pytest.raises(BrokenPackage):
        read(data)


@pytest.mark.parametrize(("name", "code"), [("none", 0), ("text", 1)])
def test_the_command_says_so_with_its_exit_code(package: dict[str, Any], tmp_path: Path, name: str, code: int) -> None:
    file = tmp_path / "kasus.json"
    file.write_text(json.dumps(touched(package, name)), encoding="utf-8")
    done = CliRunner().invoke(verify_command, [str(file)])
    assert done.exit_code == code
    assert ("DOES NOT HOLD" in done.output) == (code == 1)
