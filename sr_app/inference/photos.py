"""A photo, a file or an array in, a larger photo out, in one call."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from sr_app.image.arrays import Picture, photo_of
from sr_app.image.files import Photo, check_target, read_photo, write_photo
from sr_app.inference import runtimes
from sr_app.inference.bands import Progress
from sr_app.inference.enlargement import Enlarger
from sr_app.inference.goal import CLEAN, Goal
from sr_app.inference.slider import OUTPUTS, Position


def upscale(
    source: Photo | Picture | str | Path,
    *,
    scale: float | None = None,
    size: tuple[int, int] | None = None,
    preset: str | None = None,
    purpose: str = CLEAN,
    blend: float | np.ndarray | None = None,
    mode: str = OUTPUTS,
    consistent: bool = False,
    runtime: str = runtimes.AUTO,
    device: str = runtimes.AUTO,
    tile: int | None = None,
    memory: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> Photo:
    """Enlarge a photo, a file or an array.

    Args:
        source: a file's path, a ``Photo``, Pillow's picture, or an array (H, W), (H, W, 3) or
            (H, W, 4), uint8, uint16 or float in [0, 1].
        scale: factor from 1 to 16; 2 if nothing is given, or the preset's own.
        size: exact (height, width) instead of a factor.
        preset: name or folder; the default of the factor and the purpose if None.
        purpose: ``clean``, or ``real`` for photos that are noisy, soft or compressed; ``auto``
            takes what ``inspect_photo`` proposes.
        blend: from 0, faithful, to 1, vivid; or a map (h, w) of such numbers, not larger than the
            result: one of the photo's own size, say. The preset alone, faithful by default, if
            None.
        mode: ``outputs`` or ``weights``; see ``inference.slider.Position``.
        consistent: project the result onto the photo, so that it gives the photo when shrunk.
        runtime, device, tile: see ``Upscaler.from_preset``.
        memory: bytes of private memory that it may take, the result's floats included; as much as
            it needs if None.
        out: file to write as well; its suffix names the format.
        progress: called with (tiles done, tiles in all); raising from it cancels.

    Returns:
        The photo of the new size, floats in [0, 1], with what the source's file said of it.

    Raises:
        ValueError, OSError: one line that says what was expected.
    """
    goal, position = Goal(scale, size, preset, purpose), Position(blend, mode, consistent)
    enlarger = Enlarger(goal, position, runtime=runtime, device=device, tile=tile, memory=memory)
    photo = as_photo(source)
    if out is not None:
        check_target(Path(out), enlarger.size_for(*photo.rgb.shape[:2]))
    result = enlarger.enlarge(photo, progress=progress).photo
    if out is not None:
        result = replace(result, warnings=(*result.warnings, *write_photo(result, out)))
    return result


def as_photo(source: Photo | Picture | str | Path) -> Photo:
    """What was handed in, as a photo."""
    if isinstance(source, Photo):
        return source
    return read_photo(source) if isinstance(source, (str, Path)) else photo_of(source)
