"""Critics that judge small patches: is this place real? (PatchGAN; Isola et al., CVPR 2017)."""

from __future__ import annotations

from collections.abc import Sequence

import keras
from keras import layers

from sr_app.networks.translation import instance_norm, start

KERNEL = 4
# Strides of the convolutions -> how many pixels a verdict sees (`receptive_field`). Noise and blur
# show in 16 pixels, and a critic of so few has no opinion of what the picture is about: the field
# of CinCGAN for LR. 70 is CycleGAN's, for whole scenes.
FIELDS = {16: (1, 1, 1, 1, 1), 22: (1, 1, 2, 1, 1), 34: (2, 2, 1, 1), 70: (2, 2, 2, 1, 1)}


def build_patch_critic(
    *, field: int = 16, width: int = 64, normalise: bool = True, name: str = "critic"
) -> keras.Model:
    """4x4 convolutions with leaky ReLU, ``width`` channels that double up to eightfold.

    Args:
        field: pixels that a verdict sees, a key of :data:`FIELDS`.
        width: channels of the first convolution.
        normalise: instance normalisation between the first and the last convolution.

    Returns:
        ``(batch, height, width, 3)`` in [0, 1] -> ``(batch, h, w, 1)`` verdicts, no activation:
        one for every patch, without padding, so that all are made from pixels alone.

    Raises:
        ValueError: for another field.
    """
    if field not in FIELDS:
        raise ValueError(
            f"Expected a receptive field among {', '.join(map(str, FIELDS))}. Received: {field}"
        )
    *strides, last = FIELDS[field]
    picture = keras.Input((None, None, 3), name="picture")
    x = picture
    for index, stride in enumerate(strides):
        filters = width * min(8, 2**index)
        x = layers.Conv2D(filters, KERNEL, stride, name=f"conv{index}", **start())(x)
        if index and normalise:
            x = instance_norm(f"norm{index}")(x)
        x = layers.LeakyReLU(0.2, name=f"relu{index}")(x)
    verdicts = layers.Conv2D(1, KERNEL, last, name="verdict", **start())(x)
    return keras.Model(picture, verdicts, name=name)


def receptive_field(strides: Sequence[int]) -> int:
    """Pixels a side that one output of such a chain of 4x4 convolutions depends on."""
    field, step = 1, 1
    for stride in strides:
        field += (KERNEL - 1) * step
        step *= stride
    return field
