"""The one road of a photo: from what is asked for to what comes out, for every front door.

`sr_app.upscale`, the command line's batches and the page all walk it, so that they give the same
bytes.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sr_app.image.files import SUFFIXES, Photo, check_target
from sr_app.inference import runtimes
from sr_app.inference.bands import Progress
from sr_app.inference.goal import Goal
from sr_app.inference.planning import PhotoTask, Plan
from sr_app.inference.result_rows import Cut
from sr_app.inference.slider import DEFAULT_ENCODING, WEIGHTS, Encoding, Position, Slider
from sr_app.networks.presets import Card, read_card

LARGE = 50_000_000
"""Pixels of a result from which the tiles shrink for the sake of memory, unasked."""

USUAL_MEMORY = (600_000_000, 1_000_000_000)
"""Bytes that a large result takes if it can: the first that fits."""


@dataclass(frozen=True, eq=False)
class Results:
    """What came of a photo, as floats.

    Args:
        photo: at the position asked for; the faithful one if none was.
        ends: the faithful and the vivid one where both were asked for and the preset has a twin;
            otherwise what ``photo`` was made of: one, or the two that were blended.
        preset: that was run, and how much of its twin is blended in, in words.
        card: of the preset, of the faithful one of two.
    """

    photo: Photo
    ends: tuple[Photo, ...]
    preset: str
    card: Card


@dataclass(frozen=True)
class Written:
    """What was written: its size (height, width), what was run, and what got lost."""

    size: tuple[int, int]
    preset: str
    warnings: tuple[str, ...]


@dataclass
class Enlarger:
    """What is asked for, and the networks loaded for it; for one photo or many.

    Args:
        goal: factor or size, and preset.
        position: of the slider between faithful and vivid.
        both_ends: give both ends of the slider, wherever ``position`` is, if the preset has two.
        runtime, device, tile: see ``Upscaler.from_preset``.
        memory: bytes of private memory that a photo may take; as much as it needs if None.
    """

    goal: Goal = field(default_factory=Goal)
    position: Position = field(default_factory=Position)
    both_ends: bool = False
    runtime: str = runtimes.AUTO
    device: str = runtimes.AUTO
    tile: int | None = None
    memory: int | None = None
    loaded: dict[str, Slider] = field(default_factory=dict, repr=False)
    _cards: dict[tuple[str, tuple[int, int] | None], Card] = field(default_factory=dict, repr=False)
    _loading: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __reduce__(self):
        """What is asked for; networks and locks stay in their process."""
        asked = (self.goal, self.position, self.both_ends, self.runtime, self.device)
        return type(self), (*asked, self.tile, self.memory)

    def card_for(self, height: int, width: int, goal: Goal | None = None) -> Card:
        """Card of the preset for a photo of this size: one with a twin where both may be run.

        Args:
            goal: as it is settled for the photo; what is asked for all if None.
        """
        goal = goal or self.goal
        key = (goal.purpose, (height, width) if goal.size else None)
        if key not in self._cards:
            blended = self.position.blend is not None
            name = goal.preset_for(
                height,
                width,
                twin=self.both_ends or blended,
                alike=self.position.mode == WEIGHTS,
                faulty=blended,
            )
            self._cards[key] = read_card(name)
        return self._cards[key]

    def size_for(self, height: int, width: int) -> tuple[int, int]:
        """(height, width) of the result for a photo of this size; no network is loaded."""
        return self.goal.size_for(height, width, self.card_for(height, width))

    def slider(self, height: int, width: int, goal: Goal | None = None) -> Slider:
        """The network or networks for a photo of this size, loaded when first asked for."""
        card = self.card_for(height, width, goal)
        with self._loading:
            if card.name not in self.loaded:
                self.loaded[card.name] = Slider.from_preset(
                    card.folder,
                    self.position,
                    both_ends=self.both_ends,
                    runtime=self.runtime,
                    device=self.device,
                    tile=self.tile,
                )
        return self.loaded[card.name]

    def plan(self, height: int, width: int, *, bits: int = 8, kind: str | None = None) -> Plan:
        """What a photo of this size will take, with the largest tiles that `memory` allows.

        Args:
            bits: of the photo.
            kind: format of the result's file; None if it is held as floats.

        Raises:
            ValueError: if it cannot be done in ``memory``, with the number that it needs.
        """
        return self._plan(self.slider(height, width), height, width, bits, kind)

    def _plan(self, slider: Slider, height: int, width: int, bits: int, kind: str | None) -> Plan:
        size = self.goal.size_for(height, width, slider.card)
        held = len(slider.ends) if kind is None or self.position.consistent else 0
        held += self.position.consistent * len(slider.ends) + (held > 1)  # projected, blended
        task = PhotoTask((height, width), size, bits, kind, held)
        return slider.largest_plan(task, self.memory)

    def enlarge(self, photo: Photo, *, progress: Progress | None = None) -> Results:
        """Enlarge a photo, held as floats; large ones lie in temporary files.

        ValueError if it cannot be done in ``memory``, before the work.
        """
        slider, size, cut = self._prepared(photo, None)
        ends = slider.results(photo, size=size, cut=cut, progress=progress)
        return Results(slider.blended(ends), ends, slider.name, slider.card)

    def write(
        self,
        photo: Photo,
        path: Path,
        *,
        encoding: Encoding = DEFAULT_ENCODING,
        progress: Progress | None = None,
    ) -> Written:
        """Enlarge a photo into a file as its rows are made; the folder is made if missing.

        Raises:
            PhotoError: if the format cannot hold the size, before the work; if writing fails.
            ValueError: if it cannot be done in ``memory``, before the work.
        """
        slider, size, cut = self._prepared(photo, path)
        path.parent.mkdir(parents=True, exist_ok=True)
        warnings = slider.write(
            photo, path, size=size, encoding=encoding, cut=cut, progress=progress
        )
        return Written(size, slider.name, warnings)

    def _usual(
        self, slider: Slider, before: tuple[int, int], size: tuple[int, int], bits: int
    ) -> Cut | None:
        """Tiles of large results, within `USUAL_MEMORY` where they fit; the same at every door."""
        if self.tile is not None or size[0] * size[1] < LARGE:
            return None
        for memory in USUAL_MEMORY:
            with suppress(ValueError):
                return slider.largest_plan(PhotoTask(before, size, bits, "png"), memory).cut
        return None

    def _prepared(
        self, photo: Photo, path: Path | None
    ) -> tuple[Slider, tuple[int, int], Cut | None]:
        height, width = photo.rgb.shape[:2]
        slider = self.slider(height, width, self.goal.settled(photo))
        size = self.goal.size_for(height, width, slider.card)
        if path is not None:
            check_target(path, size)
        if self.memory is None:
            return slider, size, self._usual(slider, (height, width), size, photo.bits)
        kind = None if path is None else SUFFIXES[path.suffix.lower()]
        return slider, size, self._plan(slider, height, width, photo.bits, kind).cut
