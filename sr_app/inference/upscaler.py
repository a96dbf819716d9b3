"""A picture in, a larger picture out: from pixels through tiles and a runtime to pixels."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np

from sr_app.files.machine import available_bytes
from sr_app.files.rules import is_count
from sr_app.image.arrays import check_picture
from sr_app.inference import runtimes
from sr_app.inference.bands import Progress
from sr_app.inference.foreign_reach import FARTHEST, SEAM, surround
from sr_app.inference.memory import empty_result, largest_tile
from sr_app.inference.result_rows import (
    Cut,
    fill,
    network_rows,
    tile_plan,
)
from sr_app.inference.runtime import Runtime
from sr_app.inference.tiles import LEAST_KEPT, TilePlan
from sr_app.networks.imported import ImportedGraph
from sr_app.networks.presets import Card, read_card

# Two networks at a time would only take each other's cores and memory.
_RUNNING = threading.Lock()


class Upscaler:
    """A preset ready to run, on arrays.

    A photo, with what its file says of it, goes by `sr_app.upscale`; many, by the networks that one
    ``inference.enlargement.Enlarger`` keeps.

    Args:
        card: of the preset; must state its receptive radius.
        runtime: an instance of what ``inference.runtimes.RUNTIMES`` makes.
        tile: largest side of a tile in low-resolution pixels; the card's if None. It grows where
            the receptive radius asks for it, and shrinks where memory does.
        memory: bytes that may be used; what is free now if None.

    Raises:
        ValueError: naming the preset or the number that is not usable.
    """

    def __init__(
        self,
        card: Card,
        runtime: Runtime,
        *,
        tile: int | None = None,
        memory: int | None = None,
    ):
        self.card = card
        self.scale = card.scale
        self.runtime = runtime
        self.memory = available_bytes() if memory is None else memory
        limit = largest_tile(card, self.memory)
        self.tile = min(tile or card.tile, limit)
        grown = 2 * card.overlap() / (1 - LEAST_KEPT)
        self.least_kept = LEAST_KEPT if grown <= limit else 0.0
        self.reach_is_known = False

    @classmethod
    def from_preset(
        cls,
        name: str | Path,
        *,
        runtime: str = runtimes.AUTO,
        device: str = runtimes.AUTO,
        tile: int | None = None,
    ) -> Upscaler:
        """The Upscaler of a preset, by name or folder.

        Args:
            runtime: ``auto`` or a key of ``inference.runtimes.RUNTIMES``.
            device: processor: ``auto``, ``cpu``, ``gpu``, or a name that ``sr-app doctor`` lists.
        """
        if tile is not None and not is_count(tile):
            raise ValueError(f"Expected a tile of 1 pixel or more. Received: {tile}")
        card = read_card(name)
        return cls(card, runtimes.choose(card, runtime, device), tile=tile)

    def run(self, batch: np.ndarray) -> np.ndarray:
        """The runtime on a batch; of several threads one at a time, whatever the networks."""
        with _RUNNING:
            result = self.runtime.run(batch)
        count, height, width, _ = batch.shape
        expected = (count, self.scale * height, self.scale * width, 3)
        if result.shape != expected:
            raise ValueError(
                f"Preset {self.card.name}: expected pictures {self.scale}x as large, as its card "
                f"says, {expected[2]}x{expected[1]} of {width}x{height}. Its network makes "
                f"{as_size(result.shape)}: correct scale on the card, or fetch the preset again"
            )
        return result

    def check_seams(self) -> None:
        """Run a network that only its file knows on a small picture, once: does it see farther?

        ValueError if what lies beyond the card's receptive radius changes what it makes.
        """
        network, stated = self.card.network, self.card.overlap()
        if self.reach_is_known or not isinstance(network, ImportedGraph) or stated > FARTHEST:
            return
        seen = surround(
            lambda picture: self.run(picture[None])[0],
            self.scale,
            stated,
            self.card.multiple_of,
            network.side,
        )
        if seen > max(SEAM, 2 * network.beyond):
            raise ValueError(
                f"Preset {self.card.name}: expected a receptive_radius as far as its network sees. "
                f"Received: {stated}, and what lies farther changes pixels by {255 * seen:.1f} of "
                "255: add the graph anew by sr-app presets add, which measures it"
            )
        self.reach_is_known = True

    def plan(self, height: int, width: int) -> TilePlan:
        """How a picture of this size is cut, after padding to the network's multiple."""
        return tile_plan((self.card,), height, width, Cut(self.tile, self.least_kept))

    def __call__(self, rgb: np.ndarray, *, progress: Progress | None = None) -> np.ndarray:
        """Enlarge a picture by the preset's factor.

        Args:
            rgb: (H, W, 3), float in [0, 1], uint8 or uint16.
            progress: called with (tiles done, tiles in all); raising from it cancels.

        Returns:
            float32 (scale*H, scale*W, 3) in [0, 1]; backed by a temporary file when it is large.
        """
        rgb = np.asarray(rgb)
        check_picture(rgb)
        height, width = rgb.shape[:2]
        result = empty_result((self.scale * height, self.scale * width, 3), self.memory)
        fill(result, network_rows((self,), rgb, lambda parts, *_: parts[0], progress=progress))
        return result


def as_size(shape: tuple[int, ...]) -> str:
    """A network's result in words: its size, or what it is if that is no pictures."""
    return f"{shape[2]}x{shape[1]}" if len(shape) == 4 and shape[3] == 3 else f"shape {shape}"
