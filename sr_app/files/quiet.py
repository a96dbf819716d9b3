"""Notices of native libraries, kept off a person's terminal."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def silent_output() -> Iterator[None]:
    """Drop what native code writes to standard output, which Python's own redirection leaves."""
    sys.stdout.flush()
    with open(os.devnull, "wb") as nowhere:
        original = os.dup(1)
        os.dup2(nowhere.fileno(), 1)
        try:
            yield
        finally:
            sys.stdout.flush()
            os.dup2(original, 1)
            os.close(original)


@contextmanager
def quiet_start(*, shown_on_failure: bool = True) -> Iterator[None]:
    """Hold back what native code writes to stderr, as while Keras and its backend load.

    They write from C++ before any of their settings is read, so the file descriptor is turned
    aside. If the block fails, the notices are printed after all, unless that is said to be no news:
    they may say why.
    """
    sys.stderr.flush()
    with tempfile.TemporaryFile() as aside:
        original = os.dup(2)
        os.dup2(aside.fileno(), 2)
        failed = True
        try:
            yield
            failed = False
        finally:
            os.dup2(original, 2)
            os.close(original)
            if failed and shown_on_failure:
                aside.seek(0)
                os.write(2, aside.read())
