"""A process for decoding by a fork of this one: ready in milliseconds when a program begins.

What is imported need not be imported again: on a cold start of the command line that is a fifth of
all its processor time. Later, beside threads and libraries that have some, a fork is not safe, and
processes are started by their command.
"""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import sys
import threading
from contextlib import suppress

from PIL import Image

from sr_app.image import decoder_process

_THREADED = frozenset(["onnxruntime", "cv2", "gradio", "keras", "ray"])
"""Libraries with threads of their own, and locks that a fork would leave held for ever."""

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # malloc.h
_KEPT_MEMORY = 192 << 20
"""Bytes: as much as 24 megapixels take, and less than what a decoder may grow by (MOST_GROWTH)."""


def may_fork() -> bool:
    """Whether nothing in this process speaks against it; macOS' own libraries always do."""
    return (
        sys.platform == "linux"
        and threading.active_count() == 1
        and _THREADED.isdisjoint(sys.modules)
    )


class ForkedProcess:
    """A fork that serves a socket, with what is used of `subprocess.Popen`.

    Args:
        number: of the socket; everything else that is open is closed in the fork.
    """

    def __init__(self, number: int):
        self.returncode: int | None = None
        Image.preinit()  # once, before, and not in each of the two
        gc.freeze()  # a collection touches every object, and would copy every page of them
        self.pid = os.fork()
        if self.pid == 0:
            _serve(number)

    def poll(self) -> int | None:
        """The exit code, -n after signal n; None while it runs."""
        return self._waited(os.WNOHANG)

    def wait(self) -> int:
        """The exit code, at the end."""
        code = self._waited(0)
        return -signal.SIGKILL if code is None else code

    def kill(self) -> None:
        """End it at once."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def _waited(self, options: int) -> int | None:
        if self.returncode is None:
            try:
                pid, status = os.waitpid(self.pid, options)
            except ChildProcessError:  # somebody else has waited for it
                self.returncode = -signal.SIGKILL
            else:
                self.returncode = os.waitstatus_to_exitcode(status) if pid else None
        return self.returncode


def _serve(number: int) -> None:
    code = 1
    try:
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, signal.SIG_DFL)
        nothing = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(nothing, standard)
        os.closerange(3, number)
        os.closerange(number + 1, os.sysconf("SC_OPEN_MAX"))
        _keep_memory()
        decoder_process.main(number)
        code = 0
    finally:
        os._exit(code)  # nothing of the program around it ends here


def _keep_memory() -> None:
    """What a photo took is used again by the next: new pages are half of a large photo's time."""
    with suppress(AttributeError):  # a C library without it
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_MMAP_THRESHOLD, _KEPT_MEMORY)
        mallopt(_TRIM_THRESHOLD, _KEPT_MEMORY)
