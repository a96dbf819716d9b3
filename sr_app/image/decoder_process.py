"""The process that decodes for another one: a photo at a time, within limits that the kernel keeps.

It is started by `decoder_pool` with one end of a socket, answers what comes there, and ends when
the other end is closed. Address space and processor time are limited anew for every photo, by what
its header says (`limits.budget_for`): what passes them is refused or killed here, and the process
that asked goes on.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, cast

from sr_app.image.contents import Contents
from sr_app.image.decoder_message import Value, packed
from sr_app.image.decoders import Decoded, decode, load_codec
from sr_app.image.errors import PhotoError
from sr_app.image.headers import Header, read_header
from sr_app.image.limits import Budget, budget_for, header_budget

ANSWER = struct.Struct(">cQQ?")
"""What is said, two numbers, and whether the process ends afterwards.

READY: it takes questions. PLANNED: milliseconds of processor time that the photo may take.
ANSWERED: a message follows, its length and where its description begins.
"""

READY, PLANNED, ANSWERED = b"R", b"P", b"A"
LENGTH = struct.Struct(">I")
"""Before each question: bytes of JSON."""

TOO_MUCH_MEMORY = 86
"""Exit code where memory is watched and not limited."""

MOST_PHOTOS = 1000
"""After which a process gives way to a new one, so that what decoders lose does not add up."""

MOST_GROWTH = 256 << 20
"""Bytes in use between photos over those after the first, likewise."""

Read = Callable[[Path, int, bool, Callable[[Budget], None]], tuple[Header, Decoded | None]]


def main(number: int) -> None:
    """Serve the socket of this number until its other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for whoever asked
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # the one within OpenCV: threads take address space
    with socket.socket(fileno=number) as line, suppress(OSError):
        serve(line)


def read(
    path: Path, max_pixels: int, pixels: bool, plan: Callable[[Budget], None]
) -> tuple[Header, Decoded | None]:
    """The header of a file and, where they are wanted, its pixels.

    Args:
        plan: called with what each step may take, before it.
    """
    with suppress(OSError):
        plan(header_budget(path.stat().st_size))
    if not pixels:
        return read_header(path), None

    def watch(contents: Contents, size: int) -> None:
        load_codec(contents)  # which is no fault of the photo's
        plan(budget_for(contents, size))

    return decode(path, max_pixels, watch=watch)


def serve(line: socket.socket, *, read: Read = read) -> None:
    """Answer questions until none comes."""
    limits = Limits()
    line.sendall(ANSWER.pack(READY, 0, 0, False))
    served, first, left = 0, 0, 0
    while (question := _question(line)) is not None:
        answer, weary = _answered(question, partial(_planned, line, limits), read)
        served += 1
        weary = weary or served >= MOST_PHOTOS or left - first > MOST_GROWTH
        try:
            blocks, start = packed(answer)
        except MemoryError:
            named = question["named"]
            blocks, start = packed(f"{named}: too large for the memory that it may take")
            weary = True
        _send(line, blocks, start, weary)
        del answer, blocks  # its pixels are not kept until the next question
        if weary:
            return
        left = resident_bytes() or 0
        first = first or left


def _question(line: socket.socket) -> dict | None:
    head = _received(line, LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    return json.loads(_received(line, length))


def _received(line: socket.socket, length: int) -> bytes:
    parts = []
    while length and (part := line.recv(length)):
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def _planned(line: socket.socket, limits: Limits, budget: Budget) -> None:
    limits.set(budget)
    line.sendall(ANSWER.pack(PLANNED, round(1000 * budget.seconds), 0, False))


def _answered(
    question: dict[str, Any], plan: Callable[[Budget], None], read: Read
) -> tuple[Value, bool]:
    """The answer, a text where the photo is refused, and whether the process should end."""
    path, named = question["path"], question["named"]
    try:
        return read(Path(path), question["max_pixels"], question["pixels"], plan), False
    except PhotoError as error:
        start = f"{path}: "
        text = str(error)
        text = f"{named}: {text.removeprefix(start)}" if text.startswith(start) else text
        return text, isinstance(error.__context__, MemoryError)


def _send(line: socket.socket, blocks: list[memoryview], start: int, weary: bool) -> None:
    length = sum(len(block) for block in blocks)
    line.sendall(ANSWER.pack(ANSWERED, length, start, weary))
    for block in blocks:
        line.sendall(block)


class Limits:
    """Address space and processor time of this process, set anew for every photo.

    Where the address space cannot be limited (macOS takes the call and does not act on it), a
    thread looks at the memory that was ever used, every 20 ms, and ends the process. What a user's
    own limits forbid stays forbidden.
    """

    def __init__(self) -> None:
        import resource  # not there on Windows, where no such process is started

        self._resource = resource
        self._memory = resource.getrlimit(resource.RLIMIT_AS)
        self._time = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        self._watch = None if limits_memory() else _MemoryWatch()

    def set(self, budget: Budget) -> None:
        """So much more than what is in use now."""
        resource = self._resource
        seconds = int(time.process_time() + budget.seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, _below(seconds, self._time))
        if self._watch is not None:
            self._watch.allow(budget.memory)
            return
        memory = (virtual_bytes() or 0) + budget.memory
        resource.setrlimit(resource.RLIMIT_AS, _below(memory, self._memory))


def _below(wanted: int, own: tuple[int, int]) -> tuple[int, int]:
    soft, hard = own
    return (wanted if soft < 0 else min(wanted, soft)), hard  # RLIM_INFINITY is -1


def limits_memory() -> bool:
    """Whether this system limits a process' address space and tells its size."""
    return sys.platform != "darwin" and virtual_bytes() is not None


def virtual_bytes() -> int | None:
    """Address space of this process; None where the system does not tell."""
    return _memory(0)


def resident_bytes() -> int | None:
    """Memory of this process that is in use; None where the system does not tell."""
    return _memory(1)


def _memory(field: int) -> int | None:
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[field])
    except (OSError, ValueError, IndexError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")


class _MemoryWatch(threading.Thread):
    def __init__(self) -> None:
        super().__init__(name="memory watch", daemon=True)
        self._most = 1 << 62
        self.start()

    def allow(self, memory: int) -> None:
        self._most = self._peak() + memory

    def run(self) -> None:
        while self._peak() <= self._most:
            time.sleep(0.02)
        os._exit(TOO_MUCH_MEMORY)

    def _peak(self) -> int:
        import resource

        unit = 1 if sys.platform == "darwin" else 1024
        return unit * cast(int, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
