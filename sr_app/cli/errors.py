"""What a person sees when something is wrong with their input: one line, exit code 2."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import typer

DIVERGED = 1
"""Exit code of a training whose loss is no longer a number."""

BAD_INPUT = 2
"""Exit code of a command that could not use its input."""

PARTLY_DONE = 3
"""Exit code of a batch in which at least one file failed and the rest was done."""

TRACEBACK = "SR_APP_TRACEBACK"
"""Environment variable: set it to anything to see where an error came from."""


@contextmanager
def clear_errors() -> Iterator[None]:
    """Turn ValueError and OSError into one line on stderr and exit code 2.

    A training that diverged, FloatingPointError, is one line too, and exit code 1. Anything else is
    a fault of the program and keeps its traceback. A closed pipe (`sr-app presets | head -1`) is no
    error and passes through to the command line library.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except (ValueError, OSError, FloatingPointError) as error:
        if os.environ.get(TRACEBACK):
            raise
        typer.echo(f"sr-app: {one_line(error)}", err=True)
        diverged = isinstance(error, FloatingPointError)
        raise typer.Exit(DIVERGED if diverged else BAD_INPUT) from None


def one_line(error: Exception) -> str:
    """Return the error's message on one line; "file: reason" for the operating system's errors."""
    if isinstance(error, OSError) and error.filename is not None and error.strerror:
        return f"{os.fspath(error.filename)}: {error.strerror}"
    return " ".join(str(error).split()) or type(error).__name__
