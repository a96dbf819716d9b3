"""A drawn scene with the colours of a photo, by which a network made elsewhere is found out."""

from __future__ import annotations

import numpy as np

from sr_app.image.resize import imresize

SKY, LEAF, SKIN, EARTH = (0.45, 0.68, 0.95), (0.25, 0.45, 0.14), (0.9, 0.68, 0.55), (0.5, 0.33, 0.2)


def scene(height: int, width: int) -> np.ndarray:
    """Sky over leaves and earth, a face's colour, a red and a white thing with edges, and shade.

    Returns:
        float32 (height, width, 3) in [0, 1]; the same for the same size.
    """
    rng = np.random.default_rng(3)
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j][..., None]
    picture = np.where(y < 0.4, np.add(SKY, 0.2 * (y - 0.2)), np.asarray(LEAF) * (0.5 + 1.2 * x))
    picture = np.where(y > 0.8, np.asarray(EARTH) * (0.6 + 0.8 * x), picture)
    coarse = rng.random((height // 4 + 1, width // 4 + 1, 1)).astype(np.float32)
    rough = imresize(coarse, size=(height, width))
    picture = picture + np.where(y < 0.4, 0.02, 0.2) * (rough - 0.5)
    face = (y - 0.5) ** 2 + (x - 0.3) ** 2 < 0.03
    picture = np.where(face, np.asarray(SKIN) * (1.1 - 0.5 * np.abs(x - 0.2)), picture)
    picture = np.where((abs(y - 0.65) < 0.12) & (abs(x - 0.75) < 0.12), (0.8, 0.12, 0.1), picture)
    bars = (abs(y - 0.3) < 0.1) & (abs(x - 0.75) < 0.15)
    picture = np.where(bars, np.where(np.sin(90 * x) > 0, 0.98, 0.03), picture)
    return picture.clip(0, 1).astype(np.float32)
