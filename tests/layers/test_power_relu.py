import keras
import numpy as np

from sr_app.layers.power_relu import PowerReLU

X = np.random.default_rng(0).normal(size=(2, 3, 4, 5)).astype("float32")


def test_starts_as_relu():
    np.testing.assert_allclose(PowerReLU()(X), np.maximum(X, 0), atol=2e-6)


def test_is_the_power_of_what_is_open():
    layer = PowerReLU()
    layer.build(X.shape)
    layer.power.assign(1.7)
    expected = np.where(X > 0, np.abs(X) ** 1.7, 0)
    np.testing.assert_allclose(layer(X), expected, atol=1e-5)


def test_the_power_learns_and_stays_in_its_interval():
    layer = PowerReLU()
    inputs = keras.Input((3, 4, 5))
    model = keras.Model(inputs, layer(inputs))
    model.compile(keras.optimizers.SGD(100.0), "mse")
    model.train_on_batch(X, np.maximum(X, 0) ** 2)
    assert float(layer.power) == 3  # clipped: the target wants more than 1
    model.compile(keras.optimizers.SGD(0.1), "mse")
    model.train_on_batch(X, np.maximum(X, 0) ** 2)
    assert 1 < float(layer.power) < 3 and np.isfinite(float(layer.power))
