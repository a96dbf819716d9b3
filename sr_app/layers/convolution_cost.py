"""What a convolution costs per output pixel and on disk: each kind reports its own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ConvolutionCost:
    """Costs of one convolution; operations are per output position, all filters together.

    ``multiplications``, ``additions`` and ``binary`` are the method's own count: a machine or a
    kernel made for the kind reaches it. ``products`` is what the exported graph multiplies out on
    any machine. Biases, scales per channel, activations and normalisation are not counted as
    operations, as in published tables.

    Args:
        multiplications, additions: of float32 numbers.
        products: multiply-adds of the exported graph.
        weights: float32 numbers stored, without those in ``biases``.
        biases: float32 numbers stored of which there is one per channel: biases, scales,
            thresholds, statistics.
        reach: pixels seen in each direction.
        bits: weights of one bit stored.
        binary: operations on two one-bit numbers (exclusive nor, count).
    """

    multiplications: int
    additions: int
    products: int
    weights: int
    biases: int
    reach: int
    bits: int = 0
    binary: int = 0
