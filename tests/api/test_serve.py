"""`sigap serve` and the settings."""

import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from pydantic import ValidationError

from api.cli import serve
from api.settings import Settings

ROOT = Path(__file__).parent.parent.parent
COMMAND = [sys.executable, "-c", "from api.cli import serve; serve()"]


@pytest.mark.parametrize(
    ("arguments", "environment", "says"),
    [
        (["--host", "0.0.0.0"], {}, "can be reached from other machines"),
        (["--host", "contoh.example"], {}, "can be reached from other machines"),
        (["--port", "70000"], {}, "70000 is not in the range"),
        (["--workers", "0"], {}, "0 is not in the range"),
        ([], {"SIGAP_MAX_BODY_BYTES": "12"}, "SIGAP_MAX_BODY_BYTES: Input should be greater than or equal to 1024"),
        ([], {"SIGAP_THREADS": "many"}, "SIGAP_THREADS: Input should be a valid integer"),
    ],
)
def test_wrong_use_is_one_line_and_exit_2(arguments: list[str], environment: dict[str, str], says: str) -> None:
    done = CliRunner().invoke(serve, arguments, env=environment)
    assert done.exit_code == 2
    assert says in done.output
    assert "Traceback" not in done.output


def test_a_missing_bundle_is_one_line(tmp_path: Path) -> None:
    done = CliRunner().invoke(serve, [], env={"SIGAP_BUNDLE": str(tmp_path)})
    assert done.exit_code == 1
    assert done.output == f"Error: no model bundle at {tmp_path}\n"


@pytest.mark.parametrize("workers", [1, 2])
def test_the_command_serves(workers: int) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [*COMMAND, "--port", str(port), "--workers", str(workers)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and process.poll() is None:
            try:
                if httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.05)
        answer = httpx.post(f"http://127.0.0.1:{port}/v1/score", json={"text": "dicari rahasia0812"}, trust_env=False)
        assert answer.json()["schema"] == "assessment/1"
        assert "server" not in answer.headers
    finally:
        process.terminate()
        output, _ = process.communicate(timeout=30)
    assert "rahasia0812" not in output
    assert "Traceback" not in output


def test_settings_have_bounds_and_cannot_be_changed_later() -> None:
    settings = Settings()
    assert settings.max_body_bytes == 1_048_576
    with pytest.raises(ValidationError):
        settings.threads = 9  # type: ignore[misc]
    for name, field in Settings.model_fields.items():
        assert re.search(r"[a-z]", field.description or ""), f"{name} is not explained"
