from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from skimage import data

from sr_app.datasets import synthetic_lr
from sr_app.datasets.degradations import Degradation
from sr_app.datasets.synthetic_lr import LrSettings, find_twins, scene, split_halves, write_twins
from sr_app.image.colour import to_float, to_uint8
from sr_app.image.files import Photo, find_photos, read_photo, write_photo


@pytest.fixture
def hr(tmp_path: Path) -> Path:
    folder = tmp_path / "hr"
    folder.mkdir()
    for name, picture in (("0001", data.coffee()), ("0002", data.chelsea())):
        write_photo(Photo(to_float(picture[60:111, 90:157])), folder / f"{name}.png")
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_twin_is_made_again_from_its_json(hr: Path, tmp_path: Path) -> None:
    target = tmp_path / "new" / "mild"
    assert write_twins(hr, target, LrSettings("mild", 4, seed=5)) == (2, 0)
    names = [f"000{i}x4m.{end}" for i in (1, 2) for end in ("json", "png")]
    assert list(files(target)) == names
    for path in target.glob("*.json"):
        record = json.loads(path.read_text())
        lr = Degradation.from_json(record)(to_uint8(read_photo(hr / record["hr"]).rgb))
        assert np.array_equal(lr, to_uint8(read_photo(path.with_suffix(".png")).rgb))
        assert lr.shape == (12, 16, 3) and (record["kind"], record["seed"]) == ("mild", 5)


def test_a_killed_run_goes_on_and_ends_in_the_same_bytes(
    hr: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, whole, cut = LrSettings("wild", 2, copies=2), tmp_path / "whole", tmp_path / "cut"
    write_twins(hr, whole, settings)
    assert [name for name in files(whole) if name.endswith("png")] == [
        "0001x2w1.png", "0001x2w2.png", "0002x2w1.png", "0002x2w2.png",
    ]  # fmt: skip
    kept = synthetic_lr.write_table

    def killed(path: Path, record: dict) -> None:
        if path.name == "0001x2w2.json":
            raise KeyboardInterrupt
        kept(path, record)

    monkeypatch.setattr(synthetic_lr, "write_table", killed)
    with pytest.raises(KeyboardInterrupt):
        write_twins(hr, cut, settings)
    monkeypatch.undo()
    assert write_twins(hr, cut, settings) == (3, 1)
    assert files(cut) == files(whole)
    assert write_twins(hr, cut, settings) == (0, 4)


@pytest.mark.parametrize("text", ["[]", "{}", '{"hr": [1]}', '{"hr": null}', "{"])
def test_a_record_that_names_no_picture_is_named(text, hr: Path, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(ValueError, match="a.json: [Ee]xpected"):
        find_twins([hr], tmp_path)


def test_twins_of_other_settings_are_not_mixed(hr: Path, tmp_path: Path) -> None:
    write_twins(hr, tmp_path / "lr", LrSettings("jpeg", 4))
    with pytest.raises(ValueError, match=r"0001x4j\.json was made with other settings"):
        write_twins(hr, tmp_path / "lr", LrSettings("jpeg", 4, seed=1))


def test_what_cannot_be_degraded_is_named_before_anything_is_written(
    hr: Path, tmp_path: Path
) -> None:
    target = tmp_path / "lr"
    with pytest.raises(ValueError, match="bicubic.*'blurry'"):
        write_twins(hr, target, LrSettings("blurry", 4))
    with pytest.raises(ValueError, match="give another folder"):
        write_twins(hr, hr, LrSettings("mild", 4))
    with pytest.raises(ValueError, match=r"at least 60 pixels a side.*0001\.png, 0002\.png"):
        write_twins(hr, target, LrSettings("mild", 20))
    write_photo(Photo(np.zeros((20, 20, 3), "float32")), hr / "0001.bmp")
    with pytest.raises(ValueError, match="several pictures have one name: 0001"):
        write_twins(hr, target, LrSettings("mild", 4))
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="expected HR pictures"):
        write_twins(tmp_path / "empty", target, LrSettings("mild", 4))
    assert not target.exists()


def test_twins_are_found_with_their_pictures(hr: Path, tmp_path: Path) -> None:
    photos, folder = find_photos(hr), tmp_path / "twins"
    write_twins(hr, folder, LrSettings("practical", 2, copies=2))
    pairs = find_twins(photos, folder)
    assert len(pairs) == 2 * len(photos)
    for source, lr in pairs:
        assert scene(lr) == source.stem
        size, small = (read_photo(path).rgb.shape for path in (source, lr))
        assert small[:2] == (size[0] // 2, size[1] // 2)
    with pytest.raises(ValueError, match=f"Missing: {photos[0].name}$"):
        find_twins(photos[1:], folder)
    with pytest.raises(ValueError, match="sr-app degrade"):
        find_twins(photos, hr)


def test_halves_share_no_scene() -> None:
    """Even where the twins' names sort otherwise: a.png, ab.png, but abx4.png, ax4.png."""
    hr = [Path(f"hr/{name}.png") for name in ("b", "a", "abc", "ab")]
    real = [Path(f"lr/{name}x4w{i}.png") for name in ("a", "ab", "abc", "b", "z") for i in (1, 2)]
    half, others = split_halves(hr, real)
    assert [path.stem for path in half] == ["a", "abc"]
    expected = ["abx4w1", "abx4w2", "bx4w1", "bx4w2", "zx4w1", "zx4w2"]
    assert [path.stem for path in others] == expected
    assert not {scene(path) for path in half} & {scene(path) for path in others}


def test_halves_in_order_are_those_of_the_challenges() -> None:
    hr = [Path(f"hr/{number:04}.png") for number in range(1, 801)]
    real = [Path(f"lr/{number:04}x4m.png") for number in range(1, 801)]
    half, others = split_halves(hr, real, in_order=True)
    assert half == hr[:400] and others == real[400:]


@pytest.mark.parametrize("name", ["0001", "0001x4", "0001x4m", "0001x2w4", "0001x8"])
def test_a_scene_is_known_by_all_names_of_its_pictures(name: str) -> None:
    assert scene(Path(f"somewhere/{name}.png")) == "0001"
