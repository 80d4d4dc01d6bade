"""The same texts through Sigap and through other makings, in one process, as ratios: `python -m benchmarks.rates`.

With another interpreter, the makings that need its packages join in: `PYTHON -m benchmarks.rates` from the root of the
checkout. What can't run says why.
"""

from collections.abc import Sequence
from itertools import islice

from benchmarks import phrases, presidio
from benchmarks.listings import SOURCES, Source, endless, texts
from benchmarks.tables import Cell, Table, parser, report
from detector.detector import Detector
from detector.knowledge.loader import load as load_knowledge
from training.rivals import BARE, WHOLE, Judge, Rate, makings, measure

_REFERENCE = "fast, reasons for alerts"


def tables(source: Source, count: int, passes: int) -> list[Table]:
    """Two tables: whole judgements, and finding the phrases of the indicators alone."""
    base = texts(source)
    # Every pass has texts that no making has met.
    warm_up, *rounds = (list(islice(endless(base), at * count, (at + 1) * count)) for at in range(passes + 1))
    judges, missing = makings()
    finders, absent = _finders()
    measured = measure({**judges, **finders}, warm_up, rounds)
    notes = [
        f"{count} texts of the source {source!r} in each of {passes} passes (fewer if a making is slow); the best pass",
        "texts/s: a second of processor time, after as many other texts; texts in memory, judgements thrown away",
    ]
    asked = _share_asked(rounds[0])
    if asked is not None:
        notes.append(f"auto asked the encoder for {asked:.1%} of the texts of the first pass")
    whole = _table("Whole judgements", list(judges), measured, [*notes, *_skipped(missing)])
    found = _table("Finding phrases only", [_REFERENCE, *finders], measured, [*_told(), *_skipped(absent)])
    return [whole, found]


def _finders() -> tuple[dict[str, Judge], dict[str, str]]:
    listed = phrases.phrases(load_knowledge())
    one_by_one, as_one = phrases.one_by_one(listed), phrases.as_one(listed)
    matcher = Detector.load(mode="fast").reader
    found: dict[str, Judge] = {
        "Sigap's reading (repair, mentions, signs)": lambda some: [matcher.read(text) for text in some],
        "regular expressions, one by one": lambda some: [one_by_one(text) for text in some],
        "regular expressions, one alternation": lambda some: [as_one(text) for text in some],
    }
    if not presidio.is_installed():
        return found, {"Presidio": presidio.MISSING}
    found["Presidio, a pattern for each phrase"] = presidio.analyzer(listed, joined=False)
    found["Presidio, a pattern for each indicator"] = presidio.analyzer(listed, joined=True)
    return found, {}


def _table(title: str, names: Sequence[str], measured: dict[str, Rate], notes: list[str]) -> Table:
    """Rates, and how many times the reference's they are; the bare rival and the whole encoder likewise."""
    against = {"x bare": BARE, "x whole encoder": WHOLE} if BARE in names else {"x fast": _REFERENCE}
    rows: list[tuple[Cell, ...]] = []
    for name in names:
        rate = measured[name].texts_per_s
        ratios = (rate / measured[rival].texts_per_s if rival in measured else None for rival in against.values())
        rows.append((name, rate, *ratios, measured[name].texts))
    return Table(title, ("making", "texts/s", *against, "texts"), rows, notes)


def _told() -> list[str]:
    listed = phrases.phrases(load_knowledge())
    indicators = len({phrase.indicator for phrase in listed})
    return [f"{len(listed):,} phrases of {indicators} indicators of a risk; see benchmarks/phrases.py and presidio.py"]


def _skipped(missing: dict[str, str]) -> list[str]:
    return [f"left out: {name}: {why}" for name, why in missing.items()]


def _share_asked(sample: Sequence[str]) -> float | None:
    """How many of the texts `auto` gave to the encoder; None where the model has none."""
    detector = Detector.load()
    if detector.bundle.deep is None:
        return None
    some = sample[:200]
    return sum(detector.assess(text, explain=False).answered_by == "deep" for text in some) / len(some)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    from threadpoolctl import threadpool_limits

    line = parser(__doc__)
    line.add_argument("--source", choices=SOURCES, default="ads", help="the texts (default: %(default)s)")
    line.add_argument("--texts", type=int, default=400, help="how many in a pass (default: %(default)s)")
    line.add_argument("--passes", type=int, default=3, help="of which the best counts (default: %(default)s)")
    given = line.parse_args(arguments)
    with threadpool_limits(1):
        found = tables(given.source, given.texts, given.passes)
    report(found, given.json)


if __name__ == "__main__":
    main()
