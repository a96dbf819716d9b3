"""Supervised training: low resolution in, high resolution as the target."""

from __future__ import annotations

from collections.abc import Callable

import keras


class SupervisedTraining(keras.Model):
    """Train a super-resolution network on pairs with one loss.

    A stage is a ``keras.Model`` that overrides ``compute_loss`` only, so that ``fit`` brings the
    rest: ``stage.compile(optimizer=...)``, then ``stage.fit(PairedPatches(...))``.

    Args:
        network: ``(batch, h, w, 3)`` -> ``(batch, s*h, s*w, 3)``.
        loss: ``(sr, hr) -> scalar``, for example of ``training.losses``.
    """

    def __init__(self, network: keras.Model, loss: Callable):
        super().__init__(name="supervised")
        self.network = network
        self.pixel_loss = loss
        self.built = True  # the network comes built, and the stage adds no weights

    def call(self, lr, training=False):
        return self.network(lr, training=training)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return self.pixel_loss(y_pred, y) + sum(self.losses)  # of layers that ask for something
