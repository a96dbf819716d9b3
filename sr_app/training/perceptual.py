"""Perceptual training: pixels, features and a critic in one loss."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import keras
from keras import ops

from sr_app.layers.random_view import RandomView
from sr_app.training.curve import COLUMNS
from sr_app.training.frozen_call import frozen_call
from sr_app.training.losses import relativistic
from sr_app.training.optimizers import scheduled_adam
from sr_app.training.schedule import Schedule


@dataclass(frozen=True)
class LossWeights:
    """Factors of the three terms of the network's loss; the critic's own loss has none."""

    pixel: float = 1.0
    features: float = 1.0
    adversarial: float = 5e-3


def perceptual_adam(schedule: Schedule, critic_rate: float = 1.0) -> keras.optimizers.Adam:
    """The optimizer of `PerceptualTraining`.

    Args:
        critic_rate: the critic's learning rate in multiples of the network's.
    """
    betas = (0.9, 0.99)  # the critic moves what the network is asked for
    return scheduled_adam(schedule, betas=betas, rates={"critic": critic_rate})


class PerceptualTraining(keras.Model):
    """Train a super-resolution network to look right, and a critic against it, with one optimizer.

    Wang et al., "ESRGAN", ECCVW 2018, eq. 3, with relativistic least squares in place of cross
    entropy. The critic judges the result once with its own weights held (that gradient reaches the
    network) and once with the result held (that one reaches the critic), so the sum of all terms
    is one scalar for one optimizer. Start from a network that is trained on pixels.

    Logs the mean of each term: ``pixel``, ``features``, ``adversarial``, ``critic``. Around 1 the
    last two mean that the critic cannot tell; ``critic`` near 0 means that it always can.

    Args:
        network: ``(batch, h, w, 3)`` -> ``(batch, s*h, s*w, 3)``.
        critic: ``(batch, H, W, 3)`` -> ``(batch, ., ., 1)``, of ``networks.critics``.
        pixel_loss: ``(sr, hr) -> scalar``.
        feature_loss: ``(sr, hr) -> (batch,)``; its weights are constants, no part of the stage.
        weights: factors of the terms; without an adversarial one the critic rests.
        nearest: above 1, the feature loss sees random parts of both pictures, one view, magnified
            up to so many times: `sr_app.layers.random_view.RandomView`.
    """

    TERMS = ("pixel", "features", "adversarial", "critic")

    def __init__(
        self,
        network: keras.Model,
        critic: keras.Model,
        *,
        pixel_loss: Callable,
        feature_loss: Callable,
        weights: LossWeights,
        nearest: float = 1.0,
    ):
        super().__init__(name="perceptual")
        self.network, self.critic = network, critic
        critic.trainable = weights.adversarial > 0
        self.pixel_loss, self.feature_loss = pixel_loss, feature_loss
        self.view = RandomView(nearest) if nearest > 1 else None
        self.factors = (weights.pixel, weights.features, weights.adversarial, 1.0)
        self.means = [keras.metrics.Mean(name=name) for name in self.TERMS]
        self.built = True  # both networks come built, and the stage adds no weights

    def call(self, lr, training=False):
        return self.network(lr, training=training)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return self.loss_of(y_pred, y, y)

    def loss_of(self, sr, pixels, look):
        """The sum of all terms: ``sr`` is to have these ``pixels``, and to look like ``look``."""
        sr, pixels, look = (ops.cast(picture, "float32") for picture in (sr, pixels, look))
        terms = (
            self.pixel_loss(sr, pixels),
            ops.mean(self.feature_loss(*self.seen(sr, look))),
            *(self.game(sr, look) if self.factors[2] else (0.0, 0.0)),
        )
        for mean, term in zip(self.means, terms, strict=True):
            mean.update_state(term)
        asked = sum(self.losses)  # of layers that ask for something
        return asked + sum(f * term for f, term in zip(self.factors, terms, strict=True))

    def game(self, sr, look):
        """The network's loss against the critic, and the critic's against the network."""
        real, fake = self.critic(look), self.critic(ops.stop_gradient(sr))
        return (
            relativistic(frozen_call(self.critic, sr), ops.stop_gradient(real)),
            relativistic(real, fake),
        )

    def seen(self, sr, hr):
        """Both pictures as the feature loss sees them."""
        if self.view is None:
            return sr, hr
        return ops.split(self.view(ops.concatenate([sr, hr], axis=-1)), 2, axis=-1)


PERCEPTUAL_COLUMNS = (*COLUMNS, "val_lpips", *PerceptualTraining.TERMS)
"""Of the learning curve."""


class TeacherPerceptualTraining(PerceptualTraining):
    """A perceptual training whose aim is a teacher's picture.

    What a large network makes of a degraded photo is a function of the photo, which a small one can
    learn; the truth behind the photo is not. Pixels are compared with the teacher's picture;
    features and critic see either it or the true picture, drawn anew for each sample.

    Batches have ``hr`` of six channels, teacher and truth: ``datasets.patches.TargetPatches``.

    Args:
        truth: chance that a sample is compared with the true picture.
        seed: of these draws.
    """

    def __init__(self, *networks: keras.Model, truth: float = 0.3, seed: int = 0, **options):
        super().__init__(*networks, **options)
        self.truth = truth
        self.generator = keras.random.SeedGenerator(seed)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        teacher, truth = ops.split(ops.cast(y, "float32"), 2, axis=-1)
        drawn = keras.random.uniform((ops.shape(y)[0], 1, 1, 1), seed=self.generator)
        return self.loss_of(y_pred, teacher, ops.where(drawn < self.truth, truth, teacher))
