import pytest

from sr_app.datasets import archives
from sr_app.datasets.archives import unpack
from sr_app.files.replacement import machine_mark
from tests.datasets.mirror import zipped

SAFE = {"HR/0001.png": b"one", "HR/0002.png": b"two" * 1000, "other/notes.txt": b"no part of it"}


@pytest.fixture
def pack(tmp_path):
    """`pack(members)`: path of an archive in a folder of its own; `root` lies two levels down."""

    def write(members):
        path = tmp_path / "in" / "set" / "HR.zip"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(zipped(members))
        return path

    return write


def files(root):
    return {p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file()}


def test_only_the_wanted_folder_lands_and_nothing_is_left_over(pack):
    path, told = pack(SAFE), []
    folder = unpack(path, path.parent, "HR", progress=lambda *now: told.append(now))
    assert folder == path.parent / "HR"
    assert files(path.parent) == {"HR.zip", "HR/0001.png", "HR/0002.png"}
    assert (folder / "0002.png").read_bytes() == SAFE["HR/0002.png"]
    assert told == [("unpacking HR.zip", 3, 3003), ("unpacking HR.zip", 3003, 3003)]


def test_a_deep_folder_lands_below_its_parent(pack):
    path = pack({"LR/X2/0001x2.png": b"a", "LR/X3/0001x3.png": b"b"})
    unpack(path, path.parent, "LR/X3")
    assert files(path.parent) == {"HR.zip", "LR/X3/0001x3.png"}


def test_nothing_lands_outside_of_its_own_folder(pack, tmp_path):
    path = pack({**SAFE, "HR/../../../evil.png": b"evil"})
    unpack(path, path.parent, "HR")
    assert all(name.startswith("in/set/") for name in files(tmp_path))


def test_an_archive_without_the_folder_says_what_it_holds(pack):
    path = pack(SAFE)
    with pytest.raises(ValueError, match=r"hold the folder LR\. Received: HR/0001\.png"):
        unpack(path, path.parent, "LR")


def test_an_empty_folder_gives_way_and_a_filled_one_does_not(pack):
    path = pack(SAFE)
    (path.parent / "HR").mkdir()
    unpack(path, path.parent, "HR")
    with pytest.raises(ValueError, match="Received: a filled folder"):
        unpack(path, path.parent, "HR")


def test_what_a_killed_run_left_is_cleared(pack):
    path = pack(SAFE)
    left = path.parent / f".writing.{machine_mark()}.{2**22 + 1}.01234567.HR"
    left.mkdir()
    (left / "0009.png").touch()
    unpack(path, path.parent, "HR")
    assert files(path.parent) == {"HR.zip", "HR/0001.png", "HR/0002.png"}


def test_not_enough_disk_to_unpack(pack, monkeypatch):
    path = pack(SAFE)
    usage = archives.shutil.disk_usage(path.parent)._replace(free=3002)
    monkeypatch.setattr(archives.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(ValueError, match=r"MB free on the disk of"):
        unpack(path, path.parent, "HR")
    assert files(path.parent) == {"HR.zip"}
