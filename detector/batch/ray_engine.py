"""The same scorer on the processors of a Ray cluster: actors hold the model, parts go to whichever is free.

What a part is, what is written and how a run goes on after a kill are those of the local engine. Parts are read and
handed out here, and only actors run in the cluster: no task waits for a processor that an actor holds, so the actors
may hold all of them. Ray Data is left out for that reason, and since it builds its actors anew for every dataset.
"""

import logging
import os
import socket
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

import pyarrow as pa

from detector.batch.engine import Part
from detector.batch.parts import Scorer, Wanted
from detector.bundle import Bundle, default_path
from detector.bundle import load as load_bundle
from detector.deep import Mode
from detector.detector import Detector
from detector.errors import BatchError, SigapError
from detector.knowledge.loader import load as load_knowledge

_log = logging.getLogger(__name__)

_HELD = 2  # parts at an actor: the one that it scores and the next one
_AHEAD = 4  # parts for each actor that are read and not yet written; the memory of a run hangs on it
_TRIES = 3  # actors that may die over one part
_PATIENCE = 300.0  # seconds without any actor: a cluster that grows by itself needs minutes for a machine
_REACH_SECONDS = 10.0
_STORE_BYTES = 512 * 2**20  # of the object store, where Ray is started here


class _Actor:
    """Scores parts on one processor of the cluster."""

    def load(self, model: Bundle, mode: Mode, wanted: Wanted, code: str) -> str:
        """Get ready; returns the node that this runs on.

        Raises:
            SigapError: the node has other code or knowledge.
        """
        if code != _code():
            raise SigapError("its copy of sigap differs from that of the machine that runs the command")
        self._score = Scorer(Detector(model, load_knowledge(), mode), wanted)
        import ray

        return str(ray.util.get_node_ip_address())

    def score(self, part: pa.Table) -> pa.Table:
        """The answers to a part."""
        return self._score(part)


def on_ray(
    parts: Iterable[Part], bundle: Path | None, mode: Mode, wanted: Wanted, workers: int
) -> Iterator[tuple[Part, pa.Table]]:
    """Answers in the order of the parts, scored by `workers` actors of the cluster that `RAY_ADDRESS` names, or of one
    that is started on this machine for the time being.

    Raises:
        BatchError: Ray is not installed or not reached, the cluster has fewer processors than actors were asked for,
            no actor can start, or a part ended several actors.
    """
    with _attached() as ray:
        _refuse_too_many(ray, workers)
        model = ray.put(load_bundle(bundle or default_path(), deep=mode != "fast"))
        pool = _Pool(ray, workers, (model, mode, wanted, _code()))
        try:
            yield from pool.answers(parts)
        finally:
            pool.close()


@contextmanager
def _attached() -> Iterator[Any]:
    """Ray, attached to a cluster; one that the caller is attached to stays so."""
    address = os.environ.get("RAY_ADDRESS", "")
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # read when Ray is imported, like the next one
    if not address:
        os.environ.setdefault("RAY_AUTH_MODE", "token")  # what is started here runs nothing that the network sends
    try:
        import ray
    except ImportError as error:
        raise BatchError("--engine ray needs Ray: pip install 'sigap[cluster]'") from error
    if ray.is_initialized():
        yield ray
        return
    if address.startswith("ray://"):
        raise BatchError(f"RAY_ADDRESS={address}: run the command on a machine of the cluster, with RAY_ADDRESS=auto")
    told: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
    if not address:  # not any cluster that happens to run here: its owner did not offer it
        told |= {"include_dashboard": False, "object_store_memory": _STORE_BYTES}
    try:
        _reach(address)
        ray.init(address or "local", **told)
    except (OSError, RuntimeError, ValueError) as error:
        raise BatchError(f"no Ray cluster at {address or 'this machine'}: {_first_line(error)}") from error
    try:
        yield ray
    finally:
        ray.shutdown()


def _reach(address: str) -> None:
    """Ray itself tries for minutes, in silence.

    Raises:
        OSError: nothing listens at `host:port`.
        ValueError: the port is no number.
    """
    host, colon, port = address.rpartition(":")
    if colon:
        socket.create_connection((host.strip("[]"), int(port)), _REACH_SECONDS).close()


def _refuse_too_many(ray: Any, workers: int) -> None:
    """Actors beyond the processors would wait for ever."""
    processors = int(ray.cluster_resources().get("CPU", 0))
    if workers > processors:
        raise BatchError(
            f"--workers {workers}: the cluster has {processors} processors, and every worker takes one; "
            f"take at most {processors}, or add nodes"
        )


@dataclass(slots=True, eq=False)
class _Task:
    """A part on its way; `deaths` counts the actors that died over it."""

    part: Part
    answers: pa.Table | None = None
    deaths: int = 0


@dataclass(slots=True, eq=False)
class _Seat:
    """An actor, the node it runs on once it is ready, what it holds (the first one is being scored), what it did."""

    actor: Any
    node: str = ""
    held: dict[Any, _Task] = field(default_factory=dict)
    done: int = 0


class _Pool:
    """Actors and the parts that they hold. An actor that dies is replaced, and what it held goes to the others."""

    def __init__(self, ray: Any, workers: int, loading: tuple[Any, ...]) -> None:
        self._ray = ray
        self._loading = loading
        self._ahead = workers * _AHEAD
        # No restarts by Ray: it would send a part that kills its actor to it again and again.
        self._new = ray.remote(num_cpus=1, max_restarts=0, max_task_retries=0)(_Actor)
        self._seats: dict[Any, _Seat] = {}  # by each answer that is awaited; a seat that starts awaits its first one
        self._ready: list[_Seat] = []
        self._lost: deque[_Task] = deque()
        self._deaths = 0  # in a row
        self._most_deaths = _TRIES * workers
        for _ in range(workers):
            self._start()

    def answers(self, parts: Iterable[Part]) -> Iterator[tuple[Part, pa.Table]]:
        """Every part with its answers, in order. A part is only read when it is soon needed."""
        stream, ended = iter(parts), False
        waiting: deque[_Task] = deque()
        while True:
            while (seat := self._free()) is not None:
                if self._lost:
                    self._hand(seat, self._lost.popleft())
                elif ended or len(waiting) >= self._ahead:
                    break
                elif (part := next(stream, None)) is None:
                    ended = True
                else:
                    waiting.append(_Task(part))
                    self._hand(seat, waiting[-1])
            while waiting and (answers := waiting[0].answers) is not None:
                yield waiting.popleft().part, answers
            if ended and not waiting:
                return
            self._await()

    def close(self) -> None:
        """End the actors, and tell who did how much."""
        for seat in {*self._seats.values(), *self._ready}:
            if seat.node:
                _log.info("an actor on %s scored %d parts", seat.node, seat.done)
            self._ray.kill(seat.actor)

    def _start(self) -> None:
        actor = self._new.remote()
        self._seats[actor.load.remote(*self._loading)] = _Seat(actor)

    def _free(self) -> _Seat | None:
        """The actor with the least to do, unless each has its fill."""
        seat = min(self._ready, key=lambda seat: len(seat.held), default=None)
        return seat if seat is not None and len(seat.held) < _HELD else None

    def _hand(self, seat: _Seat, task: _Task) -> None:
        answer = seat.actor.score.remote(task.part.table)
        self._seats[answer] = seat
        seat.held[answer] = task

    def _await(self) -> None:
        """Take the next answer that comes, or the news of a death."""
        came, _ = self._ray.wait(list(self._seats), num_returns=1, timeout=_PATIENCE)
        if not came:
            if self._ready:
                return
            raise BatchError(
                f"no worker could start for {_PATIENCE:,.0f} seconds: other work holds the processors of the cluster, "
                "or its nodes are gone; the same command goes on where it was"
            )
        seat = self._seats[came[0]]
        errors = self._ray.exceptions
        try:
            answer = self._ray.get(came[0])
        except errors.RayTaskError as error:
            if seat.node:
                raise
            raise BatchError(f"a worker can't start: {_first_line(error.cause)}") from error
        except errors.RayError as error:  # the actor, its node or the answer is gone
            if getattr(error, "actor_init_failed", False):
                raise BatchError(
                    f"a worker can't start: is sigap installed on every node? {_last_line(error)}"
                ) from error
            self._bury(seat, error)
            return
        self._deaths = 0
        del self._seats[came[0]]
        if seat.node:
            task = seat.held.pop(came[0])
            task.answers = _checked(task.part, answer)
            seat.done += 1
        else:
            seat.node = answer
            self._ready.append(seat)

    def _bury(self, seat: _Seat, error: Exception) -> None:
        """Replace an actor and set aside what it held.

        Raises:
            BatchError: actors die over the same part, or one after the other without any answer.
        """
        _log.warning("a worker%s died; what it held is scored by others", f" on {seat.node}" if seat.node else "")
        for answer in [answer for answer, owner in self._seats.items() if owner is seat]:
            del self._seats[answer]
        if seat in self._ready:
            self._ready.remove(seat)
        held = list(seat.held.values())
        self._deaths += 1
        if held:
            held[0].deaths += 1
        if self._deaths >= self._most_deaths or (held and held[0].deaths >= _TRIES):
            rows = held[0].part.table.column("number") if held else None
            over = f" over rows {rows[0]} to {rows[-1]}" if rows is not None and len(rows) else ""
            raise BatchError(
                f"workers died again and again{over} (killed, or out of memory: take fewer workers a node); "
                "the same command goes on where it was"
            ) from error
        self._lost.extend(held)
        self._ray.kill(seat.actor)  # it may live on a node that is only out of reach
        self._start()


def _checked(part: Part, answers: pa.Table) -> pa.Table:
    """Answers whose numbers are those of the part: what is written hangs on them and not on what an engine promises."""
    if not answers.column("number").equals(part.table.column("number")):
        raise BatchError("a worker gave other rows than it was given")
    return answers


def _code() -> str:
    """A digest of the installed code and knowledge: nodes with another version would give other bytes."""
    digest = sha256()
    root = Path(str(files("detector")))
    for path in sorted([*root.rglob("*.py"), *root.rglob("*.yaml")]):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _first_line(error: object) -> str:
    return next(iter(str(error).splitlines()), "") or type(error).__name__


def _last_line(error: object) -> str:
    return next(iter(reversed(str(error).splitlines())), "")
