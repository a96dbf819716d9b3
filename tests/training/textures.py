"""Two kinds of pictures that anybody tells apart, as a store: smooth ones first, then stripes."""

from __future__ import annotations

import keras
import numpy as np

from sr_app.datasets.grid import PatchGrid, cut_grid
from sr_app.image.resize import imresize
from sr_app.networks.esrn import build_esrn
from sr_app.networks.genotype import Genotype
from tests.training.scenes import scene, store_of


def stripes(seed: int, side: int = 96) -> np.ndarray:
    """Hard vertical stripes, uint8 (side, side, 3)."""
    rng = np.random.default_rng(seed)
    line = np.repeat(rng.integers(0, 2, side // 4), 4) * 200 + 20
    return np.broadcast_to(line[None, :, None], (side, side, 3)).astype("uint8")


def mixed_grid(smooth: int, striped: int, *, side: int = 16) -> PatchGrid:
    """Patches of so many pictures of either kind, 9 from each."""
    hrs = [scene(seed) for seed in range(smooth)] + [stripes(seed) for seed in range(striped)]
    return cut_grid(store_of([(hr, imresize(hr, 1 / 2)) for hr in hrs], 2), side=side)


def network(seed: int = 0, width: int = 8) -> keras.Model:
    """A small one for twice the size, untrained."""
    keras.utils.set_random_seed(seed)
    genotype = Genotype.parse(f"P_2_{width}_{width}", width=width, tail="anchor")
    return build_esrn(genotype, 2)
