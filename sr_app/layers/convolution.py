"""The table of convolution kinds: each takes ``(filters, kernel_size, groups=..., name=...)``.

To add a kind: a layer file beside this one, one line in :data:`CONVOLUTIONS`, one test. Every kind
keeps height and width (stride 1, zero padding) and passes the contract test of
``tests/layers/test_convolution.py``.
"""

from __future__ import annotations

import keras

from sr_app.layers.adder import AdderConv2D
from sr_app.layers.binary import BinaryConv2D
from sr_app.layers.full_stack import FullStackConv2D
from sr_app.layers.ghost import GhostConv2D
from sr_app.layers.ghost_shift import GhostShiftConv2D
from sr_app.layers.grouped import GroupedConv2D
from sr_app.layers.power_relu import PowerReLU
from sr_app.layers.reparameterised import RepConv2D
from sr_app.layers.versatile import VersatileConv2D


def plain(filters: int, kernel_size: int, *, groups: int = 1, name: str | None = None):
    """An ordinary convolution, stride 1, zero padding, with bias."""
    layer = GroupedConv2D if groups > 1 else keras.layers.Conv2D
    return layer(filters, kernel_size, groups=groups, padding="same", name=name)


CONVOLUTIONS = {
    "conv": plain,
    "rep": RepConv2D,
    "ghost": GhostConv2D,
    "ghost_shift": GhostShiftConv2D,
    "versatile": VersatileConv2D,
    "full_stack": FullStackConv2D,
    "adder": AdderConv2D,
    "binary": BinaryConv2D,
}

ACTIVATIONS = {
    "adder": PowerReLU,
    "binary": keras.layers.Identity,  # its own activation stands inside the skip
}
"""What follows a convolution of a kind in the blocks, where that is not ReLU."""

WITH_SKIP = {"adder", "binary"}
"""Kinds that carry a way around themselves: a chain of them needs no further one."""


def convolution(
    kind: str, filters: int, kernel_size: int, *, groups: int = 1, name: str | None = None
):
    """The layer of a kind named in :data:`CONVOLUTIONS`.

    Raises:
        ValueError: for an unknown kind.
    """
    if kind not in CONVOLUTIONS:
        raise ValueError(
            f"Expected a convolution kind among {', '.join(CONVOLUTIONS)}. Received: {kind!r}"
        )
    return CONVOLUTIONS[kind](filters, kernel_size, groups=groups, name=name)


def activation(kind: str, *, name: str | None = None):
    """The layer that follows a convolution of a kind: ReLU unless :data:`ACTIVATIONS` says more."""
    return ACTIVATIONS.get(kind, keras.layers.ReLU)(name=name)
