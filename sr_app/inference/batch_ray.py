"""Many files over the machines of a Ray cluster: on each of them, the batch of one machine.

Ray Data hands out the jobs a few at a time, gives those of a worker that died to another one, and
keeps the order. Files are read and written where the work is done, so inputs and results must lie
in folders that all machines share.
"""

from __future__ import annotations

import logging
import os
import pickle
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import numpy as np

from sr_app.files import cluster
from sr_app.files.extras import require
from sr_app.image.decoder_pool import common_pool
from sr_app.inference.batch import Batch, Begin, Outcome
from sr_app.inference.job_list import Job

LOCAL, RAY = "local", "ray"

TOGETHER = 8
"""Jobs that a worker gets at a time; what it has finished of them when it dies is done again."""

PATIENCE = 10.0
"""Seconds in which a result written on another machine must be seen here."""

JobResult = Outcome | Exception


def batch_runner(workers: str, batch: Batch) -> Batch | RayBatch:
    """What runs a batch's jobs: itself for ``local``, machines for ``ray`` or ``ray:ADDRESS``.

    Raises:
        ValueError: for anything else.
        MissingExtraError: where Ray is not installed.
    """
    kind, _, address = workers.partition(":")
    if workers == LOCAL:
        return batch
    if kind != RAY:
        raise ValueError(f"Expected workers as local, ray or ray:ADDRESS. Received: {workers!r}")
    require("ray", "pyarrow")
    return RayBatch(batch, address or None)


@dataclass(frozen=True)
class RayBatch:
    """Does a batch's jobs on the machines of a Ray cluster, and lets go of it when it is done.

    Args:
        batch: what is asked for; every machine loads its networks itself.
        address: of the cluster; None for one that is started on this machine (or that of
            RAY_ADDRESS).
    """

    batch: Batch
    address: str | None = None

    def run_all(
        self, jobs: Sequence[Job], *, begin: Begin | None = None
    ) -> Iterator[tuple[Job, JobResult]]:
        """As `Batch.run_all`. A job whose workers all died has failed and stops no other.

        OSError if Ray does not start, or if results are written where they are not seen.
        """
        for job, came in zip(jobs, self._all(jobs), strict=True):
            if begin is not None:
                begin(job)
            if isinstance(came, Outcome):
                wait_for_file(job.target)
            yield job, came

    def _all(self, jobs: Sequence[Job]) -> Iterator[JobResult]:
        import ray

        cluster.join(ray, self.address)
        try:
            machines = [node["Resources"].get("CPU", 0) for node in ray.nodes() if node["Alive"]]
            cores = min(filter(None, machines), default=1)
            waiting: dict[int, JobResult] = {}
            due = 0
            together = max(1, min(TOGETHER, len(jobs) // (2 * len(machines))))
            # What went down with a worker goes alone the second time: it is known then which.
            for size in (together, 1):
                left = [at for at in range(due, len(jobs)) if at not in waiting]
                for position, came in self._streamed(jobs, left, size, cores):
                    waiting[position] = came
                    while due in waiting:
                        yield waiting.pop(due)
                        due += 1
            for at in range(due, len(jobs)):
                yield waiting.pop(at, None) or OSError(f"{jobs[at].source}: its worker died")
        finally:
            ray.shutdown()

    def _streamed(
        self, jobs: Sequence[Job], positions: list[int], size: int, cores: float
    ) -> Iterator[tuple[int, JobResult]]:
        """(position, what came of it), in their order; those of workers that died are missing."""
        if not positions:
            return
        import ray.data

        for name in ("ray", "ray.data"):  # what it tells is not about photos
            logging.getLogger(name).setLevel(logging.ERROR)
        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = context.print_on_execution_start = False
        context.execution_options.preserve_order = True
        context.max_errored_blocks = -1
        paths = [(jobs[at].source, jobs[at].target) for at in positions]
        rows = [
            {"position": at, "source": os.path.abspath(source), "target": os.path.abspath(target)}
            for at, (source, target) in zip(positions, paths, strict=True)
        ]
        work = partial(run_rows, pickle.dumps(self.batch))
        done = ray.data.from_items(rows, override_num_blocks=-(-len(rows) // size)).map_batches(
            work, batch_size=None, batch_format="numpy", num_cpus=cores
        )
        for row in done.iter_rows():
            position = int(row["position"])
            yield position, _with_job_paths(pickle.loads(row["came"]), jobs[position])


def run_rows(batch: bytes, rows: dict[str, np.ndarray]) -> dict[str, np.ndarray | list[bytes]]:
    """Do some jobs on the machine that this runs on.

    Args:
        batch: pickled.
        rows: columns ``position``, ``source`` and ``target``.

    Returns:
        Columns ``position`` and ``came``, pickled.
    """
    paths = zip(rows["source"], rows["target"], strict=True)
    jobs = [Job(Path(source), Path(target)) for source, target in paths]
    came = [pickle.dumps(each) for _, each in _on_this_machine(batch).run_all(jobs)]
    return {"position": rows["position"], "came": came}


@cache
def _on_this_machine(pickled: bytes) -> Batch:
    """The batch, with its networks for all the jobs that this process gets."""
    batch = pickle.loads(pickled)
    return replace(batch, decoders=common_pool() if batch.enlarger.memory is None else None)


def wait_for_file(path: Path, patience: float = PATIENCE) -> None:
    """Wait for a file that another machine has written: shared folders tell of it late.

    OSError if it does not appear.
    """
    end = time.monotonic() + patience
    while not path.exists():
        if time.monotonic() > end:
            raise OSError(
                f"{path}: written by a machine of the cluster and not seen here: expected inputs "
                "and results in folders that all machines share"
            )
        time.sleep(0.1)


def _with_job_paths(came: JobResult, job: Job) -> JobResult:
    """With the job's paths as the person wrote them."""

    def renamed(text: str) -> str:
        for path in (job.source, job.target):
            text = text.replace(os.path.abspath(path), str(path))
        return text

    if isinstance(came, Outcome):
        return replace(came, warnings=tuple(map(renamed, came.warnings)))
    return type(came)(*(renamed(a) if isinstance(a, str) else a for a in came.args))
