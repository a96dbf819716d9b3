"""A folder of HR pictures cut from those that come with scikit-image; one of them is grey."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image

from tests.networks.synthetic_weights import write_weights


@pytest.fixture(scope="session")
def perceptual(tmp_path_factory) -> Path:
    """Weights of all feature networks, random and with few channels."""
    return write_weights(tmp_path_factory.mktemp("weights") / "perceptual")


@pytest.fixture(autouse=True)
def _perceptual_weights(perceptual: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test finds those weights; a test of the published values names the real ones."""
    monkeypatch.setenv("SR_APP_PERCEPTUAL", str(perceptual))


@pytest.fixture(scope="session")
def pictures() -> dict[str, np.ndarray]:
    """Odd sizes, so that the crop to multiples of the factor matters."""
    return {
        "astronaut": skimage.data.astronaut()[60:139, 180:267],
        "camera": skimage.data.camera()[100:165, 200:283],
        "coffee": skimage.data.coffee()[100:171, 200:275],
    }


@pytest.fixture
def folder(tmp_path: Path, pictures: dict[str, np.ndarray]) -> Path:
    path = tmp_path / "hr"
    path.mkdir()
    for name, pixels in pictures.items():
        Image.fromarray(pixels).save(path / f"{name}.png")
    return path
