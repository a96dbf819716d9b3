"""Losses between pictures: ``(sr, hr) -> scalar``, both ``(batch, H, W, 3)`` in [0, 1]."""

from __future__ import annotations

from functools import partial

from keras import ops


def l1(sr, hr):
    """Mean absolute difference."""
    return ops.mean(ops.abs(ops.cast(sr, "float32") - ops.cast(hr, "float32")))


def mse(sr, hr):
    """Mean squared difference: what PSNR measures; a last stage after ``l1`` gains by it."""
    return ops.mean(ops.square(ops.cast(sr, "float32") - ops.cast(hr, "float32")))


def fourier_l1(sr, hr, *, weight: float = 0.05):
    """L1 plus ``weight`` times the L1 of the 2-D Fourier coefficients, real and imaginary parts.

    Cho et al., "Rethinking Coarse-to-Fine Approach in Single Image Deblurring", ICCV 2021, eq. 7;
    with weight 0.05 as SAFMN and its successors train. The transform is not normalised, so the
    second term grows with the crop.
    """
    difference = ops.cast(sr, "float32") - ops.cast(hr, "float32")
    planes = ops.transpose(difference, (0, 3, 1, 2))
    real, imaginary = ops.fft2((planes, ops.zeros_like(planes)))
    spectrum = ops.mean(ops.abs(real) + ops.abs(imaginary)) / 2
    return ops.mean(ops.abs(difference)) + weight * spectrum


def l1_means(sr, hr, *, side: int = 8):
    """L1 plus the L1 of ``side`` x ``side`` block means.

    L1 alone asks for the median of what is possible, which is darker or brighter than the mean
    where texture is skewed (fur, foliage); the second term keeps every block's colour.
    """
    difference = ops.cast(sr, "float32") - ops.cast(hr, "float32")
    means = ops.average_pool(difference, side, side, padding="valid", data_format="channels_last")
    return ops.mean(ops.abs(difference)) + ops.mean(ops.abs(means))


def l1_even(sr, hr, *, period: int = 4, weight: float = 5.0):
    """`l1_means` plus ``weight`` times the L1 of a repeating pattern in the difference.

    Sub-pixel shuffles make a pattern of their own scale easy to draw, and perceptual losses reward
    it where a photograph has noise. The pattern is the mean over all ``period`` x ``period`` blocks
    of a crop, less its own mean; noise averages out of it, a grid does not.

    Args:
        period: of the pattern in pixels, the scale or a multiple of it.
    """
    difference = ops.cast(sr, "float32") - ops.cast(hr, "float32")
    rows, columns = (side // period for side in difference.shape[1:3])
    cut = difference[:, : rows * period, : columns * period]
    blocks = ops.reshape(cut, (-1, rows, period, columns, period, difference.shape[-1]))
    pattern = ops.mean(blocks, axis=(1, 3))
    pattern = pattern - ops.mean(pattern, axis=(1, 2), keepdims=True)
    return l1_means(sr, hr) + weight * ops.mean(ops.abs(pattern))


def l1_spectrum(sr, hr, *, period: int = 8, weight: float = 10.0, spectrum: float = 0.03):
    """`l1_even` and the Fourier term of `fourier_l1`.

    The former is for what repeats with the shuffles' period, the latter for what is too smooth or
    too rough at any frequency. A lattice of another period it hardly sees: a sum of magnitudes is
    small where they are few.
    """
    return l1_even(sr, hr, period=period, weight=weight) + (
        fourier_l1(sr, hr, weight=spectrum) - l1(sr, hr)
    )


def l1_smooth(sr, hr, *, period: int = 8, weight: float = 10.0, second: float = 0.5):
    """`l1_even` and ``second`` times the L1 of the second differences' difference.

    A fine lattice of amplitude ``a`` costs ``a`` as pixels and up to ``4 a`` as second differences,
    along rows and along columns: it weighs more than an edge that is a little off.
    """
    difference = ops.cast(sr, "float32") - ops.cast(hr, "float32")
    down, right = second_differences(difference)
    rough = ops.mean(ops.abs(down)) + ops.mean(ops.abs(right))
    return l1_even(sr, hr, period=period, weight=weight) + second * rough


def l1_masked(
    sr, hr, *, period: int = 8, window: int = 64, pattern: float = 200.0, masked: float = 4.0
):
    """`l1_means`, and more where the target is smooth: pixels, second differences and patterns.

    Texture masks errors: a lattice of two grey levels is lost in grass and plain to see on a wall.
    What is smooth counts by ``1 / (1 + d / 4)``, with ``d`` the target's deviation within 9x9
    pixels in grey levels. Patterns are those of `l1_even` in windows of their own, for a lattice
    turns its sign where dark meets light, and over a whole crop its mean is nothing.

    Args:
        period: of the pattern in pixels. window: its windows' side, a multiple of it.
        pattern, masked: weights of the patterns, and of pixels and second differences.
    """
    sr, hr = ops.cast(sr, "float32"), ops.cast(hr, "float32")
    difference, smooth = sr - hr, smoothness(hr)
    down, right = second_differences(difference)
    seen = ops.abs(difference[:, 1:-1, 1:-1]) + (ops.abs(down) + ops.abs(right)) / 2
    seen = ops.mean(smooth[:, 1:-1, 1:-1] * seen)

    sides = difference.shape[1:3]
    window = min(window, *(side // period * period for side in sides))
    rows, columns = (side // window for side in sides)
    cells, channels = window // period, difference.shape[-1]
    cut = (slice(None), slice(rows * window), slice(columns * window))
    shape = (-1, rows, cells, period, columns, cells, period, channels)
    lattice = ops.mean(ops.reshape(difference[cut], shape), axis=(2, 5))
    lattice = ops.abs(lattice - ops.mean(lattice, axis=(2, 4), keepdims=True))
    calm = ops.mean(ops.reshape(smooth[cut], shape), axis=(2, 3, 5, 6))
    lattice = ops.mean(calm * ops.mean(lattice, axis=(2, 4)))
    return l1_means(sr, hr) + masked * seen + pattern * lattice


def second_differences(pictures):
    """Along columns and along rows, without the border: (batch, H - 2, W - 2, channels) each."""
    inner = 2 * pictures[:, 1:-1, 1:-1]
    down = pictures[:, 2:, 1:-1] - inner + pictures[:, :-2, 1:-1]
    right = pictures[:, 1:-1, 2:] - inner + pictures[:, 1:-1, :-2]
    return down, right


def smoothness(picture):
    """1 where all pixels within 9x9 are the same, 1/2 at a deviation of four grey levels."""
    around = {"pool_size": 9, "strides": 1, "padding": "same", "data_format": "channels_last"}
    mean = ops.average_pool(picture, **around)
    variance = ops.average_pool(ops.square(picture), **around) - ops.square(mean)
    return 1 / (1 + ops.sqrt(ops.maximum(variance, 0.0) + 1e-8) * (255 / 4))


def relativistic(real, fake):
    """Relativistic average least squares of a critic's values: low if ``real`` is above ``fake``.

    Jolicoeur-Martineau, "The Relativistic Discriminator", ICLR 2019, appendix D (RaLSGAN): each
    value against the mean of the other kind, asked to be 1 above or 1 below it. Minimised by the
    critic as ``relativistic(real, fake)`` and by the network as ``relativistic(fake, real)``. It
    asks for a difference only, so a critic that drifts as a whole cannot run away, and squares
    keep their gradient where a critic is sure.

    Args:
        real, fake: values of any shape. 1 where both are equal, 0 at a difference of 1.
    """
    real, fake = ops.cast(real, "float32"), ops.cast(fake, "float32")
    above = ops.square(real - ops.mean(fake) - 1)
    below = ops.square(fake - ops.mean(real) + 1)
    return (ops.mean(above) + ops.mean(below)) / 2


LOSSES = {
    "l1_even_8": partial(l1_even, period=8),  # for an unshuffled front, whose pattern is as long
    "l1": l1,
    "mse": mse,
    "l1_means": l1_means,
    "l1_even": l1_even,
    "fourier_l1": fourier_l1,
    "l1_smooth": l1_smooth,
    "l1_masked": l1_masked,
    "l1_spectrum": l1_spectrum,
}
"""Pixel losses by name: (sr, hr), both (batch, H, W, 3) in [0, 1] -> a scalar, low is good."""


def loss_named(name: str):
    """A loss of `LOSSES` by name; the error lists them."""
    if name not in LOSSES:
        raise ValueError(f"Expected a loss among {', '.join(LOSSES)}. Received: {name!r}")
    return LOSSES[name]


def affinity_gap(features, others):
    """Mean absolute difference of two spatial affinity matrices: which places are alike.

    He et al., "FAKD: Feature-Affinity Based Knowledge Distillation for Efficient Image
    Super-Resolution", ICIP 2020, equations 3 to 5: each place's features have the length 1, the
    matrix holds their products, ``(batch, H W, H W)``, whatever the channels. Adapted: features are
    averaged over 2x2 places first, for a sixteenth of the matrix.

    Args:
        features, others: (batch, H, W, channels), of any two numbers of channels.
    """

    def affinity(x):
        x = ops.average_pool(ops.cast(x, "float32"), 2, 2, data_format="channels_last")
        x = ops.reshape(x, (ops.shape(x)[0], -1, x.shape[-1]))
        x = x * ops.rsqrt(ops.sum(ops.square(x), axis=-1, keepdims=True) + 1e-12)
        return ops.matmul(x, ops.swapaxes(x, 1, 2))

    return ops.mean(ops.abs(affinity(features) - affinity(others)))
