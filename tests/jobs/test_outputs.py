from __future__ import annotations

from pathlib import Path

import pytest

from sr_app.jobs.outputs import check_outputs, write_text


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("a longer text that was there before")
    write_text(path, "Größe")
    assert path.read_text(encoding="utf-8") == "Größe" and list(tmp_path.iterdir()) == [path]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "half \ud800")
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_a_missing_folder_is_said_at_once(tmp_path: Path) -> None:
    check_outputs([None, tmp_path / "a.txt", Path("here.txt")])
    with pytest.raises(ValueError, match="at most 255 bytes. Received: 260, aaa"):
        check_outputs([tmp_path / ("a" * 260)])
    with pytest.raises(ValueError, match="nowhere does not exist"):
        check_outputs([tmp_path / "nowhere" / "a.txt"])
