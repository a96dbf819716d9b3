"""What the scores that train learn from and are judged on."""

from __future__ import annotations

import pytest
import skimage.data

from sr_app import write_photo
from sr_app.image.files import Photo


@pytest.fixture
def pictures(tmp_path) -> dict:
    """One picture to train on, another to validate: arguments of a score, for factor 2."""
    for name, pixels in {"train": skimage.data.coffee(), "hold": skimage.data.chelsea()}.items():
        part = (pixels[100:180, 100:180] / 255).astype("float32")
        (tmp_path / name).mkdir()
        write_photo(Photo(rgb=part), tmp_path / name / "a.png")
    return {
        "sources": ((tmp_path / "train" / "a.png", None),),
        "cache": tmp_path / "cache",
        "validation": tmp_path / "hold",
        "scale": 2,
    }
