"""A small network learns from what a large one makes of the same pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from sr_app.networks.families import build_network, family_of, taps_of
from sr_app.networks.presets import load_preset, read_card
from sr_app.training.conversion import convert
from sr_app.training.losses import affinity_gap


class PlainDistillation(keras.Model):
    """``(1 - share) * loss(sr, hr) + share * loss(sr, teacher(lr))``.

    Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network" (2015), section 2,
    with pictures in place of class probabilities. The teacher's picture holds what can be known of
    the HR and little of what cannot, so its gradients are less noisy.

    Args:
        network: the student, ``(batch, h, w, 3)`` -> ``(batch, s*h, s*w, 3)``.
        teacher: of the same scale; it does not learn. Its output counts as the picture it stands
            for: clipped to [0, 1]. None where the batches bring its pictures, as
            ``datasets.patches.WithTeacher`` gives them: (batch, s*h, s*w, 6), the teacher's first.
        loss: ``(sr, hr) -> scalar``, for both terms.
        share: of the teacher, 0 to 1; at 1 no HR is used.
        affinity: factor of `sr_app.training.losses.affinity_gap` between the last features
            of both, which asks the student to see the same places as alike; 0 leaves it out.

    Raises:
        ValueError: for a share outside (0, 1], a negative affinity, or one without features.
    """

    def __init__(
        self,
        network: keras.Model,
        teacher: keras.Model | None,
        loss: Callable,
        *,
        share: float = 1.0,
        affinity: float = 0.0,
    ):
        if not 0 < share <= 1:
            raise ValueError(f"Expected a share in (0, 1]. Received: share={share}")
        if affinity < 0:
            raise ValueError(f"Expected an affinity of 0 or more. Received: {affinity}")
        if affinity and teacher is None:
            raise ValueError("Expected a teacher with features for an affinity. Received: none")
        super().__init__(name="distillation")
        self.network, self.teacher, self.pixel_loss, self.share = network, teacher, loss, share
        parts = [network]
        if teacher is not None:
            teacher.trainable = False
            parts.append(teacher)
        self.affinity = affinity
        self.feature_models = [with_features(part) if affinity else part for part in parts]
        self.built = True  # both networks come built, and the stage adds no weights

    def call(self, lr, training=False):
        return self.feature_models[0](lr, training=training)

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight=None, training=True
    ):
        if self.teacher is None:
            teacher_sr, y = ops.split(y, 2, axis=-1)
        else:
            teacher_sr = self.feature_models[1](x, training=False)
        loss = sum(self.losses)  # what layers ask for
        if self.affinity:
            (y_pred, features), (teacher_sr, others) = y_pred, teacher_sr
            loss = loss + self.affinity * affinity_gap(features, ops.stop_gradient(others))
        teacher_sr = ops.stop_gradient(ops.clip(teacher_sr, 0, 1))
        loss = loss + self.share * self.pixel_loss(y_pred, teacher_sr)
        if self.share < 1:
            loss = loss + (1 - self.share) * self.pixel_loss(y_pred, y)
        return loss


def with_features(network: keras.Model) -> keras.Model:
    """The network, which also gives its last features."""
    return keras.Model(network.input, [network.output, taps_of(network).last])


def load_teacher(name: str, scale: int) -> keras.Model:
    """A preset's network as a teacher: re-parameterised convolutions folded, for speed.

    Raises:
        ValueError: for an unknown preset, or one of another scale.
    """
    card = read_card(name)
    if card.scale != scale:
        raise ValueError(f"Expected a teacher for x{scale}. Received: {card.name}, x{card.scale}")
    network = load_preset(name)
    simpler = family_of(card.network).folded(card.network)
    if simpler == card.network:
        return network
    folded = build_network(simpler, card.scale)
    convert(network, folded)
    return folded
