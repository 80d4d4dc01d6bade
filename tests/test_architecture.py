"""The arrows of the house: api -> detector <- training; the detector imports neither, and no torch or web server."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FORBIDDEN = {
    "detector": {"api", "training", "fastapi", "starlette", "uvicorn", "sqlalchemy", "torch", "sklearn", "scipy"},
    "training": {"api", "fastapi", "starlette", "uvicorn"},
    "api": {"training", "torch", "sklearn", "scipy"},
}


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the room"
            names.add((node.module or "").partition(".")[0])
    return names


@pytest.mark.parametrize("package", sorted(FORBIDDEN))
def test_no_import_against_the_arrows(package: str) -> None:
    for path in sorted((ROOT / package).rglob("*.py")):
        assert not imported(path) & FORBIDDEN[package], path.relative_to(ROOT)


def test_every_import_of_the_detector_is_a_dependency_or_the_standard_library() -> None:
    allowed = {"lxml", "click", "ftfy", "numpy", "phonenumbers", "pydantic", "yaml", "detector"}
    allowed |= {"onnxruntime", "tokenizers"}  # the encoder
    allowed |= {"jinja2", "orjson", "pyarrow", "rapidfuzz", "rensa", "warcio", "xlsxwriter", "zstandard"}
    allowed.add("ray")  # extra cluster
    allowed.add("_typeshed")  # for the type checker only
    for path in sorted((ROOT / "detector").rglob("*.py")):
        foreign = imported(path) - allowed - set(sys.stdlib_module_names)
        assert not foreign, (path.relative_to(ROOT), foreign)


def test_assessing_loads_neither_the_training_nor_the_web_packages() -> None:
    code = (
        "import sys; from detector.detector import Detector; Detector.load().assess('dibutuhkan admin toko di Bekasi');"
        "print([m for m in ('torch', 'sklearn', 'scipy', 'fastapi', 'training', 'api') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_modules_stay_small_enough_to_have_one_reason_to_change() -> None:
    for package in FORBIDDEN:
        for path in (ROOT / package).rglob("*.py"):
            if "migrations" in path.parts:  # history: written once, never changed for another reason
                continue
            lines = len(path.read_text(encoding="utf-8").splitlines())
            assert lines <= 330, f"{path.relative_to(ROOT)} has {lines} lines"
