"""LPIPS: how different two pictures look, by the features of a network that recognises objects."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from types import ModuleType

import numpy as np

from sr_app.evaluation.psnr import check_pair
from sr_app.files.quiet import quiet_start
from sr_app.image.colour import three_channels


def lpips(hr: np.ndarray, sr: np.ndarray, *, network: str = "squeeze") -> float:
    """Learned perceptual image patch similarity of two pictures; 0 for equal ones, rarely above 1.

    Zhang et al., CVPR 2018, eq. 1, version 0.1 with SqueezeNet 1.1; with `network` "alex" or "vgg"
    the shift-tolerant variants of Ghildyal and Liu, ECCV 2022. Values of different networks cannot
    be compared. A network's own training loss is no judge of it.

    hr, sr: the same shape and type, (H, W, 3), or (H, W) for grey ones. ValueError without the
    weights (`sr-app data prepare perceptual`) or for pictures under 32 pixels a side.
    """
    peak = check_pair(hr, sr, None)
    if min(hr.shape[:2]) < 32:
        raise ValueError(
            f"Expected 32 pixels a side or more for LPIPS. Received: {hr.shape[1]}x{hr.shape[0]}"
        )
    pair = [three_channels(picture).astype("float32")[None] / peak for picture in (hr, sr)]
    folder = _features().weights_folder()

    from keras import ops

    return float(ops.convert_to_numpy(_distance(network, folder)(*pair))[0])


def check_weights(network: str) -> None:
    """ValueError unless the network's weights are there and are its own; they stay loaded."""
    _distance(network, _features().weights_folder())


@cache
def _features() -> ModuleType:
    """The module of the networks, which loads Keras and its backend, without their notices."""
    with quiet_start():
        from sr_app.networks import features

    return features


@lru_cache(maxsize=3)
def _distance(network: str, folder: Path):
    return _features().load_distance(network, folder)
