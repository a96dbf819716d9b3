import pytest

from sr_app.datasets import verify
from sr_app.datasets.catalogue import find_dataset
from sr_app.datasets.verify import verify_dataset, verify_layout
from tests.datasets.mirror import pictures, png


@pytest.fixture
def plant(tmp_path, monkeypatch):
    """`plant(members)` writes files below a folder; DIV2K has three and two pictures here."""
    monkeypatch.setattr(verify, "NUMBERS", {"train": range(1, 4), "valid": range(801, 803)})

    def write(*parts):
        for members in parts:
            for name, data in members.items():
                (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / name).write_bytes(data)
        return tmp_path

    return write


TRAIN = pictures("DIV2K_train_HR", range(1, 4), "", 24, 36)
VALID = pictures("DIV2K_valid_HR", range(801, 803), "", 24, 36)


def x2(split, numbers):
    return pictures(f"DIV2K_{split}_LR_bicubic/X2", numbers, "x2", 12, 18)


def told(report, root):
    return [str(fault).replace(f"{root}/", "") for fault in report.faults]


def test_a_whole_set_has_no_faults_by_name_and_by_layout(plant):
    root = plant(TRAIN, VALID, x2("train", range(1, 4)), x2("valid", range(801, 803)))
    report = verify_dataset(find_dataset("div2k_bicubic_x2"), root)
    assert told(report, root) == [] and report.pictures == 10
    assert verify_layout("div2k", root).faults == []


def test_each_fault_is_named(plant):
    lr = x2("train", range(1, 4))
    folder = "DIV2K_train_LR_bicubic/X2"
    del lr[f"{folder}/0001x2.png"]
    lr[f"{folder}/0002x2.png"] = png(12, 17)
    lr[f"{folder}/0003x2.png"] = b"no picture"
    lr[f"{folder}/0009x2.png"] = png(12, 18)
    lr[f"{folder}/notes.txt"] = b""
    lr[f"{folder}/.hidden"] = lr[f"{folder}/README.md"] = b""
    root = plant(TRAIN, VALID, lr, x2("valid", range(801, 803)))
    expected = [
        "missing: 0001x2.png: expected the LR twin of 0001.png",
        "stray: 0009x2.png: no part of the layout",
        "stray: notes.txt: no part of the layout",
        "unreadable: 0003x2.png",
        "wrong size: 0002x2.png: expected 18x12. Received: 17x12, 1/2 of 0002.png",
    ]
    for report in (
        verify_dataset(find_dataset("div2k_bicubic_x2"), root),
        verify_layout("div2k", root),
    ):
        lines = sorted(line.replace(f"{folder}/", "") for line in told(report, root))
        assert [line[: len(want)] for line, want in zip(lines, expected, strict=True)] == expected


def test_by_name_all_numbers_are_expected_and_by_layout_those_that_are_there(plant):
    few = {name: data for name, data in TRAIN.items() if "0002" not in name}
    root = plant(few, VALID)
    report = verify_dataset(find_dataset("div2k_hr"), root)
    assert told(report, root) == ["missing: DIV2K_train_HR/0002.png: expected an HR picture"]
    assert verify_layout("div2k", root).faults == []


def test_a_missing_folder_is_one_fault(plant):
    root = plant(TRAIN, VALID, x2("train", range(1, 4)))
    report = verify_dataset(find_dataset("div2k_bicubic_x2"), root)
    expected = "missing: DIV2K_valid_LR_bicubic/X2: expected a folder of LR pictures"
    assert told(report, root) == [expected]
    (lonely,) = told(verify_layout("div2k", plant_alone(root)), root / "alone")
    assert lonely.startswith("missing: DIV2K_train_HR: expected a folder of HR pictures")


def plant_alone(root):
    alone = root / "alone"
    (alone / "DIV2K_train_LR_mild").mkdir(parents=True)
    return alone


@pytest.mark.parametrize("height", [3, 4])
def test_x8_may_be_rounded_up_as_matlab_does(height, plant):
    hr = {f"DIV2K_train_HR/000{i}.png": png(28, 40) for i in (1, 2, 3)}
    lr = pictures("DIV2K_train_LR_x8", range(1, 4), "x8", height, 5)
    assert verify_layout("div2k", plant(hr, lr)).faults == []


def test_wild_has_four_twins_or_one_and_what_one_picture_has_all_must_have(plant):
    four = {}
    for i in range(1, 5):
        four |= pictures("DIV2K_train_LR_wild", range(1, 4), f"x4w{i}", 6, 9)
    del four["DIV2K_train_LR_wild/0002x4w3.png"]
    one = pictures("DIV2K_valid_LR_wild", range(801, 803), "x4w", 6, 9)
    root = plant(TRAIN, VALID, four, one)
    report = verify_dataset(find_dataset("div2k_wild"), root)
    twin = "DIV2K_train_LR_wild/0002x4w3.png"
    assert told(report, root) == [f"missing: {twin}: expected the LR twin of 0002.png"]


def test_strays_of_a_tree_are_named_and_archives_are_none(plant):
    strays = {"DIV2K_train_LR_bicubic/X5/a.png": b"", "old/a.png": b"", "DIV2K_train_LR_mold": b""}
    root = plant(TRAIN, {"DIV2K_valid_HR.zip": b"", "DIV2K_valid_LR_x8.zip.part": b""}, strays)
    assert told(verify_layout("div2k", root), root) == [
        "stray: DIV2K_train_LR_mold: no part of the layout",
        "stray: old: no part of the layout",
        "stray: DIV2K_train_LR_bicubic/X5: no part of the layout",
    ]


def test_unpaired_needs_both_sides_and_no_twins(plant):
    root = plant({"source/Flickr2K_1.png": png(8, 9), "source/x.txt": b""})
    assert told(verify_layout("unpaired", root), root) == [
        "stray: source/x.txt: no part of the layout",
        "missing: target: expected a folder of pictures",
    ]
    plant({"target/0001.png": png(30, 31)})
    (root / "source" / "x.txt").unlink()
    assert verify_dataset(find_dataset("ntire2020_track1"), root).faults == []


def test_a_benchmark_has_its_number_of_pictures(plant):
    root = plant({f"Set5/{name}.png": png(9, 9) for name in "abcd"}, {"Set5/MANIFEST.tsv": b""})
    report = verify_dataset(find_dataset("Set5"), root / "Set5")
    assert told(report, root) == ["missing: Set5: expected 5 pictures, found 4"]
    assert verify_layout("flat", root / "Set5").faults == []


def test_nothing_to_verify_is_an_error(tmp_path):
    with pytest.raises(ValueError, match="It does not exist"):
        verify_layout("flat", tmp_path / "none")
    with pytest.raises(ValueError, match=r"to hold DIV2K_train_HR or its siblings"):
        verify_layout("div2k", tmp_path)
    with pytest.raises(ValueError, match="layout among div2k, unpaired, flat. Received: 'set5'"):
        verify_layout("set5", tmp_path)


def test_only_headers_are_read(plant, monkeypatch):
    """A picture cut behind its header passes: documented, and what makes 4000 pictures quick."""
    members = {name: data[:200] for name, data in TRAIN.items()}
    report = verify_layout("div2k", plant(members))
    assert report.faults == [] and report.pictures == 3
