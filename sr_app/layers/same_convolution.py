"""What all kinds of convolution here have in common: arguments, shapes, configuration."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING

import keras
import numpy as np

from sr_app.layers.convolution_cost import ConvolutionCost

if TYPE_CHECKING:
    from sr_app.layers.operations import Lowering, Tensor


class SameConvolution(keras.layers.Layer):
    """Base of a convolution kind: stride 1, "same" padding. Abstract; its children are final.

    A kind says here all that the rest of the package needs to know of it: `cost`, `lower`, and the
    constants below where they differ. A kind that a trained ordinary
    convolution says something about also has ``start_from(kernel, bias) -> paths of the weights
    set``, where ``kernel`` is (side, side, channels/groups, filters); without it the kind learns
    from its initial weights.

    Input shape: ``(batch, height, width, channels)``.
    Output shape: ``(batch, height, width, filters)``.

    Args:
        filters: output channels.
        kernel_size: an odd side.
        groups: as in ``keras.layers.Conv2D``.

    Raises:
        ValueError: for an even or oblong kernel, or channels that are no multiple of ``groups``.
    """

    ONE_BIT: tuple[str, ...] = ()
    """Names of the weights of which only the sign counts: a packed file keeps one bit of each."""

    TRAINING_ONLY: tuple[str, ...] = ()
    """Names of the weights that `cost` does not count: they serve training alone, or are a
    few bytes in all."""

    HOLDS_SKIP = False
    """Whether the layer holds a way around itself: a chain of such needs no further one."""

    ACTIVATION: Callable[..., keras.layers.Layer] | None = None
    """What follows the layer in the blocks, where that is not the network's choice."""

    NO_GRAPH = ""
    """Why the layer cannot be written as an ONNX graph; empty where it can."""

    NOTE = ""
    """What the kind is good for and what not; empty for one that costs what is counted."""

    def __init__(
        self,
        filters: int,
        kernel_size: int | tuple[int, int] = 3,
        *,
        groups: int = 1,
        **layer_options,
    ):
        super().__init__(**layer_options)
        sides = (kernel_size,) * 2 if isinstance(kernel_size, int) else tuple(kernel_size)
        if len(sides) != 2 or sides[0] != sides[1] or sides[0] % 2 == 0:
            raise ValueError(
                f"Expected a square kernel with an odd side. Received: kernel_size={kernel_size}"
            )
        if filters < 1 or groups < 1 or filters % groups:
            raise ValueError(
                f"Expected filters to be a multiple of groups={groups}. Received: filters={filters}"
            )
        self.filters, self.kernel_size, self.groups = filters, sides, groups

    def channels_per_group(self, input_shape: tuple[int | None, ...]) -> int:
        """Input channels that one filter sees."""
        channels = input_shape[-1]
        if channels is None or channels % self.groups:
            raise ValueError(
                f"Expected channels to be a multiple of groups={self.groups}. "
                f"Received: input_shape={tuple(input_shape)}"
            )
        return channels // self.groups

    @abstractmethod
    def cost(self) -> ConvolutionCost:
        """What the built layer costs."""

    def lower(self, graph: Lowering, tensors: list[Tensor]) -> Tensor:
        """Write the built layer's operations; the tensor that they end in.

        Args:
            graph: collects them.
            tensors: what goes in, in the order of the call.
        """
        raise NotImplementedError(f"{type(self).__name__} has no graph: {self.NO_GRAPH}")

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.filters)

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "groups": self.groups,
        }


def share_of(filters: int, ratio: int, groups: int) -> int:
    """Filters left when each stands for ``ratio``: ceil(filters / ratio), a multiple of groups."""
    return min(filters, -(-filters // (ratio * groups)) * groups)


def framed(kernel: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Kernels with zeros around, moved by (rows - 1, columns - 1): (filters, elements)."""
    around = [(rows, 2 - rows), (columns, 2 - columns), (0, 0), (0, 0)]
    return np.pad(kernel.astype("float64"), around).reshape(-1, kernel.shape[-1]).T


def paths(*weights: keras.Variable) -> list[str]:
    """Paths of weights that a start has set."""
    return [weight.path for weight in weights]
