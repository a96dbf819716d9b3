"""One call from a file or an array to a larger photo."""

from __future__ import annotations

import numpy as np
import pytest
import skimage.data
from PIL import Image

from sr_app.image.files import Photo, read_photo, write_photo
from sr_app.image.resize import imresize
from sr_app.inference.blend import blend
from sr_app.inference.consistency import consistency
from sr_app.inference.photos import upscale
from sr_app.inference.upscaler import Upscaler


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(sum(shape)).random(shape, np.float32)


def test_it_is_the_upscaler_of_the_preset(models):
    rgb = noise(20, 22, 3)
    upscaler = Upscaler.from_preset("esrn_x4", tile=32)
    assert upscaler.scale == 4
    assert np.array_equal(upscale(rgb, scale=4).rgb, upscaler(rgb))


def test_a_factor_without_its_own_preset_is_shrunk_from_the_next(models):
    rgb = noise(20, 22, 3)
    expected = np.clip(imresize(Upscaler.from_preset("esrn_x3")(rgb), size=(50, 55)), 0, 1)
    assert np.array_equal(upscale(rgb, scale=2.5).rgb, expected)


def test_upscale_takes_arrays_of_every_kind(models):
    assert upscale(noise(8, 9)).grey
    result = upscale((noise(8, 9, 4) * 65535).astype(np.uint16))
    assert result.bits == 16 and result.alpha.shape == (16, 18) and result.rgb.shape == (16, 18, 3)
    with pytest.raises(ValueError, match=r"shape \(8, 9, 2\)"):
        upscale(noise(8, 9, 2))


def test_upscale_takes_pillow_s_pictures_and_refuses_other_ranges(models):
    picture = Image.fromarray((noise(8, 9, 3) * 255).astype(np.uint8))
    assert np.array_equal(upscale(picture).rgb, upscale(np.asarray(picture)).rgb)
    with pytest.raises(ValueError, match="divide by 255"):
        upscale(np.asarray(picture).astype(np.float32))
    with pytest.raises(ValueError, match="Received: list"):
        upscale([[0, 1]])


def test_upscale_reads_and_writes_files(models, tmp_path):
    source, target = tmp_path / "in.png", tmp_path / "out.png"
    write_photo(Photo(noise(10, 12, 3)), source)
    result = upscale(source, scale=3, out=target)
    written = read_photo(target)
    assert written.rgb.shape == (30, 36, 3)
    assert np.abs(written.rgb - result.rgb).max() <= 0.5 / 255 + 1e-6


def test_a_file_that_cannot_be_written_is_refused_before_the_work(models, tmp_path):
    told = []
    for name in ("x", "x.gif", "x.webp"):
        with pytest.raises(ValueError, match=name):
            upscale(
                np.zeros((2, 2000, 3), np.uint8),
                size=(1, 20_000),
                out=tmp_path / name,
                progress=lambda *done: told.append(done),
            )
    assert not told and not list(tmp_path.iterdir())


def test_faulty_requests(models):
    with pytest.raises(ValueError, match="Did you mean esrn_x2"):
        upscale(noise(4, 4, 3), preset="ersn_x2")
    with pytest.raises(ValueError, match=r"missing\.png"):
        upscale("missing.png")


def test_a_blend_lies_between_the_two_presets(twins):
    rgb = noise(9, 11, 3)
    ends = [upscale(rgb, preset=name).rgb for name in ("esrn_x2", "esrn_x2_vivid")]
    assert np.array_equal(upscale(rgb, scale=2, blend=0.3).rgb, blend(*ends, 0.3, bits=8))
    assert np.array_equal(upscale(rgb, scale=2).rgb, ends[0]), "without a blend: faithful"


def test_a_consistent_result_gives_the_photo_back(twins):
    rgb = skimage.data.chelsea()[100:112, 100:115] / np.float32(255)
    for options in ({}, {"blend": 0.5}, {"blend": 0.5, "mode": "weights"}, {"scale": 3.3}):
        result = upscale(rgb, consistent=True, **({"scale": 4} | options)).rgb
        assert consistency(result, rgb) >= 45, options
    assert consistency(upscale(rgb, scale=4, blend=0.5).rgb, rgb) < 30
