import keras
import numpy as np
import pytest
from keras import ops

from sr_app.layers.ghost_shift import GhostShiftConv2D
from tests.layers.gradients import gradients

RNG = np.random.default_rng(0)
X = RNG.normal(size=(2, 6, 5, 4)).astype("float32")


def built(filters=6, **options):
    layer = GhostShiftConv2D(filters, 3, **options)
    layer.build(X.shape)
    layer.bias.assign(RNG.normal(size=layer.bias.shape))
    return layer


@pytest.mark.parametrize("place", range(9))
def test_after_training_it_pads_and_slices(place):
    """Exactly: multiplying by one and adding zeros rounds nothing."""
    layer = built()
    latent = RNG.random((3, 3)) * 0.5
    latent[place // 3, place % 3] = -0.9  # the largest in magnitude
    layer.shift.assign(latent)
    assert layer.offset() == (place // 3 - 1, place % 3 - 1)
    features = np.array(layer(X))
    padded = np.pad(features[..., :3], [(0, 0), (1, 1), (1, 1), (0, 0)])
    rows, columns = place // 3, place % 3
    np.testing.assert_array_equal(
        features[..., 3:], padded[:, rows : rows + 6, columns : columns + 5]
    )


def test_every_direction_learns_through_the_one_that_is_taken():
    layer = built()
    kernel, upstream = RNG.random((3, 3)).astype("float32"), RNG.normal(size=(3, 3))

    def direction(latent):
        hard = ops.reshape(ops.one_hot(ops.argmax(ops.abs(ops.reshape(latent, (9,)))), 9), (3, 3))
        return ops.stop_gradient(hard) + latent - ops.stop_gradient(latent)

    (got,) = gradients(direction, upstream.astype("float32"), kernel)
    np.testing.assert_allclose(got, upstream, atol=1e-5)  # the identity
    layer.shift.assign(kernel)
    np.testing.assert_allclose(layer.direction(), direction(kernel), atol=1e-6)


def test_noise_tries_directions_and_dies_down():
    layer = built(decay=0.5)
    layer.shift.assign(np.eye(9)[0].reshape(3, 3) * 0.1 + 0.01)
    taken = {int(np.argmax(layer.direction(training=True))) for _ in range(12)}
    assert len(taken) > 1
    assert float(layer.noise) == pytest.approx(0.5**12)
    last = [int(np.argmax(layer.direction(training=True))) for _ in range(5)]
    assert set(last) == {0}  # the largest, once the noise is gone
    assert float(layer.noise) < 0.5**16


def test_noise_is_gumbels():
    """Mean 0.5772 and variance pi^2 / 6 of the noise that is added, over many calls."""
    layer = built(decay=1.0)
    uniform = []
    for _ in range(400):
        layer.direction(training=True)
        uniform.append(ops.convert_to_numpy(layer.phase).copy())
    noise = -np.log(-np.log(np.clip(uniform, 1e-6, 1 - 1e-6)))
    np.testing.assert_allclose(noise.mean(0), np.full((3, 3), 0.5772), atol=0.06)
    np.testing.assert_allclose(noise.var(0), np.full((3, 3), np.pi**2 / 6), rtol=0.12)
    places = np.bincount(noise.reshape(400, 9).argmax(1), minlength=9)
    assert places.min() > 400 / 9 / 2  # every direction gets its turn


def test_an_order_moves_output_channels():
    layer = built()
    plain = np.array(layer(X))
    layer.order.assign([3, 0, 4, 1, 5, 2])
    np.testing.assert_array_equal(layer(X), plain[..., [3, 0, 4, 1, 5, 2]])


def test_training_updates_the_noise_inside_fit():
    layer = GhostShiftConv2D(4, 3, decay=0.9)
    inputs = keras.Input((None, None, 4))
    model = keras.Model(inputs, layer(inputs))
    model.compile("sgd", "mse")
    model.fit(X, X, epochs=3, batch_size=2, verbose=0)
    assert float(layer.noise) == pytest.approx(0.9**3, rel=1e-5)
