"""Tiny unpaired data: sharp textures on one side, other ones blurred and darkened on the other."""

import numpy as np
from scipy.ndimage import gaussian_filter

from sr_app.datasets.store import PictureStore
from sr_app.image.resize import imresize
from sr_app.training.schedule import Batches
from sr_app.training.two_stage import Crops, build_translation

PATCH = 20


def scene(seed, side=96):
    """Sharp random texture, uint8 (side, side, 3)."""
    rng = np.random.default_rng(seed)
    soft = gaussian_filter(rng.normal(0, 1, (side, side, 3)), (2, 2, 0))
    return (128 + 50 * soft / soft.std()).clip(0, 255).astype("uint8")


def store_of(pairs, scale):
    """Pairs (hr, lr) in memory as a store."""
    parts, shapes, offsets, position = [], [], [], 0
    for hr, lr in pairs:
        shapes.append((hr.shape[:2], lr.shape[:2]))
        offsets.append((position, position + hr.size))
        parts += [hr.ravel(), lr.ravel()]
        position += hr.size + lr.size
    return PictureStore(np.concatenate(parts), tuple(shapes), tuple(offsets), scale)


def degraded(lr):
    """What the real side does: blur of one pixel, 0.7 of the light."""
    return (0.7 * gaussian_filter(lr.astype(float), (1, 1, 0))).round().astype("uint8")


def stores(scale=2):
    """(HR with bicubic LR, real LR of other scenes)."""
    hrs = [scene(seed) for seed in (0, 1)]
    real = [degraded(imresize(scene(seed), 1 / scale)) for seed in (2, 3)]
    pairs = [(hr, imresize(hr, 1 / scale)) for hr in hrs]
    return store_of(pairs, scale), store_of([(picture, picture) for picture in real], 1)


def tiny(**changes):
    """The smallest translation: two translators of one block, two critics."""
    options = {"patch": PATCH, "width": 8, "blocks": 1, "critic_width": 4, **changes}
    return build_translation(**options)


def crops(batch=4):
    """Crops of both sides."""
    return Crops(*stores(), Batches(batch=batch, patch=PATCH))


def largest_difference(one, other):
    """Of two lists of arrays."""
    return max(np.abs(a - b).max() for a, b in zip(one, other, strict=True))
