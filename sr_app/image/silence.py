"""C libraries that tell the terminal what they think of a file; what counts is in the refusal."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_STANDARD_ERROR = 2


class _Silence:
    """How many are asking for it, and where standard error leads otherwise; None if it is closed.

    It belongs to the whole process: what other threads write to it meanwhile is lost too.
    """

    def __init__(self) -> None:
        self._lock, self._count = threading.Lock(), 0
        self._kept: int | None = None

    def begin(self) -> None:
        with self._lock:
            self._count += 1
            if self._count > 1:
                return
            try:
                self._kept = os.dup(_STANDARD_ERROR)
            except OSError:
                return
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, _STANDARD_ERROR)
            os.close(nothing)

    def end(self) -> None:
        with self._lock:
            self._count -= 1
            if self._count == 0 and self._kept is not None:
                os.dup2(self._kept, _STANDARD_ERROR)
                os.close(self._kept)
                self._kept = None


_SILENCE = _Silence()


@contextmanager
def silence() -> Iterator[None]:
    """Lead standard error nowhere within the block, in any number of threads."""
    _SILENCE.begin()
    try:
        yield
    finally:
        _SILENCE.end()
