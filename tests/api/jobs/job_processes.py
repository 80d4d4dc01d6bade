"""Real workers and servers, each a process that can be killed, for the tests and the benchmark of kills."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from api.store import Store

ROOT = Path(__file__).parent.parent.parent.parent
PATIENCE_S = 240.0


def wait_for(what: Callable[[], bool], alive: Sequence["subprocess.Popen[bytes]"] = ()) -> None:
    """Look again and again, as long as the processes that could bring it about are alive."""
    deadline = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < deadline, "it took too long"
        assert all(process.poll() is None for process in alive), "a process ended"
        time.sleep(0.02)


@contextmanager
def worker(store: Store, folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """`sigap worker` on a store and a data folder while the block runs."""
    with _process([sys.executable, "-m", "api.worker_cli"], store, folder) as process:
        yield process


@contextmanager
def server(store: Store, folder: Path, port: int, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """`sigap serve` with its worker, once it answers, while the block runs."""
    command = [sys.executable, "-c", "from api.cli import serve; serve()", "--port", str(port)]
    with log.open("ab") as said, _process(command, store, folder, said.fileno()) as process:

        def answers() -> bool:
            try:
                return httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).status_code == 200
            except httpx.TransportError:
                return False

        wait_for(answers, [process])
        yield process


@contextmanager
def _process(
    command: list[str], store: Store, folder: Path, said: int = subprocess.DEVNULL
) -> Iterator["subprocess.Popen[bytes]"]:
    url = store.url.render_as_string(hide_password=False)
    told = {**os.environ, "SIGAP_STORE": url, "SIGAP_DATA": str(folder), "SIGAP_MODEL": "fast"}
    process = subprocess.Popen(command, cwd=ROOT, env=told, stdout=said, stderr=said)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(60)


def kill(process: "subprocess.Popen[bytes]") -> None:
    """As `kill -9` does."""
    process.send_signal(signal.SIGKILL)
    process.wait()


def child_of(process: "subprocess.Popen[bytes]") -> int | None:
    """The worker that a server started; None where it has none at the moment."""
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    tasks = listed.parent.parent.glob("*/children")
    pids = [int(pid) for task in tasks for pid in task.read_text().split()]
    return next((pid for pid in pids if b"worker_cli" in Path(f"/proc/{pid}/cmdline").read_bytes()), None)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Visitor:
    """Somebody at the pages: keeps the cookies, and sends the token of each form. Close it."""

    def __init__(self, base: str) -> None:
        self.http = httpx.Client(base_url=base, timeout=60, trust_env=False, headers={"Accept": "text/html"})

    def close(self) -> None:
        self.http.close()

    def token(self, page: str) -> str:
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', self.http.get(page).text)
        assert found, f"{page} has no form"
        return found.group(1)

    def upload(self, name: str, content: bytes) -> httpx.Response:
        return self.http.post("/jobs", data={"csrf": self.token("/jobs/new")}, files={"file": (name, content)})

    def post(self, address: str, page: str, **fields: object) -> httpx.Response:
        return self.http.post(address, data={"csrf": self.token(page), **fields})
