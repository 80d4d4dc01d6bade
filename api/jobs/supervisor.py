"""Workers as children of the server: started with it, started again when they die, ended with it."""

import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from importlib.util import find_spec

LOG = logging.getLogger("sigap.jobs")
COMMAND = (sys.executable, "-m", "api.worker_cli", "--attended")
_POLL_S = 0.2
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 30.0
_STEADY_S = 60.0  # a child that lived so long starts again at once
_GRACE_S = 15.0  # for the part that is being scored when the server ends


class Supervisor:
    """Keeps `count` workers running while the block runs."""

    def __init__(self, count: int, command: tuple[str, ...] = COMMAND) -> None:
        self._command = command
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._keep, name=f"worker-{n}", daemon=True) for n in range(count)]

    def __enter__(self) -> "Supervisor":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _keep(self) -> None:
        pause = _FIRST_PAUSE_S
        while not self._over.is_set():
            started = time.monotonic()
            code = self._one()
            if self._over.is_set():
                return
            LOG.warning("a worker ended (%s) and is started again", code)
            pause = _FIRST_PAUSE_S if time.monotonic() - started > _STEADY_S else min(2 * pause, _LONGEST_PAUSE_S)
            self._over.wait(pause)

    def _one(self) -> int:
        """One child's life; returns its exit status."""
        # In a session of its own: an interrupt at the terminal is for the server, which then ends its workers.
        # It holds the other end of the child's standard input, so that the child sees it end, killed or not.
        with subprocess.Popen(self._command, stdin=subprocess.PIPE, start_new_session=True) as child:  # noqa: S603
            try:
                while (code := child.poll()) is None and not self._over.wait(_POLL_S):
                    pass
                return _end(child) if code is None else code
            finally:
                if child.poll() is None:
                    child.kill()


def _end(child: "subprocess.Popen[bytes]") -> int:
    """Let a child finish its part; a kill would be harmless, too."""
    if child.stdin is not None:
        child.stdin.close()
    try:
        return child.wait(_GRACE_S)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()


def missing(find: Callable[[str], object] = find_spec) -> bool:
    """Whether the packages that read files of listings are not installed: the extra `batch`."""
    return any(find(name) is None for name in ("pyarrow", "zstandard", "warcio", "xlsxwriter"))
