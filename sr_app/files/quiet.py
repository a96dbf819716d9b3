"""Notices of native libraries, kept off a person's terminal."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TextIO


@contextmanager
def silent_output() -> Iterator[None]:
    """Drop what native code writes to standard output, which Python's own redirection leaves."""
    _flush(sys.stdout)
    with open(os.devnull, "wb") as nowhere, _led_to(nowhere, 1):
        try:
            yield
        finally:
            _flush(sys.stdout)


@contextmanager
def quiet_start(*, shown_on_failure: bool = True) -> Iterator[None]:
    """Hold back what native code writes to stderr, as while Keras and its backend load.

    They write from C++ before any of their settings is read, so the file descriptor is turned
    aside. Where Keras is loaded at the end of the block, its backend looks for its devices there,
    for it says what it does not find. If the block fails, the notices are printed after all, for
    they may say why, unless `shown_on_failure` is false.
    """
    _flush(sys.stderr)
    with tempfile.TemporaryFile() as aside:
        try:
            with _led_to(aside, 2):
                yield
                _find_devices()
        except BaseException:
            if shown_on_failure:
                aside.seek(0)
                os.write(2, aside.read())
            raise


def _flush(stream: TextIO | None) -> None:
    """Write out what a standard stream holds; one that was closed at the start is None."""
    if stream is not None:
        stream.flush()


def _find_devices() -> None:
    """Let Keras' backend, if it is loaded, do what it does before its first operation."""
    if "keras" in sys.modules:
        import keras

        keras.ops.zeros(1)


@contextmanager
def _led_to(file: IO[bytes], descriptor: int) -> Iterator[None]:
    """Let what is written to a standard stream's descriptor go to a file within the block."""
    original = os.dup(descriptor)
    os.dup2(file.fileno(), descriptor)
    try:
        yield
    finally:
        os.dup2(original, descriptor)
        os.close(original)
