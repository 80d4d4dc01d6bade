"""Work on files that came from outside, in a process of its own: it may take long, eat memory or crash.

What such a process says is one JSON object on its standard output. It runs at a lower priority, so that whoever is at
the pages doesn't notice it.
"""

import json
import os
import subprocess
import sys
from typing import Any

from detector.errors import SigapError


class ChildFailed(SigapError):
    """The process ended without an answer; `reason` is "timeout" or how it ended."""

    def __init__(self, module: str, reason: str) -> None:
        self.module, self.reason = module, reason
        super().__init__(f"{module}: {reason}")


def ask(module: str, *arguments: str, timeout_s: float) -> dict[str, Any]:
    """What `python -m MODULE ARGUMENTS` says.

    Raises:
        ChildFailed: it said nothing that can be read, or not in time.
    """
    command = [sys.executable, "-m", module, *arguments]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=timeout_s)  # noqa: S603
        answer = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise ChildFailed(module, "timeout") from error
    except ValueError as error:
        raise ChildFailed(module, f"ended with {done.returncode}") from error
    if not isinstance(answer, dict):
        raise ChildFailed(module, "no object")
    return answer


def answer(told: dict[str, Any]) -> None:
    """In the child: say it."""
    sys.stdout.write(json.dumps(told))


def step_back(niceness: int) -> None:
    """In the child: let those go first who are at the pages."""
    os.nice(niceness)
