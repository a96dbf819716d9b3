"""The table of convolution kinds: each takes ``(filters, kernel_size, groups=..., name=...)``.

To add a kind: a layer file beside this one, one line in `CONVOLUTIONS`, one test. What a kind
costs, how it is written as a graph, how it starts from a trained convolution, what follows it in a
block and what it is good for stand in its own file: see ``layers.same_convolution``. Every kind
keeps height and width (stride 1, zero padding) and passes the contract test of
``tests/layers/test_convolution.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import keras

from sr_app.layers.adder import AdderConv2D
from sr_app.layers.binary import BinaryConv2D
from sr_app.layers.full_stack import FullStackConv2D
from sr_app.layers.ghost import GhostConv2D
from sr_app.layers.ghost_shift import GhostShiftConv2D
from sr_app.layers.grouped import GroupedConv2D
from sr_app.layers.reparameterised import RepConv2D
from sr_app.layers.same_convolution import SameConvolution
from sr_app.layers.silu import SiLU
from sr_app.layers.versatile import VersatileConv2D


def plain(filters: int, kernel_size: int, *, groups: int = 1, name: str | None = None):
    """An ordinary convolution, stride 1, zero padding, with bias."""
    layer = GroupedConv2D if groups > 1 else keras.layers.Conv2D
    return layer(filters, kernel_size, groups=groups, padding="same", name=name)


CONVOLUTIONS: dict[str, Callable[..., keras.layers.Layer]] = {
    "conv": plain,
    "rep": RepConv2D,
    "ghost": GhostConv2D,
    "ghost_shift": GhostShiftConv2D,
    "versatile": VersatileConv2D,
    "full_stack": FullStackConv2D,
    "adder": AdderConv2D,
    "binary": BinaryConv2D,
}
"""Kinds of convolution by name: called as `convolution`, a layer (b, h, w, c) -> (b, h, w, out)."""


def convolution(
    kind: str, filters: int, kernel_size: int, *, groups: int = 1, name: str | None = None
):
    """The layer of a kind named in `CONVOLUTIONS`.

    Raises:
        ValueError: for an unknown kind.
    """
    return maker(kind)(filters, kernel_size, groups=groups, name=name)


def maker(kind: str) -> Callable[..., keras.layers.Layer]:
    """The entry of `CONVOLUTIONS`.

    Raises:
        ValueError: for an unknown kind.
    """
    if kind not in CONVOLUTIONS:
        raise ValueError(
            f"Expected a convolution kind among {', '.join(CONVOLUTIONS)}. Received: {kind!r}"
        )
    return CONVOLUTIONS[kind]


ACTIVATIONS: dict[str, Callable[..., keras.layers.Layer]] = {
    "relu": keras.layers.ReLU,
    "silu": SiLU,
    "prelu": partial(keras.layers.PReLU, shared_axes=(1, 2)),
}
"""Activations by name."""


def activation(kind: str, choice: str = "relu", *, name: str | None = None):
    """The layer that follows a convolution of a kind: the one chosen unless the kind has its own.

    Raises:
        ValueError: for another than ReLU behind a kind that has its own.
    """
    own = getattr(maker(kind), "ACTIVATION", None)
    if own is not None and choice != "relu":
        raise ValueError(
            f"Expected no activation beside the convolution kind {kind}, which has its own. "
            f"Received: {choice}"
        )
    return (own or ACTIVATIONS[choice])(name=name)


def holds_skip(kind: str) -> bool:
    """Whether a kind holds a way around itself: a chain of such needs no further one."""
    return getattr(maker(kind), "HOLDS_SKIP", SameConvolution.HOLDS_SKIP)


def note(kind: str) -> str:
    """What a kind is good for and what not; empty for ordinary and re-parameterised ones."""
    return getattr(maker(kind), "NOTE", SameConvolution.NOTE)
