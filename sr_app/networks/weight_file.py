"""A model's variables as an HDF5 file, on a disk that may be full."""

from __future__ import annotations

import math
from pathlib import Path

import keras

from sr_app.files.room import take_room

PER_VARIABLE = 4096
"""Bytes that HDF5 adds to each variable's own, at most: 3,006 were measured."""


def write_variables(model: keras.Model, path: Path) -> None:
    """Write weights, and those of the optimizer of a compiled model.

    OSError where the disk has no room for them: HDF5 itself ends the process there.
    """
    take_room(path, stored_bytes(model))
    model.save_weights(path)


def stored_bytes(model: keras.Model) -> int:
    """Bytes of the file that will be written, or a little more."""
    optimizer = getattr(model, "optimizer", None)
    variables = [*model.variables, *(optimizer.variables if optimizer else ())]
    return sum(4 * math.prod(one.shape) + PER_VARIABLE for one in variables)
