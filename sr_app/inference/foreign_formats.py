"""The table of files that networks come in. To add one: a file beside this one, one line, one test.

Each entry makes a ``ForeignNetwork`` of a path, or says in one line why not, and imports what it
needs when it is called.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sr_app.inference.foreign_ncnn import bring_ncnn
from sr_app.inference.foreign_network import ForeignNetwork
from sr_app.inference.foreign_onnx import bring_onnx
from sr_app.inference.foreign_torch import bring_torch

FORMATS: dict[str, Callable[[Path], ForeignNetwork]] = {
    ".onnx": bring_onnx,
    ".param": bring_ncnn,
    ".pth": bring_torch,
    ".pt": bring_torch,
    ".ckpt": bring_torch,
    ".safetensors": bring_torch,
}

COMPANIONS = {".bin": ".param"}
"""Ending -> that of the file to be named instead."""


def bring(path: Path) -> ForeignNetwork:
    """The network of a file, or of a folder with ncnn's two; what has no known ending is read as
    ONNX.

    Raises:
        ValueError: one line, if it is none.
        MissingExtraError: without the library that reads it.
        OSError: if it cannot be read.
    """
    path.stat()  # says what is not there
    if not (path.is_file() or path.is_dir()):  # a pipe would wait for its other end
        raise ValueError(f"{path}: expected a network. Received: not a regular file")
    ending = path.suffix.lower()
    if ending in COMPANIONS and path.with_suffix(COMPANIONS[ending]).is_file():
        ending, path = COMPANIONS[ending], path.with_suffix(COMPANIONS[ending])
    return (bring_ncnn if path.is_dir() else FORMATS.get(ending, bring_onnx))(path)
