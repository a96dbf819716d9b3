"""Many small photos: one after the other, overlapped, over a local Ray cluster, a worker killed.

Run it from the top folder: python benchmarks/batches.py [--photos 200] [PART ...]
What it gave is in benchmarks/batches.md. Ray needs the extra: pip install 'sr-app[ray]'.
Linux only.
"""

from __future__ import annotations

import argparse
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from photos import PRESET, photo
from PIL import Image

from sr_app import read_photo
from sr_app.files.extras import is_installed
from sr_app.image.colour import to_uint8
from sr_app.inference.batch import WORKERS, Batch, Outcome
from sr_app.inference.batch_ray import batch_runner
from sr_app.inference.enlargement import Enlarger
from sr_app.inference.goal import Goal
from sr_app.inference.job_list import Job, find_jobs

PARTS = ("loop", "one", "overlapped", "ray", "killed")


def plain_loop(enlarger: Enlarger, jobs: Sequence[Job]) -> None:
    """One photo after the other, written by Pillow."""
    for job in jobs:
        result = enlarger.enlarge(read_photo(job.source)).photo
        job.target.parent.mkdir(exist_ok=True)
        Image.fromarray(to_uint8(result.rgb)).save(job.target)


def killing(outcomes: Iterator[tuple[Job, object]], after: int) -> tuple[int, int]:
    """Kill the workers at a task once, after so many results: (failed results, workers killed)."""
    failed = killed = 0
    for number, (_, came) in enumerate(outcomes, 1):
        failed += not isinstance(came, Outcome)
        if number >= after and not killed:
            for worker in descendants(os.getpid(), b"ray::", without=b"Agent"):
                os.kill(worker, signal.SIGKILL)
                killed += 1
    return failed, killed


def descendants(process: int, title: bytes = b"", without: bytes = b"\n") -> list[int]:
    """Processes that one has started, and those that they did, whose command begins so.

    Args:
        without: those that have this in their command are left out.
    """
    found = []
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return []
    for child in map(int, children):
        try:
            command = Path(f"/proc/{child}/cmdline").read_bytes()
        except OSError:
            continue
        named = command.startswith(title) and without not in command
        found += [child] * named + descendants(child, title, without)
    return found


def processor_seconds(processes: Sequence[int]) -> float:
    """Of these processes and of their children that have ended."""
    ticks = 0
    for process in processes:
        try:
            ticks += sum(map(int, Path(f"/proc/{process}/stat").read_text().split()[13:17]))
        except OSError:
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


def told(title: str, count: int, work: Callable[[], object]) -> None:
    """Run it and print its throughput."""
    before = processor_seconds([os.getpid(), *descendants(os.getpid())])
    started = time.perf_counter()
    came = work()
    wall = time.perf_counter() - started
    load = processor_seconds([os.getpid(), *descendants(os.getpid())]) - before
    more = "" if came is None else f", {came}"
    print(
        f"{title:32}{count / wall:7.2f} photos a second, {1000 * load / count:6.1f} ms of "
        f"processor a photo, {wall:6.1f} s{more}",
        flush=True,
    )


def main(count: int, parts: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="sr_app_bench_") as name:
        folder = Path(name)
        (folder / "in").mkdir()
        for number in range(count):
            suffix = ("jpg", "png")[number % 2]
            photo(160 + number % 16, 240).save(folder / "in" / f"{number:03d}.{suffix}")
        enlarger = Enlarger(Goal(preset=PRESET))
        enlarger.slider(1, 1)
        jobs = find_jobs([folder / "in"], folder / "out", suffix=".png").jobs
        works = {"loop": lambda: plain_loop(enlarger, jobs)}
        for part, workers in (("one", 1), ("overlapped", WORKERS)):
            many = Batch(enlarger, workers=workers)
            works[part] = lambda many=many: drained(many.run_all(jobs))
        if is_installed("ray") and is_installed("pyarrow"):
            over = batch_runner("ray", Batch(enlarger))
            # The first result comes when Ray has started and a worker has loaded the network.
            works["ray"] = lambda: after_the_first(over.run_all(jobs), count)
            works["killed"] = lambda: killed_and_counted(over.run_all(jobs), jobs)
        for part, work in works.items():
            if not parts or part in parts:
                for job in jobs:
                    job.target.unlink(missing_ok=True)
                told(part, count, work)


def drained(outcomes: Iterator[tuple[Job, object]]) -> None:
    """Ask for all of them."""
    for _, came in outcomes:
        if isinstance(came, Exception):
            raise came


def after_the_first(outcomes: Iterator[tuple[Job, object]], count: int) -> str:
    """Throughput once the first result is there."""
    started = time.perf_counter()
    next(outcomes)
    first = time.perf_counter() - started
    drained(outcomes)
    rest = time.perf_counter() - started - first
    return f"the first after {first:.1f} s, then {(count - 1) / rest:.2f} a second"


def killed_and_counted(outcomes: Iterator[tuple[Job, object]], jobs: Sequence[Job]) -> str:
    """What was lost."""
    failed, killed = killing(outcomes, 50)
    missing = sum(not job.target.exists() for job in jobs)
    return f"{killed} worker(s) killed, {failed} failed, {missing} results missing"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--photos", type=int, default=200)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], help="all if none is named")
    given = parser.parse_args()
    main(given.photos, given.parts)
    print(f"\n{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
