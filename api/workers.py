"""Threads for the CPU work of assessing, so that it never holds up the event loop."""

from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from api.problems import Problem

ResultT = TypeVar("ResultT")


class Workers:
    """Runs at most `threads` pieces of work at once and lets at most `queue` more wait."""

    def __init__(self, threads: int, queue: int) -> None:
        self._limiter = CapacityLimiter(threads)
        self._room = threads + queue
        self._inside = 0

    async def run(self, work: Callable[[], ResultT]) -> ResultT:
        """The result of `work`, done in a thread.

        Raises:
            Problem: `busy`, when the queue is full.
        """
        if self._inside >= self._room:
            raise Problem("busy", "Too many requests are waiting; try again in a moment.")
        self._inside += 1
        try:
            return await to_thread.run_sync(work, limiter=self._limiter)
        finally:
            self._inside -= 1
