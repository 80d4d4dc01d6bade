"""`sigap serve` and the settings."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from pydantic import ValidationError

from api.admin_cli import admin
from api.cli import serve
from api.settings import Settings

ROOT = Path(__file__).parent.parent.parent
COMMAND = [sys.executable, "-c", "from api.cli import serve; serve()"]


@pytest.mark.parametrize(
    ("arguments", "environment", "says"),
    [
        (["--host", "0.0.0.0"], {}, "can be reached from other machines"),
        (["--host", "contoh.example"], {}, "can be reached from other machines"),
        ([], {"SIGAP_HOST": "10.0.0.5"}, "10.0.0.5 can be reached from other machines"),
        ([], {"SIGAP_SESSION_HOURS": "0"}, "SIGAP_SESSION_HOURS: Input should be greater than or equal to 1"),
        ([], {"SIGAP_PUBLIC_URL": "sigap.example/x"}, "SIGAP_PUBLIC_URL: String should match pattern"),
        ([], {"SIGAP_OIDC_ISSUER": "https://masuk.example"}, "SIGAP_OIDC_ISSUER needs SIGAP_OIDC_CLIENT_ID"),
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


@contextmanager
def serving(*arguments: str, **environment: str) -> Iterator[tuple[str, list[str]]]:
    """The address of a real `sigap serve` while the block runs, and afterwards what it said."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [*COMMAND, "--port", str(port), *arguments]
    process = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    said: list[str] = []
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and process.poll() is None:
            try:
                if httpx.get(f"{address}/readyz", trust_env=False).status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.05)
        yield address, said
    finally:
        process.terminate()
        said.append(process.communicate(timeout=30)[0])


@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_command_serves(workers: str) -> None:
    with serving("--workers", workers) as (address, said):
        answer = httpx.post(f"{address}/v1/score", json={"text": "dicari rahasia0812"}, trust_env=False)
        assert answer.json()["schema"] == "assessment/1"
        assert "server" not in answer.headers
    assert "rahasia0812" not in said[0]
    assert "Traceback" not in said[0]


@pytest.mark.parametrize("workers", ["1", "2"])
def test_with_an_account_it_serves_other_machines_and_asks_everybody(tmp_path: Path, workers: str) -> None:
    environment = {"SIGAP_DATA": str(tmp_path)}
    refused = CliRunner().invoke(serve, ["--host", "0.0.0.0"], env=environment)
    assert refused.exit_code == 2
    assert "there is no account yet" in refused.output
    assert "sigap admin people add LOGIN" in refused.output
    made = CliRunner().invoke(admin, ["people", "add", "adi", "--make"], env=environment)
    assert made.exit_code == 0
    with serving("--host", "0.0.0.0", "--workers", workers, **environment) as (address, said):
        for path in ("/v1/model", "/admin/people"):
            answer = httpx.get(address + path, headers={"accept": "application/json"}, trust_env=False)
            assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
        assert httpx.get(f"{address}/sign-in", trust_env=False).status_code == 200
    assert "Traceback" not in said[0]


def test_openid_connect_without_its_extra_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "authlib.oidc.core", None)
    monkeypatch.delitem(sys.modules, "api.security.oidc", raising=False)
    environment = {"SIGAP_OIDC_ISSUER": "https://masuk.example", "SIGAP_OIDC_CLIENT_ID": "sigap"}
    done = CliRunner().invoke(serve, [], env=environment)
    assert done.exit_code == 2
    assert "SIGAP_OIDC_ISSUER needs pip install 'sigap[oidc]' (authlib.oidc.core)" in done.output


def test_settings_have_bounds_and_cannot_be_changed_later() -> None:
    settings = Settings()
    assert settings.max_body_bytes == 1_048_576
    with pytest.raises(ValidationError):
        settings.threads = 9  # type: ignore[misc]
    for name, field in Settings.model_fields.items():
        assert re.search(r"[a-z]", field.description or ""), f"{name} is not explained"
