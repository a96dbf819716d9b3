"""Distillation that does not give up on any kind of picture.

Xu et al., "Positive-Unlabeled Compression on the Cloud", NeurIPS 2019, weigh each class of the
selected data against its mass and take the worst loss over perturbed weights. Adapted twice:

- Super-resolution has no classes. Clusters of the teacher's features stand for them.
- The paper perturbs by one draw from a box, ``w + U(0, 0.1)``; the worst case over that whole box
  is all weights raised alike, which says nothing. Here the weights keep their sum and move within
  a chi-square ball, whose worst case is known in closed form.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops


def worst_case(targets, losses, radius: float):
    """The weights of sum 1 with the greatest loss within a distance of the targets.

    ``max_q sum q l`` with ``sum (q - p)^2 / p <= radius^2`` is ``mean + radius * deviation``, mean
    and deviation of l under p, at ``q = p (1 + radius (l - mean) / deviation)``. Where that would
    fall below 0 it is 0, and the others are scaled to the sum of 1.

    Args:
        targets, losses: p and l, (k,).
        radius: 0 gives the targets back.
    """
    mean = ops.sum(targets * losses)
    deviation = ops.sqrt(ops.sum(targets * ops.square(losses - mean)) + 1e-12)
    weights = ops.maximum(targets * (1 + radius * (losses - mean) / deviation), 0.0)
    return weights / ops.sum(weights)


class RobustDistillation(keras.Model):
    """``sum_k q_k L_k``: L_k the L1 to the teacher in cluster k, q the worst weights in reach.

    A batch holds few samples of each cluster, too few to say which is worst, so q follows the
    clusters' mean losses over the last batches; these are part of the state that a checkpoint
    keeps. Inputs ``(lr, cluster)``: ``(batch, h, w, 3)`` and ``(batch,)`` int; target: the
    teacher's picture.

    Args:
        network: the student.
        shares: of each cluster among the samples, (k,).
        targets: what each shall count before the worst case, (k,); both of sum 1.
        radius: of the ball; 0 leaves the targets as they are.
        momentum: of the clusters' mean losses.
    """

    def __init__(
        self,
        network: keras.Model,
        shares: np.ndarray,
        targets: np.ndarray,
        *,
        radius: float = 0.3,
        momentum: float = 0.98,
    ):
        super().__init__(name="robust_distillation")
        self.network, self.radius, self.momentum = network, radius, momentum
        # No sample is of an empty cluster: whatever it is divided by, it counts nothing.
        self.shares = np.where(np.greater(shares, 0), shares, 1).astype("float32")
        self.targets = np.float32(targets)
        state = {"shape": (len(shares),), "initializer": "zeros", "trainable": False}
        self.losses_seen = self.add_weight(name="losses_seen", **state)
        self.batches_seen = self.add_weight(name="batches_seen", **state)
        self.built = True  # the network comes built

    def call(self, inputs, training=False):
        return self.network(inputs[0], training=training)

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight=None, training=True
    ):
        errors = ops.mean(ops.abs(ops.cast(y_pred, "float32") - y), axis=(1, 2, 3))  # (batch,)
        members = ops.one_hot(x[1], len(self.shares), dtype="float32")  # (batch, k)
        if training:
            self.follow(ops.stop_gradient(errors), members)
        weights = worst_case(self.targets, self.known_losses(), self.radius) / self.shares
        weights = ops.sum(members * ops.stop_gradient(weights), axis=1)
        return ops.mean(weights * errors) + sum(self.losses)  # of layers that ask for something

    def follow(self, errors, members) -> None:
        """Move the mean losses of the clusters that are in the batch."""
        number = ops.sum(members, axis=0)
        present = ops.cast(number > 0, "float32")
        means = ops.sum(members * errors[:, None], axis=0) / ops.maximum(number, 1.0)
        rate = ops.maximum(1 / (self.batches_seen + 1), 1 - self.momentum)  # the first counts whole
        self.losses_seen.assign(self.losses_seen + present * rate * (means - self.losses_seen))
        self.batches_seen.assign(self.batches_seen + present)

    def known_losses(self):
        """The clusters' mean losses; the mean of the others for one that no batch held yet."""
        losses = ops.convert_to_tensor(self.losses_seen)
        seen = ops.convert_to_tensor(self.batches_seen) > 0
        known = ops.cast(seen, "float32") * self.targets
        mean = ops.sum(known * losses) / ops.maximum(ops.sum(known), 1e-9)
        return ops.where(seen, losses, mean)
