"""Stage 1: translators between synthetic and real low resolution, learnt without pairs."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from sr_app.networks.translation import deterministic, is_stochastic
from sr_app.training.frozen_call import frozen_call
from sr_app.training.losses import l1
from sr_app.training.picture_buffer import PictureBuffer

FACTORS = (1.0, 10.0, 5.0, 1.0)
"""Of the terms in their order, as published; the critics' own loss has none."""
BUFFER = 50
"""Pictures in each buffer."""


class UnpairedTranslation(keras.Model):
    """Train two translators against two critics, with one loss and one optimizer.

    Chen et al., "Unsupervised Image Super-Resolution with an Indirect Supervised Path", CVPRW 2020,
    first stage, which is CycleGAN (Zhu et al., ICCV 2017, eq. 3) with the identity term of its
    section 5.2 and least squares in place of logarithms. With x synthetic and y real::

        (D_real(G(x)) - 1)^2 + (D_syn(F(y)) - 1)^2
        + cycle (|F(G(x)) - x| + |G(F(y)) - y|) + identity (|G(y) - y| + |F(x) - x|)

    For each critic, half of (D(true) - 1)^2 + D(made)^2, where what was made comes from a buffer of
    50 pictures. Critics are held in the first line, translators in the second.

    Cycles and identity see a stochastic translator with its noise channels at zero: no draw can be
    the noise that y has, nor can F take it away without loss, so they would ask for as little noise
    as possible. The critics alone judge it.

    Logs the mean of each term, without its factor: ``adversarial``, ``cycle``, ``identity``,
    ``critics``. Around 0.5 the first and last mean that critics cannot tell.

    Batches: ``((synthetic, real), (hr, draws))`` of `datasets.unpaired`; ``hr`` is not used here.

    Args:
        to_real, to_synthetic: the translators G and F.
        real_critic, synthetic_critic: pictures -> verdicts.
        patch: side of the crops, for the buffers.
    """

    TERMS = ("adversarial", "cycle", "identity", "critics")

    def __init__(
        self,
        to_real: keras.Model,
        to_synthetic: keras.Model,
        real_critic: keras.Model,
        synthetic_critic: keras.Model,
        *,
        patch: int,
    ):
        super().__init__(name="translation")
        self.to_real, self.to_synthetic = to_real, to_synthetic
        self.real_critic, self.synthetic_critic = real_critic, synthetic_critic
        self.real_buffer = PictureBuffer(BUFFER, patch, name="real_buffer")
        self.synthetic_buffer = PictureBuffer(BUFFER, patch, name="synthetic_buffer")
        self.factors = FACTORS
        self.means = [keras.metrics.Mean(name=name) for name in self.TERMS]
        self.built = True  # all networks come built

    def call(self, pictures, training=False):
        synthetic, _ = pictures
        return self.to_real(synthetic, training=training)

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight=None, training=True
    ):
        return self.translation_loss(x, y_pred, y[1])

    def translation_loss(self, pictures, made_real, draws):
        """All terms of a batch whose G(x) is known: one scalar."""
        synthetic, real = pictures
        made_synthetic = self.to_synthetic(real)
        adversarial = distance(frozen_call(self.real_critic, made_real), 1.0)
        adversarial += distance(frozen_call(self.synthetic_critic, made_synthetic), 1.0)
        cycle = l1(self.to_synthetic(self.certain(synthetic, made_real)), synthetic)
        cycle += l1(deterministic(self.to_real, made_synthetic), real)
        identity = l1(deterministic(self.to_real, real), real)
        identity += l1(self.to_synthetic(synthetic), synthetic)
        critics = critic_loss(self.real_critic, real, self.real_buffer(made_real, draws[:, 0]))
        critics += critic_loss(
            self.synthetic_critic, synthetic, self.synthetic_buffer(made_synthetic, draws[:, 1])
        )
        terms = (adversarial, cycle, identity, critics)
        for mean, term in zip(self.means, terms, strict=True):
            mean.update_state(term)
        return sum(factor * term for factor, term in zip(self.factors, terms, strict=True))

    def certain(self, synthetic, made_real):
        """G(x) with the noise channels at zero; what is there already, if G has none."""
        if not is_stochastic(self.to_real):
            return made_real
        return deterministic(self.to_real, synthetic)


def distance(verdicts, target: float):
    """Mean squared distance of a critic's verdicts from what they should be."""
    return ops.mean(ops.square(ops.cast(verdicts, "float32") - target))


def critic_loss(critic: keras.Model, true, made):
    """Least squares (Mao et al., ICCV 2017, eq. 9 with b = 1, a = 0); ``made`` has no gradient."""
    return 0.5 * (distance(critic(true), 1.0) + distance(critic(made), 0.0))
