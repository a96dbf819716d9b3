"""The slider between two presets: which networks it loads, and what it makes of a photo."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import skimage.data
from PIL import Image

from sr_app.image.files import Photo, write_photo
from sr_app.inference.blend import as_kept, blend
from sr_app.inference.consistency import consistency
from sr_app.inference.result_rows import whole_photos
from sr_app.inference.slider import Encoding, Position, Slider, read_blend_map
from sr_app.inference.upscaler import Upscaler


@pytest.fixture
def photo() -> Photo:
    rgb = np.random.default_rng(1).random((12, 15, 3), np.float32)
    return Photo(rgb, alpha=np.linspace(0, 1, 12 * 15, dtype=np.float32).reshape(12, 15), bits=16)


def of(upscaler: Upscaler, photo: Photo, **options) -> Photo:
    """What one network makes of a photo."""
    return whole_photos((upscaler,), photo, **options)[0]


def blended(slider: Slider, photo: Photo, **options) -> Photo:
    return slider.blended(slider.results(photo, **options))


def test_the_results_are_those_of_the_two_presets(twins, photo):
    slider = Slider.from_preset("esrn_x4", Position(0.25))
    ends = [of(Upscaler.from_preset(name), photo) for name in ("esrn_x4", "esrn_x4_vivid")]
    for received, expected in zip(slider.results(photo), ends, strict=True):
        assert np.array_equal(received.rgb, expected.rgb)
    result = blended(slider, photo)
    assert np.array_equal(result.rgb, blend(ends[0].rgb, ends[1].rgb, 0.25, bits=16))
    exact = blend(ends[0].rgb, ends[1].rgb, 0.25)
    assert np.abs(result.rgb - exact).max() < 1 / 65535, "what is kept rounds to 16 bits"
    assert result.bits == 16 and np.array_equal(result.alpha, ends[0].alpha)
    assert slider.name == "esrn_x4, 25% vivid" and slider.card.name == "esrn_x4"


def test_a_map_sets_the_blend_by_region(twins, photo):
    share = np.zeros((12, 15), np.float32)
    share[:, 7:] = 1
    slider = Slider.from_preset("esrn_x4", Position(share))
    ends = [as_kept(of(end, photo).rgb, photo.bits) for end in slider.ends]
    received = blended(slider, photo).rgb
    assert np.array_equal(received[:, :24], ends[0][:, :24]), "clear of the border, which is soft"
    assert np.array_equal(received[:, 32:], ends[1][:, 32:])
    assert slider.name == "esrn_x4, vivid by a map"
    with pytest.raises(ValueError, match=r"at most \(6, 7\)"):
        blended(slider, photo, size=(6, 7))


@pytest.mark.parametrize(
    ("position", "loaded"),
    [
        (Position(), ["esrn_x4"]),
        (Position(0.0), ["esrn_x4"]),
        (Position(1.0), ["esrn_x4_vivid"]),
        (Position(0.5), ["esrn_x4", "esrn_x4_vivid"]),
        (Position(np.zeros((2, 3))), ["esrn_x4", "esrn_x4_vivid"]),
        (Position(0.5, "weights"), ["esrn_x4"]),
        (Position(1.0, "weights"), ["esrn_x4_vivid"]),
    ],
)
def test_one_network_where_one_is_enough(twins, position, loaded):
    slider = Slider.from_preset("esrn_x4", position)
    assert [end.card.name for end in slider.ends] == loaded


def test_the_weights_mode_is_one_run_of_another_network(twins, photo):
    outputs = blended(Slider.from_preset("esrn_x4", Position(0.5)), photo).rgb
    weights = blended(Slider.from_preset("esrn_x4", Position(0.5, "weights")), photo).rgb
    assert 0 < np.abs(outputs - weights).max() < 0.5


def test_both_ends_are_projected_when_asked_for(twins, photo):
    # No noise: that may be the shrunk version of no picture within [0, 1] at all.
    opaque = replace(
        photo, rgb=skimage.data.chelsea()[100:112, 100:115] / np.float32(255), alpha=None
    )
    slider = Slider.from_preset("esrn_x4", Position(0.5, consistent=True))
    for result in (*slider.results(opaque), blended(slider, opaque)):
        assert consistency(result.rgb, opaque.rgb) >= 45


def test_grey_stays_grey_when_projected(twins):
    grey = np.repeat(np.random.default_rng(2).random((12, 15, 1), np.float32), 3, axis=2)
    slider = Slider.from_preset("esrn_x4", Position(0.5, consistent=True))
    rgb = blended(slider, Photo(grey, grey=True)).rgb
    assert np.array_equal(rgb[..., 0], rgb[..., 1]) and np.array_equal(rgb[..., 0], rgb[..., 2])


def test_progress_counts_the_tiles_of_both(twins, photo):
    seen = []
    blended(
        Slider.from_preset("esrn_x4", Position(0.5)),
        photo,
        progress=lambda *pair: seen.append(pair),
    )
    assert seen == [(1, 2), (2, 2)]


def test_both_ends_are_given_where_they_are_asked_for(twins, photo):
    ends = Slider.from_preset("esrn_x4", Position(0.5)).results(photo)
    for position in (Position(), Position(0.25), Position(1.0)):
        slider = Slider.from_preset("esrn_x4", position, both_ends=True)
        received = slider.results(photo)
        assert all(np.array_equal(a.rgb, b.rgb) for a, b in zip(received, ends, strict=True))
        expected = blend(ends[0].rgb, ends[1].rgb, position.blend or 0, bits=photo.bits)
        alone = position.blend is None  # then nothing is blended
        assert np.array_equal(slider.blended(received).rgb, ends[0].rgb if alone else expected)
    assert len(Slider.from_preset("esrn_x3", Position(), both_ends=True).ends) == 1


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tif", "a.webp"])
@pytest.mark.parametrize("size", [(48, 60), (40, 50), (90, 70)])
@pytest.mark.parametrize("position", [Position(), Position(0.3), Position(np.eye(7))])
def test_rows_make_the_file_that_the_whole_result_makes(
    twins, photo, tmp_path, name, size, position
):
    slider = Slider.from_preset("esrn_x4", position, tile=20)
    grey = replace(photo, rgb=np.repeat(photo.rgb[..., :1], 3, axis=2), grey=True, alpha=None)
    for each in (photo, grey, replace(photo, bits=8)):
        whole = blended(slider, each, size=size)
        warnings = write_photo(whole, tmp_path / f"whole_{name}", quality=80)
        received = slider.write(each, tmp_path / name, size=size, encoding=Encoding(80))
        assert received == (*whole.warnings, *warnings)
        assert (tmp_path / name).read_bytes() == (tmp_path / f"whole_{name}").read_bytes()


def test_a_projected_result_is_written_too(twins, photo, tmp_path):
    slider = Slider.from_preset("esrn_x4", Position(0.3, consistent=True))
    slider.write(photo, tmp_path / "a.png", size=(48, 60))
    write_photo(blended(slider, photo, size=(48, 60)), tmp_path / "b.png")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


@pytest.mark.parametrize("error", [ValueError, InterruptedError, MemoryError, OSError])
def test_what_progress_raises_passes_and_leaves_nothing(twins, photo, tmp_path, error):
    def stop(done, total):
        raise error("enough")

    slider = Slider.from_preset("esrn_x4", Position(0.5))
    with pytest.raises(error, match="^enough$"):
        slider.write(photo, tmp_path / "a.png", size=(48, 60), progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_a_preset_without_a_twin_is_named_with_those_that_have_one(twins):
    with pytest.raises(ValueError, match=r"esrn_x3_vivid to blend with.*: esrn_p_x2, esrn_p_x4"):
        Slider.from_preset("esrn_x3", Position(0.5))


@pytest.mark.parametrize(
    ("faulty", "message"),
    [
        ({"blend": 1.2}, "from 0"),
        ({"blend": float("nan")}, "from 0"),
        ({"blend": 0.5, "mode": "both"}, "outputs, weights"),
        ({"mode": "weights"}, "a blend from 0 to 1"),
        ({"blend": np.zeros((2, 3)), "mode": "weights"}, "as a number"),
        ({"blend": np.zeros(3)}, "a map"),
        ({"blend": "0.5"}, "a number.*'0.5'"),
        ({"blend": {}}, "a number"),
        ({"blend": np.full((2, 3), 1.5)}, "from 0"),
    ],
)
def test_faulty_positions_are_refused(faulty, message):
    with pytest.raises(ValueError, match=message):
        Position(**faulty)


@pytest.mark.parametrize(
    ("mode", "colour", "received"),
    [
        ("L", 90, None),
        ("RGB", (90, 90, 90), None),
        ("RGBA", (90, 90, 90, 255), None),
        ("RGB", (90, 90, 91), "colours"),
        ("LA", (90, 254), "transparency"),
        ("RGBA", (9, 90, 90, 0), "colours, transparency"),
    ],
)
def test_a_map_of_the_blend_is_grey_to_the_eye(tmp_path, mode, colour, received):
    Image.new(mode, (5, 4), colour).save(tmp_path / "map.png")
    if received:
        with pytest.raises(ValueError, match=f"opaque grey picture. Received: {received}$"):
            read_blend_map(tmp_path / "map.png")
        return
    assert np.array_equal(
        read_blend_map(tmp_path / "map.png"), np.full((4, 5), np.float32(90 / 255))
    )
