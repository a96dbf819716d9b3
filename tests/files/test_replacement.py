"""Replacement is atomic, names are unique, and what the dead left goes away."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sr_app.files import replacement
from sr_app.files.replacement import (
    machine_mark,
    replacing,
    sweep,
    temporary_beside,
    temporary_folder,
    write_whole,
)

WRITER = """
import sys
from pathlib import Path
from sr_app.files.replacement import temporary_beside
file = temporary_beside(Path(sys.argv[1]))
file.write_text("half")
print(file, flush=True)
if sys.argv[2] == "stay":
    sys.stdin.read()
"""


def test_the_old_file_stays_until_the_new_one_is_whole(tmp_path):
    path = tmp_path / "best.json"
    with replacing(path) as temporary:
        temporary.write_text("first")
        assert not path.exists() and temporary.name.startswith(".")
    with pytest.raises(OSError), replacing(path) as temporary:
        temporary.write_text("hal")
        raise OSError("disk full")
    assert path.read_text() == "first" and list(tmp_path.iterdir()) == [path]
    with replacing(path) as temporary:
        temporary.write_text("second")
    assert path.read_text() == "second" and list(tmp_path.iterdir()) == [path]


def test_an_interrupted_move_leaves_nothing(tmp_path, monkeypatch):
    def fail(source, target):
        raise OSError("disk full")

    monkeypatch.setattr(replacement.os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_whole(tmp_path / "deep" / "model.onnx", b"graph")
    assert not list((tmp_path / "deep").iterdir())


def test_an_error_names_the_file_that_was_to_be_written(tmp_path):
    (tmp_path / "model.onnx").mkdir()
    with pytest.raises(IsADirectoryError) as info:
        write_whole(tmp_path / "model.onnx", b"graph")
    assert info.value.filename == str(tmp_path / "model.onnx")
    with pytest.raises(FileNotFoundError) as info, replacing(tmp_path / "none" / "x") as temporary:
        temporary.write_bytes(b"1")
    assert info.value.filename == str(tmp_path / "none" / "x")
    with pytest.raises(OSError) as info, replacing(tmp_path / "x") as temporary:
        raise OSError(errno.ENOSPC, "No space left on device")
    assert info.value.filename == str(tmp_path / "x")


def test_a_new_file_has_the_permissions_of_any_new_file(tmp_path):
    write_whole(tmp_path / "replaced", b"1")
    (tmp_path / "plain").write_bytes(b"1")
    assert (tmp_path / "replaced").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize(
    "name", ["model.weights.h5", "a.png", "x" * 251 + ".png", "ü" * 125 + ".x"]
)
def test_temporary_names_are_unique_keep_the_suffix_and_fit(name, tmp_path):
    made = {temporary_beside(tmp_path / name) for _ in range(100)}
    assert len(made) == 100
    for path in made:
        path.touch()
        assert path.suffixes[-1:] == Path(name).suffixes[-1:] and f".{os.getpid()}." in path.name


def other_process(path: Path, what: str) -> tuple[subprocess.Popen, Path]:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), what],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    return process, Path(process.stdout.readline().strip())


def test_what_a_dead_writer_left_is_removed_and_what_a_living_one_writes_stays(tmp_path):
    ended, left = other_process(tmp_path / "model.onnx", "go")
    ended.communicate(timeout=30)
    living, written = other_process(tmp_path / "model.onnx", "stay")
    try:
        # The living one has swept the folder before it wrote.
        assert not left.exists() and written.exists()
        assert sweep(tmp_path) == [] and written.exists()
        living.kill()
    finally:
        living.communicate(timeout=30)
    mine = temporary_beside(tmp_path / "model.onnx")
    assert not written.exists(), "the first write into a folder sweeps it"
    mine.touch()
    assert sweep(tmp_path) == [] and mine.exists()


def test_only_what_is_surely_abandoned_is_removed(tmp_path):
    pid = os.getpid()
    elsewhere = "0" * 8 if machine_mark() != "0" * 8 else "1" * 8
    fresh = tmp_path / f".writing.{elsewhere}.{pid}.01234567.a.png"
    old = tmp_path / f".writing.{elsewhere}.{pid}.89abcdef.a.png"
    reused = tmp_path / f".writing.{machine_mark()}.{pid}.01234567.b.png"  # a number used again
    folder = tmp_path / f".writing.{machine_mark()}.{2**22 + 1}.01234567.HR"  # beyond all numbers
    others = [tmp_path / n for n in (".writing.a.png", "a.png", ".writing.zz.1.2.png", ".hidden")]
    for path in (fresh, old, reused, *others):
        path.touch()
    (folder / "HR").mkdir(parents=True)
    (folder / "HR" / "0001.png").touch()
    before = time.time() - replacement.ABANDONED - 60
    os.utime(old, (before, before))
    assert set(sweep(tmp_path)) == {old, reused, folder}
    assert set(tmp_path.iterdir()) == {fresh, *others}


def test_a_folder_that_is_not_there_is_not_swept(tmp_path):
    assert sweep(tmp_path / "none") == []


def test_a_temporary_folder_goes_and_so_do_those_of_the_dead(tmp_path, monkeypatch):
    monkeypatch.setattr(replacement.tempfile, "tempdir", str(tmp_path))
    dead = tmp_path / f".writing.{machine_mark()}.{2**22 + 1}.01234567.sr_app"
    (dead / "wheels").mkdir(parents=True)
    with temporary_folder() as folder:
        assert list(tmp_path.iterdir()) == [folder]
        if os.name == "posix":
            assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "weights").touch()
    assert not list(tmp_path.iterdir())
    with temporary_folder(tmp_path / "preset") as folder:
        (folder / "card.json").touch()
        folder.rename(tmp_path / "preset")
    assert [path.name for path in tmp_path.rglob("*")] == ["preset", "card.json"]
