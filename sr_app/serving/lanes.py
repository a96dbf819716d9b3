"""The page's lines, and how a request waits in one: without a thread of the server.

Whatever decodes, computes or packs pixels goes through a line in which clients take turns, so that
nobody's fifty requests stand before another one's first, and the server's own threads stay free.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TypeVar

from sr_app.serving.jobs import Job, Jobs, Progress
from sr_app.serving.turns import Crowded

T = TypeVar("T")


@dataclass(frozen=True)
class Lanes:
    """The lines. Each has threads of its own, so that small work never waits for large work.

    Args:
        networks: enlarging, and the eight runs of an invention map with turns.
        looks: opening photos: what no browser shows is decoded.
        files: what is made of results: files, invention maps, naturalness. One at a time, since
            each fills memory and disk for a while.
        tiles: of the viewer, some hundredths of a second each.
    """

    networks: Jobs = field(default_factory=Jobs)
    looks: Jobs = field(default_factory=lambda: Jobs(each=16))
    files: Jobs = field(default_factory=lambda: Jobs(each=8, most=128))
    tiles: Jobs = field(default_factory=lambda: Jobs(threads=2, each=128, most=2048))

    def close(self) -> None:
        for jobs in (self.networks, self.looks, self.files, self.tiles):
            jobs.close()


async def ask(
    jobs: Jobs,
    work: Callable[[Progress], T],
    client: str,
    *,
    wanted: Callable[[], bool] = lambda: True,
) -> T:
    """What some work gives, when the client's turn has come.

    Args:
        work: called with a progress function, which raises where the work is to be stopped.
        wanted: whether somebody still waits.

    Raises:
        Crowded: if there is no place in the line, or it was lost to somebody with fewer things, or
            nobody wanted it any more.
    """
    future: Future[T] = Future()

    def run(progress: Progress) -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(work(progress))
        except BaseException as error:
            future.set_exception(error)

    def give_up() -> None:
        if future.set_running_or_notify_cancel():
            future.set_exception(Crowded())

    job = Job(run, wanted=wanted, dropped=give_up)
    jobs.put(job, (client, ""))
    return await asyncio.wrap_future(future)
