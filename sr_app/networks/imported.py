"""Networks of which there is an ONNX graph alone: trained elsewhere, brought here as a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

from sr_app.networks.family import Family, check_keys, whole

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class ImportedGraph:
    """A network that only its file knows.

    Args:
        channels: of the widest features, 1 to 4096; memory is reckoned by them.
    """

    channels: int = 64

    def __post_init__(self) -> None:
        whole(self.channels, "channels", 1, 4096)


class ImportedFamily(Family[ImportedGraph]):
    """Of any factor, without weights in Keras."""

    DESCRIPTION = ImportedGraph
    EXAMPLE: ClassVar[dict] = {"channels": 32}
    SCALES = range(1, 17)
    HAS_WEIGHTS = False

    def describe(self, network: ImportedGraph) -> dict:
        return asdict(network)

    def read(self, data: Mapping) -> ImportedGraph:
        return ImportedGraph(**check_keys(data, ("channels",), "an imported graph"))

    def build(self, network: ImportedGraph, scale: int) -> keras.Model:
        raise ValueError("Expected a network with Keras weights. Received: an imported ONNX graph")

    def held_channels(self, network: ImportedGraph, scale: int) -> float:
        """Two tensors of features at the size of the result, where most networks end, and it."""
        return (2 * network.channels + 3) * scale**2
