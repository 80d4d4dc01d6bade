"""What loading costs, what one assessment costs, and the share of each stage: `python -m benchmarks.stages`."""

from collections.abc import Sequence

from benchmarks.listings import SOURCES, Source, endless, texts
from benchmarks.tables import Table, parser, report
from detector.deep import MODES
from detector.detector import Detector
from training.bench import assessing, loading, stages

_LOADS = 3


def tables(source: Source, count: int) -> list[Table]:
    """Loading by mode, one assessment by mode, and the stages of the fast answer."""
    stream = endless(texts(source))
    sample = [next(stream) for _ in range(count)]
    loads, costs = [], []
    for mode in MODES:
        some = sample if mode == "fast" else sample[: max(50, count // 4)]
        best = min((loading(mode) for _ in range(_LOADS)), key=lambda load: load.import_s + load.load_s)
        loads.append((mode, best.import_s, best.load_s, best.peak_mb))
        detector = Detector.load(mode=mode)
        for explain in (False, True):
            cost = assessing(detector, some, explain=explain)
            named = f"{mode}, {'all reasons' if explain else 'no reasons'}"
            costs.append((named, 1e3 * cost.median_s, 1e3 * cost.p95_s, cost.texts_per_s))
    spent = stages(Detector.load(mode="fast"), sample)
    total = sum(spent.values())
    shares = [(name, 1e3 * s, 100 * s / total, 1 / s if s else None) for name, s in spent.items()]
    return [
        Table("Loading in a fresh process", ("mode", "import s", "load s", "peak MB"), loads, [f"best of {_LOADS}"]),
        Table(
            "One assessment, one core",
            ("answer", "median ms", "p95 ms", "texts/s"),
            costs,
            [f"{len(sample)} texts of the source {source!r}, fewer where the encoder is asked"],
        ),
        Table(
            "Stages of the fast answer, each on its own over the same texts",
            ("stage", "ms", "% of all", "texts/s"),
            [*shares, ("all", 1e3 * total, 100.0, 1 / total)],
        ),
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    line = parser(__doc__)
    line.add_argument("--source", choices=SOURCES, default="ads", help="the texts (default: %(default)s)")
    line.add_argument("--texts", type=int, default=400, help="how many (default: %(default)s)")
    given = line.parse_args(arguments)
    report(tables(given.source, given.texts), given.json)


if __name__ == "__main__":
    main()
