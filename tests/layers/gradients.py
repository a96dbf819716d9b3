"""Gradients of a function of arrays, the same way on every backend: one step of plain descent."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
from keras import ops


class Probe(keras.Model):
    """A model whose weights are the function's arguments and whose loss is <result, upstream>."""

    def __init__(self, function: Callable, upstream: np.ndarray, arrays: tuple[np.ndarray, ...]):
        super().__init__()
        self.function, self.upstream = function, upstream
        self.held = [self.add_weight(shape=array.shape, initializer="zeros") for array in arrays]
        for weight, array in zip(self.held, arrays, strict=True):
            weight.assign(array.copy())  # a backend may keep the array as its own memory
        self.built = True

    def call(self, inputs):
        return self.function(*(ops.convert_to_tensor(weight) for weight in self.held))

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return ops.sum(y_pred * self.upstream)


def gradients(
    function: Callable, upstream: np.ndarray, *arrays: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Gradients of ``sum(function(*arrays) * upstream)``; accurate to float32 sums."""
    probe = Probe(function, upstream, arrays)
    probe.compile(keras.optimizers.SGD(1.0))
    probe.train_on_batch(np.zeros((1, 1)), np.zeros((1, 1)))
    pairs = zip(arrays, probe.held, strict=True)
    return tuple(before - ops.convert_to_numpy(after) for before, after in pairs)
