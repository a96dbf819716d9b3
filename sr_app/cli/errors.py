"""What a person sees when something is wrong with their input: one line, exit code 2."""

from __future__ import annotations

import errno
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import typer

from sr_app.files.extras import MissingExtraError, naming_extras
from sr_app.files.replacement import FULL, final_names

DIVERGED = 1
"""Exit code of a training whose loss is no longer a number."""

BAD_INPUT = 2
"""Exit code of a command that could not use its input."""

PARTLY_DONE = 3
"""Exit code of a batch in which at least one file failed and the rest was done."""

LONGEST = 800
"""Letters of an error's line; of a longer one only beginning and end are said."""

TRACEBACK = "SR_APP_TRACEBACK"
"""Environment variable: set it to anything to see where an error came from."""


@contextmanager
def clear_errors() -> Iterator[None]:
    """Turn ValueError, OSError and a missing extra into one line on stderr and exit code 2.

    A training that diverged, FloatingPointError, is one line too, and exit code 1. Anything else is
    a fault of the program and keeps its traceback. A closed pipe (`sr-app presets | head -1`) is no
    error and passes through to the command line library. Its own warnings are a line each.
    """
    try:
        with naming_extras(), warnings.catch_warnings():
            warnings.showwarning = partial(show_warning, warnings.showwarning)
            yield
    except BrokenPipeError:
        raise
    except (ValueError, OSError, FloatingPointError, MissingExtraError) as error:
        if os.environ.get(TRACEBACK):
            raise
        typer.echo(f"sr-app: {one_line(error)}", err=True)
        diverged = isinstance(error, FloatingPointError)
        raise typer.Exit(DIVERGED if diverged else BAD_INPUT) from None


def show_warning(usual: Callable[..., None], message, category, *place, **more) -> None:
    """Print a warning of this program's own classes as a line; others go the usual way."""
    if category.__module__.partition(".")[0] != __name__.partition(".")[0]:
        usual(message, category, *place, **more)
        return
    typer.echo(f"sr-app: warning: {in_short(str(message))}", err=True)


def escaped(text: str) -> str:
    """Text whose control characters are spelled out, so that no terminal acts upon them.

    Names of files and of presets may come from a stranger. New lines stay.
    """
    return "".join(
        letter
        if letter.isprintable() or letter == "\n"
        else letter.encode("unicode_escape").decode("ascii")
        for letter in text
    )


def on_one_line(text: str) -> str:
    """Text on one line: control characters are spelled out, new lines too."""
    return escaped(text).replace("\n", "\\n")


def one_line(error: Exception) -> str:
    """Return the error's message on one line; "file: reason" for the operating system's errors."""
    if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG and error.filename:
        name = os.fspath(error.filename)
        length = max(len(os.fsencode(part)) for part in Path(name).parts)
        return escaped(f"Expected a shorter name. Received: one of {length} bytes, {name[:40]}...")
    if isinstance(error, OSError) and error.filename is not None and error.strerror:
        return escaped(final_names(f"{os.fspath(error.filename)}: {error.strerror}"))
    unnamed = isinstance(error, OSError) and error.errno in FULL and error.strerror
    return in_short(final_names(unnamed or str(error))) or type(error).__name__


def in_short(text: str) -> str:
    """Text on one line that somebody can read, its control characters spelled out."""
    return escaped(shortened(" ".join(text.split())))


def shortened(line: str) -> str:
    """A line that somebody can read: of a longer one the beginning and the end."""
    return line if len(line) <= LONGEST else f"{line[: LONGEST // 2]} ... {line[-LONGEST // 4 :]}"
