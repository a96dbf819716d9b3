"""Edge-oriented convolution, re-parameterised in kernel space."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops

from sr_app.layers.convolution_cost import ConvolutionCost
from sr_app.layers.grouped import convolve
from sr_app.layers.operations import Lowering, Tensor
from sr_app.layers.operations import convolve as write_convolution
from sr_app.layers.same_convolution import SameConvolution, paths

# Fixed 3x3 filters of ECBSR's edge branches: Sobel in x, Sobel in y, Laplacian.
SOBEL_X = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]], "float32")
SOBEL_Y = SOBEL_X.T
LAPLACIAN = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]], "float32")
EDGES = np.stack([SOBEL_X, SOBEL_Y, LAPLACIAN])


@keras.saving.register_keras_serializable(package="sr_app")
class RepConv2D(SameConvolution):
    """A 3x3 convolution whose kernel is the sum of five linear branches.

    Zhang, Zeng, Zhang, "Edge-oriented Convolution Block for Real-time Super Resolution on Mobile
    Devices", ACM MM 2021, section 3.2: a 3x3, an expanding 1x1 followed by a 3x3, and three 1x1
    followed by scaled edge filters. All branches are linear, so here the *kernels* are summed
    before the one convolution that is run: training costs little more than a plain convolution,
    and `folded` is the same network.
    (The intermediate biases of the published block are left out: with zero padding they would make
    the fold inexact at the border.)

    Args:
        filters, groups, input and output shape: as `SameConvolution`.
        kernel_size: must be 3.
    """

    TRAINING_ONLY = ("expand", "squeeze", "edge_kernel", "edge_scale")

    def __init__(self, filters: int, kernel_size: int = 3, **layer_options):
        if kernel_size not in (3, (3, 3), [3, 3]):
            raise ValueError(f"Expected kernel_size=3. Received: kernel_size={kernel_size}")
        super().__init__(filters, 3, **layer_options)

    def build(self, input_shape):
        channels = self.channels_per_group(input_shape)
        self.kernel = self.add_weight(shape=(3, 3, channels, self.filters), name="kernel")
        self.expand = self.add_weight(shape=(channels, channels), name="expand")
        # Zero: at the start the layer is its 3x3 branch alone.
        self.squeeze = self.add_weight(
            shape=(3, 3, channels, self.filters), initializer="zeros", name="squeeze"
        )
        self.edge_kernel = self.add_weight(
            shape=(len(EDGES), channels, self.filters), name="edge_kernel"
        )
        self.edge_scale = self.add_weight(
            shape=(len(EDGES), 1, self.filters), initializer="zeros", name="edge_scale"
        )
        self.bias = self.add_weight(shape=(self.filters,), initializer="zeros", name="bias")

    def summed_kernel(self):
        """The one kernel of all branches, shape ``(3, 3, channels/groups, filters)``."""
        kernel = self.kernel + ops.einsum("im,yxmo->yxio", self.expand, self.squeeze)
        edges = ops.cast(EDGES, kernel.dtype)
        return kernel + ops.einsum("eyx,eio->yxio", edges, self.edge_kernel * self.edge_scale)

    def folded(self) -> tuple[np.ndarray, np.ndarray]:
        """Kernel (3, 3, channels/groups, filters) and bias (filters,) of the equal ``Conv2D``."""
        kernel = ops.convert_to_numpy(self.summed_kernel())
        return kernel.astype("float32"), ops.convert_to_numpy(self.bias).astype("float32")

    def call(self, inputs):
        return convolve(inputs, self.summed_kernel()) + self.bias

    def start_from(self, kernel: np.ndarray, bias: np.ndarray) -> list[str]:
        """The convolution as it is; the other branches of a fresh layer add nothing yet."""
        self.kernel.assign(kernel)
        self.bias.assign(bias)
        return paths(self.kernel, self.bias)

    def lower(self, graph: Lowering, tensors: list[Tensor]) -> Tensor:
        """The folded convolution."""
        return write_convolution(graph, self, tensors[0], *self.folded())

    def cost(self) -> ConvolutionCost:
        """Cost of the folded convolution."""
        products = int(np.prod(self.kernel.shape))
        return ConvolutionCost(products, products, products, products, self.filters, reach=1)
