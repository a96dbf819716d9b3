"""What is asked for, a factor or an exact size, and which preset reaches it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sr_app.networks.presets import Card, list_presets, search_path

DEFAULT_SCALE = 2
CLEAN, REAL = "clean", "real"
LARGEST_SCALE = 16


@dataclass(frozen=True)
class Goal:
    """A wish for a photo of any size.

    Args:
        scale: factor from 1 to 16, whole or not; or None.
        size: exact (height, width) in pixels; or None.
        preset: name or folder; or None for the one that suits. Without a scale and a size its own
            factor is taken, and without a preset ``DEFAULT_SCALE``.
        purpose: of the preset that suits: ``clean`` photos, or ``real`` ones, which are noisy, soft
            or compressed.

    Raises:
        ValueError: naming what contradicts or is out of range.
    """

    scale: float | None = None
    size: tuple[int, int] | None = None
    preset: str | None = None
    purpose: str = CLEAN

    def __post_init__(self):
        if self.scale is not None and self.size is not None:
            raise ValueError(
                f"Expected a scale or a size. Received both: {self.scale} and {self.size}"
            )
        if self.scale is not None and not 1 <= self.scale <= LARGEST_SCALE:
            raise ValueError(
                f"Expected a scale from 1 to {LARGEST_SCALE}. Received: {self.scale:g}"
            )
        if self.preset is not None and self.purpose != CLEAN:
            raise ValueError(
                f"Expected a preset or a purpose. Received both: {self.preset} and {self.purpose}"
            )
        if self.size is not None and (len(self.size) != 2 or min(self.size) < 1):
            raise ValueError(f"Expected a size (height, width) of 1 or more. Received: {self.size}")

    def preset_for(self, height: int, width: int) -> str:
        """Name of the preset to run on a photo of this size."""
        if self.preset is not None:
            return self.preset
        if self.size is not None:
            scale = max(self.size[0] / height, self.size[1] / width)
            return preset_for(scale, self.purpose)
        return preset_for(self.scale or DEFAULT_SCALE, self.purpose)

    def size_for(self, height: int, width: int, card: Card) -> tuple[int, int]:
        """(height, width) of the result for a photo of this size and the preset's card."""
        if self.size is not None:
            return self.size
        scale = self.scale or (card.scale if self.preset else DEFAULT_SCALE)
        return math.floor(height * scale + 0.5), math.floor(width * scale + 0.5)


def preset_for(scale: float, purpose: str = CLEAN) -> str:
    """Default preset of a factor: ``esrn_x<scale>``, or the next larger one to be shrunk from.

    A factor beyond the largest preset gets that; the rest of the way is interpolation.

    Args:
        purpose: ``clean``, or ``real`` for ``esrn_x<scale>_real``.

    Raises:
        ValueError: for another purpose, or if there is no default preset of it at all.
    """
    defaults = default_presets(purpose)
    if not defaults:
        names = ", ".join(default_name(scale, purpose) for scale in (2, 3, 4))
        raise ValueError(
            f"Expected a preset among {names} in {', '.join(map(str, search_path()))}. Found none: "
            "set SR_APP_MODELS to a folder of presets, or name one"
        )
    return next((name for own, name in defaults if own >= scale), defaults[-1][1])


def default_presets(purpose: str) -> list[tuple[int, str]]:
    """(factor, name) of the default presets of a purpose that are there, by factor."""
    if purpose not in (CLEAN, REAL):
        raise ValueError(f"Expected a purpose among {CLEAN}, {REAL}. Received: {purpose!r}")
    cards = list_presets()
    return sorted(
        (card.scale, card.name) for card in cards if card.name == default_name(card.scale, purpose)
    )


def default_name(scale: int, purpose: str) -> str:
    """Name of the default preset of a factor and a purpose."""
    return f"esrn_x{scale}" if purpose == CLEAN else f"esrn_x{scale}_{purpose}"
