"""The worst case against a numerical search; the loss, and what it does to the worst cluster."""

import keras
import numpy as np
import pytest
from scipy.optimize import minimize

from sr_app.training.robust_distillation import RobustDistillation, worst_case
from tests.training.textures import network

RNG = np.random.default_rng(0)
LR = RNG.random((6, 8, 8, 3)).astype("float32")
SR = RNG.random((6, 16, 16, 3)).astype("float32")
CLUSTER = np.array([0, 1, 1, 2, 0, 1], "int32")
SHARES = np.array([0.5, 0.3, 0.2], "float32")


@pytest.mark.parametrize("radius", [0.0, 0.2, 0.5])
def test_the_closed_form_is_the_worst_case(radius):
    """Found by sequential quadratic programming over the same ball."""
    targets = np.array([0.4, 0.3, 0.2, 0.1], "float32")
    losses = np.array([0.02, 0.05, 0.03, 0.07], "float32")
    ball = {"type": "ineq", "fun": lambda q: radius**2 - ((q - targets) ** 2 / targets).sum()}
    whole = {"type": "eq", "fun": lambda q: q.sum() - 1}
    best = minimize(lambda q: -(q * losses).sum() * 100, targets, bounds=[(0, 1)] * 4,
                    constraints=[ball, whole], tol=1e-10)  # fmt: skip
    found = np.array(worst_case(targets, losses, radius))
    assert (found * losses).sum() == pytest.approx(-best.fun / 100, rel=1e-4)
    mean = (targets * losses).sum()
    deviation = np.sqrt((targets * (losses - mean) ** 2).sum())
    assert (found * losses).sum() == pytest.approx(mean + radius * deviation, rel=1e-4)


def test_beyond_the_simplex_no_weight_is_negative():
    found = np.array(worst_case(np.float32([0.5, 0.5]), np.float32([0.0, 1.0]), 3.0))
    np.testing.assert_allclose(found, [0, 1], atol=1e-6)


def test_equal_losses_leave_the_targets():
    found = np.array(worst_case(np.float32([0.7, 0.3]), np.float32([0.2, 0.2]), 0.5))
    np.testing.assert_allclose(found, [0.7, 0.3], atol=1e-4)


def test_with_radius_0_and_true_targets_it_is_the_mean_l1():
    stage = RobustDistillation(network(), SHARES, SHARES, radius=0)
    sr = stage((LR, CLUSTER))
    loss = float(stage.compute_loss((LR, CLUSTER), SR, sr))
    assert loss == pytest.approx(np.abs(np.array(sr) - SR).mean(), rel=1e-5)


def test_an_empty_cluster_counts_nothing():
    empty = np.append(SHARES, np.float32(0))
    stages = [RobustDistillation(network(), s, s, radius=0.3) for s in (SHARES, empty)]
    losses = [
        float(stage.compute_loss((LR, CLUSTER), SR, stage((LR, CLUSTER)))) for stage in stages
    ]
    assert losses[1] == pytest.approx(losses[0], rel=1e-5)


def test_the_loss_follows_the_clusters_means():
    targets = np.float32([1 / 3] * 3)
    stage = RobustDistillation(network(), SHARES, targets, radius=0.3, momentum=0.5)
    sr = stage((LR, CLUSTER))
    errors = np.abs(np.array(sr) - SR).mean((1, 2, 3))
    for half in (1.0, 0.5):  # the second batch has half the errors
        picture = SR if half == 1 else (np.array(sr) + SR) / 2
        loss = float(stage.compute_loss((LR, CLUSTER), picture, sr))
        means = np.array([(half * errors)[CLUSTER == k].mean() for k in range(3)])
        kept = means if half == 1 else 0.5 * kept + 0.5 * means  # noqa: F821
        np.testing.assert_allclose(stage.losses_seen, kept, rtol=1e-4)
        weights = np.array(worst_case(targets, kept.astype("float32"), 0.3)) / SHARES
        assert loss == pytest.approx((weights[CLUSTER] * half * errors).mean(), rel=1e-4)


def test_judging_does_not_move_the_means():
    stage = RobustDistillation(network(), SHARES, SHARES)
    stage.compute_loss((LR, CLUSTER), SR, stage((LR, CLUSTER)), training=False)
    assert np.array(stage.batches_seen).tolist() == [0, 0, 0]


def test_a_cluster_not_seen_yet_counts_as_the_others_do():
    stage = RobustDistillation(network(), SHARES, SHARES, radius=0.3)
    some = CLUSTER * 0 + 1
    stage.compute_loss((LR, some), SR, stage((LR, some)))
    np.testing.assert_allclose(stage.known_losses(), [stage.losses_seen[1]] * 3, rtol=1e-5)


class Shift(keras.layers.Layer):
    """A network of one number: it adds it to the picture."""

    def build(self, shape):
        self.level = self.add_weight(shape=(), initializer="zeros", name="level")

    def call(self, x):
        return x + self.level


@pytest.mark.parametrize(("radius", "low", "high"), [(0.0, -0.05, 0.05), (1.2, 0.15, 0.8)])
def test_the_worst_cluster_is_heard(radius, low, high):
    """Two clusters want the levels 0 and 0.8, the first has most of the weight: the mean L1 is
    least at 0. The worst case raises the second's weight past a half until both lose alike."""
    picture = keras.Input((2, 2, 3))
    one = keras.Model(picture, Shift()(picture))
    shares = np.float32([0.6, 0.4])
    stage = RobustDistillation(one, shares, shares, radius=radius, momentum=0.5)
    stage.compile(keras.optimizers.SGD(0.02))
    x = np.zeros((10, 2, 2, 3), "float32")
    cluster = np.repeat([0, 1], [6, 4]).astype("int32")
    y = np.where(cluster == 1, 0.8, 0.0)[:, None, None, None] * np.ones_like(x)
    stage.fit((x, cluster), y.astype("float32"), batch_size=10, epochs=120, verbose=0)
    level = float(np.array(one.trainable_variables[0]))
    assert low < level < high
