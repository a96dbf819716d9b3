"""A costly term that is drawn for a share of the steps has the mean it had."""

import keras
import numpy as np
import pytest
from keras import ops

from sr_app.layers.random_sum import RandomSum


def squares(a, b):
    return ops.mean(ops.square(a - b), axis=(1, 2, 3))


def levels(a, b):
    return ops.mean(ops.abs(a - b), axis=(1, 2, 3))


A, B = np.random.default_rng(3).random((2, 4, 8, 8, 3)).astype("float32")


def values(layer, count=1):
    return np.array([ops.convert_to_numpy(layer(A, B)) for _ in range(count)])


def test_with_shares_of_one_it_is_the_weighted_sum():
    both = RandomSum([squares, levels], [0.25, 2.0], [1, 1])
    expected = 0.25 * squares(A, B) + 2 * levels(A, B)
    np.testing.assert_allclose(values(both)[0], ops.convert_to_numpy(expected), rtol=1e-6)


def test_a_drawn_term_is_there_at_its_share_of_steps_and_has_its_mean():
    seen = values(RandomSum([squares], [3.0], [0.25], seed=5), 400)
    whole = 3 * ops.convert_to_numpy(squares(A, B))
    counted = seen[:, 0] > 0
    np.testing.assert_allclose(seen[counted], np.tile(4 * whole, (counted.sum(), 1)), rtol=1e-5)
    assert abs(counted.mean() - 0.25) < 4 * np.sqrt(0.25 * 0.75 / 400)


def test_terms_are_drawn_apart_and_alike_for_one_seed():
    def two():
        return RandomSum([squares, levels], [1, 100], [0.5, 0.5], seed=2)

    first = values(two(), 60)[:, 0]
    np.testing.assert_array_equal(first, values(two(), 60)[:, 0])
    large, small = first > 1, np.abs(first % 1) > 1e-9
    assert 0 < (large & ~small).sum() or 0 < (~large & small).sum()


def test_its_draws_are_state_of_the_model_that_holds_it():
    class Stage(keras.Model):
        def __init__(self):
            super().__init__()
            self.distance = RandomSum([squares], [1], [0.5])

    assert len(Stage().non_trainable_variables) == 1


def test_it_is_trained_through_in_half_precision():
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        trunk = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Conv2D(4, 3)])
        network = keras.Sequential(
            [keras.Input((8, 8, 3)), keras.layers.Conv2D(3, 3, padding="same")]
        )

        class Stage(keras.Model):
            def __init__(self):
                super().__init__()
                self.network = network
                self.distance = RandomSum(
                    [squares, lambda a, b: squares(trunk(a), trunk(b))], [1, 1], [1, 0.5]
                )

            def call(self, x, training=False):
                return self.network(x)

            def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
                return ops.mean(self.distance(ops.cast(y_pred, "float32"), y))

        stage = Stage()
        stage.compile(optimizer="sgd", jit_compile=False)
        before = [ops.convert_to_numpy(weight) for weight in network.weights]
        stage.fit(A, B, batch_size=2, epochs=2, verbose=0)
    finally:
        keras.config.set_dtype_policy("float32")
    after = [ops.convert_to_numpy(weight) for weight in network.weights]
    assert all(np.isfinite(weight).all() for weight in after)
    assert any((old != new).any() for old, new in zip(before, after, strict=True))


@pytest.mark.parametrize(
    ("weights", "shares"), [([1], [1, 1]), ([1, -1], [1, 1]), ([1, 1], [0, 1]), ([1, 1], [1, 1.5])]
)
def test_other_numbers_and_ranges_are_refused(weights, shares):
    with pytest.raises(ValueError, match="Expected"):
        RandomSum([squares, levels], weights, shares)
