"""Time, memory and accuracy of the clustering on invented listings: `python -m benchmarks.campaigns 1000000`.

The listings are made while they are read, as a file would be; the time that making them takes is told apart.
"""

import resource
import sys
from collections.abc import Iterator
from time import perf_counter, process_time

from detector.campaigns.clustering import cluster
from tests.detector.campaigns.generate import Generator, Known, Mix, measure, told


class Timed:
    """An iterator that sums up how long its values take to make."""

    def __init__(self, values: Iterator[Known]) -> None:
        self._values = values
        self.seconds = 0.0

    def __iter__(self) -> Iterator[Known]:
        while True:
            before = perf_counter()
            value = next(self._values, None)
            self.seconds += perf_counter() - before
            if value is None:
                return
            yield value


def peak_mib() -> float:
    """The most memory that this process has held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(count: int) -> None:
    """Cluster `count` listings and print the figures."""
    mix = Mix(listings=count, largest=max(60, count // 200), hubs=max(2, count // 10_000), listings_of_a_hub=100)
    source = Timed(Generator(mix).listings())
    operators: dict[str, int] = {}
    at_rest, started, worked = peak_mib(), perf_counter(), process_time()
    found = cluster(told(source, operators))
    seconds = perf_counter() - started - source.seconds
    worked = process_time() - worked - source.seconds
    peak = peak_mib()
    figures = measure(found, operators)
    print(f"{count:,} listings: {len(found.campaigns):,} campaigns, {len(found.hubs)} hubs")
    print(f"time {seconds:.1f} s ({count / seconds:,.0f} listings/s), of it {worked:.1f} s on one core")
    print(f"making the listings took {source.seconds:.1f} s more")
    print(f"peak memory {peak:,.0f} MiB, {at_rest:,.0f} MiB before the first listing")
    print(f"pairs: precision {figures.precision:.4f}, recall {figures.recall:.4f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
