"""How long the workbench's pages take on a store of many kept ads: `python -m benchmarks.workbench 200000`.

Fills a new SQLite file and a new PostgreSQL (its default settings, a cluster of its own), serves the application on
each, and asks for every page with many choices of filters, words, contacts and dates. A figure is the time of one
request at the client on the same machine, one request after the other.

    --sqlite FILE, --postgresql URL   stores that were filled before, by `--fill`
    --fill                            fill the named stores and stop
    --choices N                       how many requests for each page (default 100)
    --best-of N                       ask each N times and count the quickest, on a machine that does other work too
"""

import argparse
import random
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import perf_counter, process_time
from urllib.parse import urlencode

import httpx

from api.app import create_app
from api.contact_names import path_of
from api.security.passwords import hash_password
from api.settings import Settings
from api.store import Store, people
from api.store.ads import CHANNELS
from benchmarks.kept import DAYS, END, OFFICERS, Skewed, contact_name, fill
from detector.assessment import KINDS, LEVELS, TYPOLOGIES
from detector.detector import Detector
from tests import postgresql
from tests.server import carry_token, client_of
from training.records import corpus

OFFICER, PASSWORD = "petugas2", "benchmark of the workbench"
# What p95 may be, in ms.
TARGETS = {
    "assess": 80,
    "history": 150,
    "history.json": 150,
    "search": 150,
    "contacts": 150,
    "contact": 150,
    "ad": 150,
    "overview": 300,
    "campaigns": 150,
    "review": 150,
}
_COUNTRIES = ("MY", "KH", "MM", "TW", "SA", "JP", "HK", "DE", "AU", "RU", "LA", "PH", "NO")
_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Request:
    """One request; `text` is what is pasted into the assess form."""

    path: str
    text: str | None = None


class Choices:
    """Draws the requests for each page; the same seed, the same requests."""

    def __init__(self, ads: int, seed: int = 1) -> None:
        self._draw = draw = random.Random(seed)  # noqa: S311 (requests, not secrets)
        self._ads = ads
        self._texts = [record.text for record in corpus()]
        self._some_contact = Skewed(draw, max(10, ads * 2 // 5), 25.0)
        self._some_campaign = Skewed(draw, max(5, ads // 15), 8.0)

    def of(self, page: str) -> Callable[[], Request]:
        """The drawing of one page."""
        found: Callable[[], Request] = getattr(self, "_" + page.replace(".", "_"))
        return found

    def _history(self) -> Request:
        return Request(_address("/history", self._filters(self._draw.choice((0, 1, 1, 2, 3))) | self._view()))

    def _history_json(self) -> Request:
        return Request(_address("/history.json", self._filters(self._draw.choice((0, 1, 2))) | self._view()))

    def _search(self) -> Request:
        filters = self._filters(self._draw.choice((0, 0, 0, 1, 2)))
        return Request(_address("/history", {"q": self._query()} | filters | self._view()))

    def _contacts(self) -> Request:
        draw = self._draw
        order = draw.choice(("", "last", "risk"))
        written = {"sort": order} if order else {}
        if draw.random() < 0.6:
            value = contact_name(self._some_contact())[1]
            written["q"] = draw.choice((value, value[3:], value[:9], value.removeprefix("+62"), value[-4:]))
        if draw.random() < 0.3:
            written["type"] = draw.choice(("phone", "telegram", "domain", "link"))
        return Request(_address("/contacts", written | self._pages()))

    def _contact(self) -> Request:
        number = self._draw.randint(1, 20) if self._draw.random() < 0.3 else self._some_contact()
        return Request(path_of(*contact_name(number)) + self._draw.choice(("", "", "?page=2", "?size=200")))

    def _ad(self) -> Request:
        return Request(f"/ads/{self._draw.randint(1, self._ads)}")

    def _overview(self) -> Request:
        weeks = self._draw.choice((4, 13, 26, 26, 52, 78))
        last = END.date() - timedelta(days=self._draw.choice((0, 0, 30, 200)))
        return Request(_address("/overview", {"from": str(last - timedelta(weeks=weeks)), "to": str(last)}))

    def _campaigns(self) -> Request:
        if self._draw.random() < 0.5:
            return Request(_address("/campaigns", {"sort": self._draw.choice(("last_seen", "ads", "risk"))}))
        return Request(f"/campaigns/{self._some_campaign()}")

    def _review(self) -> Request:
        return Request("/review")

    def _assess(self) -> Request:
        return Request("/", self._draw.choice(self._texts))

    def _filters(self, count: int) -> dict[str, str]:
        draw = self._draw
        since = END.date() - timedelta(days=draw.randrange(DAYS))
        every = {
            "level": draw.choice(LEVELS),
            "typology": draw.choice(TYPOLOGIES),
            "destination": draw.choice(_COUNTRIES),
            "contact": contact_name(self._some_contact())[1].removeprefix("+62"),
            "channel": draw.choice(CHANNELS[1:]),
            "from": str(since),
            "to": str(since + timedelta(days=draw.choice((1, 7, 90)))),
            "verdict": draw.choice(("none", "confirmed", "lawful", "disputed")),
            "officer": str(draw.randint(1, OFFICERS)),
            "kind": draw.choice(KINDS),
            "job": f"{draw.randrange(20):032x}",
        }
        return {name: every[name] for name in draw.sample(sorted(every), count)}

    def _view(self) -> dict[str, str]:
        order = self._draw.choice(("", "", "risk", "times"))
        return ({"sort": order} if order else {}) | self._pages()

    def _pages(self) -> dict[str, str]:
        draw = self._draw
        page = draw.choice(("1", "1", "1", "2", "5", "40"))
        return {} if page == "1" else {"page": page, "size": draw.choice(("25", "50", "100"))}

    def _query(self) -> str:
        """Words of one text, or of two: frequent and rare ones, in a row, begun, or left out."""
        draw = self._draw
        words = _WORD.findall(draw.choice(self._texts)) or ["gaji"]
        others = _WORD.findall(draw.choice(self._texts)) or ["gaji"]
        at = draw.randrange(len(words))
        return draw.choice(
            (
                words[at],
                f"{words[at]} {draw.choice(words)}",
                f"{words[at]} {draw.choice(words)} {draw.choice(words)}",
                '"' + " ".join(words[at : at + 2]) + '"',
                f"{words[at][:4]}*",
                f"{words[at]} -{draw.choice(others)}",
                f"{words[at]} {draw.choice(others)}",
                f"kode {draw.randint(1, self._ads)}",
                draw.choice(("gaji", "kerja", "hubungi", "wa", "kamboja")),
            )
        )


def _address(path: str, parameters: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(parameters)}"


@dataclass(frozen=True, slots=True, order=True)
class Took:
    """The milliseconds of one request: of the clock, and of this process on a processor (client and server)."""

    wall: float
    cpu: float
    path: str


def measured(client: httpx.Client, choices: Choices, page: str, count: int, best_of: int) -> list[Took]:
    """What `count` requests for a page took, slowest last; one more goes in front. Each is asked `best_of` times."""
    draw = choices.of(page)
    _asked(client, draw())
    requests = (draw() for _ in range(count))
    return sorted(min(_asked(client, request) for _ in range(best_of)) for request in requests)


def _asked(client: httpx.Client, request: Request) -> Took:
    started, worked = perf_counter(), process_time()
    if request.text is None:
        answer = client.get(request.path)
    else:
        answer = client.post(request.path, files={"text": (None, request.text)})
    took = Took((perf_counter() - started) * 1000, (process_time() - worked) * 1000, request.path)
    if answer.status_code not in (200, 404):
        raise SystemExit(f"{request.path} answered {answer.status_code}")
    return took


def share(values: Iterable[float], of: float) -> float:
    """The value below which this share of them lies."""
    ordered = sorted(values)
    return ordered[int(of * (len(ordered) - 1))]


def sign_in(client: httpx.Client, store: Store) -> None:
    """Go on as one of the officers of the filled store."""
    with store.writing() as connection:
        officer = people.find(connection, OFFICER)
        if officer is None:
            raise SystemExit("the store was not filled by benchmarks.kept")
        people.set_password(connection, officer.id, hash_password(PASSWORD))
    carry_token(client, "/sign-in")
    client.post("/sign-in", data={"login": OFFICER, "password": PASSWORD})
    carry_token(client)


def report(
    name: str, url: str, detector: Detector, ads: int, pages: Sequence[str], count: int, best_of: int
) -> Iterator[str]:
    """Lines of the table, and the slowest address of each page."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(store=url, data=Path(folder)), detector)
        with client_of(app) as client:
            while client.get("/readyz").status_code != 200:
                pass
            sign_in(client, app.state.sigap.store)
            for page in pages:
                found = measured(client, Choices(ads), page, count, best_of)
                p50, p95 = (share((one.wall for one in found), of) for of in (0.50, 0.95))
                cpu = share((one.cpu for one in found), 0.95)
                over = "" if p95 <= TARGETS[page] else "  over"
                figures = f"{p50:.0f} | {p95:.0f} | {found[-1].wall:.0f} | {cpu:.0f} | {TARGETS[page]}"
                yield f"| {name} | {page} | {figures} |{over}"
                if over:
                    yield from (
                        f"    {one.wall:.0f} ms, {one.cpu:.0f} on a processor: {one.path}" for one in found[-6:]
                    )


def main() -> None:
    """Fill, serve, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ads", type=int, nargs="?", default=20_000)
    parser.add_argument("--sqlite")
    parser.add_argument("--postgresql")
    parser.add_argument("--fill", action="store_true")
    parser.add_argument("--choices", type=int, default=100)
    parser.add_argument("--best-of", type=int, default=1)
    parser.add_argument("--pages", nargs="*", default=list(TARGETS))
    options = parser.parse_args()
    detector = Detector.load()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stores = {}
        if options.sqlite or options.postgresql:
            stores |= {"SQLite": f"sqlite:///{options.sqlite}"} if options.sqlite else {}
            stores |= {"PostgreSQL": options.postgresql} if options.postgresql else {}
        else:
            stores["SQLite"] = f"sqlite:///{folder / 'sigap.db'}"
            if postgresql.reason_for_none() is None:
                stores["PostgreSQL"] = stack.enter_context(postgresql.running(folder))
        if options.fill or not (options.sqlite or options.postgresql):
            for name, url in stores.items():
                started = perf_counter()
                store = Store(url)
                store.migrate()
                fill(store, detector, options.ads)
                store.close()
                print(f"{name}: {options.ads:,} ads in {perf_counter() - started:.0f} s", flush=True)
        if options.fill:
            return
        print(f"{options.ads:,} kept ads, {options.choices} requests for each page, milliseconds")
        print("| store | page | p50 | p95 | max | p95 on a processor | p95 wanted |\n|---|---|---|---|---|---|---|")
        for name, url in stores.items():
            for line in report(name, url, detector, options.ads, options.pages, options.choices, options.best_of):
                print(line, flush=True)


if __name__ == "__main__":
    main()
