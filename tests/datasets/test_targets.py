from pathlib import Path

import numpy as np
import pytest

from sr_app.datasets.targets import find_targets, teacher_sources, truth_sources
from sr_app.image.files import Photo, write_photo


def put(folder: Path, name: str, side: int) -> None:
    folder.mkdir(exist_ok=True)
    write_photo(Photo(np.full((side, side, 3), 0.5, "float32")), folder / name)


@pytest.fixture
def folder(tmp_path):
    for name in ("0001.png", "0002.png"):
        put(tmp_path / "lr", name, 4)
        put(tmp_path / "teacher", name, 8)
    put(tmp_path / "hr", "0002.png", 8)
    return tmp_path


def test_the_truth_is_the_teacher_where_nobody_knows_it(folder):
    targets = find_targets(folder)
    assert [target.hr is None for target in targets] == [True, False]
    teacher, hr = folder / "teacher", folder / "hr"
    assert truth_sources(targets) == [(teacher / "0001.png", None), (hr / "0002.png", None)]
    assert teacher_sources(targets)[1] == (teacher / "0002.png", folder / "lr" / "0002.png")


def test_faults_are_named(folder, tmp_path):
    with pytest.raises(ValueError, match="data prepare targets"):
        find_targets(tmp_path / "nowhere")
    (folder / "lr" / "0001.png").unlink()
    with pytest.raises(ValueError, match=r"0001\.png"):
        find_targets(folder)
