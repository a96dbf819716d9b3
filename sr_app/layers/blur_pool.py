"""Blur pooling: halve a picture after a small binomial filter, so that a shift changes little."""

from __future__ import annotations

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="sr_app")
class BlurPool(keras.layers.Layer):
    """Reflect at the border, filter with ``[1, 2, 1] / 4`` in both directions, keep every second.

    Zhang, "Making Convolutional Networks Shift-Invariant Again", ICML 2019, section 3.2. Written as
    sums of slices: on a CPU several times faster than a depth-wise convolution.

    Input shape: ``(batch, height, width, channels)``.
    Output shape: ``(batch, (height + 2*pad - 1) // 2, (width + 2*pad - 1) // 2, channels)``.

    Args:
        pad: reflected pixels on each side; 1 keeps the filter centred on the border, 2 is the
            wider border of Ghildyal and Liu, ECCV 2022, section 3.3.
    """

    def __init__(self, pad: int = 1, **layer_options):
        super().__init__(**layer_options)
        self.pad = pad

    def call(self, inputs):
        around = (self.pad, self.pad)
        x = ops.pad(inputs, ((0, 0), around, around, (0, 0)), mode="reflect")
        x = x[:, :-2:2] + 2 * x[:, 1:-1:2] + x[:, 2::2]
        return (x[:, :, :-2:2] + 2 * x[:, :, 1:-1:2] + x[:, :, 2::2]) / 16

    def compute_output_shape(self, input_shape):
        batch, height, width, channels = input_shape
        halved = (None if n is None else (n + 2 * self.pad - 1) // 2 for n in (height, width))
        return (batch, *halved, channels)

    def get_config(self):
        return {**super().get_config(), "pad": self.pad}
