"""Channel shuffle: lets information cross between the groups of grouped convolutions."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops

from sr_app.layers.operations import Lowering, Tensor


@keras.saving.register_keras_serializable(package="sr_app")
class ChannelShuffle(keras.layers.Layer):
    """Interleave ``groups`` contiguous channel groups.

    Zhang et al., "ShuffleNet", CVPR 2018, section 3.1: reshape the channels to
    ``(groups, channels // groups)``, transpose, flatten. Output channel ``k*groups + g`` reads
    input channel ``g*(channels // groups) + k``.

    Input shape and output shape: ``(batch, height, width, channels)``.

    Raises:
        ValueError: if the channels are not a multiple of ``groups``.
    """

    def __init__(self, groups: int, **layer_options):
        super().__init__(**layer_options)
        if groups < 1:
            raise ValueError(f"Expected groups of 1 or more. Received: groups={groups}")
        self.groups = groups

    def build(self, input_shape):
        if input_shape[-1] % self.groups:
            raise ValueError(
                f"Expected channels to be a multiple of groups={self.groups}. "
                f"Received: input_shape={tuple(input_shape)}"
            )
        self.channels = input_shape[-1]

    def call(self, inputs):
        height, width = ops.shape(inputs)[1:3]
        channels = inputs.shape[-1]
        split = (-1, height, width, self.groups, channels // self.groups)
        x = ops.swapaxes(ops.reshape(inputs, split), 3, 4)  # (batch, H, W, C // groups, groups)
        return ops.reshape(x, (-1, height, width, channels))

    def lower(self, graph: Lowering, tensors: list[Tensor]) -> Tensor:
        """No operation: the order is carried on into the weights of the next convolution."""
        order = np.arange(self.channels).reshape(self.groups, -1).T.ravel()
        before = tensors[0].order
        return Tensor(tensors[0].name, order if before is None else before[order])

    def compute_output_shape(self, input_shape):
        return tuple(input_shape)

    def get_config(self):
        return {**super().get_config(), "groups": self.groups}
