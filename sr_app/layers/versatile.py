"""Versatile filters: one stored filter answers at several sizes."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops

from sr_app.layers.convolution_cost import ConvolutionCost
from sr_app.layers.grouped import convolve
from sr_app.layers.operations import Lowering, Tensor, joined
from sr_app.layers.operations import convolve as write_convolution
from sr_app.layers.same_convolution import SameConvolution, share_of


@keras.saving.register_keras_serializable(package="sr_app")
class VersatileConv2D(SameConvolution):
    """A convolution by stored filters and by their centre crops.

    Wang et al., "Learning Versatile Filters for Efficient Convolutional Neural Networks",
    NeurIPS 2018 (the spatial variant): a filter of side d gives ceil(d / 2) filters, of
    sides d, d - 2, ..., 1; a 3x3 one answers as 3x3 and as 1x1. Weights and multiplications both
    shrink, and the exported graph has the smaller convolutions, so that time shrinks too.

    Args:
        filters, kernel_size, groups, input and output shape: as `SameConvolution`.
    """

    NOTE = "Saves weights, multiplications and, on a processor, time."

    def build(self, input_shape):
        side = self.kernel_size[0]
        stored = share_of(self.filters, (side + 1) // 2, self.groups)
        self.kernel = self.add_weight(
            shape=(side, side, self.channels_per_group(input_shape), stored), name="kernel"
        )
        self.bias = self.add_weight(shape=(self.filters,), initializer="zeros", name="bias")

    def sizes(self) -> list[tuple[int, int]]:
        """(side, filters) of each convolution in the order of the output's channels."""
        side, stored = self.kernel.shape[0], self.kernel.shape[-1]
        left, sizes = self.filters, []
        while left > 0:
            sizes.append((side, min(stored, left)))
            left -= stored
            side -= 2
        return sizes

    def crops(self) -> list:
        """The kernels (side, side, channels/groups, filters) of `sizes`."""
        full = self.kernel.shape[0]
        cuts = [((full - side) // 2, side, count) for side, count in self.sizes()]
        return [
            self.kernel[edge : edge + side, edge : edge + side, :, :count]
            for edge, side, count in cuts
        ]

    def call(self, inputs):
        answers = [convolve(inputs, kernel) for kernel in self.crops()]
        return ops.concatenate(answers, axis=-1) + self.bias

    def lower(self, graph: Lowering, tensors: list[Tensor]) -> Tensor:
        """One convolution per size of the stored filters, concatenated."""
        bias, start, parts = np.asarray(self.bias), 0, []
        for kernel in map(np.asarray, self.crops()):
            stop = start + kernel.shape[-1]
            part = write_convolution(graph, self, tensors[0], kernel, bias[start:stop])
            parts.append(part.name)
            start = stop
        return joined(graph, self.name, parts)

    def cost(self) -> ConvolutionCost:
        channels = self.kernel.shape[2]
        products = sum(side**2 * channels * count for side, count in self.sizes())
        weights = self.kernel.shape[0] ** 2 * channels * self.kernel.shape[-1]
        reach = self.kernel_size[0] // 2
        return ConvolutionCost(products, products, products, weights, self.filters, reach)
