"""What a network costs, counted on the built model."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import keras

from sr_app.layers.convolution_cost import ConvolutionCost
from sr_app.layers.even_size import PadToEven
from sr_app.layers.pixel_shuffle import PixelShuffle, PixelUnshuffle
from sr_app.layers.same_convolution import SameConvolution
from sr_app.networks.counting import OUTPUT_PIXELS
from sr_app.networks.energy import millijoules
from sr_app.networks.graph import Step, walk

BINARY_PER_OPERATION = 64
"""One-bit operations in one machine word (Rastegari et al., "XNOR-Net", ECCV 2016, section 3.2)."""


@dataclass(frozen=True)
class Cost:
    """Costs of one network, re-parameterised convolutions folded.

    ``multiply_adds`` is what the exported graph does on any machine. The figures from
    ``multiplications`` on are the methods' own counts, which only a kernel or a machine made for
    the kind reaches: less of them is less storage or less energy, and not by itself less time.

    Args:
        parameters: weights and biases of any size, one bit included; shared weights once.
        weights_without_bias: the same without biases, as published formulas count.
        multiply_adds: multiplications (each with its addition) for an output of 1280x720; a shared
            convolution every time that it is applied.
        receptive_radius: low-resolution pixels that an output pixel sees in each direction.
        multiple_of: heights and widths that the bare graph needs (2 with half-resolution blocks).
        stored_bytes: of all parameters, 32 bits or one bit each, as a packed file holds them.
        multiplications, additions: of float32 numbers, for an output of 1280x720.
        binary_operations: of one-bit numbers, likewise.
        operations: multiplications and one 64th of the binary operations, as tables of binary
            networks count.
        millijoules: estimated energy of the arithmetic, see ``networks.energy``.
    """

    parameters: int
    weights_without_bias: int
    multiply_adds: int
    receptive_radius: int
    multiple_of: int
    stored_bytes: int
    multiplications: int
    additions: int
    binary_operations: int
    operations: int
    millijoules: float


def measure_cost(model: keras.Model, scale: int) -> Cost:
    """Count a functional super-resolution model of the given integer scale."""
    steps = walk(model)
    costs = {id(step.layer): convolution_cost(step.layer) for step in steps}
    numbers = sum(cost.weights for cost in costs.values())
    biases = sum(cost.biases for cost in costs.values())
    bits = sum(cost.bits for cost in costs.values())
    resolution, radius = trace(steps)
    lr_pixels = Fraction(OUTPUT_PIXELS, scale**2)

    def applied(name: str) -> int:
        """Operations of one name, each convolution as often as it is applied."""
        places = ((costs[id(step.layer)], resolution[step.output]) for step in steps)
        return round(sum(getattr(cost, name) * lr_pixels * size**2 for cost, size in places))

    multiplications, additions, binary = map(applied, ("multiplications", "additions", "binary"))
    return Cost(
        parameters=numbers + biases + bits,
        weights_without_bias=numbers + bits,
        multiply_adds=applied("products"),
        receptive_radius=math.ceil(radius[steps[-1].output]),
        multiple_of=2 if any(isinstance(step.layer, PadToEven) for step in steps) else 1,
        stored_bytes=4 * (numbers + biases) + -(-bits // 8),
        multiplications=multiplications,
        additions=additions,
        binary_operations=binary,
        operations=multiplications + round(binary / BINARY_PER_OPERATION),
        millijoules=round(millijoules(multiplications, additions, binary), 3),
    )


def convolution_cost(layer: keras.layers.Layer) -> ConvolutionCost:
    """What one layer costs per position; nothing for one that is no convolution."""
    if isinstance(layer, SameConvolution):
        return layer.cost()
    if isinstance(layer, keras.layers.Conv2D):
        products = math.prod(layer.kernel.shape)
        biases = layer.filters if layer.use_bias else 0
        reach = layer.kernel_size[0] // 2
        return ConvolutionCost(products, products, products, products, biases, reach)
    # A learned activation: a number or two.
    return ConvolutionCost(0, 0, 0, 0, layer.count_params(), 0)


def trace(steps: tuple[Step, ...]) -> tuple[dict[int, Fraction], dict[int, Fraction]]:
    """Per tensor: resolution relative to the input, and receptive radius in input pixels."""
    resolution: dict[int, Fraction] = {}
    radius: dict[int, Fraction] = {}
    for step in steps:
        before = resolution[step.inputs[0]] if step.inputs else Fraction(1)
        reach = max((radius[i] for i in step.inputs), default=Fraction(0))
        if isinstance(step.layer, PixelShuffle):
            before *= step.layer.scale
        elif isinstance(step.layer, (keras.layers.AveragePooling2D, PixelUnshuffle)):
            before /= factor_of(step.layer)
            reach += 1 / before - 1  # a pooled cell reads all its pixels
        else:
            reach += Fraction(convolution_cost(step.layer).reach) / before
        resolution[step.output], radius[step.output] = before, reach
    return resolution, radius


def factor_of(layer: keras.layers.Layer) -> int:
    """By how much a layer divides heights and widths."""
    return layer.factor if isinstance(layer, PixelUnshuffle) else layer.pool_size[0]
