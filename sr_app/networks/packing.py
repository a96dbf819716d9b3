"""Weights in the bits that they need: one for a sign, 32 for a number.

A file is a ``.npz`` archive of plain arrays, read without unpickling. A weight that its layer lists
in ``ONE_BIT`` is kept as packed bits (set where the weight is at least 0) under its path, with
``:bits`` behind; every other one as it is. Read back, a sign is +1 or -1: the network computes the
same to the last bit, but the magnitudes that its training needs are gone. Such a file is for use,
the checkpoints of the run are for training on.
"""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from tokenize import TokenError

import keras
import numpy as np
from keras import ops

from sr_app.files.replacement import replacing

BITS = ":bits"
DAMAGED = (zipfile.BadZipFile, zlib.error, TokenError)
"""What NumPy lets through of a file that is none of its own, beside usual errors."""


def one_bit_weights(model: keras.Model) -> set[str]:
    """Paths of the weights of which only the sign counts."""
    return {
        getattr(layer, name).path
        for layer in model._flatten_layers()
        for name in getattr(layer, "ONE_BIT", ())
    }


def write_packed(model: keras.Model, path: Path) -> None:
    """Write a network's weights under a temporary name, then move them into place."""
    signs, arrays = one_bit_weights(model), {}
    for weight in model.weights:
        value = ops.convert_to_numpy(weight)
        if weight.path in signs:
            arrays[weight.path + BITS] = np.packbits(value >= 0)
        else:
            arrays[weight.path] = value
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(file, **arrays)


def read_packed(model: keras.Model, path: Path) -> None:
    """Load what `write_packed` wrote into a network of the same genotype.

    Raises:
        ValueError: naming the file and the weight that is missing, superfluous or of another shape.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = dict(file)
    except (*DAMAGED, EOFError, OSError, ValueError, RuntimeError) as error:
        raise ValueError(f"{path} is not a file of packed weights: {error}") from error
    signs = one_bit_weights(model)
    names = {weight.path: weight.path + BITS * (weight.path in signs) for weight in model.weights}
    strange = sorted(set(arrays) ^ set(names.values()))
    if strange:
        raise ValueError(f"{path} holds another network's weights: {strange[0]} differs")
    values = [value_of(weight, arrays[names[weight.path]], path) for weight in model.weights]
    for weight, value in zip(model.weights, values, strict=True):
        weight.assign(value)


def value_of(weight: keras.Variable, array: np.ndarray, path: Path) -> np.ndarray:
    """The stored array in the shape of its weight; bits as +1 and -1."""
    shape = tuple(weight.shape)
    if array.dtype == np.uint8:
        count = int(np.prod(shape))
        if array.shape != (-(-count // 8),):
            raise ValueError(
                f"{path}: expected {count} bits for {weight.path}. Received: {8 * array.size}"
            )
        return np.where(np.unpackbits(array, count=count), 1, -1).reshape(shape)
    if array.shape != shape:
        raise ValueError(f"{path}: expected {weight.path} as {shape}. Received: {array.shape}")
    return array
