"""What memory a command and its children take, and what is said of it."""

import subprocess
import sys

import pytest

from benchmarks.memory import verdicts
from benchmarks.processes import Watch, run

# A process that holds 60 MB and has a child that holds 120 MB; it says when both do, and ends when it is told.
HOLD = """
import subprocess, sys
def hold(mb):
    held = bytearray(mb << 20)
    held[::4096] = b"x" * len(held[::4096])
    return held
if sys.argv[1] == "child":
    held = hold(120)
    print(flush=True)
    sys.stdin.readline()
else:
    held = hold(60)
    with subprocess.Popen([*sys.orig_argv[:-1], "child"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        child.stdout.readline()
        print(flush=True)
        sys.stdin.readline()
        child.communicate(b"\\n")
"""
on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


@on_linux
def test_the_peaks_of_a_process_and_of_its_child() -> None:
    command = [sys.executable, "-c", HOLD, "parent"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        watch = Watch(process)
        watch.look(shares=True)
        process.communicate(b"\n")
    peaks = watch.peaks
    assert 60 <= peaks.own_mb < 110
    assert [120 <= mb < 170 for mb in peaks.children_mb.values()] == [True]
    assert peaks.largest_mb == max(peaks.children_mb.values())
    assert 180 <= peaks.together_mb < 260


@on_linux
def test_a_command_is_given_what_it_reads() -> None:
    counts = "import sys; sys.exit(len(sys.stdin.buffer.read()) != 300_000)"
    assert run([sys.executable, "-c", counts], iter([b"x" * 100_000] * 3)).seconds > 0
    with pytest.raises(subprocess.CalledProcessError):
        run([sys.executable, "-c", counts], iter([b"x" * 100_000] * 2))


@on_linux
def test_a_command_that_does_not_read_is_told_by_its_status() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        run([sys.executable, "-c", "raise SystemExit(2)"], iter([b"x" * 100_000] * 50))


@pytest.mark.parametrize(
    ("largest", "told"),
    [
        ({100_000: 400.0, 1_000_000: 430.0}, ["kept: at most 700 MB", "kept: flat from 100,000 rows on; it grew"]),
        ({100_000: 400.0, 1_000_000: 450.0}, ["kept: at most 700 MB", "BROKEN: flat from 100,000 rows on; it grew"]),
        ({10_000: 100.0, 100_000: 701.0}, ["BROKEN: at most 700 MB", "not measured: flat"]),
        ({1_000_000: 300.0}, ["kept: at most 700 MB", "not measured: flat"]),
    ],
)  # fmt: skip
def test_limits_are_told_as_kept_or_broken(largest: dict[int, float], told: list[str]) -> None:
    for said, begins in zip(verdicts(largest), told, strict=True):
        assert said.startswith(begins)
