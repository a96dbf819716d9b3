"""A grouped convolution as ordinary ones side by side: no compilation, on any backend."""

from __future__ import annotations

import keras
from keras import ops


def convolve(x, kernel, *, padding: str = "same"):
    """``keras.ops.conv`` of stride 1, channels last, whose groups are convolved one by one.

    TensorFlow has no grouped convolution for a CPU; there Keras compiles one with XLA, anew for
    every call that is not traced. For a dozen layers that costs minutes where the arithmetic takes
    seconds.

    Args:
        x: (B, H, W, groups * c).
        kernel: (k, k, c, filters); as many groups as the channels of x are multiples of c.
    """
    groups = x.shape[-1] // kernel.shape[2]
    parts = [
        ops.conv(channels, part, padding=padding, data_format="channels_last")
        for channels, part in zip(
            ops.split(x, groups, axis=-1), ops.split(kernel, groups, axis=-1), strict=True
        )
    ]
    return parts[0] if groups == 1 else ops.concatenate(parts, axis=-1)


@keras.saving.register_keras_serializable("sr_app")
class GroupedConv2D(keras.layers.Conv2D):
    """``keras.layers.Conv2D`` with stride 1 by `convolve`.

    Arguments, weights and results are those of its parent.
    """

    def convolution_op(self, inputs, kernel):
        return convolve(inputs, kernel, padding=self.padding)
