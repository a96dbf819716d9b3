"""A folder of drawn pages, charts and scenes, for trainings whose photographs hold none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sr_app.image.colour import to_float
from sr_app.image.files import Photo, write_photo
from sr_app.image.graphics import draw_graphic

COUNT = 108
"""A fifth of the crops of a training on 102 photographs of 1.8 megapixels."""


def prepare(
    folder: Path,
    *,
    count: int = COUNT,
    larger: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Draw the pictures that are missing; how many these were.

    Args:
        folder: for ``graphic_000.png`` and so on.
        larger: how many times larger than 640x640.
        progress: called with (pictures done, pictures in all).
    """
    folder.mkdir(parents=True, exist_ok=True)
    drawn = 0
    for number in range(count):
        path = folder / f"graphic_{number:03}.png"
        if not path.is_file():
            write_photo(Photo(to_float(draw_graphic(number, larger))), path)
            drawn += 1
        if progress:
            progress(number + 1, count)
    return drawn
