"""Stage 2 on what a finished translator makes of synthetic LR: with any network and any loss.

Chen et al., "Unsupervised Image Super-Resolution with an Indirect Supervised Path", CVPRW 2020:
once LR can be translated into real LR, super-resolution is supervised, on pairs (G(x), HR), and
distortion is traded for perceptual quality there, by the loss.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from sr_app.training.distillation import PlainDistillation
from sr_app.training.perceptual import PerceptualTraining


class TranslatedLr(keras.layers.Layer):
    """Synthetic LR -> what the network is trained on. Nothing of it learns.

    Args:
        to_real: the translator G, of the size of its input; it becomes not trainable.
        doubt: deviation of white noise, in [0, 1], that the network sees beside what G made. A
            network that trusts G too much undoes it and sharpens what real LR has besides.
    """

    def __init__(self, to_real: keras.Model, doubt: float = 0.0):
        super().__init__(name="translated_lr")
        to_real.trainable = False
        self.to_real = to_real
        self.noise = keras.layers.GaussianNoise(doubt, name="doubt")
        self.built = True  # the translator comes built

    def call(self, lr, training=False):
        return self.noise(ops.stop_gradient(self.to_real(lr)), training=training)


class IndirectPerceptual(PerceptualTraining):
    """A perceptual training on translated LR: the vivid end of a two-stage training.

    Start from its faithful end, with the same translator.

    Args:
        networks: network and critic of ``training.perceptual.PerceptualTraining``.
        translated: synthetic LR -> real LR.
        options: as of that stage.
    """

    def __init__(self, *networks: keras.Model, translated: TranslatedLr, **options: Any):
        super().__init__(*networks, **options)
        self.translated = translated

    def call(self, lr, training=False):
        return super().call(self.translated(lr, training=training), training=training)


class IndirectDistillation(PlainDistillation):
    """A distillation on translated LR: network and teacher see the same picture.

    Args:
        networks: network and teacher of ``training.distillation.PlainDistillation``.
        loss: ``(sr, hr) -> scalar``.
        translated: synthetic LR -> real LR.
        share, affinity: as of that stage.
    """

    def __init__(
        self,
        *networks: keras.Model,
        loss: Callable,
        translated: TranslatedLr,
        share: float = 1.0,
        affinity: float = 0.0,
    ):
        network, teacher = networks
        super().__init__(network, teacher, loss, share=share, affinity=affinity)
        self.translated = translated

    def call(self, lr, training=False):
        real = self.translated(lr, training=training)
        return super().call(real, training=training), real

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight=None, training=True
    ):
        made, real = y_pred
        return super().compute_loss(ops.stop_gradient(real), y, made)
