"""Memory of a process and all of its children while they run, read from /proc (Linux only)."""

import resource
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_PROC = Path("/proc")
_EVERY_S = 0.1
_SHARES_EVERY = 20  # looks: adding up shares walks all pages of a process


@dataclass(slots=True)
class Peaks:
    """Of a running command, in MB: the peak resident memory of its own process and of each child, and of all together.

    Memory that processes share is in every one's resident memory, but counts once in `together_mb` (proportional
    share).
    """

    own_mb: float = 0.0
    children_mb: dict[int, float] = field(default_factory=dict)
    together_mb: float = 0.0

    @property
    def largest_mb(self) -> float:
        """The peak of the process that took most."""
        return max([self.own_mb, *self.children_mb.values()])


class Watch:
    """Looks at a process and its children every tenth of a second, from a thread, until it is closed."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.peaks = Peaks()
        self._pid = process.pid
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        looks = 0
        while not self._ended.wait(_EVERY_S):
            looks += 1
            self.look(shares=looks % _SHARES_EVERY == 0)

    def look(self, *, shares: bool) -> None:
        """Look once, at the shares of common memory, too, or not."""
        peaks, together = self.peaks, 0.0
        for pid in (self._pid, *_descendants(self._pid)):
            peak = _kib(pid, "status", "VmHWM")
            if peak is None:
                continue
            if shares:
                together += (_kib(pid, "smaps_rollup", "Pss") or 0.0) / 1024
            if pid == self._pid:
                peaks.own_mb = max(peaks.own_mb, peak / 1024)
            else:
                peaks.children_mb[pid] = max(peaks.children_mb.get(pid, 0.0), peak / 1024)
        peaks.together_mb = max(peaks.together_mb, together)


@dataclass(frozen=True, slots=True)
class Run:
    """A command that has ended: wall-clock seconds, seconds of processor time with its children's, and memory."""

    seconds: float
    processor_s: float
    peaks: Peaks


def run(command: list[str], given: Iterator[bytes] | None = None) -> Run:
    """Run a command to its end, writing `given` to its standard input as fast as it reads.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    start, before = time.perf_counter(), _processor_s()
    stdin = subprocess.DEVNULL if given is None else subprocess.PIPE
    with subprocess.Popen(command, stdin=stdin) as process, Watch(process) as watch:  # noqa: S603 (our own command)
        try:
            if given is not None and process.stdin is not None:
                for chunk in given:
                    process.stdin.write(chunk)
                process.stdin.close()
        except BrokenPipeError:  # it ended early; its exit status says why
            pass
        code = process.wait()
        seconds = time.perf_counter() - start
    if code:
        raise subprocess.CalledProcessError(code, command)
    return Run(seconds, _processor_s() - before, watch.peaks)


def _processor_s() -> float:
    """Processor time of all children that have ended, theirs included."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _descendants(pid: int) -> list[int]:
    found: list[int] = []
    try:
        for task in (_PROC / str(pid) / "task").iterdir():
            found += map(int, (task / "children").read_text(encoding="ascii").split())
    except OSError:  # it has ended
        return found
    return [*found, *(below for child in found for below in _descendants(child))]


def _kib(pid: int, file: str, name: str) -> float | None:
    """A figure of /proc/PID/FILE in KiB; None where the process has ended, or is not ours."""
    try:
        lines = (_PROC / str(pid) / file).read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    return next((float(line.split()[1]) for line in lines if line.startswith(f"{name}:")), None)
