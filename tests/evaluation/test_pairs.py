from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sr_app.evaluation.pairs import Pair, find_pairs, read_hr, read_lr
from sr_app.image.resize import imresize, modcrop


def save(pixels: np.ndarray, path: Path) -> Path:
    path.parent.mkdir(exist_ok=True)
    Image.fromarray(pixels).save(path)
    return path


@pytest.mark.parametrize(
    "name", ["{}x3.png", "{}_x3.bmp", "{}.webp", "{}X3.PNG", "{}x3m.png", "{}x3v.png"]
)
def test_lr_is_found_by_its_name(tmp_path: Path, folder: Path, pictures, name: str) -> None:
    for stem, pixels in pictures.items():
        options = {"lossless": True} if name.endswith("webp") else {}
        path = tmp_path / "lr" / name.format(stem)
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(imresize(modcrop(pixels, 3), 1 / 3)).save(path, **options)
    pairs = find_pairs(folder, 3, tmp_path / "lr")
    assert [pair.name for pair in pairs] == sorted(pictures)
    assert [pair.lr.name for pair in pairs] == [name.format(stem) for stem in sorted(pictures)]


def test_the_factor_s_own_file_comes_first(tmp_path: Path, folder: Path, pictures) -> None:
    for stem, pixels in pictures.items():
        small = imresize(modcrop(pixels, 2), 0.5)
        for name in (f"{stem}.png", f"{stem}x2.png", f"{stem}x4.png"):
            save(small, tmp_path / "lr" / name)
    assert all(p.lr.stem == f"{p.name}x2" for p in find_pairs(folder, 2, tmp_path / "lr"))


def test_every_missing_and_every_misfit_is_named(tmp_path: Path, folder: Path, pictures) -> None:
    save(pictures["astronaut"], tmp_path / "lr" / "astronautx2.png")
    save(imresize(modcrop(pictures["camera"], 2), 0.5), tmp_path / "lr" / "camera.png")
    with pytest.raises(ValueError) as caught:
        find_pairs(folder, 2, tmp_path / "lr")
    message = str(caught.value)
    assert "2 of 3 LR pictures do not fit" in message
    assert "astronaut (astronautx2.png: 87x79 instead of 43x39)" in message
    assert "coffee (no coffeex2 or coffee)" in message
    assert "camera" not in message
    assert "\n" not in message


def test_a_damaged_picture_does_not_hide_the_others(tmp_path: Path, folder: Path, pictures) -> None:
    for name, pixels in pictures.items():
        save(imresize(modcrop(pixels, 2), 0.5), tmp_path / "lr" / f"{name}x2.png")
    (folder / "camera.png").write_bytes(b"no picture")
    assert len(find_pairs(folder, 2, tmp_path / "lr")) == 3


def test_an_empty_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    with pytest.raises(ValueError, match="expected HR pictures"):
        find_pairs(tmp_path, 2)


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_that_leaves_nothing_is_refused(folder: Path, limit: int) -> None:
    """Else a table has a mean of nothing, or lacks its last picture."""
    with pytest.raises(ValueError, match=rf"limit of 1 picture or more. Received: {limit}"):
        find_pairs(folder, 2, limit=limit)
    assert len(find_pairs(folder, 2, limit=2)) == 2


def test_equal_stems_keep_their_suffix(folder: Path) -> None:
    shutil.copy(folder / "coffee.png", folder / "coffee.jpg")
    assert [p.name for p in find_pairs(folder, 2)] == [
        "astronaut",
        "camera",
        "coffee.jpg",
        "coffee.png",
    ]


def test_hr_is_cropped_and_grey_stays_grey(folder: Path, pictures) -> None:
    for pair in find_pairs(folder, 4):
        assert np.array_equal(read_hr(pair, 4), modcrop(pictures[pair.name], 4))


def test_lr_is_made_as_matlab_makes_it(folder: Path, pictures) -> None:
    pair = find_pairs(folder, 3)[0]
    hr = read_hr(pair, 3)
    assert np.array_equal(read_lr(pair, hr, 3), imresize(hr, 1 / 3))
    assert read_lr(pair, hr, 3).dtype == np.uint8


def test_the_lr_file_follows_the_hr_file_s_colours(tmp_path: Path) -> None:
    grey = np.random.default_rng(0).integers(0, 256, (6, 7)).astype(np.uint8)
    colour = np.repeat(grey[..., None], 3, axis=2)
    pair = Pair("a", tmp_path / "none", save(grey, tmp_path / "grey.png"))
    other = Pair("a", tmp_path / "none", save(colour, tmp_path / "colour.png"))
    for hr, expected in ((grey, grey), (colour, colour)):
        assert np.array_equal(read_lr(pair, hr, 1), expected)
        assert np.array_equal(read_lr(other, hr, 1), expected)
