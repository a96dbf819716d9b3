"""Edge-oriented convolution, re-parameterised in kernel space."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops

from sr_app.layers.grouped import convolve

# Fixed 3x3 filters of ECBSR's edge branches: Sobel in x, Sobel in y, Laplacian.
SOBEL_X = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]], "float32")
SOBEL_Y = SOBEL_X.T
LAPLACIAN = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]], "float32")
EDGES = np.stack([SOBEL_X, SOBEL_Y, LAPLACIAN])


@keras.saving.register_keras_serializable(package="sr_app")
class RepConv2D(keras.layers.Layer):
    """A 3x3 convolution whose kernel is the sum of five linear branches.

    Zhang, Zeng, Zhang, "Edge-oriented Convolution Block for Real-time Super Resolution on Mobile
    Devices", ACM MM 2021, section 3.2: a 3x3, an expanding 1x1 followed by a 3x3, and three 1x1
    followed by scaled edge filters. All branches are linear, so here the *kernels* are summed
    before the one convolution that is run: training costs little more than a plain convolution,
    and :meth:`folded` is the same network.
    (The intermediate biases of the published block are left out: with zero padding they would make
    the fold inexact at the border.)

    Input shape: ``(batch, height, width, channels)``.
    Output shape: ``(batch, height, width, filters)`` ("same" zero padding, stride 1).

    Args:
        filters: output channels.
        kernel_size: must be 3.
        groups: as in ``keras.layers.Conv2D``.
        expansion: width of the expanding branch, in multiples of the input channels.
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int = 3,
        *,
        groups: int = 1,
        expansion: float = 1.0,
        use_bias: bool = True,
        **layer_options,
    ):
        super().__init__(**layer_options)
        if kernel_size not in (3, (3, 3)):
            raise ValueError(f"Expected kernel_size=3. Received: kernel_size={kernel_size}")
        self.filters = filters
        self.kernel_size = (3, 3)
        self.groups = groups
        self.expansion = expansion
        self.use_bias = use_bias

    def build(self, input_shape):
        channels = input_shape[-1] // self.groups
        middle = max(1, round(self.expansion * channels))
        self.kernel = self.add_weight(shape=(3, 3, channels, self.filters), name="kernel")
        self.expand = self.add_weight(shape=(channels, middle), name="expand")
        # Zero: at the start the layer is its 3x3 branch alone.
        self.squeeze = self.add_weight(
            shape=(3, 3, middle, self.filters), initializer="zeros", name="squeeze"
        )
        self.edge_kernel = self.add_weight(
            shape=(len(EDGES), channels, self.filters), name="edge_kernel"
        )
        self.edge_scale = self.add_weight(
            shape=(len(EDGES), 1, self.filters), initializer="zeros", name="edge_scale"
        )
        if self.use_bias:
            self.bias = self.add_weight(shape=(self.filters,), initializer="zeros", name="bias")

    def summed_kernel(self):
        """The one kernel of all branches, shape ``(3, 3, channels/groups, filters)``."""
        kernel = self.kernel + ops.einsum("im,yxmo->yxio", self.expand, self.squeeze)
        edges = ops.cast(EDGES, kernel.dtype)
        return kernel + ops.einsum("eyx,eio->yxio", edges, self.edge_kernel * self.edge_scale)

    def folded(self) -> tuple[np.ndarray, np.ndarray]:
        """Kernel (3, 3, channels/groups, filters) and bias (filters,) of the equal ``Conv2D``."""
        kernel = ops.convert_to_numpy(self.summed_kernel())
        bias = ops.convert_to_numpy(self.bias) if self.use_bias else np.zeros(self.filters)
        return kernel.astype("float32"), bias.astype("float32")

    def call(self, inputs):
        outputs = convolve(inputs, self.summed_kernel())
        return outputs + self.bias if self.use_bias else outputs

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.filters)

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "groups": self.groups,
            "expansion": self.expansion,
            "use_bias": self.use_bias,
        }
