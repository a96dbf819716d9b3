"""Folders of small photos with the noise of one camera."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import skimage.data
from scipy.ndimage import gaussian_filter

from sr_app.image.files import Photo, write_photo


def write_photos(folder: Path, count: int, *, noise: float, side: int) -> Path:
    """Windows of one soft photograph, as PNG, with white noise of a deviation in grey levels."""
    folder.mkdir(parents=True)
    scene = gaussian_filter(skimage.data.astronaut().astype("float32") / 255, (3, 3, 0))
    rng = np.random.default_rng(0)
    for index in range(count):
        top, left = (int(place) for place in rng.integers(0, len(scene) - side, 2))
        window = scene[top : top + side, left : left + side]
        window = window + rng.normal(0, noise / 255, (side, side, 1)).astype("float32")
        write_photo(Photo(window.clip(0, 1)), folder / f"{index:03}.png")
    return folder
