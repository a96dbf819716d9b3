"""What is asked for, a factor or an exact size, and which preset reaches it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from numbers import Real
from pathlib import Path
from types import NoneType

from sr_app.files.rules import is_count
from sr_app.image.photo import CLEAN, REAL, Photo
from sr_app.networks.card import vivid_end
from sr_app.networks.presets import CARD, Card, list_presets, read_card, search_path

DEFAULT_SCALE = 2
AUTO = "auto"
VIVID, REAL_VIVID = "vivid", "real_vivid"
VIVID_OF = {CLEAN: VIVID, REAL: REAL_VIVID}
"""Purpose of a faithful preset -> that of its vivid twin."""
DEFAULTS = {CLEAN: ("esrn_p_x{}", "esrn_x{}"), REAL: ("esrn_x{}_real",)}
"""Purpose -> names of its default presets by factor; of those that will do, the first is taken."""

LARGEST_SCALE = 16


@dataclass(frozen=True)
class Goal:
    """A wish for a photo of any size.

    Args:
        scale: factor from 1 to 16, whole or not; or None.
        size: exact (height, width) in pixels, at most 16 times the photo's; or None.
        preset: name or folder; or None for the one that suits. Without a scale and a size its own
            factor is taken, and without a preset ``DEFAULT_SCALE``.
        purpose: of the preset that suits: ``clean`` photos, or ``real`` ones, which are noisy, soft
            or compressed; ``auto`` is what ``image.inspection`` proposes for the photo.

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
                f"Expected a scale or a size. Received: both, {self.scale} and {self.size}"
            )
        if self.scale is not None and not _is_scale(self.scale):
            raise ValueError(
                f"Expected a scale from 1 to {LARGEST_SCALE}. Received: {self.scale!r}"
            )
        if not isinstance(self.preset, (str, Path, NoneType)):
            raise ValueError(f"Expected a preset's name or folder. Received: {self.preset!r}")
        if self.preset is not None and self.purpose != CLEAN:
            raise ValueError(
                f"Expected a preset or a purpose. Received: both, {self.preset} and {self.purpose}"
            )
        if self.size is not None and not _is_size(self.size):
            raise ValueError(
                "Expected a size (height, width) of whole numbers of 1 or more. "
                f"Received: {self.size}"
            )

    def settled(self, photo: Photo) -> Goal:
        """The goal for this photo: a purpose ``auto`` becomes the one that is proposed for it."""
        if self.purpose != AUTO:
            return self
        from sr_app.image.inspection import inspect_photo  # SciPy, 0.4 s, needed for this alone

        return replace(self, purpose=inspect_photo(photo).kind)

    def preset_for(
        self,
        height: int,
        width: int,
        *,
        twin: bool = False,
        alike: bool = False,
        faulty: bool = False,
    ) -> str:
        """Name of the preset to run on a photo of this size; what twins it may have, as there.

        ``auto`` that no photo has settled is ``clean``.
        """
        if self.preset is not None:
            return self.preset
        scale = self.scale or DEFAULT_SCALE
        if self.size is not None:
            scale = max(self.size[0] / height, self.size[1] / width)
        purpose = CLEAN if self.purpose == AUTO else self.purpose
        return preset_for(scale, purpose, twin=twin, alike=alike, faulty=faulty)

    def factor(self, card: Card | None) -> float:
        """The factor where no size is asked for; ``card``: of the preset, needed if it is named."""
        return self.scale or (card.scale if card and self.preset is not None else DEFAULT_SCALE)

    def size_for(self, height: int, width: int, card: Card) -> tuple[int, int]:
        """(height, width) of the result for a photo of this size and the preset's card.

        ValueError for a size that is farther from the photo's than the largest factor.
        """
        if self.size is None:
            scale = self.factor(card)
            return math.floor(height * scale + 0.5), math.floor(width * scale + 0.5)
        if self.size[0] > LARGEST_SCALE * height or self.size[1] > LARGEST_SCALE * width:
            raise ValueError(
                f"Expected a size of at most {LARGEST_SCALE} times the photo's, "
                f"{LARGEST_SCALE * width}x{LARGEST_SCALE * height}. "
                f"Received: {self.size[1]}x{self.size[0]}"
            )
        return self.size


def _is_scale(scale: object) -> bool:
    if not isinstance(scale, Real) or isinstance(scale, bool):
        return False
    return 1 <= float(scale) <= LARGEST_SCALE


def _is_size(size: object) -> bool:
    if not isinstance(size, Iterable) or len(sides := tuple(size)) != 2:
        return False
    return all(map(is_count, sides))


def preset_for(
    scale: float,
    purpose: str = CLEAN,
    *,
    twin: bool = False,
    alike: bool = False,
    faulty: bool = False,
) -> str:
    """Default preset of a factor, see `DEFAULTS`, or the next larger one to be shrunk from.

    A factor beyond the largest preset gets that; the rest of the way is interpolation.

    Args:
        purpose: ``clean`` or ``real``.
        twin: among those with a vivid twin, as far as there are any: where only 4x has a pair, both
            ends of 2x and 3x are shrunk from it.
        alike: with ``twin``, among those whose twin is the same network, as mixing weights wants.
        faulty: a twin that does not fit counts as one: who runs it is told, and gets no other pair.

    Raises:
        ValueError: for another purpose, or if there is no default preset of it at all.
    """
    fits = has_alike_twin if alike else has_twin
    suits = (lambda card: fits(card) or is_refused(card)) if faulty else fits
    defaults = default_presets(purpose, suits) if twin else []
    defaults = defaults or default_presets(purpose)
    if not defaults:
        names = ", ".join(DEFAULTS[purpose][0].format(scale) for scale in (2, 3, 4))
        raise ValueError(
            f"Expected a preset among {names} in {', '.join(map(str, search_path()))}. Found none: "
            "set SR_APP_MODELS to a folder of presets, or name one"
        )
    return next((name for own, name in defaults if own >= scale), defaults[-1][1])


def default_presets(
    purpose: str, suits: Callable[[Card], bool] = lambda card: True
) -> list[tuple[int, str]]:
    """(factor, name) of the default presets of a purpose that are there and suit, by factor."""
    if purpose not in DEFAULTS:
        raise ValueError(f"Expected a purpose among {CLEAN}, {REAL}, {AUTO}. Received: {purpose!r}")
    cards = {card.name: card for card in list_presets()}
    found: dict[int, str] = {}
    for pattern in DEFAULTS[purpose]:
        for name, card in cards.items():
            if name == pattern.format(card.scale) and card.scale not in found and suits(card):
                found[card.scale] = name
    return sorted(found.items())


def has_twin(card: Card) -> bool:
    """Whether a preset gives a faithful and a vivid result; not if its twin does not fit."""
    return _fitting_twin(card) is not None


def has_alike_twin(card: Card) -> bool:
    """Whether, besides, both are one network with other weights."""
    twin = _fitting_twin(card)
    return twin is not None and twin.network == card.network


def is_refused(card: Card) -> bool:
    """Whether `vivid_twin` refuses what lies where a preset's twin should be."""
    try:
        vivid_twin(card)
    except ValueError:
        return True
    return False


def _fitting_twin(card: Card) -> Card | None:
    """`vivid_twin`; None for one that it refuses, so that one faulty card ends no list."""
    with suppress(ValueError):
        return vivid_twin(card)
    return None


def is_vivid_end(twin: Card, card: Card) -> bool:
    """Whether a preset of the name that `vivid_end` says fits: what `vivid_twin` asks of it."""
    together = twin.folder.parent == card.folder.parent
    kind = card.scale, VIVID_OF.get(card.purpose, VIVID)
    return (
        twin.name != card.name
        and (twin.scale, twin.purpose) == kind
        and (together or twin.network == card.network)
    )


def vivid_twin(card: Card) -> Card | None:
    """The vivid preset that belongs to a faithful one, of the name that `vivid_end` says.

    It is looked for beside the preset when that lies outside the search path, then on the path.
    Beside it, it may be another network: outputs of any two can be blended, weights cannot. None if
    there is none, or if it lies elsewhere and belongs to another network of that name. ValueError
    if it is the preset itself, or one of another scale, or of another purpose than `VIVID_OF` says:
    ``vivid`` goes with ``clean``, ``real_vivid`` with ``real``.
    """
    name = vivid_end(card)
    if name == card.name:
        raise ValueError(f"Expected another preset as the vivid end of {name}. Received: itself")
    beside, roots = card.folder.parent, search_path()
    roots = roots if beside in roots else [beside, *roots]
    folder = next((root / name for root in roots if (root / name / CARD).is_file()), None)
    if folder is None:
        return None
    twin, purpose = read_card(folder), VIVID_OF.get(card.purpose, VIVID)
    if (twin.scale, twin.purpose) != (card.scale, purpose):
        raise ValueError(
            f"Expected {folder} to be of scale {card.scale} for {purpose!r}, to go with "
            f"{card.name}. Received: scale {twin.scale} for {twin.purpose!r}"
        )
    return twin if is_vivid_end(twin, card) else None


def parse_size(text: str) -> tuple[int, int]:
    """``1920x1080`` -> (1080, 1920): people write width first, arrays have height first."""
    match = re.fullmatch(r"([1-9]\d{0,5})[xX×]([1-9]\d{0,5})", text.strip())
    if not match:
        raise ValueError(
            "Expected a size as WIDTHxHEIGHT, 1920x1080 say, of at most six digits each. "
            f"Received: {text!r}"
        )
    return int(match[2]), int(match[1])
