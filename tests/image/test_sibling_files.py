"""Every layout that can be written is read with its right value."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sr_app.image.files import read_photo
from tests.image.sibling_files import FAMILIES
from tests.image.siblings import Sibling


def values(path: Path, like: np.ndarray) -> np.ndarray:
    photo = read_photo(path, as_floats=False)
    found = photo.rgb[..., :1] if like.shape[2] < 3 and photo.grey else photo.rgb
    return found if photo.alpha is None else np.dstack([found, photo.alpha])


def wrong(found: np.ndarray, sibling: Sibling) -> str | None:
    expected = sibling.pixels
    if (found.shape, found.dtype) != (expected.shape, expected.dtype):
        return f"{found.shape} {found.dtype}, expected {expected.shape} {expected.dtype}"
    off = np.abs(found.astype(int) - expected.astype(int))
    if off.max() > sibling.near or (sibling.mean and off.mean() > sibling.mean):
        return f"{off.max()} off at most, {off.mean():.2f} in the mean"
    return None


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__)
def test_every_layout_has_its_right_value(family, tmp_path: Path) -> None:
    faults, count = {}, 0
    for sibling in family():
        path = tmp_path / sibling.name
        path.write_bytes(sibling.data)
        fault = wrong(values(path, sibling.pixels), sibling)
        faults |= {sibling.name: fault} if fault else {}
        count += 1
    assert not faults and count > 2
