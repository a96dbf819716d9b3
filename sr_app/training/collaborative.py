"""Stage 2: super-resolution of approximated real LR, after the translator or together with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from sr_app.training.frozen_call import frozen_call
from sr_app.training.losses import mse
from sr_app.training.supervised import SupervisedTraining
from sr_app.training.translation import UnpairedTranslation


class IndirectTraining(SupervisedTraining):
    """Supervised training on what a finished translator makes of synthetic LR.

    Chen et al., CVPRW 2020, second stage: pairs (G(x), HR), any network, any loss. The translator
    is frozen by this stage (``trainable`` becomes false).

    Args:
        network: ``(batch, h, w, 3)`` -> ``(batch, s*h, s*w, 3)``.
        to_real: the translator G, of the size of its input.
        loss: ``(sr, hr) -> scalar``.
        doubt: deviation of white noise, in [0, 1], that the network sees beside what G made. A
            network that trusts G too much undoes it and sharpens what real LR has besides.
    """

    def __init__(
        self, network: keras.Model, to_real: keras.Model, loss: Callable, *, doubt: float = 0.0
    ):
        super().__init__(network, loss)
        self.doubt = keras.layers.GaussianNoise(doubt, name="doubt")
        to_real.trainable = False
        self.to_real = to_real

    def call(self, lr, training=False):
        real = self.doubt(ops.stop_gradient(self.to_real(lr)), training=training)
        return super().call(real, training=training)


class CollaborativeTraining(keras.Model):
    """Train translators, critics and the super-resolution network together.

    Chen et al., CVPRW 2020, collaborative strategy. To the loss of the translators it adds::

        collaboration * mean((frozen SR(G(x)) - HR)^2)       its gradient reaches G alone
        sr_weight * loss(SR(G(x) detached), HR)          its gradient reaches SR alone

    The first keeps what G makes decodable: content may not move, and nothing may be lost that
    SR needs. A stochastic G is taken with its noise channels at zero: noise hides detail, and G
    would make as little of it as the critics bear. Logs the terms of the translation, and
    ``collaboration`` and ``sr``.

    Batches: ``((synthetic, real), (hr, draws))`` of `datasets.unpaired`.

    Args:
        translation: the first stage, trained.
        network: trained as well: a beginner would mislead G.
        loss: ``(sr, hr) -> scalar``.
        collaboration, sr_weight: factors of the two terms.
        doubt: as of `IndirectTraining`.
    """

    TERMS = ("collaboration", "sr")

    def __init__(
        self,
        translation: UnpairedTranslation,
        network: keras.Model,
        loss: Callable,
        *,
        collaboration: float = 1000.0,
        sr_weight: float = 1.0,
        doubt: float = 0.0,
    ):
        super().__init__(name="collaborative")
        self.doubt = keras.layers.GaussianNoise(doubt, name="doubt")
        self.translation, self.network, self.pixel_loss = translation, network, loss
        self.collaboration, self.sr_weight = collaboration, sr_weight
        self.means = [keras.metrics.Mean(name=name) for name in self.TERMS]
        self.translation_means = list(translation.means)  # a stage inside a stage logs nothing
        self.built = True  # all networks come built

    def call(self, pictures, training=False):
        """(what G makes, what SR makes of that)."""
        made = self.translation(pictures, training=training)
        real = self.doubt(ops.stop_gradient(made), training=training)
        return made, self.network(real, training=training)

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight=None, training=True
    ):
        (hr, draws), (made, sr) = y, y_pred
        # With what layers ask for, which another call of the network forgets.
        sr = self.pixel_loss(sr, hr) + sum(self.losses)
        certain = self.translation.certain(x[0], made)
        collaboration = mse(frozen_call(self.network, certain), hr)
        for mean, term in zip(self.means, (collaboration, sr), strict=True):
            mean.update_state(term)
        translation = self.translation.translation_loss(x, made, draws)
        return translation + self.collaboration * collaboration + self.sr_weight * sr
