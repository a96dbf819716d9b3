"""LPIPS: how different two pictures look, by the features of a network that recognises objects."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from sr_app.evaluation.psnr import check_pair
from sr_app.image.colour import three_channels


def lpips(hr: np.ndarray, sr: np.ndarray, *, network: str = "squeeze") -> float:
    """Learned perceptual image patch similarity of two pictures; 0 for equal ones, rarely above 1.

    Zhang et al., CVPR 2018, eq. 1, version 0.1 with SqueezeNet 1.1; with `network` "alex" or "vgg"
    the shift-tolerant variants of Ghildyal and Liu, ECCV 2022. Values of different networks cannot
    be compared. A network's own training loss is no judge of it.

    hr, sr: the same shape and type, (H, W, 3), or (H, W) for grey ones. ValueError without the
    weights (`sr-app data prepare perceptual`) or for pictures under 32 pixels a side.
    """
    from keras import ops

    from sr_app.networks.features import weights_folder

    peak = check_pair(hr, sr, None)
    if min(hr.shape[:2]) < 32:
        raise ValueError(
            f"Expected 32 pixels a side or more for LPIPS. Received: {hr.shape[1]}x{hr.shape[0]}"
        )
    pair = [three_channels(picture).astype("float32")[None] / peak for picture in (hr, sr)]
    return float(ops.convert_to_numpy(_distance(network, weights_folder())(*pair))[0])


def check_weights(network: str) -> None:
    """ValueError unless the network's weights are there and are its own; they stay loaded."""
    from sr_app.networks.features import weights_folder

    _distance(network, weights_folder())


@lru_cache(maxsize=3)
def _distance(network: str, folder: Path):
    from sr_app.networks.features import load_distance

    return load_distance(network, folder)
