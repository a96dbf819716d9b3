"""What a runtime is: it runs a preset's network on batches of tiles."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import ClassVar, Self

import numpy as np

from sr_app.inference.device import Device
from sr_app.networks.card import Card
from sr_app.networks.ncnn_graph import NcnnGraph

NO_MEMORY = "memoryerror|allocate memory|bad.alloc|resource_?exhausted|out of memory"
"""What engines say where memory has run out."""


class Runtime(ABC):
    """Runs a network: an entry of ``inference.runtimes.RUNTIMES``.

    It is made from a preset's card alone, is safe to call from one thread at a time, and imports
    its engine when it is made, not before. ValueError if the preset lacks what the runtime needs,
    or it is not as the card says.
    """

    NEEDS: ClassVar[str]
    """The file of a preset that the runtime reads: ``graph`` or ``weights``, as a card names it."""

    LIBRARY: ClassVar[str]
    """What it imports when it is made: where that is not installed, the runtime is not there."""

    @abstractmethod
    def __init__(self, card: Card): ...

    @abstractmethod
    def run(self, batch: np.ndarray) -> np.ndarray:
        """Enlarge a batch.

        Args:
            batch: float32 (n, h, w, 3) in [0, 1], h and w multiples of the card's ``multiple_of``.

        Returns:
            float32 (n, scale*h, scale*w, 3), not clipped; it may be a view.

        Raises:
            MemoryError: when the batch is too large, so that the caller can go on with smaller
                tiles.
        """

    @classmethod
    def suits(cls, card: Card) -> bool:
        """Whether a preset has what the runtime needs; a graph is one in ONNX, not in ncnn."""
        return getattr(card, cls.NEEDS) is not None and not isinstance(card.network, NcnnGraph)


class PlacedRuntime(Runtime):
    """A runtime that runs on processors of several kinds."""

    @classmethod
    @abstractmethod
    def devices(cls) -> tuple[Device, ...]:
        """The processors that the engine reaches on this machine, its usual one first.

        MissingExtraError if the engine is not installed.
        """

    @classmethod
    @abstractmethod
    def placed(cls, card: Card, device: Device) -> Self:
        """The preset's runtime on one of `devices`.

        Exception of the engine's own classes, if it cannot start there.
        """


class MixingRuntime(Runtime):
    """A runtime that can also run a network between two others of one kind."""

    @classmethod
    @abstractmethod
    def mixed(cls, faithful: Card, vivid: Card, t: float) -> Self:
        """The network whose every folded weight is ``(1 - t) * faithful + t * vivid``.

        ValueError if the networks differ in more than their weights.
        """


def raise_if_memory(error: Exception, batch: np.ndarray) -> None:
    """Raise MemoryError if an engine's error says, in its own words, that memory ran out."""
    if re.search(NO_MEMORY, f"{type(error).__name__} {error}", re.IGNORECASE):
        raise MemoryError(f"no memory for a batch of shape {batch.shape}") from error


def line_of(error: Exception) -> str:
    """An error of a library in one line of at most 200 characters."""
    return (" ".join(str(error).split()) or type(error).__name__)[:200]
