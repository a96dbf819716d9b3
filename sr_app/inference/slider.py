"""The slider between a faithful and a vivid preset: where it stands, and what it gives there."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from sr_app.image.colour import to_float
from sr_app.image.files import Photo, PhotoWriter, read_photo, write_photo, writing_photo
from sr_app.image.row_bands import Window
from sr_app.inference import runtimes
from sr_app.inference.bands import Finish, Progress
from sr_app.inference.blend import (
    as_kept,
    blend,
    check_share,
    interpolated,
    mix_in_place,
    share_rows,
)
from sr_app.inference.consistency import project
from sr_app.inference.goal import has_twin, vivid_twin
from sr_app.inference.planning import PhotoTask, Plan, largest_plan
from sr_app.inference.result_rows import (
    Cut,
    alpha_rows,
    photo_rows,
    seen,
    size_warnings,
    whole_photos,
)
from sr_app.inference.upscaler import Upscaler
from sr_app.networks.card import vivid_end
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
        blend = self.blend
        return None if blend is None or np.ndim(blend) else float(blend)


@dataclass(frozen=True)
class Encoding:
    """How a result is written; see ``image.files.write_photo``."""

    quality: int = 95
    keep_metadata: bool = True
    small: bool = False


DEFAULT_ENCODING = Encoding()


def read_blend_map(path: Path) -> np.ndarray:
    """The blend by region from a grey picture: float32 (h, w) in [0, 1], black faithful.

    Grey that a program saved with three channels, or with an alpha that hides nothing, is grey.

    ValueError if the picture has colours or transparency.
    """
    photo = read_photo(path)
    seen = []
    if not photo.grey and np.any(photo.rgb != photo.rgb[..., :1]):
        seen.append("colours")
    if photo.alpha is not None and photo.alpha.min() < 1:
        seen.append("transparency")
    if seen:
        raise ValueError(f"{path}: expected an opaque grey picture. Received: {', '.join(seen)}")
    return photo.rgb[..., 0]


@dataclass(frozen=True, eq=False)
class Slider:
    """One network or two at a position of the slider; enlarges photos for an ``Enlarger``.

    Args:
        ends: the only network, or the faithful and the vivid one.
        position: with a ``blend`` if there are two.
    """

    ends: tuple[Upscaler, ...]
    position: Position

    @classmethod
    def from_preset(
        cls,
        name: str | Path,
        position: Position,
        *,
        both_ends: bool = False,
        runtime: str = runtimes.AUTO,
        device: str = runtimes.AUTO,
        tile: int | None = None,
    ) -> Slider:
        """The slider of a preset, by name or folder. Where one end is enough, only it is loaded.

        Args:
            both_ends: load both, wherever ``position`` is, if the preset has a vivid twin.
            runtime, device, tile: see ``Upscaler.from_preset``.

        Raises:
            ValueError: for a preset without a vivid twin, unless ``position`` needs none.
        """
        faithful, t = read_card(name), position.one
        vivid = vivid_twin(faithful) if both_ends or position.blend is not None else None
        if vivid is None and position.blend is not None:
            raise ValueError(without_twin(faithful))
        if position.mode == WEIGHTS and device not in (runtimes.AUTO, "cpu"):
            raise ValueError(f"Expected the device cpu with the mode weights. Received: {device}")
        if position.mode == WEIGHTS and vivid is not None and t not in (None, 0, 1):
            between = interpolated(faithful, vivid, t, runtime=runtime, tile=tile)
            return cls((between,), position)
        cards = [card for card in (faithful, vivid) if card is not None]
        if t in (0, 1) and not both_ends:
            cards = [cards[int(t)]]
        options = {"runtime": runtime, "device": device, "tile": tile}
        return cls(tuple(Upscaler.from_preset(c.folder, **options) for c in cards), position)

    @property
    def card(self) -> Card:
        """Card of the faithful end, or of the only network."""
        return self.ends[0].card

    def largest_plan(self, task: PhotoTask, memory: int | None) -> Plan:
        """The plan with the largest tiles that fit; see ``inference.planning``."""
        most = min(end.tile for end in self.ends)
        return largest_plan(tuple(end.card for end in self.ends), task, most=most, memory=memory)

    @property
    def name(self) -> str:
        """The preset, and how much of its twin is blended in."""
        t = self.position.one
        if self.position.blend is not None and t is None:
            return f"{self.card.name}, vivid by a map"
        return self.card.name if t in (None, 0, 1) else f"{self.card.name}, {t:.0%} vivid"

    def blended(self, results: tuple[Photo, ...]) -> Photo:
        """What the position makes of the ends' results; the faithful one where it says nothing."""
        if len(results) == 1 or self.position.blend is None:
            return results[0]
        faithful, vivid = results
        mixed = blend(faithful.rgb, vivid.rgb, self.position.blend, bits=faithful.bits)
        return replace(faithful, rgb=mixed)

    def results(
        self,
        photo: Photo,
        *,
        size: tuple[int, int] | None = None,
        cut: Cut | None = None,
        progress: Progress | None = None,
    ) -> tuple[Photo, ...]:
        """What each end gives, faithful first, not blended yet.

        Args:
            size: exact (height, width); the preset's factor if None.
            cut: of the photo into tiles; the networks' own if None.
            progress: called with the tiles done and in all of every end.

        Raises:
            ValueError: for a map that is larger than ``size``, before anything is run.
        """
        if size is not None and self.position.blend is not None:
            check_share(self.position.blend, size)
        results = whole_photos(self.ends, photo, size=size, cut=cut, progress=progress)
        if not self.position.consistent:
            return results
        return tuple(consistent_with(photo, result) for result in results)

    def write(
        self,
        photo: Photo,
        path: str | Path,
        *,
        size: tuple[int, int],
        encoding: Encoding = DEFAULT_ENCODING,
        cut: Cut | None = None,
        progress: Progress | None = None,
    ) -> tuple[str, ...]:
        """Enlarge a photo into a file, row by row: the bytes that `write_photo` gives of `results`.

        Only a result that is projected onto the photo is held whole, since that looks at all of it
        many times.

        Returns:
            Warnings of reading, enlarging and writing.

        Raises:
            PhotoError: if the file cannot be written; nothing is left then.
        """
        if self.position.consistent:
            results = self.results(photo, size=size, cut=cut, progress=progress)
            result = self.blended(results)
            return (*result.warnings, *write_photo(result, path, **asdict(encoding)))
        if self.position.blend is not None:
            check_share(self.position.blend, size)
        with writing_photo(photo, path, size, **asdict(encoding)) as writer:
            finish = self._pixels(photo, size, writer)
            for rows in photo_rows(self.ends, photo, size, finish, cut=cut, progress=progress):
                writer.write(rows)
                del rows  # the next band is made before this name gets it
        return (*photo.warnings, *size_warnings(self.card, photo, size), *writer.warnings)

    def _pixels(self, photo: Photo, size: tuple[int, int], writer: PhotoWriter) -> Finish:
        """Function: what the ends gave for a part -> the file's pixels there."""
        alphas = None if photo.alpha is None else Window(alpha_rows(photo, size))
        share = shares = None
        if len(self.ends) == 2 and self.position.blend is not None:
            share = np.asarray(self.position.blend, np.float32)
            shares = Window(share_rows(share, size)) if share.ndim else None

        def finish(parts: tuple[np.ndarray, ...], rows: slice, columns: slice) -> np.ndarray:
            rgb = parts[0]
            if share is not None:
                part = share if shares is None else shares.rows(rows.start, rows.stop)[:, columns]
                faithful, vivid = (as_kept(end, photo.bits) for end in parts)
                rgb = mix_in_place(faithful, vivid, part)
            alpha = None if alphas is None else alphas.rows(rows.start, rows.stop)[:, columns]
            return writer.pixels(rgb, alpha)

        return finish


def consistent_with(photo: Photo, result: Photo) -> Photo:
    """The result projected onto the photo; what is transparent counts as the network saw it."""
    kept = as_kept(result.rgb, result.bits)
    return replace(result, rgb=project(kept, to_float(seen(photo))))


def without_twin(card: Card) -> str:
    """The sentence about a preset that cannot be blended, with those that can."""
    known = [other.name for other in list_presets() if has_twin(other)]
    return (
        f"Preset {card.name} has no vivid twin {vivid_end(card)} to blend with. "
        f"Presets with one: {', '.join(known) or 'none'}"
    )
