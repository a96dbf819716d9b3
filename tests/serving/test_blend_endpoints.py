"""Both ends on disk: what is written is what is blended in memory, with what a photo carries."""

from __future__ import annotations

import shutil
from collections import namedtuple
from dataclasses import replace

import numpy as np
import pytest

from sr_app.image.files import Photo, read_photo, write_photo
from sr_app.inference.blend import blend
from sr_app.inference.invention import STRONG, amount, invention_map
from sr_app.serving import blend_endpoints as module
from sr_app.serving.blend_endpoints import save_ends


@pytest.fixture
def results() -> tuple[Photo, Photo]:
    rng = np.random.default_rng(3)
    rgb, other = rng.random((2, 300, 41, 3), np.float32)
    alpha = rng.random((300, 41), np.float32)
    faithful = Photo(rgb, alpha=alpha, bits=16, exif=b"II*\0\x08\0\0\0\0\0\0\0\0\0")
    return faithful, replace(faithful, rgb=np.clip(rgb + 0.25 * (other - 0.5), 0, 1))


@pytest.fixture
def ends(results, tmp_path):
    return save_ends(results, tmp_path / "cat_x2.png", (1e-6, 1e-6, 1e-5))


@pytest.mark.parametrize("percent", [0, 37, 100])
def test_the_file_is_the_blend_of_the_floats(ends, results, tmp_path, percent) -> None:
    faithful, vivid = results
    expected = tmp_path / "expected.png"
    write_photo(replace(faithful, rgb=blend(faithful.rgb, vivid.rgb, percent / 100)), expected)
    assert ends.write(percent).read_bytes() == expected.read_bytes()
    assert read_photo(expected).bits == 16 and read_photo(expected).alpha is not None


def test_a_painted_map_is_blended_at_full_resolution(ends, results, tmp_path) -> None:
    share = np.random.default_rng(4).random((30, 9), np.float32)
    faithful, vivid = results
    expected = tmp_path / "expected.png"
    write_photo(replace(faithful, rgb=blend(faithful.rgb, vivid.rgb, share)), expected)
    path = ends.write(share)
    assert path.read_bytes() == expected.read_bytes()
    assert path.name.startswith("cat_x2_vivid_painted_")
    other = ends.write(1 - share)
    assert other != path and not path.exists(), "the last one is kept"
    with pytest.raises(ValueError, match=r"at most \(300, 41\)"):
        ends.write(np.zeros((301, 9), np.float32))


def test_a_position_is_written_once_and_the_last_one_is_kept(ends) -> None:
    first = ends.write(10)
    made = first.stat().st_mtime_ns
    assert ends.write(10) == first and first.stat().st_mtime_ns == made
    second = ends.write(20)
    assert second.exists() and not first.exists()
    assert ends.faithful.exists() and ends.vivid.exists()


def test_no_other_position(ends) -> None:
    for percent in (-1, 101):
        with pytest.raises(ValueError, match="from 0 to 100"):
            ends.write(percent)


def test_the_map_lies_over_the_overview(ends, results, monkeypatch) -> None:
    monkeypatch.setattr(module, "OVERVIEW_PIXELS", 4000)
    path, found = ends.map()
    expected = invention_map(*(result.rgb for result in results))
    assert found.mean == pytest.approx(amount(expected).mean, rel=1e-4)
    assert found.share == pytest.approx(amount(expected).share, rel=1e-6)
    heat = read_photo(path)
    assert heat.rgb.shape == (150, 21, 3) and heat.alpha is not None
    assert expected.max() < STRONG


def test_members_that_disagree_raise_the_map(ends, results) -> None:
    with pytest.raises(ValueError, match="smaller picture"):
        ends.map(turns=True)
    members = [results[0].rgb, 1 - results[0].rgb]
    path, found = replace(ends, turned=lambda: iter(members)).map(turns=True)
    expected = invention_map(*(result.rgb for result in results), members)
    assert found.mean == pytest.approx(amount(expected).mean, rel=1e-4)
    assert found.mean > ends.map()[1].mean and path != ends.map()[0]


def test_a_disk_without_room_is_said(results, tmp_path, monkeypatch) -> None:
    usage = namedtuple("usage", "total used free")(10, 10, 0)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
    with pytest.raises(OSError, match=r"0\.0 GB left"):
        save_ends(results, tmp_path / "cat_x2.png", (0, 0, 0))
