"""The arms of the study, and gradients that they put in the layer's place. Alone it does nothing.

Every arm of adders is the product's own layer, `sr_app.layers.adder`. While an arm is trained, one
of the layer's three gradient functions is exchanged for another one of this file.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from unittest.mock import patch

from keras import ops

from sr_app.layers import adder

FACTOR = 100.0
"""The increased rate that AdderNet's authors compare the adaptive one with."""


def sign_gradient(x, kernel, upstream):
    """``dY/dF = sign(X - F)``, the derivative of the distance itself. Shape of ``kernel``."""
    side, _, groups, channels, filters = kernel.shape
    shape = (*ops.shape(x)[:3], groups)
    slopes = ops.reshape(upstream, (*shape, 1, filters))
    windows = adder.padded(x, groups, side // 2)

    def tap(start):
        window = ops.slice(windows, (0, start[0], start[1], 0, 0), (*shape, channels))
        size = (1, 1, groups, channels, filters)
        part = ops.slice(kernel, (start[0], start[1], 0, 0, 0), size)
        return ops.sum(slopes * ops.sign(window[..., None] - part), axis=(0, 1, 2))

    return ops.reshape(ops.map(tap, adder.tap_table(side, channels, channels)), kernel.shape)


def unclipped(x, kernel, upstream):
    """``dY/dX = F - X`` without its clip, for one group. Shape of ``x``.

    ``sum_t g (F - X) = sum_t g F - X sum_t g``: both sums are convolutions of the slopes with a
    turned kernel.
    """
    turned = ops.transpose(kernel[::-1, ::-1, 0], (0, 1, 3, 2))  # (side, side, o, c)
    products = ops.conv(upstream, turned, padding="same")
    sums = ops.conv(upstream, ops.ones_like(turned), padding="same")
    return products - x * sums


def as_it_is(gradient):
    """No adaptive rate."""
    return gradient


def increased(gradient):
    """A constant factor in place of the adaptive one."""
    return FACTOR * gradient


WHOLE = "adder, as published"
WAYS: dict[str, dict[str, Callable]] = {
    WHOLE: {},
    "sign gradient": {"weight_gradient": sign_gradient},
    "input gradient not clipped": {"input_gradient": unclipped},
    "no adaptive rate": {"adapted": as_it_is},
    "no adaptive rate, 100 times the rate": {"adapted": increased},
}
"""What is exchanged in the layer."""

ORDINARY = "convolution"


@dataclass(frozen=True)
class Arm:
    """One training of the study: a kind of convolution, how it learns, and by which optimizer."""

    name: str
    optimizer: str
    ways: dict[str, Callable] = field(default_factory=dict, hash=False)

    @property
    def conv(self) -> str:
        """The kind in the blocks."""
        return "conv" if self.name == ORDINARY else "adder"

    def gradients(self) -> AbstractContextManager:
        """Within it the layer has the gradients of this arm."""
        return patch.multiple(adder, **self.ways) if self.ways else nullcontext()


ARMS = tuple(
    Arm(name, optimizer, ways)
    for optimizer in ("Adam", "SGD")
    for name, ways in {ORDINARY: {}, **WAYS}.items()
    if optimizer == "SGD" or ways.get("adapted") is not increased  # Adam does not see a factor
)
"""In the order in which a round trains them."""
