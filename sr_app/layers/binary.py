"""Binary convolution: one-bit weights and inputs, with a full-precision way around them."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops

from sr_app.layers.convolution_cost import ConvolutionCost
from sr_app.layers.grouped import convolve
from sr_app.layers.operations import Lowering, Tensor
from sr_app.layers.packed_signs import convolve_signs, signs_of
from sr_app.layers.same_convolution import SameConvolution, paths
from sr_app.layers.straight_through import clipped_sign, smooth_sign

ALIGNMENT = 130 / 64
"""Residual alignment per input channel, of the published network with 64 channels."""


@keras.saving.register_keras_serializable(package="sr_app")
class BinaryConv2D(SameConvolution):
    """``skip(x) + RPReLU(scale * (sign(w) * sign(x + threshold))) / alignment``.

    Xia et al., "Basic Binary Convolution Unit for Binarized Image Restoration Network" (BBCU),
    ICLR 2023, section 3: no batch statistics, a full-precision skip around every binary
    convolution, and residual alignment. There the network's input is multiplied by k = 130 n / 64
    and its output divided by k; every part being homogeneous, dividing each residual by k is the
    same network, and no layer outside needs to know. Gradients: parabola for activations, clip
    for the latent weights. The scale per filter starts at ``mean |w|`` (Rastegari et al., 2016)
    and is learned (Bulat, Tzimiropoulos, "XNOR-Net++", 2019), so that signs and scales are all
    there is to store. Outside the picture the sign is +1: two values everywhere.

    Storage shrinks up to 32 times, and the operations on a machine with binary instructions; the
    exported graph is an ordinary convolution of signs and is *not* faster.

    Where the widths differ, the skip repeats the channels or averages them: output channel j is
    the mean of the input channels that are j modulo ``filters``, or channel j modulo ``channels``.

    Args:
        filters, kernel_size, groups, input and output shape: as `SameConvolution`.
        skip: False for the naive binary convolution, for comparisons.
        alignment: k above; 0 stands for 130 / 64 per input channel.
    """

    ONE_BIT = ("kernel",)
    HOLDS_SKIP = True
    ACTIVATION = keras.layers.Identity  # its own activation stands inside the skip
    NOTE = (
        "Saves storage, and energy on a machine built for it, not time: its graph multiplies as "
        "often as an ordinary network's."
    )

    def __init__(
        self,
        filters: int,
        kernel_size: int = 3,
        *,
        skip: bool = True,
        alignment: float = 0.0,
        **layer_options,
    ):
        super().__init__(filters, kernel_size, **layer_options)
        self.skip, self.alignment = skip, alignment

    def build(self, input_shape):
        channels = input_shape[-1]
        shape = (*self.kernel_size, self.channels_per_group(input_shape), self.filters)
        self.kernel = self.add_weight(shape=shape, name="kernel", autocast=False)
        limit = np.sqrt(6 / (np.prod(shape[:-1]) + np.prod(shape[:2]) * self.filters))
        self.scale = self.add_weight(
            shape=(self.filters,),
            initializer=keras.initializers.Constant(limit / 2),  # mean |w| of the start
            name="scale",
        )
        self.threshold = self.add_weight(shape=(channels,), initializer="zeros", name="threshold")
        # RPReLU of Liu et al., "ReActNet", ECCV 2020.
        for name, start in (("shift_in", 0.0), ("slope", 0.25), ("shift_out", 0.0)):
            weight = self.add_weight(
                shape=(self.filters,), initializer=keras.initializers.Constant(start), name=name
            )
            setattr(self, name, weight)

    def divisor(self) -> float:
        """The residual alignment of the built layer."""
        return self.alignment or ALIGNMENT * self.threshold.shape[0]

    def call(self, inputs):
        reach = self.kernel_size[0] // 2
        around = [(0, 0), (reach, reach), (reach, reach), (0, 0)]
        signs = ops.pad(smooth_sign(inputs + self.threshold), around, constant_values=1)
        kernel = self.scale * ops.cast(clipped_sign(self.kernel), self.compute_dtype)
        x = convolve(signs, kernel, padding="valid") - self.shift_in
        x = ops.where(x > 0, x, self.slope * x) + self.shift_out
        if not self.skip:
            return x
        return self.resized(inputs) + x / self.divisor()

    def resized(self, inputs):
        """The input with as many channels as the output."""
        if inputs.shape[-1] == self.filters:
            return inputs
        return ops.matmul(inputs, ops.cast(self.skip_matrix(), inputs.dtype))

    def skip_matrix(self) -> np.ndarray:
        """The skip as a 1x1 kernel (channels, filters)."""
        channels = self.threshold.shape[0]
        rows, columns = np.arange(channels)[:, None], np.arange(self.filters)
        if self.filters >= channels:
            return (columns % channels == rows).astype("float32")
        matrix = (rows % self.filters == columns).astype("float32")
        return matrix / matrix.sum(axis=0)

    def start_from(self, kernel: np.ndarray, bias: np.ndarray) -> list[str]:
        """Latent weights as they are, scale ``mean |w|`` per filter: the nearest binary filter in
        squares (Rastegari et al., "XNOR-Net", eq. 6). The bias has no counterpart."""
        self.kernel.assign(kernel)
        self.scale.assign(np.abs(kernel).mean(axis=(0, 1, 2)))
        return paths(self.kernel, self.scale)

    def lower(self, graph: Lowering, tensors: list[Tensor]) -> Tensor:
        """Signs, an ordinary convolution of them, the activation, and the way around.

        The residual alignment is divided into the kernel: a leaky ReLU is homogeneous.
        """
        divisor = self.divisor() if self.skip else 1.0
        source = graph.plain(tensors[0])
        around = self.lower_signs(graph, source)
        signs, scale = signs_of(self.kernel), np.asarray(self.scale)[None, None, None] / divisor
        bias = -np.asarray(self.shift_in) / divisor
        result = convolve_signs(graph, self, around, signs, scale, bias, padding=False)
        slope = column(np.asarray(self.slope))
        result = graph.add("PRelu", f"{self.name}.activation", (result.name,), (slope,))
        shift = column(np.asarray(self.shift_out) / divisor)
        result = graph.add("Add", f"{self.name}.shift", (result.name,), (shift,))
        if not self.skip:
            return result
        if self.filters != self.threshold.shape[0]:
            kernel = np.ascontiguousarray(self.skip_matrix().T[:, :, None, None])
            source = graph.add("Conv", f"{self.name}.widths", (source,), (kernel,)).name
        return graph.add("Add", f"{self.name}.skip", (source, result.name))

    def lower_signs(self, graph: Lowering, source: str) -> Tensor:
        """+1 where the input reaches the threshold, else -1; +1 around the picture."""
        threshold, one = column(-np.asarray(self.threshold)), np.array(1, np.float32)
        on = graph.add("GreaterOrEqual", f"{self.name}.on", (source,), (threshold,))
        signs = graph.add("Where", f"{self.name}.signs", (on.name,), (one, -one))
        reach = self.kernel_size[0] // 2
        amounts = np.array([0, 0, reach, reach, 0, 0, reach, reach], np.int64)
        return graph.add("Pad", f"{self.name}.around", (signs.name,), (amounts, one))

    def cost(self) -> ConvolutionCost:
        bits = int(np.prod(self.kernel.shape))
        return ConvolutionCost(
            multiplications=0,
            additions=0,
            products=bits,
            weights=0,
            biases=4 * self.filters + self.threshold.shape[0],
            reach=self.kernel_size[0] // 2,
            bits=bits,
            binary=bits,
        )

    def get_config(self):
        return {**super().get_config(), "skip": self.skip, "alignment": self.alignment}


def column(values: np.ndarray) -> np.ndarray:
    """One number per channel, in the shape that spreads over a picture: (channels, 1, 1)."""
    return np.ascontiguousarray(values, np.float32)[:, None, None]
