from pathlib import Path

import pytest

from sr_app.datasets import graphics, photos
from sr_app.datasets.synthetic_lr import smallest_side
from sr_app.jobs import data_sets
from sr_app.jobs.data_sets import (
    HEADS,
    OWN_SETS,
    IncompleteError,
    list_sets,
    prepare_set,
    verify_set,
)


def test_every_set_is_listed_and_where_it_lies(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").write_bytes(b"")
    (tmp_path / "targets").mkdir()  # empty
    rows = {row[0]: row for row in list_sets(tmp_path)}
    assert {"div2k_hr", "Kodak24", "photos", "large_graphics", "targets", "perceptual"} <= set(rows)
    assert {len(row) for row in rows.values()} == {len(HEADS)}
    assert rows["photos"][3] == str(tmp_path / "photos")
    assert {rows[name][3] for name in ("graphics", "targets", "perceptual")} == {"absent"}


@pytest.mark.parametrize(("name", "side"), [("graphics", 640), ("large_graphics", 2560)])
def test_drawn_pictures_are_counted(name: str, side: int, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setitem(graphics.prepare.__kwdefaults__, "count", 2)
    heard = []
    lines = list(prepare_set(name, tmp_path, progress=lambda *told: heard.append(told)))
    assert lines == [f"{tmp_path / name}: 2 drawn, the others there already"]
    assert heard == [("drawing", 1, 2), ("drawing", 2, 2)]
    assert {smallest_side(path) for path in (tmp_path / name).iterdir()} == {side}


def test_photographs_that_have_gone_are_said_before_the_set_is_called_incomplete(
    tmp_path: Path, monkeypatch
) -> None:
    (photograph, other), lines = photos.read_photographs()[:2], []
    outcomes = [
        photos.Outcome(photograph, photos.MADE),
        photos.Outcome(other, photos.GONE, "404"),
    ]
    monkeypatch.setattr(data_sets.photos, "prepare", lambda *_, **__: iter(outcomes))
    with pytest.raises(IncompleteError):
        for line in prepare_set("photos", tmp_path):
            lines.append(line)
    assert lines[0] == f"{other.file}: {photos.GONE}: 404"
    assert f"1 {photos.MADE}, 1 {photos.GONE}" in lines[1]


def test_what_is_not_there_is_not_checked(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Set5 is absent: expected at .*Set5. Get it by"):
        list(verify_set("Set5", tmp_path))
    assert all(own.prepare or own.name == "targets" for own in OWN_SETS.values())
