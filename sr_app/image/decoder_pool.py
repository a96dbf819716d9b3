"""Photos decoded by processes of their own, which are watched, used again, and replaced.

A decoder that crashes, runs away with memory or does not come to an end takes its process with it
and nothing else: the photo is refused in one line, and the next one is read by a new process. What
it costs is measured by `benchmarks/decoding.py`.
"""

from __future__ import annotations

import os
import sys
import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from sr_app.image.decoder_fork import may_fork
from sr_app.image.decoder_message import Value
from sr_app.image.decoder_worker import COMMAND, TIME_OUT, DecoderEndedError, DecoderWorker, told
from sr_app.image.decoders import Decoded
from sr_app.image.errors import PhotoError
from sr_app.image.headers import Header

PROCESSES = 2
"""At a time: one may read a photo for the network while another one is looked at."""


class DecoderPool:
    """Reads photos in processes of its own, as many at a time as it has; for any thread.

    Args:
        most: processes at a time; they are started when they are needed.
        command: that a process runs, see `DecoderWorker`.
    """

    def __init__(self, most: int = PROCESSES, command: Sequence[str] = COMMAND):
        self._most, self._command = most, command
        self._changed = threading.Condition()
        self._idle: list[DecoderWorker] = []
        self._taken = self._age = 0
        self._all: set[DecoderWorker] = set()
        self._finalizer = weakref.finalize(self, _end_all, self._all, os.getpid())

    def start(self) -> None:
        """Start a process, if none is there, without waiting for it.

        At the beginning of a program it is a fork, which costs some milliseconds.
        """
        with self._changed:
            if not self._all:
                self._idle.append(self._new(None if may_fork() else self._command))

    def read(self, path: Path, max_pixels: int) -> tuple[Header, Decoded]:
        """As `decoders.decode`. PhotoError too where the decoder had to be ended."""
        header, decoded = self._asked(path, max_pixels, pixels=True)
        if not isinstance(decoded, Decoded):
            raise PhotoError(f"{path}: its decoder gave no pixels: not read")
        return header, decoded

    def header(self, path: Path) -> Header:
        """As `headers.read_header`."""
        return self._asked(path, 0, pixels=False)[0]

    def close(self) -> None:
        """End the processes; those at work when they are done. New ones may be started later."""
        with self._changed:
            self._age += 1
            idle, self._idle = self._idle, []
        for process in idle:
            self._end(process)

    @property
    def processes(self) -> tuple[int, ...]:
        """The numbers of the processes that there are."""
        return tuple(worker.number for worker in self._all)

    def _asked(self, path: Path, max_pixels: int, *, pixels: bool) -> tuple[Header, Decoded | None]:
        question = {"path": os.path.abspath(path), "named": str(path)}
        question |= {"max_pixels": max_pixels, "pixels": pixels}
        try:
            answer = self._answer(question)
        except DecoderEndedError as error:
            raise PhotoError(f"{path}: {told(error.code)}") from None
        except TimeoutError as error:
            text = f"reading it did not come to an end in {error.args[0]:.0f} seconds: not read"
            raise PhotoError(f"{path}: {text}") from None
        if isinstance(answer, str):
            raise PhotoError(answer)
        if not (isinstance(answer, tuple) and len(answer) == 2 and isinstance(answer[0], Header)):
            raise PhotoError(f"{path}: its decoder gave no answer: not read")
        return answer

    def _answer(self, question: dict) -> Value:
        try:
            with self._process() as process:
                return process.ask(question)
        except DecoderEndedError as error:
            if not error.used or error.code == -TIME_OUT:
                raise
        # Perhaps it was hurt by a file before this one: once more, in a process of its own.
        with self._process(fresh=True) as process:
            return process.ask(question)

    @contextmanager
    def _process(self, *, fresh: bool = False) -> Iterator[DecoderWorker]:
        process, age = self._take(fresh)
        try:
            yield process
        finally:
            with self._changed:
                kept = process.usable and age == self._age
                self._taken -= 1
                if kept:
                    self._idle.append(process)
                self._changed.notify()
            if not kept:
                self._end(process)

    def _take(self, fresh: bool) -> tuple[DecoderWorker, int]:
        with self._changed:
            self._changed.wait_for(lambda: self._taken < self._most)
            process = self._idle.pop() if self._idle else None
            if process is not None and (fresh or not process.alive):
                self._end(process)
                process = None
            process = process or self._new(self._command)
            self._taken += 1
            return process, self._age

    def _new(self, command: Sequence[str] | None) -> DecoderWorker:
        process = DecoderWorker(command)
        self._all.add(process)
        return process

    def _end(self, process: DecoderWorker) -> None:
        process.end()
        self._all.discard(process)


def _end_all(processes: set[DecoderWorker], owner: int) -> None:
    while processes and os.getpid() == owner:
        processes.pop().end()


def can_decode_apart() -> bool:
    """Whether this system can run decoders in processes of their own: all but Windows."""
    return os.name == "posix" and bool(sys.executable)


@cache
def common_pool() -> DecoderPool | None:
    """The pool that a program's parts share; None where photos are decoded in its own process."""
    return DecoderPool() if can_decode_apart() else None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=common_pool.cache_clear)  # a parent's are its own
