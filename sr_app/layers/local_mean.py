"""A picture that was changed, with the local means that it had before."""

from __future__ import annotations

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="sr_app")
class KeepLocalMean(keras.layers.Layer):
    """``changed - mean(changed - picture)``, the mean over a square around every pixel.

    What is finer than the square may change: edges, grain, blocks. Colours and brightness of areas
    stay as they were. At the border the mean is that of the part of the square that is inside.

    Input: ``[picture, changed]``, both ``(batch, height, width, channels)``. Output: as these.

    Args:
        window: side of the square in pixels, odd.
    """

    def __init__(self, window: int, **layer_options):
        super().__init__(**layer_options)
        if window < 1 or window % 2 == 0:
            raise ValueError(f"Expected an odd side of the square in pixels. Received: {window}")
        self.window = window

    def call(self, inputs):
        picture, changed = inputs
        mean = ops.average_pool(changed - picture, self.window, strides=1, padding="same")
        return changed - mean

    def compute_output_shape(self, input_shape):
        return input_shape[1]

    def get_config(self):
        return {**super().get_config(), "window": self.window}
