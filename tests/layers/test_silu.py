from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from sr_app.layers.silu import SiLU

X = np.linspace(-6, 6, 49, dtype="float32").reshape(1, 7, 7, 1)


def test_it_is_the_product_with_the_sigmoid() -> None:
    np.testing.assert_allclose(SiLU()(X), X / (1 + np.exp(-X)), atol=1e-6)
    again = SiLU.from_config(SiLU(name="s").get_config())
    assert again.name == "s" and again.compute_output_shape((None, 2, 3, 4)) == (None, 2, 3, 4)


@pytest.mark.parametrize(("policy", "tolerance"), [("float32", 1e-6), ("mixed_bfloat16", 2e-2)])
def test_its_gradient_is_that_of_the_formula(policy: str, tolerance: float) -> None:
    """The slope s + x s (1 - s), by one step of plain descent on what is added to x."""
    added = keras.layers.Input(X.shape[1:])
    network = keras.Sequential([added, Offset(), SiLU(dtype=policy)])
    network.compile(keras.optimizers.SGD(1.0), loss=lambda y, prediction: ops.sum(prediction))
    network.fit(X, X, verbose=0)
    gate = 1 / (1 + np.exp(-X.astype("float64")))
    moved = -ops.convert_to_numpy(network.layers[0].offset)
    np.testing.assert_allclose(moved, (gate + X * gate * (1 - gate))[0], atol=tolerance)


class Offset(keras.layers.Layer):
    """Something added at every place, zero at first."""

    def build(self, input_shape):
        self.offset = self.add_weight(shape=input_shape[1:], initializer="zeros", name="offset")

    def call(self, inputs):
        return inputs + self.offset
