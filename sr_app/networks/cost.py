"""What a network costs, counted on the built model."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import keras

from sr_app.layers.even_size import PadToEven
from sr_app.layers.pixel_shuffle import PixelShuffle
from sr_app.layers.reparameterised import RepConv2D
from sr_app.networks.graph import Step, walk

OUTPUT_PIXELS = 1280 * 720  # the convention of CARN, kept by every light-weight table since


@dataclass(frozen=True)
class Cost:
    """Costs of one network, re-parameterised convolutions folded.

    Args:
        parameters: weights and biases; shared weights once.
        weights_without_bias: the same without biases, as published formulas count.
        multiply_adds: multiplications (each with its addition) for an output of 1280x720; a shared
            convolution every time that it is applied.
        receptive_radius: low-resolution pixels that an output pixel sees in each direction.
        multiple_of: heights and widths that the bare graph needs (2 with half-resolution blocks).
    """

    parameters: int
    weights_without_bias: int
    multiply_adds: int
    receptive_radius: int
    multiple_of: int


def measure_cost(model: keras.Model, scale: int) -> Cost:
    """Count a functional super-resolution model of the given integer scale."""
    steps = walk(model)
    kernels = {id(step.layer): kernel_shape(step) for step in steps if is_convolution(step.layer)}
    weights = sum(math.prod(shape) for shape in kernels.values())
    biases = sum(
        step.layer.filters
        for step in {id(s.layer): s for s in steps}.values()
        if id(step.layer) in kernels and step.layer.use_bias
    )
    resolution, radius = trace(steps)
    lr_pixels = Fraction(OUTPUT_PIXELS, scale**2)
    multiply_adds = sum(
        math.prod(kernels[id(step.layer)]) * lr_pixels * resolution[step.output] ** 2
        for step in steps
        if id(step.layer) in kernels
    )
    return Cost(
        parameters=weights + biases,
        weights_without_bias=weights,
        multiply_adds=round(multiply_adds),
        receptive_radius=math.ceil(radius[steps[-1].output]),
        multiple_of=2 if any(isinstance(step.layer, PadToEven) for step in steps) else 1,
    )


def is_convolution(layer: keras.layers.Layer) -> bool:
    """Whether the layer multiplies by a kernel."""
    return isinstance(layer, (keras.layers.Conv2D, RepConv2D))


def kernel_shape(step: Step) -> tuple[int, int, int, int]:
    """(height, width, input channels per group, filters) of a convolution, folded."""
    return tuple(step.layer.kernel.shape)


def trace(steps: tuple[Step, ...]) -> tuple[dict[int, Fraction], dict[int, Fraction]]:
    """Per tensor: resolution relative to the input, and receptive radius in input pixels."""
    resolution: dict[int, Fraction] = {}
    radius: dict[int, Fraction] = {}
    for step in steps:
        before = resolution[step.inputs[0]] if step.inputs else Fraction(1)
        reach = max((radius[i] for i in step.inputs), default=Fraction(0))
        if isinstance(step.layer, PixelShuffle):
            before *= step.layer.scale
        elif isinstance(step.layer, keras.layers.AveragePooling2D):
            before /= step.layer.pool_size[0]
            reach += 1 / before - 1  # a pooled cell reads all its pixels
        elif is_convolution(step.layer):
            reach += Fraction(step.layer.kernel_size[0] // 2) / before
        resolution[step.output], radius[step.output] = before, reach
    return resolution, radius
