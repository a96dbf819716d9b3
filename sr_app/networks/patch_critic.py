"""Critics that judge small patches: is this place real? (PatchGAN; Isola et al., CVPR 2017)."""

from __future__ import annotations

import keras
from keras import layers

from sr_app.networks.translation import instance_norm, start

KERNEL = 4
MEAN, GAIN = 3, 8.0  # side of the mean that detail is measured against; its amplification
# Kind -> pixels that a verdict sees -> strides of the 4x4 convolutions. Noise and blur show in 16
# pixels, and a critic of so few has no opinion of what the picture is about: the field of CinCGAN
# for LR. 70 is CycleGAN's, for whole scenes. The kind "detail" sees two more through its mean, and
# halves the resolution at once: a tenth of the operations.
CRITICS: dict[str, dict[int, tuple[int, ...]]] = {
    "detail": {18: (2, 1, 1), 24: (2, 2, 1), 36: (2, 2, 1, 1), 72: (2, 2, 2, 1, 1)},
    "published": {16: (1, 1, 1, 1, 1), 22: (1, 1, 2, 1, 1), 34: (2, 2, 1, 1), 70: (2, 2, 2, 1, 1)},
}


def build_patch_critic(
    kind: str = "detail", *, field: int | None = None, width: int = 64, name: str = "critic"
) -> keras.Model:
    """4x4 convolutions with leaky ReLU, ``width`` channels that double up to eightfold.

    ``published``: on pixels, instance normalisation between the first and the last convolution.
    Blur and noise change what varies from pixel to pixel, a hundredth of what pictures differ by:
    in 200 steps such a critic learns nothing of them, and normalisation takes amounts away.
    ``detail``: sees, beside the pixels, eight times what they are above the mean of their 3x3
    neighbours, and normalises nothing. (Critics of high frequencies alone: Fritsche et al.,
    "Frequency Separation for Real-World Super-Resolution", ICCVW 2019; colours are kept here.)

    Args:
        kind: a key of `CRITICS`.
        field: pixels that a verdict sees; None for the kind's smallest.
        width: channels of the first convolution.

    Returns:
        ``(batch, height, width, 3)`` in [0, 1] -> ``(batch, h, w, 1)`` verdicts, no activation:
        one for every patch, without padding, so that all are made from pixels alone.

    Raises:
        ValueError: for another kind or field.
    """
    field = field_of(kind, field)
    *strides, last = CRITICS[kind][field]
    published = kind == "published"
    picture = keras.Input((None, None, 3), name="picture")
    x = picture if published else detailed(picture)
    for index, stride in enumerate(strides):
        filters = width * min(8, 2**index)
        x = convolution(filters, stride, f"conv{index}", published)(x)
        if index and published:
            x = instance_norm(f"norm{index}")(x)
        x = layers.LeakyReLU(0.2, name=f"relu{index}")(x)
    return keras.Model(picture, convolution(1, last, "verdict", published)(x), name=name)


def convolution(filters: int, stride: int, name: str, published: bool) -> layers.Conv2D:
    """4x4, no padding. Kernels of N(0, 0.02) want normalisation; Glorot's keep amounts without."""
    return layers.Conv2D(filters, KERNEL, stride, name=name, **(start() if published else {}))


def detailed(picture):
    """Pixels in [-1, 1] and, beside them, their amplified detail; one pixel less on each side."""
    inner = picture[:, 1:-1, 1:-1]
    detail = inner - layers.AveragePooling2D(MEAN, 1, "valid", name="mean")(picture)
    return layers.Concatenate(name="detailed")([2 * inner - 1, 2 * GAIN * detail])


def field_of(kind: str, field: int | None) -> int:
    """Pixels that a verdict sees: what was asked for, or the smallest; ValueError names the rest.

    Args:
        kind, field: of `build_patch_critic`.
    """
    if kind not in CRITICS:
        raise ValueError(f"Expected a critic among {', '.join(CRITICS)}. Received: {kind!r}")
    fields = CRITICS[kind]
    if field is not None and field not in fields:
        raise ValueError(
            f"Expected a receptive field among {', '.join(map(str, fields))} for the {kind} "
            f"critic. Received: {field}"
        )
    return min(fields) if field is None else field
