import re

import pytest

from sr_app.datasets.catalogue import (
    ARCHIVES,
    DATASETS,
    LAYOUTS,
    SCALES,
    find_dataset,
    locate,
    present,
)
from sr_app.datasets.ntire import SPLITS, TRACKS, lr_folder


def fill(folder):
    folder.mkdir(parents=True)
    (folder / "0001.png").touch()


def test_every_track_of_div2k_is_a_set_of_hr_and_lr_in_both_splits():
    sets = {(d.track, d.scale): d for d in DATASETS if d.layout == "div2k"}
    expected = {(track, scale) for track in TRACKS for scale in SCALES.get(track, (4,))}
    assert set(sets) == expected | {(None, None)}
    for (track, scale), dataset in sets.items():
        folders = {f"DIV2K_{split}_HR" for split in SPLITS}
        if track:
            folders |= {lr_folder(split, track, scale) for split in SPLITS}
        assert set(dataset.folders) == folders


def test_every_archive_belongs_to_a_set_and_has_a_checksum():
    used = {archive for dataset in DATASETS for archive in dataset.archives}
    assert used == set(ARCHIVES) and len(ARCHIVES) == 22
    for archive in ARCHIVES:
        assert archive.size > 10**6
        assert re.fullmatch("[0-9a-f]{32}|[0-9a-f]{64}", archive.digest)


def test_checksums_are_not_repeated_and_four_md5s_are_not_published():
    assert len({archive.digest for archive in ARCHIVES}) == len(ARCHIVES)
    assert [a.file for a in ARCHIVES if a.algorithm == "sha256"] == [
        "DIV2K_train_LR_bicubic_X2.zip",
        "DIV2K_train_LR_bicubic_X3.zip",
        "DIV2K_train_LR_unknown_X2.zip",
        "DIV2K_valid_LR_unknown_X2.zip",
    ]


@pytest.mark.parametrize(
    "file, md5",
    [
        # super-resolution/data.py of krasserm, div2k.py of TensorFlow Datasets, div2k_op.cc of
        # MindSpore
        ("DIV2K_train_HR.zip", "bdc2d9338d4e574fe81bf7d158758658"),
        ("DIV2K_valid_LR_bicubic_X3.zip", "18b1d310f9f88c13618c287927b29898"),
        ("DIV2K_valid_LR_wild.zip", "aacae8db6bec39151ca5bb9c80bf2f6c"),
    ],
)
def test_archives_have_the_published_names(file, md5):
    assert {archive.file: archive.digest for archive in ARCHIVES}[file] == md5


def test_names_are_unique_in_either_case_and_layouts_known():
    assert len({dataset.name.lower() for dataset in DATASETS}) == len(DATASETS)
    assert {dataset.layout for dataset in DATASETS} == set(LAYOUTS)
    assert all(dataset.licence and dataset.origin for dataset in DATASETS)


def test_a_set_is_found_in_either_case_and_a_typo_names_the_nearest():
    assert find_dataset("set14").name == find_dataset("SET14").name == "Set14"
    with pytest.raises(ValueError, match=r"Received: 'div2k_mold'\. Did you mean div2k_mild\?"):
        find_dataset("div2k_mold")


@pytest.mark.parametrize("place", ["DIV2K", "."])
def test_a_set_on_disk_is_used_where_it_lies(place, tmp_path):
    dataset = find_dataset("div2k_x8")
    assert locate(dataset, tmp_path) is None
    fill(tmp_path / place / "DIV2K_valid_HR")
    (tmp_path / place / "DIV2K_train_HR").mkdir()  # empty: not there
    assert locate(dataset, tmp_path) == tmp_path / place
    assert present(dataset, tmp_path / place) == ("DIV2K_valid_HR",)


@pytest.mark.parametrize("place", ["BSD100", "BSD100/HR", "B100", "BSDS100/HR"])
def test_a_benchmark_is_found_under_its_other_names(place, tmp_path):
    fill(tmp_path / place)
    assert locate(find_dataset("BSD100"), tmp_path) == tmp_path / place
