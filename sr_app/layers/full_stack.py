"""Full-stack filters: several filters share one set of numbers and differ in their signs."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops

from sr_app.layers.convolution_cost import ConvolutionCost
from sr_app.layers.grouped import convolve
from sr_app.layers.operations import Lowering, Tensor
from sr_app.layers.packed_signs import convolve_signs, signs_of
from sr_app.layers.same_convolution import SameConvolution, paths
from sr_app.layers.straight_through import clipped_sign


@keras.saving.register_keras_serializable(package="sr_app")
class FullStackConv2D(SameConvolution):
    """A convolution whose kernel is shared filters times one-bit masks.

    Han et al., "Full-Stack Filters to Build Minimum Viable CNNs", 2019 (variant B, a mask for
    every output filter): ``W_j = M_j * F_(j // sharing)``, ``M_j`` of +1 and -1, learned
    through the sign's straight-through gradient. Stored are ``filters / sharing`` full filters and
    one bit per mask element: ``32 s / (32 + s)`` times less than a convolution. A kernel made for
    it multiplies ``s`` times less often; the exported graph is an ordinary convolution, so that
    here the *file* is smaller and the time is the same.

    Args:
        filters, kernel_size, groups, input and output shape: as `SameConvolution`.
        sharing: masks per full-stack filter (s), a divisor of ``filters``.
        orthogonality: weight of the loss ``mean (I - M M^T / D)^2`` over the masks that share a
            filter, of D elements each; a stage's ``compute_loss`` adds it.
    """

    ONE_BIT = ("masks",)
    NOTE = "Saves storage only: its graph multiplies as often as an ordinary network's."

    def __init__(
        self,
        filters: int,
        kernel_size: int = 3,
        *,
        sharing: int = 4,
        orthogonality: float = 1e-2,
        **layer_options,
    ):
        super().__init__(filters, kernel_size, **layer_options)
        if sharing < 1 or filters % sharing:
            raise ValueError(
                f"Expected filters to be a multiple of sharing={sharing}. "
                f"Received: filters={filters}"
            )
        self.sharing, self.orthogonality = sharing, orthogonality

    def build(self, input_shape):
        window = (*self.kernel_size, self.channels_per_group(input_shape))
        # Kaiming-uniform with a = sqrt(5), as published, for filters and latent masks alike.
        start = keras.initializers.VarianceScaling(1 / 3, "fan_in", "uniform")
        self.kernel = self.add_weight(
            shape=(*window, self.filters // self.sharing), initializer=start, name="kernel"
        )
        self.masks = self.add_weight(
            shape=(*window, self.filters), initializer=start.clone(), name="masks", autocast=False
        )
        self.bias = self.add_weight(shape=(self.filters,), initializer="zeros", name="bias")

    def composed_kernel(self):
        """Kernel of the equal convolution, (side, side, channels/groups, filters)."""
        masks = ops.cast(clipped_sign(self.masks), self.compute_dtype)
        return masks * ops.repeat(self.kernel, self.sharing, axis=-1)

    def correlations(self):
        """Gram matrices ``M M^T / D`` of masks that share: (filters/sharing, sharing, sharing)."""
        size = int(np.prod(self.masks.shape[:-1]))
        masks = ops.reshape(clipped_sign(self.masks), (size, -1, self.sharing))
        return ops.einsum("dms,dmt->mst", masks, masks) / size

    def call(self, inputs, training=None):
        if training and self.orthogonality and self.sharing > 1:
            distance = ops.square(ops.eye(self.sharing) - self.correlations())
            self.add_loss(self.orthogonality * ops.mean(distance))
        kernel = self.composed_kernel()
        return convolve(inputs, kernel) + self.bias

    def folded(self) -> tuple[np.ndarray, np.ndarray]:
        """Kernel and bias of the equal ``Conv2D``, float32."""
        masks = np.where(ops.convert_to_numpy(self.masks) >= 0, 1, -1)
        kernel = masks * ops.convert_to_numpy(self.kernel).repeat(self.sharing, axis=-1)
        return kernel.astype("float32"), ops.convert_to_numpy(self.bias).astype("float32")

    def start_from(self, kernel: np.ndarray, bias: np.ndarray) -> list[str]:
        """Least squares: of the filters that share, ``F = mean |W_j|`` and ``M_j = sign(W_j)``.

        For each element ``sum_j (w_j - m_j f)^2`` is least there, whatever the signs. The latent
        masks are ``W_j / F``, so that a weak element turns its sign sooner.
        """
        grouped = kernel.reshape(*kernel.shape[:3], -1, self.sharing)
        shared = np.abs(grouped).mean(axis=-1)
        latent = grouped / np.maximum(shared, 1e-12)[..., None]
        self.kernel.assign(shared)
        self.masks.assign(np.clip(latent, -1, 1).reshape(kernel.shape))
        self.bias.assign(bias)
        return paths(self.kernel, self.masks, self.bias)

    def lower(self, graph: Lowering, tensors: list[Tensor]) -> Tensor:
        """Shared filters times their masks: an ordinary convolution, its signs stored as bits."""
        signs, filters = signs_of(self.masks), np.asarray(self.kernel)
        return convolve_signs(graph, self, tensors[0], signs, filters, np.asarray(self.bias))

    def cost(self) -> ConvolutionCost:
        products, weights = int(np.prod(self.masks.shape)), int(np.prod(self.kernel.shape))
        return ConvolutionCost(
            multiplications=products // self.sharing,
            additions=products,
            products=products,
            weights=weights,
            biases=self.filters,
            reach=self.kernel_size[0] // 2,
            bits=products,
        )

    def get_config(self):
        return {
            **super().get_config(),
            "sharing": self.sharing,
            "orthogonality": self.orthogonality,
        }
