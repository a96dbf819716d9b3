"""Several files in one."""

from __future__ import annotations

import zipfile

import pytest

from sr_app.serving import archive
from sr_app.serving.archive import numbered, write_zip


def test_files_come_back_in_order_under_names_of_their_own(tmp_path) -> None:
    paths = []
    for index, name in enumerate(["b.png", "a.png", "b.png", "B.png"]):
        path = tmp_path / str(index) / name
        path.parent.mkdir()
        path.write_bytes(bytes([index]) * 5)
        paths.append(path)
    path = write_zip(paths)
    with zipfile.ZipFile(path) as found:
        assert found.testzip() is None
        assert found.namelist() == ["b.png", "a.png", "b (2).png", "B (3).png"]
        assert [found.read(name) for name in found.namelist()] == [bytes([i]) * 5 for i in range(4)]
    assert write_zip(paths[3:]) == path and len(list(path.parent.iterdir())) == 2


def test_names_without_a_suffix_are_numbered_too() -> None:
    assert numbered(["x", "x", "x.tar.gz", "x.tar.gz"]) == [
        "x",
        "x (2)",
        "x.tar.gz",
        "x.tar (2).gz",
    ]


def test_a_full_disk_leaves_nothing(tmp_path, monkeypatch) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"x")

    def full(*args, **options):
        raise OSError("No space left on device")

    monkeypatch.setattr(archive.zipfile.ZipFile, "write", full)
    with pytest.raises(OSError, match="No space"):
        write_zip([path])
    assert list(tmp_path.iterdir()) == [path]
