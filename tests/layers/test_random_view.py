"""Views are parts of their pictures, and the same for everything that is looked at together."""

import keras
import numpy as np
import pytest

from sr_app.layers.random_view import RandomView
from tests.layers.gradients import gradients

SIDE = 17
ROWS, COLUMNS = np.meshgrid(np.arange(SIDE), np.arange(SIDE), indexing="ij")
PLACES = np.stack([ROWS, COLUMNS], axis=-1).astype("float32")  # each pixel holds its place
BATCH = np.stack([PLACES] * 128)  # one of eight ways is missing once in three million draws


def test_a_view_is_a_part_of_its_picture_magnified():
    """Pixels hold where they lie, which is linear: so does every view, with one step from pixel to
    pixel, no longer than a pixel and no shorter than half."""
    views = np.asarray(RandomView(2.0, seed=1)(BATCH))
    assert views.min() >= -1e-3 and views.max() <= SIDE - 1 + 1e-3
    down, right = np.diff(views, axis=1), np.diff(views, axis=2)
    lengths = np.abs(down).sum(-1)
    np.testing.assert_allclose(lengths, np.abs(right).sum(-1).transpose(0, 2, 1), atol=1e-3)
    np.testing.assert_allclose(lengths, lengths[:, :1, :1] * np.ones_like(lengths), atol=1e-3)
    sizes = lengths[:, 0, 0]
    assert 0.5 - 1e-3 <= sizes.min() < 0.6 and 0.9 < sizes.max() <= 1 + 1e-3
    # Each of the eight ways to lie is there: rows or columns first, each forward or backward.
    ways = {
        tuple(np.sign(np.round([*d, *r], 3)))
        for d, r in zip(down[:, 0, 0], right[:, 0, 0], strict=True)
    }
    assert len(ways) == 8


def test_without_magnification_nothing_is_lost():
    views = np.asarray(RandomView(1.0, seed=2)(BATCH))
    for view in views:
        assert {tuple(place) for place in np.round(view.reshape(-1, 2))} == {
            tuple(place) for place in PLACES.reshape(-1, 2)
        }


def test_every_call_looks_anew_and_a_seed_repeats():
    views = [RandomView(2.0, seed=3) for _ in range(2)]
    first, other = (np.asarray(view(BATCH)) for view in views)
    np.testing.assert_array_equal(first, other)
    assert np.abs(np.asarray(views[0](BATCH)) - first).max() > 1


def test_gradients_reach_the_picture():
    """The sum over a view's gradients is the number of the view's pixels: the interpolation's
    weights add up to one."""
    upstream = np.ones_like(BATCH[:2])
    (gradient,) = gradients(RandomView(2.0, seed=4), upstream, BATCH[:2])
    np.testing.assert_allclose(gradient.sum(), BATCH[:2].size, rtol=1e-3)


def test_serialises_and_refuses_what_is_no_magnification():
    view = RandomView(1.5, seed=7)
    copy = RandomView.from_config(view.get_config())
    assert (copy.nearest, copy.seed) == (1.5, 7)
    with pytest.raises(ValueError, match="nearest of 1 or more. Received: 0.5"):
        RandomView(0.5)


def test_its_gradient_is_there_in_half_precision():
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        network = keras.Sequential(
            [keras.Input((16, 16, 3)), keras.layers.Conv2D(3, 3, padding="same"), RandomView(2.0)]
        )
        network.compile(optimizer="sgd", loss="mae", jit_compile=False)
        pictures = np.random.default_rng(1).random((2, 16, 16, 3)).astype("float32")
        history = network.fit(pictures, pictures, epochs=1, verbose=0).history
    finally:
        keras.config.set_dtype_policy("float32")
    assert np.isfinite(history["loss"][0])
