"""The asking end of a process that decodes: its question, its answer, its end.

The pixels come back through the socket, into memory of this process: of 12 megapixels that is a
third of what new pages of shared memory cost. It is started by its command and not by
`multiprocessing`: it inherits neither threads nor files, and no script is imported a second time,
whatever start method is set.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence

import numpy as np

from sr_app.image.decoder_fork import ForkedProcess
from sr_app.image.decoder_message import Value, unpacked
from sr_app.image.decoder_process import ANSWER, ANSWERED, LENGTH, PLANNED, TOO_MUCH_MEMORY

COMMAND = (
    sys.executable,
    "-c",
    "import sys; sys.path[:] = sys.argv[2:]; "
    "from sr_app.image.decoder_process import main; main(int(sys.argv[1]))",
)
START_SECONDS = 60.0
SPARE_SECONDS = 10.0
PATIENCE = 6.0
"""Seconds on the clock for each second of processor time: other programs want the machine too."""

SLOWEST = 10e6
"""Bytes a second of a message, on a machine that has other work."""

TIME_OUT = 24  # SIGXCPU, of Linux and macOS alike; Windows knows none
_MOST_ANSWERS = 8
_LOOKS = 250  # of 20 ms, until it has ended by itself
_KILLED = {
    -TIME_OUT: "reading it took far longer than a photo of its size should: not read",
    -9: "the system ended its decoder, perhaps for want of memory: not read",
}
_PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT")
_PASSED_ON_TOO = ("PYTHON", "LC_", "LD_", "DYLD_")


class DecoderEndedError(Exception):
    """The process ended without an answer; its exit code, and whether it had read others before."""

    def __init__(self, code: int, used: bool):
        super().__init__(code)
        self.code, self.used = code, used


class DecoderWorker:
    """One process, and the socket to it; used by one thread at a time.

    Args:
        command: that it runs; the number of its socket and the path for imports are put behind it.
            None forks this process, see `decoder_fork`.
    """

    def __init__(self, command: Sequence[str] | None = COMMAND):
        self._line, theirs = socket.socketpair()
        with theirs:
            self._process = (
                ForkedProcess(theirs.fileno()) if command is None else _started(theirs, command)
            )
        self._ready, self._used, self.usable = False, False, True

    @property
    def number(self) -> int:
        """Of the process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def ask(self, question: dict) -> Value:
        """Its answer.

        Raises:
            DecoderEndedError: if it ended without one.
            TimeoutError: if none came in time; with the seconds.
            OSError: if it could not be started at all.
        """
        self.usable = False
        data = json.dumps(question).encode("ascii")
        try:
            self._line.sendall(LENGTH.pack(len(data)) + data)
            answer = self._answer()
        except TimeoutError:
            raise
        except (OSError, EOFError, ValueError):
            code = self._ended()
            if not self._ready:
                text = f"The process that decodes photos cannot be started (exit code {code})"
                raise OSError(text) from None
            raise DecoderEndedError(code, self._used) from None
        self._used = True
        return answer

    def _ended(self) -> int:
        """The exit code of a process that has closed its end or talks nonsense."""
        self._line.close()
        for _ in range(_LOOKS):
            if (code := self._process.poll()) is not None:
                return code
            time.sleep(0.02)
        self._process.kill()
        return self._process.wait()

    def _answer(self) -> Value:
        seconds = SPARE_SECONDS if self._ready else START_SECONDS
        for _ in range(_MOST_ANSWERS):
            kind, number, start, weary = ANSWER.unpack(self._received(ANSWER.size, seconds))
            if kind == ANSWERED:
                value = unpacked(self._received(number, SPARE_SECONDS + number / SLOWEST), start)
                self.usable = not weary
                return value
            self._ready = True
            seconds = SPARE_SECONDS
            seconds += PATIENCE * number / 1000 if kind == PLANNED else 0
        raise ValueError("more was said than an answer")

    def _received(self, length: int, seconds: float) -> memoryview:
        try:
            memory = np.empty(length, np.uint8).data  # NumPy asks for large pages
        except MemoryError:
            raise ValueError(f"{length} bytes were promised") from None
        left, until = memory, time.monotonic() + seconds
        while left:
            self._line.settimeout(max(1e-3, until - time.monotonic()))
            try:
                count = self._line.recv_into(left)
            except TimeoutError:
                raise TimeoutError(seconds) from None
            if not count:
                raise EOFError
            left = left[count:]
        return memory

    def end(self) -> None:
        """Kill it, and wait until it is gone."""
        self.usable = False
        self._line.close()
        self._process.kill()
        self._process.wait()


def _started(theirs: socket.socket, command: Sequence[str]) -> subprocess.Popen:
    return subprocess.Popen(
        [*command, str(theirs.fileno()), *map(os.path.abspath, sys.path)],
        pass_fds=(theirs.fileno(),),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,  # what libraries think of a file is in the refusal
        env=_environment(),
    )


def told(code: int) -> str:
    """Why a photo is not read whose decoder ended with an exit code."""
    if code == TOO_MUCH_MEMORY:
        return "reading it took far more memory than a photo of its size should: not read"
    if code >= 0:
        return f"its decoder ended (exit code {code}): not read"
    return _KILLED.get(code, f"its decoder crashed ({signal.Signals(-code).name}): not read")


def _environment() -> dict[str, str]:
    """What a decoder may know of the world; no passwords."""
    known = {
        name: value
        for name, value in os.environ.items()
        if name in _PASSED_ON or name.startswith(_PASSED_ON_TOO)
    }
    # Threads take address space, which is limited: few arenas, no pool for linear algebra. Large
    # pages, where the C library and the system have them, save a third of a large photo's time.
    chosen = {"MALLOC_ARENA_MAX": "2", "OPENBLAS_NUM_THREADS": "1"}
    return known | chosen | {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
