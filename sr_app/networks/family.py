"""What every family of networks answers: how one is described, built, counted and looked into."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from sr_app.files.nearest import did_you_mean
from sr_app.files.rules import is_integer

if TYPE_CHECKING:
    import keras

Described = TypeVar("Described")
"""The type of a family's descriptions: a frozen dataclass, all that makes a network but weights."""


@dataclass(frozen=True)
class Taps:
    """Features inside a built network, as symbolic tensors of its graph.

    ``keras.Model(model.input, taps.last)`` and the like make a network that gives them.

    Args:
        first: before the blocks.
        blocks: after each block, in order; at least one.
        last: what the network enlarges from, of as many channels whatever the scale.
    """

    first: Any
    blocks: tuple[Any, ...]
    last: Any


class Family(ABC, Generic[Described]):
    """One family of networks, an entry of ``networks.families.FAMILIES``.

    Its module imports Keras inside `build` only, so that cards can be read without.
    """

    DESCRIPTION: ClassVar[type]
    """Type of the descriptions, which no other family shares."""

    EXAMPLE: ClassVar[dict]
    """A small network as `describe` gives it: every family is tested by its own."""

    SCALES: ClassVar[Sequence[int]] = (2, 3, 4)
    """Factors that a network can be built for."""

    HAS_WEIGHTS: ClassVar[bool] = True
    """Whether there are Keras networks; without them a preset has a graph alone."""

    WEIGHTS_FILE: ClassVar[bool] = True
    """Whether weights lie in a file of their own; without one the graph holds them."""

    @abstractmethod
    def describe(self, network: Described) -> dict:
        """A dictionary of JSON types."""

    @abstractmethod
    def read(self, data: Mapping) -> Described:
        """The inverse of `describe`.

        Raises:
            ValueError: for an unknown key, a wrong type or a value out of range.
        """

    def check_parts(self, network: Described) -> None:
        """ValueError for a part that only Keras knows, such as an unknown convolution kind."""
        return

    @abstractmethod
    def build(self, network: Described, scale: int) -> keras.Model:
        """The network with fresh weights.

        Returns:
            A functional model, channels last: ``(batch, height, width, 3)`` in [0, 1] ->
            ``(batch, scale*height, scale*width, 3)``, not clipped.

        Raises:
            ValueError: for another scale, or a family without Keras networks.
        """

    def cost(self, network: Described, scale: int) -> tuple[int, int] | None:
        """(parameters, multiply-adds for an output of 1280x720), without building.

        None where only the built network says (``networks.cost.measure_cost``).
        """
        return None

    def least(self, network: Described, scale: int) -> tuple[int, int]:
        """(receptive radius, multiple of sizes) that a card must state at the least."""
        return 0, 1

    @abstractmethod
    def held_channels(self, network: Described, scale: int) -> float:
        """Numbers alive at once in a run, per low-resolution pixel: what memory is reckoned by."""

    def largest_side(self, network: Described) -> int | None:
        """Pixels a side of the largest picture that a network takes at once; None for any."""
        return None

    def folded(self, network: Described) -> Described:
        """The network that computes the same with branches folded into fewer weights: faster."""
        return network

    def taps(self, model: keras.Model) -> Taps | None:
        """Features inside a network that `build` made; None for one of another family."""
        return None


def check_keys(data: Mapping, known: Sequence[str], what: str) -> Mapping:
    """The data, if it has only the known keys.

    Raises:
        ValueError: naming the unknown ones.
    """
    # Spelled out: a key may come from a stranger's file and hold what a terminal acts upon.
    if unknown := [ascii(key).strip("'") for key in data if key not in known]:
        raise ValueError(
            f"Expected {what} with the keys {', '.join(known)}. "
            f"Received: {', '.join(unknown)}.{did_you_mean(unknown[0], known)}"
        )
    return data


def check_integer(value: object, name: str, low: int, high: int) -> int:
    """The value, if it is an integer from ``low`` to ``high``; else a ValueError naming it."""
    if not is_integer(value, low, high):
        raise ValueError(f"Expected {name} as an integer from {low} to {high}. Received: {value!r}")
    return value
