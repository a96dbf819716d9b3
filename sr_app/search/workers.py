"""Where candidates are scored: here, in local processes, or on a Ray cluster.

All take a score and jobs, and yield results as they finish. A candidate fails alone:
what it raises, NaN, or the death of its process becomes a result with an error.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import pickle
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Protocol

import numpy as np

from sr_app.files import cluster
from sr_app.files.extras import naming_extras
from sr_app.files.quiet import quiet_start

Score = Callable[..., np.ndarray]
Job = tuple
"""Arguments of a score for one candidate: (genotype,) or (genotype, parent's genotype or None)."""


@dataclass(frozen=True)
class JobResult:
    """A scored job: its position in the list, objectives (empty after an error), wall seconds."""

    position: int
    objectives: tuple[float, ...]
    seconds: float
    error: str | None = None


class Workers(Protocol):
    """Score jobs, and yield results in the order in which they finish."""

    def __call__(self, score: Score, jobs: Sequence[Job]) -> Iterator[JobResult]: ...
    def close(self) -> None: ...


def make_workers(text: str) -> Workers:
    """``serial``, ``local:N`` (N processes), ``ray`` or ``ray:ADDRESS``.

    Raises:
        ValueError: for anything else.
    """
    kind, _, detail = text.partition(":")
    if kind == "serial" and not detail:
        return serial
    if kind == "local" and detail.isdecimal() and int(detail) > 0:
        return LocalWorkers(int(detail))
    if kind == "ray":
        return RayWorkers(detail or None)
    raise ValueError(
        f"Expected workers as serial, local:N with N of 1 or more, ray or ray:ADDRESS. "
        f"Received: {text!r}"
    )


def score_one(score: Score, position: int, job: Job) -> JobResult:
    """Score one job; an error of any kind is a result."""
    start = time.perf_counter()
    try:
        rows = np.asarray(score(*([part] for part in job)), float)
        if rows.ndim != 2 or len(rows) != 1:
            raise ValueError(f"Expected objectives (1, m). Received: shape {rows.shape}")
        values, error = tuple(rows[0].tolist()), None
        if any(math.isnan(value) for value in values):
            values, error = (), f"objectives are {list(values)}"
    except Exception as fault:  # a candidate may fail in any way; the search goes on
        values, error = (), f"{type(fault).__name__}: {' '.join(str(fault).split())}"
    return JobResult(position, values, time.perf_counter() - start, error)


def score_packed(score: bytes, position: int, job: Job) -> JobResult:
    """As `score_one`, of a pickled score, whose libraries load without their notices."""
    with quiet_start():
        loaded = pickle.loads(score)
    return score_one(loaded, position, job)


class SerialWorkers:
    """One after another, in this process."""

    def __call__(self, score: Score, jobs: Sequence[Job]) -> Iterator[JobResult]:
        for position, job in enumerate(jobs):
            yield score_one(score, position, job)

    def close(self) -> None:
        """Nothing was opened."""


serial = SerialWorkers()


class LocalWorkers:
    """Processes on this machine, which share its cores; each imports what the score needs once.

    Args:
        count: of processes.
    """

    def __init__(self, count: int):
        self.count = count
        self._pool: ProcessPoolExecutor | None = None
        self._ends: tuple[Connection, Connection] | None = None

    def __call__(self, score: Score, jobs: Sequence[Job]) -> Iterator[JobResult]:
        left = dict(enumerate(jobs))
        try:
            for finished in self._together(score, left):
                del left[finished.position]
                yield finished
        except BrokenProcessPool:
            # One of them ended its process: those left go alone, so that it is known which.
            for position, job in sorted(left.items()):
                yield self._alone(score, position, job)

    def close(self) -> None:
        """End the processes at once: what one is at goes on there when it is given out again."""
        if self._pool is not None:
            for end in self._ends or ():
                end.close()
            self._pool.shutdown(cancel_futures=True)
            self._pool = self._ends = None

    def _together(self, score: Score, jobs: dict[int, Job]) -> Iterator[JobResult]:
        pool = self._started()
        packed = pickle.dumps(score)
        futures = [
            pool.submit(score_packed, packed, position, job) for position, job in jobs.items()
        ]
        for future in as_completed(futures):
            yield future.result()

    def _alone(self, score: Score, position: int, job: Job) -> JobResult:
        start = time.perf_counter()
        self.close()
        try:
            return self._started().submit(score_packed, pickle.dumps(score), position, job).result()
        except BrokenProcessPool:
            self.close()
            return JobResult(position, (), time.perf_counter() - start, "its process was ended")

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            threads = max(1, (os.cpu_count() or 1) // self.count)
            context = multiprocessing.get_context("spawn")  # a forked TensorFlow hangs
            self._ends = context.Pipe(duplex=False)
            self._pool = ProcessPoolExecutor(
                self.count,
                mp_context=context,
                initializer=_begin,
                initargs=(threads, self._ends[0]),
            )
        return self._pool


class RayWorkers:
    """A Ray cluster: one task per candidate.

    Args:
        address: of the cluster; None for a new one on this machine (or that of RAY_ADDRESS).

    Raises:
        MissingExtraError: where Ray is not installed.
    """

    def __init__(self, address: str | None = None):
        with naming_extras():
            import ray
        self.ray, self.address = ray, address

    def __call__(self, score: Score, jobs: Sequence[Job]) -> Iterator[JobResult]:
        ray = self.ray
        cluster.join(ray, self.address)
        task = ray.remote(max_retries=1)(score_one)
        shared = ray.put(score)
        started = time.perf_counter()
        waiting = {
            task.remote(shared, position, job): position for position, job in enumerate(jobs)
        }
        while waiting:
            (ready,), _ = ray.wait(list(waiting), num_returns=1)
            position = waiting.pop(ready)
            try:
                yield ray.get(ready)
            except ray.exceptions.RayError as error:
                seconds = time.perf_counter() - started
                reason = str(error).strip().splitlines()[0]
                yield JobResult(position, (), seconds, f"its process was ended: {reason}")

    def close(self) -> None:
        """Leave the cluster; one that was started here ends."""
        self.ray.shutdown()


def _begin(threads: int, end: Connection) -> None:
    """Share the cores among the processes, and end with the one that they work for, or its work.

    A killed one's would wait for jobs for ever, or still train where its next run trains.
    """
    threading.Thread(target=_end_with, args=(end,), daemon=True).start()
    # Read by the numerical libraries at their import.
    for name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS"):
        os.environ[name] = str(threads)


def _end_with(pipe: Connection) -> None:
    """Nothing is ever sent: what comes is the end, when the other side closes it or has died."""
    pipe.poll(None)
    os._exit(1)
