"""Odd picture sizes for networks that work at half resolution inside."""

from __future__ import annotations

import keras
from keras import ops

from sr_app.layers.operations import Lowering, Tensor
from sr_app.layers.shapes import resized


@keras.saving.register_keras_serializable(package="sr_app")
class PadToEven(keras.layers.Layer):
    """Repeat the last row and column where height or width is odd (symmetric padding by one).

    Input shape: ``(batch, height, width, channels)``.
    Output shape: the same with height and width rounded up to even numbers.
    """

    def call(self, inputs):
        height, width = ops.shape(inputs)[1:3]
        x = ops.concatenate([inputs, inputs[:, height - height % 2 :]], axis=1)
        return ops.concatenate([x, x[:, :, width - width % 2 :]], axis=2)

    def lower(self, graph: Lowering, tensors: list[Tensor]) -> Tensor:
        """No operation: whoever runs the graph pads and crops, which gives the same."""
        return tensors[0]

    def compute_output_shape(self, input_shape):
        return resized(input_shape, lambda side: side + side % 2)


@keras.saving.register_keras_serializable(package="sr_app")
class CropLike(keras.layers.Layer):
    """Crop a picture at the bottom and right to ``scale`` times the size of a reference.

    Call arguments: ``[picture (batch, H, W, channels), reference (batch, h, w, any)]``.
    Output shape: ``(batch, scale*h, scale*w, channels)``.
    """

    def __init__(self, scale: int, **layer_options):
        super().__init__(**layer_options)
        self.scale = scale

    def call(self, inputs):
        picture, reference = inputs
        height, width = ops.shape(reference)[1:3]
        return picture[:, : self.scale * height, : self.scale * width, :]

    def lower(self, graph: Lowering, tensors: list[Tensor]) -> Tensor:
        """No operation: whoever runs the graph pads and crops, which gives the same."""
        return tensors[0]

    def compute_output_shape(self, input_shape):
        picture, reference = input_shape
        return resized(reference, lambda side: side * self.scale, picture[-1])

    def get_config(self):
        return {**super().get_config(), "scale": self.scale}
