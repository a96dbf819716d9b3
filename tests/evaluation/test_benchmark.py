from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage.metrics import peak_signal_noise_ratio

from sr_app.evaluation.benchmark import Observation, evaluate
from sr_app.image.colour import to_uint8
from sr_app.image.resize import imresize, modcrop

# Kim, Lee, Lee, "Accurate image super-resolution using very deep convolutional networks", CVPR
# 2016, table 3, and every paper since: bicubic, PSNR in dB and SSIM of luma, border = factor.
PUBLISHED = {
    ("Set5", 2): (33.66, 0.9299),
    ("Set5", 3): (30.39, 0.8682),
    ("Set5", 4): (28.42, 0.8104),
    ("Set14", 2): (30.24, 0.8688),
    ("Set14", 3): (27.55, 0.7742),
    ("Set14", 4): (26.00, 0.7027),
}


def bicubic(scale: int):
    return partial(imresize, scale=scale)


@pytest.mark.parametrize(("name", "scale"), PUBLISHED)
def test_the_published_table_to_the_last_digit(shared: Path, name: str, scale: int) -> None:
    folder = shared / "data" / "eval" / name
    mean = evaluate(bicubic(scale), folder, scale=scale, interpolation=True).mean
    assert (round(mean["psnr"], 2), round(mean["ssim"], 4)) == PUBLISHED[name, scale]


def test_bicubic_from_rounded_lr_is_a_little_lower(shared: Path) -> None:
    """As measured before this code was written: 33.64 to 33.65, .0005 less of SSIM."""
    mean = evaluate(bicubic(2), shared / "data" / "eval" / "Set5", scale=2).mean
    assert mean["psnr"] == pytest.approx(33.645, abs=0.01)
    assert mean["ssim"] == pytest.approx(0.9294, abs=3e-4)


def y(rgb: np.ndarray) -> np.ndarray:
    return np.floor(16.5 + 219 / 255 * (rgb @ [0.299, 0.587, 0.114])).astype(np.uint8)


def test_the_whole_way_by_hand(folder: Path, pictures) -> None:
    """LR in 8 bits, result rounded to 8 bits, rounded luma, border 3, grey on its own values."""
    found = evaluate(lambda lr: imresize(lr / 255.0, 3), folder, scale=3)
    for picture in found.pictures:
        hr = modcrop(pictures[picture.name], 3)
        sr = to_uint8(imresize(imresize(hr, 1 / 3) / 255.0, 3))
        planes = [p if p.ndim == 2 else y(p) for p in (hr, sr)]
        expected = peak_signal_noise_ratio(*(p[3:-3, 3:-3] for p in planes))
        assert picture.scores["psnr"] == pytest.approx(expected)
    mean = np.mean([p.scores["ssim"] for p in found.pictures])
    assert found.mean["ssim"] == pytest.approx(mean)


def test_interpolation_works_on_luma_in_double_precision(folder: Path, pictures) -> None:
    found = evaluate(bicubic(2), folder, scale=2, interpolation=True, metrics=["psnr"])
    assert found.lr == "imresize of luma, not rounded"
    for picture in found.pictures:
        hr = modcrop(pictures[picture.name], 2)
        plane = (hr if hr.ndim == 2 else y(hr)).astype(float)
        sr = np.floor(imresize(imresize(plane, 0.5), 2) + 0.5).clip(16, 235)
        expected = peak_signal_noise_ratio(plane[2:-2, 2:-2], sr[2:-2, 2:-2], data_range=255)
        assert picture.scores == {"psnr": pytest.approx(expected)}


@pytest.mark.parametrize("protocol", ["rgb", "ntire2017"])
def test_interpolation_under_rgb_protocols_is_nothing_special(folder: Path, protocol: str) -> None:
    plain, special = (
        evaluate(bicubic(2), folder, scale=2, protocol=protocol, interpolation=flag)
        for flag in (False, True)
    )
    assert plain == special


def test_lr_files_are_used(tmp_path: Path, folder: Path, pictures) -> None:
    made = evaluate(bicubic(2), folder, scale=2)
    for name, pixels in pictures.items():
        lr = imresize(modcrop(pixels, 2), 0.5)
        Image.fromarray(lr).save(tmp_path / f"{name}x2.png")
    read = evaluate(bicubic(2), folder, scale=2, lr_folder=tmp_path)
    assert read.pictures == made.pictures
    assert read.lr == str(tmp_path)
    Image.fromarray(255 - lr).save(tmp_path / f"{name}x2.png")
    assert evaluate(bicubic(2), folder, scale=2, lr_folder=tmp_path).pictures != made.pictures


def test_the_upscaler_gets_8_bits_in_three_channels(folder: Path) -> None:
    seen = []

    def upscale(lr: np.ndarray) -> np.ndarray:
        seen.append(lr)
        return imresize(lr, 2)

    evaluate(upscale, folder, scale=2)
    assert {(lr.dtype.name, lr.shape[2]) for lr in seen} == {("uint8", 3)}
    assert np.ptp(seen[1].astype(int), axis=2).max() == 0  # the grey one


def test_of_a_grey_picture_the_mean_of_the_channels_is_scored(folder: Path, pictures) -> None:
    """A network may tint it: one channel up and one down by a tenth changes nothing."""

    def tinted(lr: np.ndarray) -> np.ndarray:
        return imresize(lr / 255.0, 2) + np.array([0.1, 0.0, -0.1])

    plain = evaluate(lambda lr: imresize(lr / 255.0, 2), folder, scale=2).pictures[1]
    assert evaluate(tinted, folder, scale=2).pictures[1].scores == pytest.approx(plain.scores)


def test_results_are_clipped_and_rounded(folder: Path) -> None:
    """Floats and the 8-bit picture they round to score the same."""
    floats = evaluate(lambda lr: imresize(lr / 255.0, 2), folder, scale=2)
    rounded = evaluate(lambda lr: to_uint8(imresize(lr / 255.0, 2)), folder, scale=2)
    assert floats.pictures == rounded.pictures


def test_equal_pictures_are_infinite_and_none_in_json(folder: Path, pictures) -> None:
    hr = iter(modcrop(pictures[name], 2) for name in sorted(pictures))

    def cheat(lr: np.ndarray) -> np.ndarray:
        picture = next(hr)
        return picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, axis=2)

    found = evaluate(cheat, folder, scale=2)
    assert found.mean == {"psnr": np.inf, "ssim": pytest.approx(1)}
    assert json.loads(json.dumps(found.to_json(), allow_nan=False))["mean"]["psnr"] is None


def test_json(folder: Path) -> None:
    found = evaluate(bicubic(2), folder, scale=2)
    data = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert data["mean"] == found.mean
    assert [sorted(row) for row in data["pictures"]] == [["name", "psnr", "ssim"]] * 3
    assert data["pictures"][0] == {"name": "astronaut", **found.pictures[0].scores}
    assert (data["scale"], data["protocol"], data["folder"]) == (2, "y", str(folder))


def test_progress_limit_and_observer(folder: Path) -> None:
    steps, seen = [], []
    evaluate(
        bicubic(2),
        folder,
        scale=2,
        limit=2,
        progress=lambda done, total: steps.append((done, total)),
        observe=seen.append,
    )
    assert steps == [(0, 2), (1, 2), (2, 2)]
    assert [o.score.name for o in seen] == ["astronaut", "camera"]
    first: Observation = seen[0]
    assert first.hr.shape == first.sr.shape == (78, 86, 3)
    assert first.lr.shape == (39, 43, 3)
    assert {p.dtype.name for p in (first.hr, first.lr, first.sr)} == {"uint8"}


def test_raising_from_progress_stops(folder: Path) -> None:
    class Stop(Exception):
        pass

    def stop(done: int, total: int) -> None:
        if done == 1:
            raise Stop

    with pytest.raises(Stop):
        evaluate(bicubic(2), folder, scale=2, progress=stop)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"protocol": "Y"}, "Expected a protocol among y, y_unrounded, rgb"),
        ({"metrics": ["psnr", "mos"]}, "metrics among psnr, ssim, .* Received: 'mos'"),
        ({"metrics": []}, "metrics among .* Received: none"),
        ({"scale": 0}, "whole factor"),
        ({"scale": 2.5}, "whole factor"),
        ({"scale": 50}, "50"),
    ],
)
def test_bad_arguments_are_named(folder: Path, options: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        evaluate(bicubic(2), folder, **{"scale": 2, **options})


def test_a_result_of_the_wrong_size_is_named(folder: Path) -> None:
    with pytest.raises(
        ValueError, match=r"astronaut: expected \(78, 86, 3\) .* Received: \(117, 129, 3\)"
    ):
        evaluate(bicubic(3), folder, scale=2)


@pytest.fixture
def mixed(folder: Path, pictures) -> Path:
    """Three good pictures among one of a pixel, an invisible, a small and a damaged one."""
    Image.fromarray(pictures["coffee"][:1, :1]).save(folder / "a_pixel.png")
    invisible = np.dstack([pictures["coffee"], np.zeros(pictures["coffee"].shape[:2], np.uint8)])
    Image.fromarray(invisible).save(folder / "b_invisible.png")
    Image.fromarray(pictures["coffee"][:12, :12]).save(folder / "tiny.png")
    (folder / "z_damaged.png").write_bytes((folder / "coffee.png").read_bytes()[:900])
    return folder


def test_what_cannot_be_scored_is_left_out_and_named(mixed: Path) -> None:
    found = evaluate(bicubic(2), mixed, scale=2)
    reasons = {picture.name: picture.reason for picture in found.left_out}
    assert list(reasons) == ["a_pixel", "b_invisible", "tiny", "z_damaged"]
    assert all(str(mixed / f"{name}.png") in reason for name, reason in reasons.items())
    assert "1x1 is smaller than the factor 2" in reasons["a_pixel"]
    assert "transparent everywhere" in reasons["b_invisible"]
    assert "Expected 11 pixels" in reasons["tiny"]
    assert "damaged" in reasons["z_damaged"]
    assert [row["name"] for row in found.to_json()["left_out"]] == list(reasons)
    for name in reasons:
        (mixed / f"{name}.png").unlink()
    alone = evaluate(bicubic(2), mixed, scale=2)
    assert (found.mean, found.pictures) == (alone.mean, alone.pictures) and not alone.left_out


@pytest.mark.parametrize("name", ["a_pixel", "b_invisible", "tiny", "z_damaged"])
def test_strictly_it_is_an_error_and_alone_too(mixed: Path, tmp_path: Path, name: str) -> None:
    for path in sorted(mixed.iterdir()):
        if path.stem in {"a_pixel", "b_invisible", "tiny", "z_damaged"} - {name}:
            path.unlink()
    with pytest.raises(ValueError, match=rf"{name}\.png"):
        evaluate(bicubic(2), mixed, scale=2, strict=True)
    (alone := tmp_path / "alone").mkdir()
    (mixed / f"{name}.png").rename(alone / f"{name}.png")
    with pytest.raises(ValueError, match=rf"{name}\.png"):
        evaluate(bicubic(2), alone, scale=2)


def test_scores_survive_an_upscaler_that_fails_later(folder: Path) -> None:
    def upscale(lr: np.ndarray) -> np.ndarray:
        if lr.shape == (32, 41, 3):  # camera, the second of three
            raise MemoryError
        return imresize(lr, 2)

    found = evaluate(upscale, folder, scale=2)
    assert [picture.name for picture in found.pictures] == ["astronaut", "coffee"]
    assert found.left_out[0].reason == f"{folder / 'camera.png'}: MemoryError"


def test_missing_weights_are_said_before_anything_is_enlarged(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SR_APP_PERCEPTUAL", str(tmp_path / "nowhere"))
    with pytest.raises(ValueError, match="nowhere"):
        evaluate(None, folder, scale=2, metrics=["lpips"])  # whoever calls the upscaler fails
