"""What all kinds of convolution here have in common: arguments, shapes, configuration."""

from __future__ import annotations

from abc import abstractmethod

import keras

from sr_app.layers.convolution_cost import ConvolutionCost


class SameConvolution(keras.layers.Layer):
    """Base of a convolution kind: stride 1, "same" padding. Abstract; its children are final.

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
        if input_shape[-1] % self.groups:
            raise ValueError(
                f"Expected channels to be a multiple of groups={self.groups}. "
                f"Received: input_shape={tuple(input_shape)}"
            )
        return input_shape[-1] // self.groups

    @abstractmethod
    def cost(self) -> ConvolutionCost:
        """What the built layer costs."""

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
