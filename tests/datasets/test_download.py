import sys
from dataclasses import replace

import pytest

from sr_app.datasets import archives, download
from sr_app.datasets.catalogue import find_dataset
from sr_app.datasets.download import fetch, prepare
from sr_app.files.lock import alone
from sr_app.files.replacement import machine_mark
from tests.datasets.mirror import Mirror, miniature, pictures, serve, zipped

NO_WAIT = (0.0,) * 3


@pytest.fixture
def mirror(monkeypatch):
    """A server with a miniature of the sets of x8."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    parts = [
        ("DIV2K_train_HR", range(1, 4), "", 48, 64),
        ("DIV2K_valid_HR", range(801, 803), "", 48, 64),
        ("DIV2K_train_LR_x8", range(1, 4), "x8", 6, 8),
        ("DIV2K_valid_LR_x8", range(801, 803), "x8", 6, 8),
    ]
    files = {f"{part[0]}.zip": zipped(pictures(*part)) for part in parts}
    with serve(Mirror(files)) as server:
        yield server


@pytest.fixture
def x8(mirror):
    return miniature(find_dataset("div2k_x8"), mirror.files)


@pytest.fixture
def hr(x8):
    return x8.archives[0]


def killed(*_, **__):
    raise KeyboardInterrupt


def get(dataset, root, mirror, **more):
    return list(prepare(dataset, root, base_url=mirror.url, waits=NO_WAIT, **more))


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_whole_set_is_downloaded_once(x8, mirror, tmp_path):
    told = []
    steps = get(x8, tmp_path, mirror, progress=lambda *now: told.append(now))
    place = tmp_path / "DIV2K"
    assert steps == [f"{place / folder}: downloaded, MD5 checked" for folder in x8.folders]
    assert names(place) == sorted(x8.folders)
    assert names(place / "DIV2K_train_LR_x8") == ["0001x8.png", "0002x8.png", "0003x8.png"]
    size = len(mirror.files["DIV2K_train_HR.zip"])
    assert ("downloading DIV2K_train_HR.zip", size, size) in told
    assert told[-1][0] == "unpacking DIV2K_valid_LR_x8.zip" and told[-1][1] == told[-1][2]
    mirror.requests.clear()
    assert all(step.endswith(": there already") for step in get(x8, tmp_path, mirror))
    assert not mirror.requests


def test_what_lies_there_is_not_downloaded(x8, mirror, tmp_path):
    mine = tmp_path / "DIV2K_train_HR" / "0001.png"
    mine.parent.mkdir()
    mine.write_bytes(b"mine")
    get(x8, tmp_path, mirror)
    assert "DIV2K_train_HR.zip" not in [name for name, _ in mirror.requests]
    assert mine.read_bytes() == b"mine" and (tmp_path / "DIV2K_valid_LR_x8").is_dir()


def test_archives_are_kept_on_demand_and_those_of_the_person_always(x8, mirror, tmp_path):
    place = tmp_path / "DIV2K"
    place.mkdir()
    (place / "DIV2K_train_HR.zip").write_bytes(mirror.files["DIV2K_train_HR.zip"])
    steps = get(x8, tmp_path, mirror)
    assert steps[0].endswith(": unpacked, MD5 checked")
    assert [name for name in names(place) if name.endswith(".zip")] == ["DIV2K_train_HR.zip"]
    get(x8, tmp_path / "other", mirror, keep_archives=True)
    assert len([n for n in names(tmp_path / "other" / "DIV2K") if n.endswith(".zip")]) == 4


def test_a_cut_download_goes_on_where_it_stopped(hr, mirror, tmp_path):
    mirror.cuts = [1000, 500]
    path = fetch(hr, tmp_path, base_url=mirror.url, waits=NO_WAIT)
    assert [wanted for _, wanted in mirror.requests] == [None, "bytes=1000-", "bytes=1500-"]
    assert path.read_bytes() == mirror.files[hr.file]


def test_a_killed_run_is_gone_on_with_by_the_next(hr, mirror, tmp_path):
    mirror.cuts = [1000]
    with pytest.raises(OSError, match=r"closed early\. 1000 bytes are kept in .*\.zip\.part"):
        fetch(hr, tmp_path, base_url=mirror.url, waits=())
    assert names(tmp_path) == [f"{hr.file}.part"]
    fetch(hr, tmp_path, base_url=mirror.url)
    assert mirror.requests[-1] == (hr.file, "bytes=1000-")
    assert names(tmp_path) == [f"{hr.file}.part"]


@pytest.mark.parametrize("keep", [False, True])
def test_a_run_killed_before_unpacking_leaves_what_it_was_asked_to(
    keep, x8, mirror, tmp_path, monkeypatch
):
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(download, "unpack", killed)
        get(x8, tmp_path, mirror, keep_archives=keep)
    asked = [name for name, _ in mirror.requests]
    get(x8, tmp_path, mirror, keep_archives=keep)
    assert [name for name, _ in mirror.requests].count(asked[0]) == 1  # not fetched again
    kept = [a.file for a in x8.archives] if keep else []
    assert names(tmp_path / "DIV2K") == sorted([*x8.folders, *kept])


def test_a_run_killed_after_unpacking_leaves_nothing_either(x8, mirror, tmp_path):
    get(x8, tmp_path, mirror)
    place = tmp_path / "DIV2K"
    for left in (f"{x8.archives[0].file}.part", f".{x8.archives[0].file}.running"):
        (place / left).write_bytes(b"unpacked")
    (place / f".writing.{machine_mark()}.{2**22 + 1}.01234567.HR" / "DIV2K_train_HR").mkdir(
        parents=True
    )
    get(x8, tmp_path, mirror)
    assert names(place) == sorted(x8.folders)


@pytest.mark.skipif(sys.platform == "win32", reason="no such lock there")
def test_one_process_at_a_time_is_at_a_part(x8, mirror, tmp_path):
    lock = tmp_path / "DIV2K" / f".{x8.archives[0].file}.running"
    with alone(lock), pytest.raises(ValueError, match="another process"):
        get(x8, tmp_path, mirror)
    assert not mirror.requests and names(tmp_path / "DIV2K") == []


def test_tries_are_counted_anew_when_bytes_arrive_and_end_when_none_do(hr, mirror, tmp_path):
    mirror.cuts = [100] * 8
    fetch(hr, tmp_path, base_url=mirror.url, waits=NO_WAIT)
    mirror.requests.clear()
    mirror.cuts = [0] * 9
    with pytest.raises(OSError, match="0 bytes are kept"):
        fetch(hr, tmp_path / "other", base_url=mirror.url, waits=NO_WAIT)
    assert len(mirror.requests) == 1 + len(NO_WAIT)


def test_a_server_that_does_not_resume_is_read_from_the_start(hr, mirror, tmp_path):
    mirror.cuts, mirror.resumes = [1000], False
    path = fetch(hr, tmp_path, base_url=mirror.url, waits=NO_WAIT)
    assert mirror.requests[-1] == (hr.file, "bytes=1000-")
    assert path.read_bytes() == mirror.files[hr.file]


def test_a_complete_part_needs_no_server(hr, mirror, tmp_path):
    (tmp_path / f"{hr.file}.part").write_bytes(mirror.files[hr.file])
    fetch(hr, tmp_path, base_url=mirror.url)
    assert not mirror.requests and names(tmp_path) == [f"{hr.file}.part"]


def test_a_part_longer_than_the_archive_is_begun_anew(hr, mirror, tmp_path):
    (tmp_path / f"{hr.file}.part").write_bytes(b"x" * (hr.size + 1))
    fetch(hr, tmp_path, base_url=mirror.url)
    assert mirror.requests == [(hr.file, None)]


def test_an_unsatisfiable_range_is_begun_anew(hr, mirror, tmp_path):
    part = tmp_path / "DIV2K.part"
    part.write_bytes(mirror.files[hr.file])
    mirror.errors = [416]
    download.download(f"{mirror.url}{hr.file}", part, waits=NO_WAIT)
    assert [wanted for _, wanted in mirror.requests] == [f"bytes={hr.size}-", None]


@pytest.mark.parametrize("algorithm, digits", [("MD5", 32), ("SHA256", 64)])
def test_a_wrong_checksum_names_both_and_keeps_nothing(algorithm, digits, hr, mirror, tmp_path):
    with pytest.raises(ValueError, match=f"the {algorithm} 0+. Received: [0-9a-f]{{{digits}}}"):
        fetch(replace(hr, digest="0" * digits), tmp_path, base_url=mirror.url)
    assert names(tmp_path) == []


def test_a_wrong_archive_of_the_person_is_refused_and_left_alone(hr, mirror, tmp_path):
    (tmp_path / hr.file).write_bytes(b"something else")
    with pytest.raises(ValueError, match="not the published archive"):
        fetch(hr, tmp_path, base_url=mirror.url)
    assert names(tmp_path) == [hr.file] and not mirror.requests


def test_another_length_is_refused_before_the_download(hr, mirror, tmp_path):
    with pytest.raises(ValueError, match=f"have {hr.size + 1} bytes. Received: {hr.size}"):
        fetch(replace(hr, size=hr.size + 1), tmp_path, base_url=mirror.url)
    assert names(tmp_path) == []


def test_not_enough_disk_is_said_before_the_download(hr, mirror, tmp_path, monkeypatch):
    usage = archives.shutil.disk_usage(tmp_path)
    monkeypatch.setattr(
        archives.shutil, "disk_usage", lambda _: usage._replace(free=2 * hr.size - 1)
    )
    with pytest.raises(ValueError, match=r"MB free on the disk of"):
        fetch(hr, tmp_path, base_url=mirror.url)
    assert names(tmp_path) == []
    monkeypatch.setattr(archives.shutil, "disk_usage", lambda _: usage._replace(free=2 * hr.size))
    fetch(hr, tmp_path, base_url=mirror.url)


def test_an_absent_file_is_said_at_once_and_a_busy_server_asked_again(hr, mirror, tmp_path):
    absent = replace(hr, file="DIV2K_none.zip")
    with pytest.raises(ValueError, match=r"DIV2K_none\.zip: the server answers 404"):
        fetch(absent, tmp_path, base_url=mirror.url, waits=NO_WAIT)
    assert len(mirror.requests) == 1
    mirror.errors = [503]
    fetch(hr, tmp_path, base_url=mirror.url, waits=NO_WAIT)


def test_no_server_is_one_clear_error(hr, tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serve(Mirror({})) as gone:
        pass
    with pytest.raises(OSError, match=r"refused.*0 bytes are kept"):
        fetch(hr, tmp_path, base_url=gone.url, waits=())


@pytest.mark.parametrize("url", ["file:///etc", "ftp://host/", "data"])
def test_only_http_is_asked(url, hr, tmp_path):
    with pytest.raises(ValueError, match="base URL of http or https"):
        fetch(hr, tmp_path, base_url=url)


@pytest.mark.parametrize("name, reason", [("Manga109", "request"), ("ntire2020_track1", "regist")])
def test_what_cannot_be_downloaded_says_so(name, reason, tmp_path):
    with pytest.raises(ValueError, match=f"{name} is not downloaded from here: .*{reason}"):
        list(prepare(find_dataset(name), tmp_path))
