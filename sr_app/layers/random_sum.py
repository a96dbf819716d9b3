"""A sum of costly terms, each counted at some steps only."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import keras
from keras import ops, random


class RandomSum(keras.layers.Layer):
    """The weighted sum of several distances, the costly ones drawn for a share of the steps.

    A distance of share ``p`` is computed with the chance ``p`` and then weighs ``1 / p`` as much,
    so that the sum has the same mean whatever the shares, and its gradient too. VGG16 costs fifteen
    times what SqueezeNet costs: at a share of 0.2 a training takes three steps in the time of one.

    Args:
        distances: of ``(a, b) -> (batch,)``. Their own weights are constants, no part of the layer.
        weights: factor of each, 0 or more; as many as distances.
        shares: chance of each, above 0 and at most 1; as many as distances.
        seed: of the draws.

    Raises:
        ValueError: for other numbers of weights or shares, or values out of range.
    """

    def __init__(
        self,
        distances: Sequence[Callable],
        weights: Sequence[float],
        shares: Sequence[float],
        *,
        seed: int = 0,
        **layer_options,
    ):
        # Pictures stay in float32 in half precision too: the networks cast them, and a gradient
        # through a condition wants one type.
        super().__init__(dtype="float32", **layer_options)
        if not len(distances) == len(weights) == len(shares):
            raise ValueError(
                f"Expected a weight and a share for each of {len(distances)} distances. "
                f"Received: {len(weights)} weights, {len(shares)} shares"
            )
        if any(weight < 0 for weight in weights) or any(not 0 < share <= 1 for share in shares):
            raise ValueError(
                "Expected weights of 0 or more and shares above 0, at most 1. "
                f"Received: weights {list(weights)}, shares {list(shares)}"
            )
        self.terms = tuple(zip(distances, weights, shares, strict=True))
        self.generator = random.SeedGenerator(seed)

    def call(self, a, b):
        """``(batch,)`` of two batches of pictures."""
        return sum(self.drawn(*term, a, b) for term in self.terms)

    def drawn(self, distance: Callable, weight: float, share: float, a, b):
        """One distance's summand: computed and counted ``1 / share`` times, or zero."""

        def counted():
            return weight / share * ops.cast(distance(a, b), "float32")

        if share == 1:
            return counted()
        chance = random.uniform((), seed=self.generator)
        return ops.cond(chance < share, counted, lambda: ops.zeros(ops.shape(a)[:1], "float32"))
