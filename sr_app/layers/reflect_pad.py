"""Padding that mirrors the picture about its border pixels."""

from __future__ import annotations

import keras
from keras import ops

from sr_app.layers.shapes import resized


@keras.saving.register_keras_serializable(package="sr_app")
class ReflectPad(keras.layers.Layer):
    """``margin`` pixels on every side, mirrored without repeating the border.

    Input shape: ``(batch, height, width, channels)``, sides larger than the margin.
    Output shape: ``(batch, height + 2*margin, width + 2*margin, channels)``.
    """

    def __init__(self, margin: int, **layer_options):
        super().__init__(**layer_options)
        self.margin = margin

    def call(self, inputs):
        sides = (self.margin, self.margin)
        return ops.pad(inputs, ((0, 0), sides, sides, (0, 0)), mode="reflect")

    def compute_output_shape(self, input_shape):
        return resized(input_shape, lambda side: side + 2 * self.margin)

    def get_config(self):
        return {**super().get_config(), "margin": self.margin}
