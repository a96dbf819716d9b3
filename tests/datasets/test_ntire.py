from pathlib import Path

import pytest

from sr_app.datasets.ntire import existing, find_pairs


def touch(root, *names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()


def test_pairs_of_2017(tmp_path):
    touch(tmp_path, "DIV2K_train_HR/0002.png", "DIV2K_train_HR/0001.png")
    touch(tmp_path, *(f"DIV2K_train_LR_unknown/X3/000{i}x3.png" for i in (1, 2)))
    pairs = find_pairs(tmp_path, scale=3, track="unknown")
    assert [(p.hr.name, p.lr.name) for p in pairs] == [
        ("0001.png", "0001x3.png"),
        ("0002.png", "0002x3.png"),
    ]


@pytest.mark.parametrize("track, suffix", [("mild", "x4m"), ("difficult", "x4d"), ("x8", "x8")])
def test_flat_folders_of_2018(tmp_path, track, suffix):
    touch(tmp_path, "DIV2K_valid_HR/0801.png", f"DIV2K_valid_LR_{track}/0801{suffix}.png")
    scale = 8 if track == "x8" else 4
    (pair,) = find_pairs(tmp_path, scale=scale, track=track, split="valid")
    assert pair.lr.name == f"0801{suffix}.png"


def test_wild_has_several_twins(tmp_path):
    touch(tmp_path, "DIV2K_train_HR/0001.png")
    touch(tmp_path, *(f"DIV2K_train_LR_wild/0001x4w{i}.png" for i in (1, 2, 3, 4)))
    assert len(find_pairs(tmp_path, scale=4, track="wild")) == 4


def test_missing_twins_are_named(tmp_path):
    touch(tmp_path, "DIV2K_train_HR/0001.png", "DIV2K_train_HR/0002.png")
    touch(tmp_path, "DIV2K_train_LR_bicubic/X2/0001x2.png")
    with pytest.raises(ValueError, match=r"1 HR pictures have no twin in .*X2: 0002\.png"):
        find_pairs(tmp_path, scale=2)


def test_faults_are_named(tmp_path):
    with pytest.raises(ValueError, match="track='mold'"):
        find_pairs(tmp_path, scale=4, track="mold")
    with pytest.raises(ValueError, match="DIV2K_train_HR. It does not exist"):
        find_pairs(tmp_path, scale=2)


def test_a_missing_folder_of_the_shipped_recipes_says_what_makes_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="sr-app data prepare photos makes it"):
        existing(Path("data/photos"))
    with pytest.raises(ValueError, match="other/photos. It does not exist$"):
        existing(Path("other/photos"))
