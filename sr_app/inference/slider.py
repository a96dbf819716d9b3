"""The slider between a faithful and a vivid preset: where it stands, and what it gives there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sr_app.image.files import Photo
from sr_app.inference import runtimes
from sr_app.inference.bands import Progress
from sr_app.inference.blend import blend, check_share, interpolated, vivid_twin
from sr_app.inference.consistency import project
from sr_app.inference.transparency import fill_transparent
from sr_app.inference.upscaler import Upscaler
from sr_app.networks.presets import Card, list_presets, read_card

OUTPUTS, WEIGHTS = MODES = ("outputs", "weights")


@dataclass(frozen=True, eq=False)
class Position:
    """Where the slider stands.

    Args:
        blend: from 0, the preset itself, to 1, its vivid twin; or a map (h, w) of such numbers,
            not larger than the result, over which it is stretched; None for the preset alone,
            whether it has a twin or not.
        mode: ``outputs`` runs both networks and blends what they give, the better way;
            ``weights`` runs one network between the two, which takes half the time.
        consistent: project what comes out onto the photo (``inference.consistency``).

    Raises:
        ValueError: naming what is out of range.
    """

    blend: float | np.ndarray | None = None
    mode: str = OUTPUTS
    consistent: bool = False

    def __post_init__(self):
        if self.mode not in MODES:
            raise ValueError(f"Expected a mode among {', '.join(MODES)}. Received: {self.mode!r}")
        if self.blend is not None:
            check_share(self.blend, () if self.mode == WEIGHTS else None)
        elif self.mode == WEIGHTS:
            raise ValueError("Expected a blend from 0 to 1 with the mode weights. Received: none")

    @property
    def one(self) -> float | None:
        """The blend where it is the same all over the picture."""
        return None if np.ndim(self.blend) else self.blend


class Slider:
    """One network or two at a position of the slider; enlarges photos as an ``Upscaler`` does.

    Args:
        ends: the only network, or the faithful and the vivid one.
        position: with a ``blend`` if there are two.
    """

    def __init__(self, ends: tuple[Upscaler, ...], position: Position):
        self.ends = ends
        self.position = position

    @classmethod
    def from_preset(
        cls,
        name: str | Path,
        position: Position,
        *,
        runtime: str = runtimes.AUTO,
        tile: int | None = None,
    ) -> Slider:
        """The slider of a preset, by name or folder. Where one end is enough, only it is loaded.

        Raises:
            ValueError: for a preset without a vivid twin, unless ``position`` needs none.
        """
        if position.blend is None:
            return cls((Upscaler.from_preset(name, runtime=runtime, tile=tile),), position)
        faithful = read_card(name)
        vivid = vivid_twin(faithful)
        if vivid is None:
            raise ValueError(without_twin(faithful))
        if position.mode == WEIGHTS:
            between = interpolated(faithful, vivid, position.blend, runtime=runtime, tile=tile)
            return cls((between,), position)
        cards = {0: (faithful,), 1: (vivid,)}.get(position.one, (faithful, vivid))
        load = Upscaler.from_preset
        return cls(tuple(load(c.folder, runtime=runtime, tile=tile) for c in cards), position)

    @property
    def card(self) -> Card:
        """Of the faithful end, or of the only network."""
        return self.ends[0].card

    @property
    def name(self) -> str:
        """The preset, and how much of its twin is blended in."""
        t = self.position.one
        if np.ndim(self.position.blend):
            return f"{self.card.name}, vivid by a map"
        return self.card.name if t in (None, 0, 1) else f"{self.card.name}, {t:.0%} vivid"

    def photo(
        self,
        photo: Photo,
        *,
        size: tuple[int, int] | None = None,
        progress: Progress | None = None,
    ) -> Photo:
        """Enlarge a photo; see ``Upscaler.photo``."""
        first, *second = self.results(photo, size=size, progress=progress)
        if not second:
            return first
        return replace(first, rgb=blend(first.rgb, second[0].rgb, self.position.blend))

    def results(
        self,
        photo: Photo,
        *,
        size: tuple[int, int] | None = None,
        progress: Progress | None = None,
    ) -> Iterator[Photo]:
        """What each end gives, faithful first, not blended yet.

        Args:
            progress: called with the tiles done and in all of every end.

        Raises:
            ValueError: for a map that is larger than ``size``, before anything is run.
        """
        if size is not None and self.position.blend is not None:
            check_share(self.position.blend, size)
        for turn, end in enumerate(self.ends):
            result = end.photo(photo, size=size, progress=self._share(progress, turn))
            yield consistent_with(photo, result) if self.position.consistent else result

    def _share(self, progress: Progress | None, turn: int) -> Progress | None:
        if progress is None:
            return None
        # Both ends are cut alike, so one knows from the first how many tiles there will be.
        return lambda done, total: progress(turn * total + done, len(self.ends) * total)


def consistent_with(photo: Photo, result: Photo) -> Photo:
    """The result projected onto the photo; what is transparent counts as the network saw it."""
    return replace(result, rgb=project(result.rgb, fill_transparent(photo.rgb, photo.alpha)))


def without_twin(card: Card) -> str:
    """The sentence about a preset that cannot be blended, with those that can."""
    known = [other.name for other in list_presets() if vivid_twin(other)]
    return (
        f"Preset {card.name} has no vivid twin {card.name}_vivid to blend with. "
        f"Presets with one: {', '.join(known) or 'none'}"
    )
