"""A network made elsewhere that was found out: what a preset of it holds, and how it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sr_app.inference.foreign_probing import Sizes
from sr_app.inference.foreign_reach import Run
from sr_app.networks.imported import ImportedGraph


@dataclass(frozen=True)
class ForeignNetwork:
    """What a door of ``inference.foreign_formats`` makes of a file.

    Args:
        sizes: how it takes pictures.
        run: as the preset will: (h, w, 3) in [0, 1] -> (scale*h, scale*w, 3).
        network: the card's description, but for how far it looks.
        files: name -> content, of the preset.
        graph, weights: which of them the card names so.
        parameters: numbers that it learnt; None where they cannot be told.
        notes: more lines on what was found.
        licence: as the file states it.
    """

    sizes: Sizes
    run: Run
    network: ImportedGraph
    files: Mapping[str, bytes]
    graph: str
    weights: str | None = None
    parameters: int | None = None
    notes: tuple[str, ...] = ()
    licence: str | None = None


def channels_of(widest: float, sizes: Sizes) -> int:
    """Channels at the size of the result, of a largest tensor of so many numbers in a probe."""
    share = widest / (sizes.probe[0] * sizes.probe[1] * sizes.manner.scale**2)
    return min(4096, max(1, round(share + 0.5))) if share else 64
