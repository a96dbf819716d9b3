"""The page's lines of work: jobs by client in turn, time left, a Cancel that stops."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from sr_app.serving.turns import Turns, Who

Progress = Callable[[int, int], None]
"""Called with (parts done, parts in all)."""


CLOSING = 5.0
"""Seconds at most that closing waits: a process that ends while a network runs ends in a crash."""


class Cancelled(Exception):  # noqa: N818 - it is no error
    """The job was stopped: raised inside the work at its next part, never shown as an error."""


@dataclass(frozen=True)
class Step:
    """How far a job is.

    Args:
        done, total: parts; total is 0 while their number is not known yet.
        left: seconds to the very end, what follows the parts included; None before there is a pace.
        share: of all the time, 0 to 1; None as ``left``.
    """

    done: int
    total: int
    left: float | None = None
    share: float | None = None


class Job:
    """A piece of work that reports its parts and can be stopped between two of them.

    Args:
        work: called once with a progress function; an exception that this raises must pass through
            unchanged. What comes of it is the work's own business: an exception ends the job.
        closing: seconds that are expected from the last part to the end.
        wanted: whether somebody still waits; otherwise the job stops at its next part.
        dropped: called if the job leaves its line without having begun.
    """

    def __init__(
        self,
        work: Callable[[Progress], None],
        *,
        closing: float = 0.0,
        wanted: Callable[[], bool] = lambda: True,
        dropped: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._work, self._closing, self._wanted, self._clock = work, closing, wanted, clock
        self._dropped = dropped
        self.crowded = False  # it had to make room for somebody who has fewer jobs
        self._stop, self._over = threading.Event(), threading.Event()
        self._first: tuple[int, float] | None = None
        self._last = (0, 0, 0.0)  # parts done, in all, and when
        self._expected: float | None = None  # seconds of all parts, before one is done

    def cancel(self) -> None:
        """Stop at the next part; before the work has begun, never begin it."""
        self._stop.set()

    def drop(self, *, crowded: bool = False) -> None:
        """It leaves its line and will not begin."""
        self.crowded = crowded
        self._stop.set()
        self._over.set()
        self._dropped()

    @property
    def stopped(self) -> bool:
        """It was cancelled, or nobody waits for it any more."""
        return self._stop.is_set() or not self._wanted()

    @property
    def over(self) -> bool:
        return self._over.is_set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end; False if it did not come in time."""
        return self._over.wait(seconds)

    def expect(self, seconds: float) -> None:
        """What all parts may take: said until one is done, or it has taken longer."""
        self._expected = seconds

    def step(self) -> Step:
        """How far it is now: the pace is that of the parts so far."""
        done, total, when = self._last
        if self._first is None or not total:
            return Step(done, total)
        first, start = self._first
        now = self._clock()
        if done >= total:
            left = max(0.0, when + self._closing - now)
        elif done > first:
            pace = (when - start) / (done - first)
            left = max(0.0, pace * (total - done) - (now - when)) + self._closing
        elif self._expected is not None and now - start < self._expected:
            left = self._expected - (now - start) + self._closing
        else:
            return Step(done, total)
        spent = now - start
        return Step(done, total, left, min(0.99, spent / max(spent + left, 1e-9)))

    def run(self) -> None:
        """Do the work. For the threads of ``Jobs``, which hand out each job once."""
        if self.stopped:
            self.drop()
            return
        try:
            self._work(self._report)
        except Cancelled:
            pass
        finally:
            self._over.set()

    def _report(self, done: int, total: int) -> None:
        if self.stopped:
            raise Cancelled("stopped before it was done")
        now = self._clock()
        if self._first is None or self._first[0] == done:
            # What comes before the first part, as opening the photo and the network: no pace in it.
            self._first = (done, now)
        self._last = (done, total, now)


class Jobs:
    """Jobs by client in turn, in threads that live while they are needed.

    Args:
        threads: jobs at a time.
        each, most: jobs of one client, and of all, that may wait (``turns``).
    """

    def __init__(self, *, threads: int = 1, each: int = 64, most: int = 256) -> None:
        self._waiting: Turns[Job] = Turns(each=each, most=most)
        self._current: list[Job] = []
        self._threads, self._busy = threads, 0
        self._lock = threading.Lock()

    def put(self, job: Job, who: Who = ("", "")) -> None:
        """Add a job at the end of its session's; Crowded if there is no place for it."""
        with self._lock:
            gone = self._waiting.remove(lambda other: other.stopped)
            pushed = self._waiting.add(job, who)
            if self._busy < self._threads:
                self._busy += 1
                threading.Thread(target=self._run, name="enlarging", daemon=True).start()
        for other in gone:
            other.drop()
        if pushed:
            pushed.drop(crowded=True)

    @property
    def length(self) -> int:
        """How many jobs there are, those that are being done included."""
        with self._lock:
            return sum(not job.stopped for job in (*self._current, *self._waiting))

    def ahead(self, job: Job) -> int:
        """How many jobs come before this one, those that are being done included."""
        with self._lock:
            before = self._waiting.before(job)
            others = [] if before is None else [*self._current, *before]
        return sum(not (other.over or other.stopped) for other in others)

    def close(self) -> None:
        """Cancel everything, and wait for what has begun to come to its next part."""
        with self._lock:
            begun, waiting = [*self._current], [*self._waiting]
        for job in (*begun, *waiting):
            job.cancel()
        until = time.monotonic() + CLOSING
        for job in begun:
            job.wait(max(0.0, until - time.monotonic()))

    def _run(self) -> None:
        while True:
            with self._lock:
                # Decided under the lock: whoever puts a job in starts a thread if one is missing.
                job = self._waiting.take()
                if job is None:
                    self._busy -= 1
                    return
                self._current.append(job)
            try:
                job.run()
            except Exception:  # the work tells whoever waits; the next one must not suffer
                logging.getLogger(__name__).exception("A job of the page failed")
            finally:
                with self._lock:
                    self._current.remove(job)
