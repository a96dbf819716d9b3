"""One photo's work in its own thread: steps to show, time left, and a Cancel that really stops."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass

Progress = Callable[[int, int], None]
"""Called with (tiles done, tiles in all)."""


class Cancelled(Exception):  # noqa: N818 - it is no error
    """Somebody pressed Cancel: raised inside the work at its next tile, never shown as an error."""


@dataclass(frozen=True)
class Step:
    """How far the work is.

    Args:
        done, total: tiles; total is 0 while their number is not known yet.
        left: seconds left, from the pace of the tiles so far; None before there is a pace.
    """

    done: int
    total: int
    left: float | None = None


class Job:
    """A piece of work that reports tiles and can be stopped between two of them.

    Args:
        work: called once with a progress function; its value is the job's result. An exception
            raised by that progress function must pass through it unchanged.
    """

    def __init__(self, work: Callable[[Progress], object]) -> None:
        self._work = work
        self._stop = threading.Event()
        self._news = threading.Event()
        self._first: tuple[int, float] | None = None
        self._step = Step(0, 0)
        self._outcome: Future = Future()

    def cancel(self) -> None:
        """Stop at the next tile; before the work has begun, never begin it."""
        self._stop.set()
        self._news.set()

    @property
    def over(self) -> bool:
        """The work has ended, in whatever way."""
        return self._outcome.done()

    def steps(self, *, every: float = 0.2) -> Iterator[Step]:
        """Start the work and yield its newest step, at most one in ``every`` seconds.

        Closing the iterator (a browser that went away) cancels the work.
        """
        threading.Thread(target=self._run, name="upscaling", daemon=True).start()
        try:
            while not self.over:
                if self._news.wait(every):
                    self._news.clear()
                    yield self._step
                    time.sleep(0 if self.over else every)
        finally:
            self.cancel()

    def result(self) -> object:
        """What the work returned, once it is over; raises what it raised (``Cancelled`` too)."""
        return self._outcome.result()

    def _run(self) -> None:
        try:
            self._check()
            self._outcome.set_result(self._work(self._report))
        except BaseException as error:  # the waiting side raises it again, whatever it is
            self._outcome.set_exception(error)
        self._news.set()

    def _check(self) -> None:
        if self._stop.is_set():
            raise Cancelled("stopped before it was done")

    def _report(self, done: int, total: int) -> None:
        self._check()
        now = time.monotonic()
        if self._first is None:
            # The first report includes opening the photo and the network: no pace in it.
            self._first = (done, now)
        first, start = self._first
        left = (now - start) / (done - first) * (total - done) if done > first else None
        self._step = Step(done, total, left)
        self._news.set()


class Jobs:
    """The newest job of every browser session."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def put(self, session: str, job: Job) -> int:
        """Note a session's job; one that still runs is cancelled.

        Returns:
            How many jobs of other sessions are not over yet: those that come first.
        """
        with self._lock:
            old = self._jobs.pop(session, None)
            ahead = sum(not other.over for other in self._jobs.values())
            self._jobs[session] = job
        if old:
            old.cancel()
        return ahead

    def get(self, session: str) -> Job | None:
        """A session's job, if it has one."""
        with self._lock:
            return self._jobs.get(session)

    def cancel(self, session: str) -> bool:
        """Cancel and forget a session's job; False if there was none."""
        with self._lock:
            job = self._jobs.pop(session, None)
        if job:
            job.cancel()
        return job is not None
