"""Adder convolution: the distance of patch and filter in place of their product."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops

from sr_app.layers.convolution_cost import ConvolutionCost
from sr_app.layers.power_relu import PowerReLU
from sr_app.layers.same_convolution import SameConvolution

RATE = 0.2
"""eta of the adaptive learning rate."""

PAIRS = 256
"""Input-output channel pairs at a time: a step's memory is at most this many numbers per pixel
(or one plane per filter, where there are more filters)."""


@keras.saving.register_keras_serializable(package="sr_app")
class AdderConv2D(SameConvolution):
    """The adder unit of super-resolution: adder, batch norm, self-shortcut.

    Chen et al., "AdderNet: Do We Really Need Multiplications in Deep Learning?", CVPR 2020, and
    Song et al., "AdderSR: Towards Energy Efficient Image Super-Resolution", CVPR 2021. The unit's
    published order is adder, norm, ``+ x``, ReLU, learnable power: the first three are this layer,
    the last two `sr_app.layers.power_relu.PowerReLU`, which stands where the blocks have
    their ReLU. An adder alone can be neither the identity nor a high-pass filter (theorems 1 and 2
    of AdderSR): the shortcut brings the first, the power the second. The shortcut is there where
    input and output have equally many channels.

    It saves multiplications, and energy on a machine without multipliers. It is far *slower* than
    a convolution on processors and graphics cards.

    Args:
        filters, kernel_size, groups, input and output shape: as `SameConvolution`.
        normalise, shortcut: False to leave the part out, for comparisons.
    """

    HOLDS_SKIP = True
    ACTIVATION = PowerReLU
    NO_GRAPH = "ONNX has no operator for a filter's distance; run it with the runtime keras"
    NOTE = (
        "Saves multiplications and energy on a machine built for it, not time: it has no graph, "
        "and in Keras it is far slower than an ordinary network."
    )

    def __init__(
        self,
        filters: int,
        kernel_size: int = 3,
        *,
        normalise: bool = True,
        shortcut: bool = True,
        **layer_options,
    ):
        super().__init__(filters, kernel_size, **layer_options)
        self.normalise, self.shortcut = normalise, shortcut

    def build(self, input_shape):
        channels = self.channels_per_group(input_shape)
        self.kernel = self.add_weight(
            shape=(*self.kernel_size, channels, self.filters),
            initializer=keras.initializers.RandomNormal(stddev=1.0),  # as published
            name="kernel",
            autocast=False,
        )
        self.joined = self.shortcut and input_shape[-1] == self.filters
        self.norm = None
        if self.normalise:
            self.norm = keras.layers.BatchNormalization(
                momentum=0.9, epsilon=1e-5, dtype=self.dtype_policy, name="norm"
            )
            self.norm.build((*input_shape[:-1], self.filters))

    def call(self, inputs, training=None):
        side, _, channels, filters = self.kernel.shape
        split = (side, side, channels, self.groups, filters // self.groups)
        kernel = ops.transpose(ops.reshape(self.kernel, split), (0, 1, 3, 2, 4))
        # Sums of many like-signed numbers: half precision would lose them.
        x = ops.cast(distances(ops.cast(inputs, "float32"), kernel), self.compute_dtype)
        if self.norm is not None:
            x = self.norm(x, training=training)
        return x + inputs if self.joined else x

    def cost(self) -> ConvolutionCost:
        pairs = int(np.prod(self.kernel.shape))
        return ConvolutionCost(
            multiplications=0,
            additions=2 * pairs,  # a difference and its place in the sum
            products=0,
            weights=pairs,
            biases=0 if self.norm is None else 4 * self.filters,
            reach=self.kernel_size[0] // 2,
        )

    def get_config(self):
        return {**super().get_config(), "normalise": self.normalise, "shortcut": self.shortcut}


@ops.custom_gradient
def distances(x, kernel):
    """``Y(m, n, t) = -sum |X(m+i, n+j, k) - F(i, j, k, t)|`` (AdderNet, section 3.1), zero padding.

    Args:
        x: (batch, height, width, groups * c), float32.
        kernel: (side, side, groups, c, o): groups first, then channels and filters within.

    Returns:
        (batch, height, width, groups * o). Its gradients are not those of the distance, but
        `input_gradient` and `adapted` `weight_gradient`. All three go tap by tap, so that the
        memory is that of PAIRS planes and not of side^2 * c * o.
    """

    def backward(*arguments, upstream=None):
        upstream = arguments[-1] if upstream is None else upstream
        weights = adapted(weight_gradient(x, kernel, upstream))
        return input_gradient(x, kernel, upstream), weights

    side, _, groups, channels, filters = kernel.shape
    step = step_within(channels, PAIRS // (groups * filters))
    starts = tap_table(side, channels, step)
    windows, shape = padded(x, groups, side // 2), (*ops.shape(x)[:3], groups)

    def add(index, total):
        row, column, channel = (starts[index, i] for i in range(3))
        window = ops.slice(windows, (0, row, column, 0, channel), (*shape, step))
        part = ops.slice(kernel, (row, column, 0, channel, 0), (1, 1, groups, step, filters))
        # (B, H, W, groups, step, o) -> (B, H, W, groups, o)
        return total + ops.sum(ops.abs(window[..., None] - part), axis=-2)

    total = ops.fori_loop(0, starts.shape[0], add, ops.zeros((*shape, filters), x.dtype))
    return -ops.reshape(total, (*shape[:3], groups * filters)), backward


def weight_gradient(x, kernel, upstream):
    """Full-precision gradient (AdderNet, section 3.2): ``dY/dF = X - F``, no clip, no sign.

    That is an ordinary convolution's weight gradient and a correction:
    ``sum_p g_p (X_p - F) = sum_p g_p X_p - F sum_p g_p``. Shape of ``kernel``.
    """
    side, _, groups, channels, filters = kernel.shape
    shape = (*ops.shape(x)[:3], groups)
    g = ops.reshape(upstream, (*shape, filters))
    windows = padded(x, groups, side // 2)

    def products(start):
        window = ops.slice(windows, (0, start[0], start[1], 0, 0), (*shape, channels))
        return ops.einsum("bhwgc,bhwgo->gco", window, g)

    products = ops.map(products, tap_table(side, channels, channels))
    return ops.reshape(products, kernel.shape) - kernel * ops.sum(g, axis=(0, 1, 2))[:, None, :]


def input_gradient(x, kernel, upstream):
    """Clipped gradient (AdderNet, section 3.2): ``dY/dX = clip(F - X, -1, 1)``. Shape of ``x``.

    Gathered, not scattered: pixel p takes from the outputs p - (i, j) that saw it.
    """
    side, _, groups, channels, filters = kernel.shape
    step = step_within(filters, PAIRS // (groups * channels))
    starts = tap_table(side, filters, step)
    shape = (*ops.shape(x)[:3], groups)
    pixels = ops.reshape(x, (*shape, channels, 1))
    slopes = padded(upstream, groups, side // 2)

    def add(index, total):
        row, column, start = (starts[index, i] for i in range(3))
        place = (0, side - 1 - row, side - 1 - column, 0, start)
        g = ops.slice(slopes, place, (*shape, step))[..., None, :]
        part = ops.slice(kernel, (row, column, 0, 0, start), (1, 1, groups, channels, step))
        return total + ops.sum(g * ops.clip(part - pixels, -1.0, 1.0), axis=-1)

    total = ops.fori_loop(0, starts.shape[0], add, ops.zeros((*shape, channels), x.dtype))
    return ops.reshape(total, ops.shape(x))


def adapted(gradient):
    """Adaptive learning rate (AdderNet, eq. 13): ``0.2 sqrt(k) g / |g|``, k elements.

    Batch norm divides by the large deviation of a distance, so that gradients are small and of
    different size in every layer. Adam does not see a constant factor; with SGD it is essential.
    """
    norm = ops.sqrt(ops.sum(ops.square(gradient)))
    return gradient * (RATE * np.sqrt(np.prod(gradient.shape)) / ops.maximum(norm, 1e-12))


def padded(x, groups: int, reach: int):
    """(B, H, W, groups * c) -> (B, H + 2 reach, W + 2 reach, groups, c), zeros around."""
    x = ops.pad(x, [(0, 0), (reach, reach), (reach, reach), (0, 0)])
    return ops.reshape(x, (*ops.shape(x)[:3], groups, x.shape[-1] // groups))


def tap_table(side: int, count: int, step: int):
    """(row, column, first of ``step`` channels) of every part of a kernel, int32 (parts, 3)."""
    table = [(r, c, s) for r in range(side) for c in range(side) for s in range(0, count, step)]
    return ops.convert_to_tensor(np.array(table, "int32"))


def step_within(count: int, most: int) -> int:
    """Largest divisor of ``count`` that is at most ``most`` (1 if that is less)."""
    return max(step for step in range(1, count + 1) if count % step == 0 and step <= max(1, most))
