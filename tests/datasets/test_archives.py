import stat
import zipfile

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


@pytest.mark.parametrize(
    "name, fault",
    [
        ("../evil.png", r"leaves its folder by \.\."),
        ("HR/../../evil.png", r"leaves its folder by \.\."),
        ("/tmp/evil.png", "absolute path"),
        ("C:/evil.png", "absolute path"),
        ("HR\\..\\evil.png", "absolute path"),
    ],
)
def test_an_archive_with_a_traversing_member_is_refused_as_a_whole(name, fault, pack, tmp_path):
    path = pack({**SAFE, name: b"evil"})
    with pytest.raises(ValueError, match=f"HR.zip is refused: its member .*{fault}"):
        unpack(path, path.parent, "HR")
    assert files(tmp_path) == {"in/set/HR.zip"}


def test_a_link_is_refused(pack, tmp_path):
    link = zipfile.ZipInfo("HR/0001.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = pack({})
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(link, "/etc/passwd")
    with pytest.raises(ValueError, match="is a link or a device"):
        unpack(path, path.parent, "HR")
    assert files(tmp_path) == {"in/set/HR.zip"}


def test_caps_on_members_and_bytes(pack):
    path = pack(SAFE)
    with pytest.raises(ValueError, match=r"at most 2 members\. Received: 3"):
        unpack(path, path.parent, "HR", max_members=2)
    with pytest.raises(ValueError, match=r"unpack to at most 0 MB"):
        unpack(path, path.parent, "HR", max_bytes=3000)


def test_a_damaged_member_leaves_nothing(pack):
    path = pack(SAFE)
    path.write_bytes(path.read_bytes().replace(b"twotwo", b"twotow", 1))
    with pytest.raises(ValueError, match="is damaged.*CRC"):
        unpack(path, path.parent, "HR")
    assert files(path.parent) == {"HR.zip"}


def test_what_is_no_archive_is_named(pack):
    path = pack({})
    path.write_bytes(b"<html>moved</html>")
    with pytest.raises(ValueError, match="HR.zip is damaged"):
        unpack(path, path.parent, "HR")


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
