"""Critics: networks that tell photographs from made pictures."""

from __future__ import annotations

import keras
from keras import layers


def build_critic(width: int = 32) -> keras.Model:
    """A critic of patches: one value for every 8 x 8 pixels, higher for what looks real.

    Isola et al., "Image-to-Image Translation with Conditional Adversarial Networks", CVPR 2017,
    section 3.2.2: it judges texture and leaves the composition to the other losses. Kernels of the
    strided convolutions are multiples of the stride, so that their gradients draw no grid. No
    normalisation: with a batch of 4 its statistics would tell the real half from the other.

    Args:
        width: channels of the first convolution; the deepest has four times as many.

    Returns:
        A functional model, ``(batch, H, W, 3)`` in [0, 1] -> ``(batch, H/8, W/8, 1)``, unbounded.
    """
    picture = keras.Input((None, None, 3), name="picture")
    x = activated(layers.Conv2D(width, 3, padding="same", name="critic0")(2 * picture - 1))
    for index, factor in enumerate((2, 3, 4), 1):
        name = f"critic{index}"
        x = layers.Conv2D(factor * width, 4, strides=2, padding="same", name=name)(x)
        x = activated(x)
    # A relativistic loss sees differences of values only: a bias here would never learn.
    value = layers.Conv2D(1, 3, padding="same", use_bias=False, name="critic4")(x)
    return keras.Model(picture, value, name="critic")


def activated(x):
    """Leaky ReLU, slope 0.2: a critic must pass gradients on wherever it stands."""
    return layers.LeakyReLU(negative_slope=0.2)(x)
