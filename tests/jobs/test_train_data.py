from pathlib import Path

import pytest

from sr_app.jobs.events import Note
from sr_app.jobs.train_data import prepared, sources
from sr_app.recipes.sections import DataSection


def test_folders_of_hr_come_with_their_twins(inputs: Path, run) -> None:
    run("degrade", "photos", "mild", "--kind", "mild", "--scale", "2")
    cat, coffee = Path("photos/cat.png"), Path("photos/coffee.png")
    alone = sources(DataSection(hr=["photos"]), 2)
    assert alone == ((cat, None), (coffee, None))
    found = sources(DataSection(hr=["photos"], twins=["mild"]), 2)
    assert found[:2] == alone
    assert [(hr, lr.parent) for hr, lr in found[2:]] == [
        (cat, Path("mild")),
        (coffee, Path("mild")),
    ]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Expected the data folder .*nowhere"):
        sources(DataSection(hr=[tmp_path / "nowhere"]), 2)


def test_what_is_left_out_is_a_note_each_time(inputs: Path, tmp_path: Path) -> None:
    Path("photos/broken.png").write_bytes(b"no picture")
    pairs = sources(DataSection(hr=["photos"]), 2)
    for _ in range(2):
        events = []
        store = prepared(pairs, tmp_path, scale=2, reporter=events.append)
        (note,) = (event for event in events if isinstance(event, Note))
        assert note.text.startswith("left out of the training: photos/broken.png: ")
        assert len(store) == 3 and len(store.left_out) == 1
