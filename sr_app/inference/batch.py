"""Many files: reading, networks and writing at the same time, each result whole or not there."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sr_app.image.attachments import without_place
from sr_app.image.completeness import is_complete
from sr_app.image.files import (
    MAX_INPUT_PIXELS,
    SUFFIXES,
    Header,
    Photo,
    PhotoError,
    copy_times,
    read_header,
    read_photo,
)
from sr_app.image.headers import check_size
from sr_app.inference.bands import Progress
from sr_app.inference.enlargement import LARGE, Enlarger
from sr_app.inference.job_list import Job
from sr_app.inference.planning import Plan
from sr_app.inference.slider import DEFAULT_ENCODING, Encoding

if TYPE_CHECKING:
    from sr_app.image.decoder_pool import DecoderPool

WORKERS = 3
"""Files at a time: one is read, one is in the network, one is written."""

TOGETHER_PIXELS = 32_000_000
"""Pixels that the results of files done at a time may have; a larger one is done alone."""

Begin = Callable[[Job], Progress | None]


@dataclass(frozen=True)
class Outcome:
    """What came of a job.

    Args:
        status: ``written``, or ``skipped`` because it was finished before.
        before, after: (height, width); None if skipped.
        preset: that was run, and its blend; None if skipped.
        seconds: reading, network and writing.
        warnings: of reading, enlarging and writing.
    """

    status: str
    before: tuple[int, int] | None = None
    after: tuple[int, int] | None = None
    preset: str | None = None
    seconds: float = 0.0
    warnings: tuple[str, ...] = ()


@dataclass
class Batch:
    """What is asked for, and how it is written.

    Args:
        enlarger: with the networks loaded so far.
        encoding: of the results.
        resume: skip files whose result is there, in the size that it must have.
        max_pixels: of a file that is read.
        workers: files at a time; their networks run one after the other.
        strip_location: write nothing of where the photo was taken.
        keep_times: give each result the file times of its photo.
        decoders: read photos in processes of their own, which are limited and watched; in this one
            if None.
    """

    enlarger: Enlarger
    encoding: Encoding = DEFAULT_ENCODING
    resume: bool = False
    max_pixels: int = MAX_INPUT_PIXELS
    workers: int = WORKERS
    strip_location: bool = False
    keep_times: bool = False
    decoders: DecoderPool | None = None
    _room: _Room = field(default_factory=lambda: _Room(TOGETHER_PIXELS), repr=False)

    def __reduce__(self):
        """What is asked for; decoders stay in their process."""
        asked = (self.enlarger, self.encoding, self.resume, self.max_pixels, self.workers)
        return type(self), (*asked, self.strip_location, self.keep_times)

    def run(self, job: Job, *, progress: Progress | None = None) -> Outcome:
        """Do one job; the result appears whole or not at all.

        Raises:
            ValueError, OSError, MemoryError: what is wrong with this file.
        """
        start = time.perf_counter()
        if self.resume and self.finished(job):
            if self.keep_times:  # the run that wrote it may have been killed before this
                copy_times(job.source, job.target)
            return Outcome("skipped")
        if self.enlarger.memory is not None:
            self.plan(job)  # refuses what does not fit before it is decoded
        photo = read_photo(
            job.source, max_pixels=self.max_pixels, as_floats=False, decoders=self.decoders
        )
        self._let_go(photo)
        photo = without_place(photo) if self.strip_location else photo
        done = self.enlarger.write(photo, job.target, encoding=self.encoding, progress=progress)
        if self.keep_times:
            copy_times(job.source, job.target)
        seconds = time.perf_counter() - start
        before = photo.rgb.shape[:2]
        return Outcome("written", before, done.size, done.preset, seconds, done.warnings)

    def run_all(
        self, jobs: Sequence[Job], *, begin: Begin | None = None
    ) -> Iterator[tuple[Job, Outcome | Exception]]:
        """Do the jobs, several at a time; what came of each, in their order.

        What is wrong with one file is given in its place and stops no other. When the caller stops
        asking, what has begun is broken off and leaves nothing.

        Args:
            begin: called with each job when its work begins; gives the progress of its tiles.
        """
        stop = threading.Event()

        def work(job: Job) -> Outcome:
            with self._room.taken(self._pixels(job)):
                progress = begin(job) if begin else None
                return self.run(job, progress=_until(stop, progress))

        # A limit of memory is that of one file.
        workers = 1 if self.enlarger.memory is not None else min(self.workers, len(jobs))
        pool = ThreadPoolExecutor(max(1, workers))
        try:
            for job, future in [(job, pool.submit(work, job)) for job in jobs]:
                yield job, _result_of(future)
        finally:
            stop.set()
            pool.shutdown(cancel_futures=True)

    def plan(self, job: Job) -> Plan:
        """What a job will take, by the header of its file.

        Raises:
            PhotoError: if the file cannot be read. ValueError: if it does not fit into memory.
        """
        header = self._header(job.source)
        check_size(job.source, header, self.max_pixels)
        kind, bits = SUFFIXES[job.target.suffix.lower()], 16 if header.bits > 8 else 8
        try:
            return self.enlarger.plan(header.height, header.width, bits=bits, kind=kind)
        except ValueError as error:
            raise ValueError(f"{job.source}: {error}") from None

    def finished(self, job: Job) -> bool:
        """Whether the result is there, complete, and has its size.

        Of another size it comes from other settings. A turned photo may be enlarged to either
        orientation.
        """
        try:
            there = read_header(job.target)
            if not is_complete(job.target):
                return False
        except (PhotoError, OSError):
            return False
        header = self._header(job.source)
        sizes = {(header.height, header.width), (header.width, header.height)}
        expected = {self.enlarger.size_for(*size) for size in sizes}
        return (there.height, there.width) in expected

    def _let_go(self, photo: Photo) -> None:
        """End the decoders while a large result is made: they keep memory for the next photo."""
        height, width = self.enlarger.size_for(*photo.rgb.shape[:2])
        if self.decoders is not None and height * width >= LARGE:
            self.decoders.close()

    def _header(self, path: Path) -> Header:
        return read_header(path) if self.decoders is None else self.decoders.header(path)

    def _pixels(self, job: Job) -> int:
        """Pixels of the result; 0 for a file that will be refused."""
        try:
            header = self._header(job.source)
            height, width = self.enlarger.size_for(header.height, header.width)
        except (ValueError, OSError):
            return 0
        return max(height * width, header.height * header.width)


class _Room:
    """Lets work of so many pixels go on at a time, in the order of asking; larger work alone."""

    def __init__(self, pixels: int):
        self._pixels, self._used, self._changed = pixels, 0, threading.Condition()
        self._tickets = self._turn = 0

    @contextmanager
    def taken(self, pixels: int) -> Iterator[None]:
        with self._changed:
            ticket, self._tickets = self._tickets, self._tickets + 1
            self._changed.wait_for(lambda: ticket == self._turn and self._has(pixels))
            self._turn += 1
            self._used += pixels
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._used -= pixels
                self._changed.notify_all()

    def _has(self, pixels: int) -> bool:
        return not self._used or self._used + pixels <= self._pixels


def _until(stop: threading.Event, progress: Progress | None) -> Progress:
    def tell(done: int, total: int) -> None:
        if stop.is_set():
            raise InterruptedError("broken off")
        if progress is not None:
            progress(done, total)

    return tell


def _result_of(future: Future) -> Outcome | Exception:
    try:
        return future.result()
    except (ValueError, OSError, MemoryError) as error:
        return error


def without_results(jobs: Sequence[Job]) -> None:
    """Refuse jobs whose results are there already.

    PhotoError, naming the first of them, and what to do.
    """
    there = [job.target for job in jobs if job.target.exists()]
    if there:
        are = f" and {len(there) - 1} more are" if len(there) > 1 else " is"
        raise PhotoError(
            f"{there[0]}{are} there already: the option overwrite writes over them, resume keeps "
            "what is finished"
        )
