import keras
import numpy as np
from keras import layers, ops

from sr_app.training.frozen_call import frozen_call


class TwoLayers(keras.Model):
    """first(x) through second, one of them held."""

    def __init__(self, hold):
        super().__init__()
        self.first, self.second = (dense(name) for name in ("first", "second"))
        self.hold, self.built = hold, True

    def call(self, x):
        y = self.first(x)
        return frozen_call(self.second, y) if self.hold else self.second(y)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return ops.mean(ops.square(y_pred - y))


def dense(name):
    keras.utils.set_random_seed(len(name))
    inputs = keras.Input((3,))
    return keras.Model(inputs, layers.Dense(3)(inputs), name=name)


def change(hold):
    """How far one step of gradient descent moves each of the two, largest weight."""
    stage = TwoLayers(hold)
    stage.compile(optimizer=keras.optimizers.SGD(0.1))
    before = [model.get_weights()[0] for model in (stage.first, stage.second)]
    x = np.ones((4, 3), "float32")
    stage.fit(x, np.zeros_like(x), verbose=0)
    after = [model.get_weights()[0] for model in (stage.first, stage.second)]
    return [np.abs(a - b).max() for a, b in zip(before, after, strict=True)], after[0]


def test_gradients_pass_through_a_held_model_and_leave_it_alone():
    moved, first = change(hold=True)
    both, same = change(hold=False)
    assert moved[0] > 0 and moved[1] == 0 and min(both) > 0
    np.testing.assert_allclose(first, same, atol=1e-6)  # the same gradient arrives
