"""Kill a batch at random moments and let the same command complete it: every result must be the uninterrupted one.

python -m benchmarks.kills LISTINGS.csv [TIMES]
"""

import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def main(source: str, times: int) -> int:
    """Print how many results were the same, and how many kills hit a running process; 1 where one differed."""
    rng = random.Random(0)  # noqa: S311 (moments, not secrets)
    command = [sys.executable, "-m", "detector.cli", "batch", source, "--quiet", "--model", "fast", "--part-rows", "20"]
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.jsonl"
        start = time.monotonic()
        subprocess.run([*command, "--output", str(whole)], check=True)  # noqa: S603 (fixed command)
        took = time.monotonic() - start
        same = hits = 0
        for at in range(times):
            output = Path(folder) / f"killed-{at}.jsonl"
            while not output.exists():
                process = subprocess.Popen([*command, "--output", str(output)])  # noqa: S603
                try:
                    process.wait(timeout=rng.uniform(0.2, took))
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGKILL)
                    process.wait()
                    hits += 1
            same += output.read_bytes() == whole.read_bytes()
    print(f"{hits} kills, {same} of {times} results byte-identical")
    return 0 if same == times else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 30))
