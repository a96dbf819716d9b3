"""`-` for standard input and standard output: photos through pipes."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from sr_app.files.replacement import final_names, temporary_folder

STREAM = "-"


@dataclass(frozen=True)
class Streams:
    """What stands for the streams while the work is done.

    Args:
        sources: with a file for standard input.
        target: a file for standard output.
        out: whether that is what it is.
        folder: of the files; it goes again.
    """

    sources: list[str]
    target: str
    out: bool
    folder: str = ""

    def restore_names(self, text: str) -> str:
        """A message with the streams instead of the files."""
        return _restore_names(text, self.folder)

    def send(self) -> None:
        """Give the file to standard output, if that is what it stands for.

        ValueError if it cannot take all of it.
        """
        if self.out:
            try:
                with open(self.target, "rb") as file:
                    shutil.copyfileobj(file, sys.stdout.buffer)
                sys.stdout.buffer.flush()
            except BrokenPipeError:
                raise
            except OSError as error:
                raise ValueError(f"standard output is not whole: {error.strerror}") from error


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person looks at one of the program's streams; one that is closed is None."""
    return stream is not None and stream.isatty()


def hold_closed_streams() -> None:
    """Open the null device in the place of closed streams.

    The next file that is opened would have their number, and be written into by whatever prints: a
    native library, or a process begun by this one.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            null = os.open(os.devnull, os.O_RDWR)
            if null == number:
                os.set_inheritable(number, True)
            else:
                os.dup2(null, number)
                os.close(null)


@contextmanager
def standard_streams(
    sources: list[str], target: str, as_json: bool, file_format: str | None
) -> Iterator[Streams]:
    """Files in the place of the streams, which go again when the block ends.

    Raises:
        ValueError: for several inputs and one output, or JSON where the picture goes; for an input
            that names no format of a result that has no name; for a stream that is closed.
    """
    if STREAM not in sources and target != STREAM:
        yield Streams(sources, target, False)
        return
    if target == STREAM and (len(sources) > 1 or Path(sources[0]).is_dir()):
        raise ValueError("Expected one photo for standard output. Received: several, or a folder")
    if target == STREAM and as_json:
        raise ValueError("Expected a file as OUT with --json: both would go to standard output")
    if sources.count(STREAM) > 1:
        raise ValueError(f"Expected {STREAM} once. Received: {sources.count(STREAM)} times")
    if STREAM in sources and sys.stdin is None:
        raise ValueError("Expected a photo on standard input. Received: a closed one")
    if target == STREAM and sys.stdout is None:
        raise ValueError("Expected an open standard output. Received: a closed one")
    with temporary_folder() as folder:
        try:
            yield _streams(folder, sources, target, file_format)
        except ValueError as error:  # of the files here nobody knows
            raise ValueError(_restore_names(str(error), str(folder))) from error


def _streams(folder: Path, sources: list[str], target: str, file_format: str | None) -> Streams:
    alone = len(sources) == 1
    files = [str(_received(folder, alone)) if each == STREAM else each for each in sources]
    if target != STREAM:
        return Streams(files, target, False, str(folder))
    suffix = f".{file_format.lower().lstrip('.')}" if file_format else _suffix(Path(files[0]))
    return Streams(files, str(folder / f"result{suffix}"), True, str(folder))


def _restore_names(text: str, folder: str) -> str:
    """The text with the streams in the place of the files that stand for them."""
    names = "|".join(re.escape(name) for name in (folder, final_names(folder)))
    return re.sub(rf"({names})[/\\][^\s:]+", STREAM, text) if folder else text


def _received(folder: Path, alone: bool) -> Path:
    """What comes in, as a file that is named after its format; one that is no photo is told of at
    once if it is ``alone``, else in its turn: it does not stop the others."""
    from sr_app.image.files import PhotoError

    path = folder / "stdin"
    with path.open("wb") as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
    try:
        return path.rename(path.with_suffix(_suffix(path)))
    except PhotoError:
        if alone:
            raise
        return path.rename(path.with_suffix(".png"))


def _suffix(path: Path) -> str:
    """The one that goes with what the file holds, whatever it is called."""
    from sr_app.image.files import SUFFIXES, read_header

    kind = read_header(path).format
    return next(suffix for suffix, name in SUFFIXES.items() if name == kind)
