"""A grouped convolution as ordinary ones side by side: no compilation, on any backend."""

from __future__ import annotations

import keras
from keras import ops


@keras.saving.register_keras_serializable("sr_app")
class GroupedConv2D(keras.layers.Conv2D):
    """``keras.layers.Conv2D`` with stride 1, whose groups are convolved one by one.

    Arguments, weights and results are those of its parent. TensorFlow has no grouped convolution
    for a CPU; there Keras compiles one with XLA, anew for every call that is not traced. For a
    dozen layers that costs minutes where the arithmetic takes seconds.
    """

    def convolution_op(self, inputs, kernel):
        if self.groups == 1:
            return super().convolution_op(inputs, kernel)
        pairs = zip(
            ops.split(inputs, self.groups, axis=-1),  # (B, H, W, c)
            ops.split(kernel, self.groups, axis=-1),  # (k, k, c, filters / groups)
            strict=True,
        )
        parts = [super(GroupedConv2D, self).convolution_op(x, part) for x, part in pairs]
        return ops.concatenate(parts, axis=-1)
