"""Both ends on disk: what is written is what is blended in memory, with what a photo carries."""

from __future__ import annotations

import shutil
from collections import namedtuple
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from sr_app.image.colour import to_kept
from sr_app.image.files import Photo, read_photo, write_photo
from sr_app.inference.blend import blend
from sr_app.inference.invention import STRONG, amount, invention_map
from sr_app.serving import blend_endpoints as module
from sr_app.serving.blend_endpoints import save_ends, visible_shares


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
def test_the_file_is_the_blend_of_what_is_kept(ends, results, tmp_path, percent) -> None:
    faithful, vivid = results
    expected = tmp_path / "expected.png"
    rgb = blend(faithful.rgb, vivid.rgb, percent / 100, bits=16)
    write_photo(replace(faithful, rgb=rgb), expected)
    path, notes = ends.write(percent)
    assert path.read_bytes() == expected.read_bytes() and not notes
    assert path.name == f"cat_x2_vivid{percent}.png"
    assert read_photo(expected).bits == 16 and read_photo(expected).alpha is not None


@pytest.mark.parametrize("bits", [8, 16])
def test_half_the_room_of_floats_and_the_files_of_the_floats(results, tmp_path, bits) -> None:
    """At both ends and without a slider the file is that of the floats themselves."""
    plain = tuple(replace(result, bits=bits, alpha=None) for result in results)
    for two in (plain, plain[:1]):
        kept = save_ends(two, tmp_path / "cat_x2.png", (1e-6, 1e-6, 1e-5))
        assert kept.faithful.stat().st_size < 2.1 * plain[0].rgb.size
        for place, result in zip((0, 100), two, strict=False):
            expected = tmp_path / "expected.png"
            write_photo(result, expected)
            assert kept.write(place)[0].read_bytes() == expected.read_bytes()


def test_a_painted_map_is_blended_at_full_resolution(ends, results, tmp_path) -> None:
    share = np.random.default_rng(4).random((30, 9), np.float32)
    faithful, vivid = results
    expected = tmp_path / "expected.png"
    rgb = blend(faithful.rgb, vivid.rgb, share, bits=16)
    write_photo(replace(faithful, rgb=rgb), expected)
    path, _ = ends.write(share)
    assert path.read_bytes() == expected.read_bytes()
    assert path.name.startswith("cat_x2_vivid_painted_")
    other, _ = ends.write(1 - share)
    assert other != path and not path.exists(), "the last one is kept"
    with pytest.raises(ValueError, match=r"at most \(300, 41\)"):
        ends.write(np.zeros((301, 9), np.float32))


def test_the_last_file_is_kept_and_the_floats_too(ends) -> None:
    first, _ = ends.write(10)
    second, _ = ends.write(20, "jpeg", 80)
    assert second.exists() and not first.exists()
    assert ends.faithful.exists() and ends.vivid.exists()


@pytest.mark.parametrize(
    ("kind", "suffix"),
    [("jpeg", ".jpg"), ("png", ".png"), ("webp", ".webp"), ("tiff", ".tif"), ("avif", ".avif"),
     ("jxl", ".jxl"), ("same", ".jpeg")],
)  # fmt: skip
def test_every_format_is_made_of_what_is_there(ends, results, tmp_path, kind, suffix) -> None:
    own = replace(ends, picture=ends.picture.with_suffix(".jpeg"))
    path, notes = own.write(30, kind, 88)
    assert path.name == f"cat_x2_vivid30{suffix}"
    expected = tmp_path / f"expected{suffix}"
    rgb, alpha = blend(results[0].rgb, results[1].rgb, 0.3, bits=16), results[0].alpha
    photo = replace(results[0], rgb=rgb, alpha=to_kept(alpha, 16))
    assert write_photo(photo, expected, quality=88) == notes
    assert path.read_bytes() == expected.read_bytes()
    assert bool(notes) == (kind not in ("png", "tiff", "avif", "jxl")), (
        "depth and alpha, where they are lost: AVIF has 12 bits of 16"
    )


def test_quality_is_heeded(ends) -> None:
    sizes = [len(ends.write(30, "jpeg", quality)[0].read_bytes()) for quality in (60, 95)]
    assert sizes[0] < sizes[1]


def test_the_offer_names_every_format_and_where_quality_is_one() -> None:
    offered = {one["key"]: one["quality"] for one in module.formats()}
    assert offered.pop("same") and set(offered) == set(module.SUFFIXES)
    assert [key for key, quality in offered.items() if quality] == ["jpeg", "avif"]


def test_one_result_alone_has_no_slider(results, tmp_path) -> None:
    only = save_ends(results[:1], tmp_path / "dog_x3.tif", (1e-5, 1e-5, 1e-5))
    assert only.vivid is None and only.invented == () and len(only.results()) == 1
    path, _ = only.write(0, "same")
    assert path.name == "dog_x3.tif"
    expected = tmp_path / "expected.tif"
    write_photo(results[0], expected)
    assert path.read_bytes() == expected.read_bytes()
    for place in (1, 50, np.zeros((2, 2), np.float32)):
        with pytest.raises(ValueError, match="Expected"):
            only.write(place)
    with pytest.raises(ValueError, match="vivid end"):
        only.map()


def test_the_visible_share_is_that_of_the_blend_at_every_percent(results) -> None:
    faithful, vivid = results[0].rgb, np.clip(results[0].rgb + 0.5 * (results[1].rgb - 0.4), 0, 1)
    shares = visible_shares(faithful, vivid)
    assert len(shares) == 101 and shares[0] == 0
    assert all(one <= two for one, two in pairwise(shares))
    for percent in (40, 75, 100):
        found = amount(invention_map(faithful, blend(faithful, vivid, percent / 100)))
        assert shares[percent] == pytest.approx(found.share, abs=0.01) and found.share > 0.01


def test_no_other_position(ends) -> None:
    for percent in (-1, 101):
        with pytest.raises(ValueError, match="from 0 to 100"):
            ends.write(percent)
    with pytest.raises(ValueError, match="format among"):
        ends.write(10, "exe")
    with pytest.raises(ValueError, match="quality of 1 to 100. Received: 0"):
        ends.write(10, "jpeg", 0)


def test_the_map_lies_over_the_overview(ends, results, monkeypatch) -> None:
    monkeypatch.setattr(module, "OVERVIEW_PIXELS", 4000)
    path, found = ends.map()
    expected = invention_map(*(result.rgb for result in results))
    assert found.mean == pytest.approx(amount(expected).mean, rel=1e-4)
    assert found.share == pytest.approx(amount(expected).share, rel=1e-3)  # of 12,300 pixels
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
