"""How much of a lattice presets draw where a photo is smooth.

    lattice.py data/RealSRSet esrn_x4_real esrn_x4_real_vivid

The middle of each photo is enlarged. Of each window of 64 x 64 pixels in which the first preset
draws little, the mean over all cells of 8 x 8 pixels says what repeats with the body's period;
noise and texture average out of it. Prints for every preset, in grey levels: the lattice's mean
magnitude, the deviation of what is finer than three pixels, and of the colours that are slower
than six.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter

from sr_app import Upscaler
from sr_app.image.files import find_photos, read_photo

SIDE, WINDOW, PERIOD, CALM = 64, 64, 8, 4.0  # LR pixels, pixels, pixels, grey levels


def middle(path: Path) -> np.ndarray:
    """The SIDE x SIDE pixels in the middle of a photo, the first one even."""
    photo = read_photo(path).rgb
    top, left = ((length - SIDE) // 4 * 2 for length in photo.shape[:2])
    return np.ascontiguousarray(photo[top : top + SIDE, left : left + SIDE])


def windows(picture: np.ndarray) -> np.ndarray:
    """(H, W, 3) -> (n, WINDOW, WINDOW, 3)."""
    rows, columns = (length // WINDOW for length in picture.shape[:2])
    cells = picture[: rows * WINDOW, : columns * WINDOW].reshape(rows, WINDOW, columns, WINDOW, 3)
    return cells.transpose(0, 2, 1, 3, 4).reshape(-1, WINDOW, WINDOW, 3)


def measured(picture: np.ndarray) -> np.ndarray:
    """(n, 3): lattice, fine deviation and slow colour of every window, in grey levels."""
    levels = 255 * picture.astype(np.float64)
    fine = windows(levels - gaussian_filter(levels, (3, 3, 0)))
    count = WINDOW // PERIOD
    cells = fine.reshape(-1, count, PERIOD, count, PERIOD, 3).mean(axis=(1, 3))
    lattice = np.abs(cells - cells.mean(axis=(1, 2), keepdims=True)).mean(axis=(1, 2, 3))
    slow = windows(gaussian_filter(levels, (6, 6, 0)))
    colour = (slow - slow.mean(axis=3, keepdims=True)).std(axis=(1, 2)).mean(axis=1)
    return np.stack([lattice, fine.std(axis=(1, 2, 3)), colour], axis=1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photos", type=Path)
    parser.add_argument("presets", nargs="+", help="the first says what is smooth")
    options = parser.parse_args()
    photos = [middle(path) for path in find_photos(options.photos)]
    calm = None
    print("| preset | lattice | fine | slow colour |\n|---|---:|---:|---:|")
    for preset in options.presets:
        upscale = Upscaler.from_preset(preset)
        found = np.concatenate([measured(upscale(photo)) for photo in photos])
        calm = found[:, 1] < CALM if calm is None else calm
        lattice, fine, colour = found[calm].mean(axis=0)
        print(f"| `{preset}` | {lattice:.3f} | {fine:.2f} | {colour:.2f} |")
    print(f"\n{int(calm.sum())} windows of {len(calm)}")


if __name__ == "__main__":
    main()
