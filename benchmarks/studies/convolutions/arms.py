"""The arms of the study: which networks stand in which table. Alone it does nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import product

SCALE, WIDTH = 2, 16
WIDEST, TARGET = 4, 2
"""Ratios: what the squeezed network begins with, and whose operations the widths keep to."""


@dataclass(frozen=True)
class Arm:
    """One network of a table.

    Args:
        name: in the table.
        conv: key of ``layers.convolution.CONVOLUTIONS``, or of :func:`variants`.
        growth: channels inside the blocks.
        width: channels between the blocks.
        equal: figure of ``networks.cost.Cost`` in which this arm, a control, is not below the arm
            ``to``; growth and width are chosen so.
        widths: ``squeeze`` or ``search``: how the growth comes about within the operations of
            the uniform ratio ``TARGET``.
    """

    name: str
    conv: str
    growth: int = WIDTH
    width: int = WIDTH
    equal: str = ""
    to: str = ""
    widths: str = ""


ORDINARY = Arm("convolution", "conv")
TABLES = {
    "ghost": (
        ORDINARY,
        Arm("ghost", "ghost"),
        Arm("ghost, shift", "ghost_shift"),
        Arm("versatile", "versatile"),
        Arm("narrow, parameters of ghost", "conv", equal="parameters", to="ghost"),
    ),
    "adder": (
        ORDINARY,
        Arm("adder, whole block", "adder"),
        Arm("adder, no power", "adder without power"),
        Arm("adder, no shortcut", "adder without shortcut"),
        Arm("adder, no norm", "adder without norm"),
    ),
    "full_stack": (
        ORDINARY,
        Arm("full-stack, s = 4", "full_stack"),
        Arm("full-stack, s = 4, not orthogonal", "full_stack without orthogonality"),
        Arm("narrow, bytes of s = 4", "conv", equal="stored_bytes", to="full-stack, s = 4"),
        Arm("full-stack, s = 8", "full_stack of 8"),
        Arm("narrow, bytes of s = 8", "conv", equal="stored_bytes", to="full-stack, s = 8"),
    ),
    "binary": (
        ORDINARY,
        Arm("binary, no skip anywhere", "binary without any skip"),
        Arm("binary, naive", "binary without skip"),
        Arm("binary", "binary"),
        Arm("binary, not aligned", "binary without alignment"),
        Arm("binary, r = 2", "binary", 2 * WIDTH),
        Arm("binary, r = 4", "binary", 4 * WIDTH),
        Arm("binary, r = 4 squeezed to r = 2", "binary", widths="squeeze"),
        Arm("binary, searched within r = 2", "binary", widths="search"),
        Arm("narrow, operations of binary", "conv", equal="operations", to="binary"),
    ),
}

PAIRS = (
    ("ghost", "ghost", "narrow, parameters of ghost"),
    ("ghost", "ghost, shift", "narrow, parameters of ghost"),
    ("adder", "adder, whole block", "adder, no power"),
    ("adder", "adder, whole block", "adder, no shortcut"),
    ("adder", "adder, whole block", "adder, no norm"),
    ("full_stack", "full-stack, s = 4", "narrow, bytes of s = 4"),
    ("full_stack", "full-stack, s = 8", "narrow, bytes of s = 8"),
    ("full_stack", "full-stack, s = 4", "full-stack, s = 4, not orthogonal"),
    ("binary", "binary", "binary, naive"),
    ("binary", "binary", "binary, no skip anywhere"),
    ("binary", "binary", "narrow, operations of binary"),
    ("binary", "binary, r = 4 squeezed to r = 2", "binary, r = 2"),
    ("binary", "binary, searched within r = 2", "binary, r = 2"),
)
"""(table, arm, what it is set against)."""


def variants() -> dict[str, Callable]:
    """Kinds with a part left out or another number: for these tables, not for the product.

    An arm without its own way around keeps the block's, as ordinary convolutions do; with one a
    block has none of its own.
    """
    from keras.layers import Identity

    from sr_app.layers.adder import AdderConv2D
    from sr_app.layers.binary import BinaryConv2D
    from sr_app.layers.full_stack import FullStackConv2D
    from sr_app.layers.power_relu import PowerReLU

    return {
        "adder without power": variant(AdderConv2D, skip=True),
        "adder without shortcut": variant(AdderConv2D, {"shortcut": False}, activation=PowerReLU),
        "adder without norm": variant(
            AdderConv2D, {"normalise": False}, skip=True, activation=PowerReLU
        ),
        "full_stack without orthogonality": variant(FullStackConv2D, {"orthogonality": 0.0}),
        "full_stack of 8": variant(FullStackConv2D, {"sharing": 8}),
        "binary without skip": variant(BinaryConv2D, {"skip": False}, activation=Identity),
        "binary without any skip": variant(
            BinaryConv2D, {"skip": False}, skip=True, activation=Identity
        ),
        "binary without alignment": variant(
            BinaryConv2D, {"alignment": 1.0}, skip=True, activation=Identity
        ),
    }


def variant(
    layer: type, options: dict | None = None, *, skip: bool = False, activation: type | None = None
) -> Callable:
    """A kind with other options, which says of itself what a layer's class says."""
    from keras.layers import ReLU

    make = partial(layer, **(options or {}))
    make.HOLDS_SKIP, make.ACTIVATION = skip, activation or ReLU
    return make


def add_variants() -> None:
    """Make the variants known to this process."""
    from sr_app.layers.convolution import CONVOLUTIONS

    CONVOLUTIONS.update(variants())


def build(arm: Arm, table: str, depth: int):
    """The arm's network; a control's widths are found first."""
    from sr_app.networks.esrn import build_esrn

    return build_esrn(genotype(arm, table, depth), SCALE)


def genotype(arm: Arm, table: str, depth: int):
    """The arm's network in words, before its widths are squeezed or searched."""
    from sr_app.networks.genotype import Block, Genotype

    growth, width = (arm.growth, arm.width) if not arm.equal else equal_widths(arm, table, depth)
    blocks = (Block("P", 2, growth, width),) * depth
    return Genotype(blocks, width=width, conv=arm.conv, tail="anchor")


def equal_widths(arm: Arm, table: str, depth: int) -> tuple[int, int]:
    """(growth, width) of least figure that is not below the other arm's: the control has the
    advantage of rounding."""
    (other,) = (one for one in TABLES[table] if one.name == arm.to)
    target, found = figure(other, table, depth, arm.equal), []
    for growth, width in product(range(4, WIDTH + 1, 4), repeat=2):
        value = figure(Arm(arm.name, arm.conv, growth, width), table, depth, arm.equal)
        if value >= target:
            found.append((value, width, growth))
    _, width, growth = min(found)
    return growth, width


def figure(arm: Arm, table: str, depth: int, name: str) -> float:
    """One figure of an arm's cost."""
    from sr_app.networks.cost import measure_cost

    return getattr(measure_cost(build(arm, table, depth), SCALE), name)
