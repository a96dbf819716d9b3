"""Steps that learn: a value in the forward pass, another function's gradient in the backward."""

from __future__ import annotations

from keras import ops


def straight_through(hard, soft):
    """Exactly ``hard``, with the gradient of ``soft`` (Bengio et al., 2013).

    ``soft - soft`` is 0 to the bit for finite numbers, so nothing is rounded.
    """
    return ops.stop_gradient(hard) + (soft - ops.stop_gradient(soft))


def sign(x):
    """+1 where ``x >= 0``, otherwise -1: two values, unlike ``ops.sign``, which has 0 too."""
    return ops.cast(ops.where(x >= 0, 1.0, -1.0), x.dtype)


def clipped_sign(x):
    """Sign with the gradient of a clip: 1 where ``|x| <= 1``, otherwise 0.

    Courbariaux et al., "Binarized Neural Networks", NeurIPS 2016: for latent weights.
    """
    return straight_through(sign(x), ops.clip(x, -1.0, 1.0))


def smooth_sign(x):
    """Sign with the gradient of a parabola on each side: ``max(0, 2 - 2|x|)``.

    Liu et al., "Bi-Real Net", ECCV 2018: for activations.
    """
    c = ops.clip(x, -1.0, 1.0)
    return straight_through(sign(x), c * (2.0 - ops.abs(c)))
