"""Steps from files to files: one whose inputs did not change is not run again."""

import json
import shutil
import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

_RECEIPT = "inputs.json"
_TOOK = "took.json"


def digest(value: Any) -> str:
    """Of anything that JSON can hold; two values that JSON writes alike have one digest."""
    return sha256(json.dumps(value, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def file_digest(path: Path) -> str:
    """Of a file's bytes."""
    return sha256(path.read_bytes()).hexdigest()


def step(
    directory: Path, inputs: Mapping[str, Any], build: Callable[[Path], None], say: Callable[[str], None] = print
) -> Path:
    """The folder that `build` fills from `inputs`; made anew only when an input differs from that of the last run.

    Args:
        directory: where the result lies; its last part names the step.
        inputs: everything that the result depends on, as JSON: options, digests of files, of the code's version.
        build: fills the empty folder that it is given. When it raises, or the machine dies, nothing is left that a
            later run could take for a result.
        say: gets one line: run or skipped, and which inputs changed.
    """
    receipt = directory / _RECEIPT
    known = json.loads(receipt.read_text(encoding="utf-8")) if receipt.is_file() else None
    wanted = {name: digest(value) for name, value in inputs.items()}
    if known == wanted:
        say(f"{directory.name}: unchanged, skipped")
        return directory
    changed = sorted(name for name in wanted | (known or {}) if (known or {}).get(name) != wanted.get(name))
    say(f"{directory.name}: " + ("first run" if known is None else f"changed: {', '.join(changed)}"))
    fresh = directory.with_name(directory.name + ".part")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    start = time.perf_counter()
    build(fresh)
    (fresh / _TOOK).write_text(json.dumps({"seconds": round(time.perf_counter() - start)}), encoding="utf-8")
    (fresh / _RECEIPT).write_text(json.dumps(wanted, indent=1), encoding="utf-8")
    shutil.rmtree(directory, ignore_errors=True)
    fresh.rename(directory)
    return directory


def took(work: Path) -> dict[str, int]:
    """Seconds that the last run of each step in a folder took, by the step's name."""
    found = {}
    for path in sorted(work.glob(f"*/{_TOOK}")):
        found[path.parent.name] = int(json.loads(path.read_text(encoding="utf-8"))["seconds"])
    return found
