"""The activation behind an adder unit."""

from __future__ import annotations

import keras
from keras import ops

LOWEST, HIGHEST = 0.3, 3.0
TINY = 1e-6  # keeps the slope at 0 finite for powers below 1


@keras.saving.register_keras_serializable(package="sr_app")
class PowerReLU(keras.layers.Layer):
    """``sign(y) |y|^alpha`` of ``y = relu(x)``, one learned ``alpha``, 1 at the start.

    Song et al., "AdderSR", CVPR 2021, eq. 11: the power lets an adder network sharpen, which
    distances alone cannot. ``alpha`` is held in [0.3, 3].

    Input shape and output shape: any.
    """

    NO_GRAPH = "it follows adder convolutions, which have no operator in ONNX"

    def build(self, input_shape):
        self.power = self.add_weight(
            shape=(), initializer="ones", constraint=Interval(LOWEST, HIGHEST), name="power"
        )

    def call(self, inputs):
        x = ops.relu(inputs)
        # Exactly 0 at 0, so that closed units stay closed.
        return ops.where(x > 0, ops.power(x + TINY, self.power), ops.zeros_like(x))

    def compute_output_shape(self, input_shape):
        return tuple(input_shape)


@keras.saving.register_keras_serializable(package="sr_app")
class Interval(keras.constraints.Constraint):
    """Hold a weight in a closed interval."""

    def __init__(self, lowest: float, highest: float):
        self.lowest, self.highest = lowest, highest

    def __call__(self, w):
        return ops.clip(w, self.lowest, self.highest)

    def get_config(self):
        return {"lowest": self.lowest, "highest": self.highest}
