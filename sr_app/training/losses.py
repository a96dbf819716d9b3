"""Losses between pictures: ``(sr, hr) -> scalar``, both ``(batch, H, W, 3)`` in [0, 1]."""

from __future__ import annotations

import math

from keras import ops


def l1(sr, hr):
    """Mean absolute difference."""
    return ops.mean(ops.abs(ops.cast(sr, "float32") - ops.cast(hr, "float32")))


def fourier_l1(sr, hr, *, weight: float = 0.05):
    """L1 plus ``weight`` times the mean absolute difference of the 2-D Fourier coefficients.

    Cho et al., "Rethinking Coarse-to-Fine Approach in Single Image Deblurring", ICCV 2021, eq. 7,
    as light-weight networks such as SAFMN use it (weight 0.05). The transform is orthonormal here
    (divided by the crop's side), so that the weight does not depend on the crop's size; 0.05 in the
    unnormalised convention at a 64-pixel crop corresponds to a weight of 3.2.
    """
    difference = ops.transpose(ops.cast(sr, "float32") - ops.cast(hr, "float32"), (0, 3, 1, 2))
    real, imaginary = ops.fft2((difference, ops.zeros_like(difference)))
    side = math.sqrt(sr.shape[1] * sr.shape[2])
    return l1(sr, hr) + weight / side * ops.mean(ops.abs(real) + ops.abs(imaginary))


LOSSES = {"l1": l1, "fourier_l1": fourier_l1}


def loss_named(name: str):
    """A loss of :data:`LOSSES` by name; the error lists them."""
    if name not in LOSSES:
        raise ValueError(f"Expected a loss among {', '.join(LOSSES)}. Received: {name!r}")
    return LOSSES[name]
