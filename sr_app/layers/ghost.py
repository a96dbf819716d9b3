"""Ghost convolution: half of the features are convolved, the others are cheap copies."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops

from sr_app.layers.convolution_cost import ConvolutionCost
from sr_app.layers.grouped import convolve
from sr_app.layers.operations import Lowering, Tensor, depthwise, first_channels, joined
from sr_app.layers.operations import convolve as write_convolution
from sr_app.layers.same_convolution import SameConvolution, framed, paths, share_of

CHEAP_SIDE = 3


@keras.saving.register_keras_serializable(package="sr_app")
class GhostConv2D(SameConvolution):
    """An ordinary convolution of ``filters / ratio`` features, and depthwise copies of them.

    Han et al., "GhostNet: More Features from Cheap Operations", CVPR 2020, eq. 2 and 3, figure 1b:
    ``intrinsic = X * f``, ``ghost_i = intrinsic_i * phi_i`` (3x3, one channel each), output: both,
    concatenated. No normalisation, as everywhere in these networks; the activation belongs to the
    whole output and stands behind the layer. Weights and multiplications shrink by almost
    ``ratio``; on graphics processors the depthwise part may eat the time saved.

    Args:
        filters, kernel_size, groups, input and output shape: as `SameConvolution`.
        ratio: output features per intrinsic feature (s of the paper), at least 1.
    """

    NOTE = "Saves weights, multiplications and, on a processor, time."

    def __init__(self, filters: int, kernel_size: int = 3, *, ratio: int = 2, **layer_options):
        super().__init__(filters, kernel_size, **layer_options)
        if ratio < 1:
            raise ValueError(f"Expected ratio of 1 or more. Received: ratio={ratio}")
        self.ratio = ratio
        self.intrinsic = share_of(filters, ratio, self.groups)

    def build(self, input_shape):
        channels = self.channels_per_group(input_shape)
        self.kernel = self.add_weight(
            shape=(*self.kernel_size, channels, self.intrinsic), name="kernel"
        )
        self.bias = self.add_weight(shape=(self.filters,), initializer="zeros", name="bias")
        # One depthwise kernel per round of copies: (3, 3, features copied, 1).
        self.cheap = [
            self.add_weight(shape=(CHEAP_SIDE, CHEAP_SIDE, count, 1), name=f"cheap{index}")
            for index, count in enumerate(self.copies())
        ]

    def copies(self) -> list[int]:
        """How many intrinsic features each round of copies takes, the first ones of them."""
        left, counts = self.filters - self.intrinsic, []
        while left > 0:
            counts.append(min(left, self.intrinsic))
            left -= counts[-1]
        return counts

    def call(self, inputs):
        intrinsic = convolve(inputs, self.kernel)
        intrinsic += self.bias[: self.intrinsic]
        features = [intrinsic]
        start = self.intrinsic
        for kernel, count in zip(self.cheap, self.copies(), strict=True):
            ghost = ops.depthwise_conv(
                intrinsic[..., :count], kernel, padding="same", data_format="channels_last"
            )
            features.append(ghost + self.bias[start : start + count])
            start += count
        return ops.concatenate(features, axis=-1)

    def start_from(self, kernel: np.ndarray, bias: np.ndarray) -> list[str]:
        """The first filters are kept; least squares make each ghost as like its filter as 3x3
        weights on its intrinsic feature can. Nothing is set in groups, whose features stand in
        another order."""
        if self.groups > 1:
            return []
        kept, biases, first = kernel[..., : self.intrinsic], bias.copy(), self.intrinsic
        for cheap in self.cheap:
            last = first + cheap.shape[2]
            fitted = depthwise_fit(kept[..., : last - first], kernel[..., first:last])
            cheap.assign(fitted[..., None])
            # A ghost sees its intrinsic feature with the bias on it.
            biases[first:last] -= fitted.sum(axis=(0, 1)) * bias[: last - first]
            first = last
        self.kernel.assign(kept)
        self.bias.assign(biases)
        return paths(self.kernel, self.bias, *self.cheap)

    def lower(self, graph: Lowering, tensors: list[Tensor]) -> Tensor:
        """A convolution, depthwise copies of its first features, both concatenated."""
        bias = np.asarray(self.bias)
        intrinsic = write_convolution(
            graph, self, tensors[0], np.asarray(self.kernel), bias[: self.intrinsic]
        )
        parts, start = [intrinsic.name], self.intrinsic
        for kernel in map(np.asarray, self.cheap):
            count = kernel.shape[2]
            source = first_channels(graph, intrinsic.name, count, self.intrinsic)
            part = bias[start : start + count]
            ghosts = depthwise(graph, f"{self.name}.ghosts", source, kernel, part)
            parts.append(ghosts.name)
            start += count
        return joined(graph, self.name, parts)

    def cost(self) -> ConvolutionCost:
        side, _, channels, _ = self.kernel.shape
        products = side**2 * channels * self.intrinsic
        products += CHEAP_SIDE**2 * (self.filters - self.intrinsic)
        reach = side // 2 + (CHEAP_SIDE // 2 if self.cheap else 0)
        return ConvolutionCost(products, products, products, products, self.filters, reach)

    def get_config(self):
        return {**super().get_config(), "ratio": self.ratio}


def depthwise_fit(given: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """3x3 weights (3, 3, filters) whose correlation with a given filter's feature is nearest, in
    squares of the whole kernel, to the wanted filter's."""
    # Weight (r, c) reads the feature r - 1, c - 1 away: the given kernel, moved there.
    moved = np.stack([framed(given, *divmod(place, 3)) for place in range(9)], axis=-1)
    still = framed(wanted, 1, 1)
    pairs = zip(moved, still, strict=True)
    weights = [np.linalg.lstsq(columns, target, rcond=None)[0] for columns, target in pairs]
    return np.stack(weights, axis=-1).reshape(3, 3, -1).astype("float32")
