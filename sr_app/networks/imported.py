"""Networks of which there is a graph alone: trained elsewhere, brought here as a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sr_app.files.rules import is_number
from sr_app.networks.family import Family, check_integer, check_keys

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Values:
    """How numbers stand for values x in [0, 1]: as ``gain * x + offset``."""

    gain: float = 1.0
    offset: float = 0.0


UNIT, BYTES, SIGNED = Values(), Values(255.0), Values(2.0, -1.0)
LUMA = (0.299, 0.587, 0.114)
"""Of R, G and B; BT.601, full range: what networks for luma alone were trained on."""

RANGES = {UNIT: "0..1", BYTES: "0..255", SIGNED: "-1..1"}


def surplus(scale: int, pad: int, lost: int) -> int:
    """Pixels a side that a result has too many of, for the padding, less those that it lost."""
    return scale * pad - lost


def inner(result: np.ndarray, start: int, height: int, width: int) -> np.ndarray:
    """Of results (..., H, W, c) the part of that size from ``start`` rows and columns on."""
    return result[..., start : start + height, start : start + width, :]


@dataclass(frozen=True)
class ImportedGraph:
    """A network that only its file knows.

    Args:
        channels: of the widest features, 1 to 4096; memory is reckoned by them.
        side: of the largest picture that it takes at once, in pixels; None for any.
        beyond: by how much of [0, 1] what lies farther than the card's receptive radius changes a
            pixel, as far as was measured; 0 where nothing does. Above it, tiles may differ.
    """

    channels: int = 64
    side: int | None = None
    beyond: float = 0.0

    def __post_init__(self) -> None:
        check_integer(self.channels, "channels", 1, 4096)
        if self.side is not None:
            check_integer(self.side, "side", 1, 16_384)
        if not is_number(self.beyond) or not 0 <= self.beyond <= 1e9:
            raise ValueError(f"Expected beyond as a number of 0 or more. Received: {self.beyond!r}")


class ImportedFamily(Family[ImportedGraph]):
    """Imported graphs, of any factor, without weights in Keras."""

    DESCRIPTION: ClassVar[type[ImportedGraph]] = ImportedGraph
    EXAMPLE: ClassVar[dict] = {"channels": 32}
    SCALES = range(1, 17)
    HAS_WEIGHTS = False
    WEIGHTS_FILE = False

    def describe(self, network: ImportedGraph) -> dict:
        usual = asdict(self.DESCRIPTION())
        values = asdict(network)
        return {
            key: values[key] for key in values if key == "channels" or values[key] != usual[key]
        }

    def read(self, data: Mapping) -> ImportedGraph:
        known = [item.name for item in fields(self.DESCRIPTION)]
        return self.DESCRIPTION(**check_keys(data, known, "an imported graph"))

    def build(self, network: ImportedGraph, scale: int) -> keras.Model:
        raise ValueError("Expected a network with Keras weights. Received: an imported graph")

    def held_channels(self, network: ImportedGraph, scale: int) -> float:
        """Two tensors of features at the size of the result, where most networks end, and it."""
        return (2 * network.channels + 3) * scale**2

    def largest_side(self, network: ImportedGraph) -> int | None:
        return network.side
