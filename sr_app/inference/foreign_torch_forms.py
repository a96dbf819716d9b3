"""A network as in training, for exporters that trace: what a picture chooses is weighed there.

Of experts that a picture chooses, tracing writes those alone which the traced one chose. In
training all are computed, as they are to learn, and those not chosen count nothing: the result is
the same, and a graph can hold it (SeemoRe: Zamfir et al., ICML 2024).
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

SAME = 1e-5
"""Difference up to which results are the same, of values from 0 to 1."""


def as_in_training(module: Any, pictures: list[np.ndarray]) -> Any | None:
    """The module with those kinds of its layers as in training with which its results are the same.

    Args:
        module: a network of PyTorch, its training ended.
        pictures: (1, c, h, w), among them such as it may treat otherwise.

    Returns:
        None without such a kind; PyTorch's own layers, which draw or learn in training, are none.
    """
    import torch  # pyright: ignore[reportMissingImports]

    class Form(torch.nn.Module):
        """Some kinds of layer as in training, and the others not."""

        def __init__(self, kinds: list[type]):
            super().__init__()
            self.inner, self.kinds = copy.deepcopy(module), kinds  # some count in training

        def forward(self, picture: Any) -> Any:
            for layer in self.inner.modules():  # here, for exporters end a training first
                layer.training = type(layer) in self.kinds
            return self.inner(picture)

    shown = [torch.from_numpy(np.ascontiguousarray(picture)) for picture in pictures]
    with torch.no_grad():
        usual = [module(picture) for picture in shown]
        kinds = [kind for kind in asking(module) if same(Form([kind]), shown, usual)]
    return Form(kinds).train(False) if kinds else None


def asking(module: Any) -> list[type]:
    """Kinds of layer that ask whether they are in training, but for PyTorch's own."""
    kinds = {type(layer): None for layer in module.modules()}  # in their order
    codes = {kind: getattr(kind.forward, "__code__", None) for kind in kinds}
    return [
        kind
        for kind, code in codes.items()
        if code and "training" in code.co_names and not kind.__module__.startswith("torch.")
    ]


def same(form: Any, pictures: list, usual: list) -> bool:
    """Whether it gives these results; no result is none of them."""
    try:
        return all(
            float((form(picture) - result).abs().max()) <= SAME
            for picture, result in zip(pictures, usual, strict=True)
        )
    except Exception:  # of layers that give more in training, or are asked for another shape
        return False
