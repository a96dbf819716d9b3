"""Photographs from a server on loopback: no request leaves the machine."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace

import cv2
import pytest
from skimage import data

from sr_app.datasets import photos
from sr_app.datasets.photos import (
    GONE,
    LOST,
    MADE,
    OTHER,
    THERE,
    Photograph,
    git_hash,
    prepare,
    read_photographs,
    verify,
)
from sr_app.image.reduction import pixel_digest, reduce_photo
from tests.datasets.mirror import Mirror, serve

NO_WAIT = (0.0,)


def jpeg(pixels) -> bytes:
    return cv2.imencode(".jpg", pixels[..., ::-1])[1].tobytes()


ORIGINALS = {"a.jpg": jpeg(data.coffee()), "b.jpg": jpeg(data.astronaut())}


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serve(Mirror(dict(ORIGINALS))) as mirror:
        yield mirror


@pytest.fixture
def wanted(server, tmp_path) -> list[Photograph]:
    """Two photographs, 600x400 and 512x512 shrunk by two."""
    table = []
    for name, content in ORIGINALS.items():
        original = tmp_path / f"original_{name}"
        original.write_bytes(content)
        height, width = (400, 600) if name == "a.jpg" else (512, 512)
        reduce_photo(original, tmp_path / "small.jpg", (height // 2, width // 2))
        git = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
        sizes = (f"{width}x{height}", f"{width // 2}x{height // 2}")
        about = (name, "test", "", "CC0", "", "", f"{server.url}{name}", git)
        table.append(Photograph(*about, *sizes, pixel_digest(tmp_path / "small.jpg")))
    return table


def states(folder, table) -> list[str]:
    return [outcome.state for outcome in prepare(folder, table, waits=NO_WAIT)]


def test_they_are_fetched_shrunk_and_checked_once(server, wanted, tmp_path):
    folder = tmp_path / "photos"
    assert states(folder, wanted) == [MADE, MADE]
    assert {path.name for path in folder.iterdir()} == {"a.jpg", "b.jpg", "MANIFEST.tsv"}
    assert not verify(folder, wanted).faults and verify(folder, wanted).pictures == 2
    server.requests.clear()
    (folder / ".originals").mkdir()
    (folder / ".originals" / "a.jpg").touch()  # of a run that was killed after it made a.jpg
    assert states(folder, wanted) == [THERE, THERE]
    assert not server.requests
    assert {path.name for path in folder.iterdir()} == {"a.jpg", "b.jpg", "MANIFEST.tsv"}


def test_a_cut_download_goes_on_where_it_stopped(server, wanted, tmp_path):
    folder = tmp_path / "photos"
    server.cuts = [1000, 0, 0, 0]
    first, *_ = prepare(folder, wanted, waits=())
    assert first.state == LOST and "1000 bytes are kept" in first.why
    server.cuts = []
    server.requests.clear()
    assert states(folder, wanted) == [MADE, MADE]
    assert server.requests[0] == ("a.jpg", "bytes=1000-")


def test_a_source_that_has_gone_is_told_and_the_others_are_made(server, wanted, tmp_path):
    del server.files["a.jpg"]
    folder = tmp_path / "photos"
    first, second = prepare(folder, wanted, waits=NO_WAIT)
    assert (first.state, second.state) == (GONE, MADE)
    assert f"{wanted[0].url}: the server answers 404" in first.why
    assert {path.name for path in folder.iterdir()} == {"b.jpg", "MANIFEST.tsv"}
    (fault,) = verify(folder, wanted).faults
    assert "a.jpg" in str(fault) and "sr-app data prepare photos" in str(fault)


def test_a_part_that_was_not_asked_for_ends_one_photograph_and_not_the_set(
    server, wanted, tmp_path
):
    folder = tmp_path / "photos"
    server.cuts = [1000, 0]
    next(prepare(folder, wanted, waits=()))
    server.cuts, server.stated = [], {"Content-Range": "bytes 0-9/10"}
    first, second = prepare(folder, wanted, waits=NO_WAIT)
    assert (first.state, second.state) == (LOST, MADE)
    assert "a.jpg from byte 1000 on. Received: 'bytes 0-9/10'" in first.why
    assert states(folder, wanted) == [MADE, THERE]  # from its first byte


def test_a_length_that_is_none_ends_one_photograph_too(server, wanted, tmp_path):
    server.stated = {"Content-Length": "many"}
    outcomes = list(prepare(tmp_path / "photos", wanted, waits=NO_WAIT))
    assert [outcome.state for outcome in outcomes] == [LOST, LOST]
    assert "with its length in bytes. Received: 'many'" in outcomes[0].why


def test_a_server_that_does_not_answer_is_asked_once(server, wanted, tmp_path):
    server.errors = [503] * 2
    outcomes = list(prepare(tmp_path / "photos", wanted, waits=NO_WAIT))
    assert [outcome.state for outcome in outcomes] == [LOST, LOST]
    assert "503" in outcomes[0].why and "does not answer" in outcomes[1].why
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("content", "why"),
    [(ORIGINALS["b.jpg"], "expected the Git hash"), (b"<html>Sorry</html>", "the Git hash")],
)
def test_another_file_in_its_place_is_refused(server, wanted, tmp_path, content, why):
    server.files["a.jpg"] = content
    first, _ = prepare(tmp_path / "photos", wanted, waits=NO_WAIT)
    assert first.state == LOST and re.search(why, first.why)
    assert not (tmp_path / "photos" / "a.jpg").exists()


def test_without_a_whole_hash_the_size_and_the_pixels_decide(server, wanted, tmp_path):
    known = replace(wanted[0], git=wanted[0].git[:6])
    assert states(tmp_path / "1", [known]) == [MADE]
    server.files["a.jpg"] = jpeg(data.coffee()[:, ::-1])
    assert states(tmp_path / "2", [known]) == [OTHER]
    assert "pixels" in str(verify(tmp_path / "2", [known]).faults[0])
    server.files["a.jpg"] = ORIGINALS["b.jpg"]
    (outcome,) = prepare(tmp_path / "3", [known], waits=NO_WAIT)
    assert (
        outcome.state == LOST and "expected a picture of 600x400. Received: 512x512" in outcome.why
    )


def test_an_original_put_there_by_hand_is_taken(server, wanted, tmp_path):
    lost = replace(wanted[0], url="")
    (outcome,) = prepare(tmp_path / "photos", [lost])
    assert outcome.state == LOST and str(tmp_path / photos.BY_HAND / "a.jpg") in outcome.why
    (tmp_path / photos.BY_HAND).mkdir()
    (tmp_path / photos.BY_HAND / "a.jpg").write_bytes(ORIGINALS["a.jpg"])
    assert states(tmp_path / "photos", [lost]) == [MADE]
    assert not server.requests and (tmp_path / photos.BY_HAND / "a.jpg").is_file()


def test_the_table_names_102_photographs_whole():
    table = read_photographs()
    assert len(table) == len({one.file for one in table}) == 102
    for one in table:
        assert one.licence and re.fullmatch("[0-9a-f]{64}", one.sha256)
        assert re.fullmatch(r"\d+x\d+", one.original) and re.fullmatch(r"\d+x\d+", one.size)
        assert one.git == "" or re.fullmatch("[0-9a-f]{6}|[0-9a-f]{40}", one.git)
        assert one.url == "" or one.url.startswith("https://")
    assert sum(len(one.git) == 40 for one in table) == 60
    assert sum(not one.url for one in table) == 7


def test_the_hash_is_git_s(tmp_path):
    (tmp_path / "a").write_bytes(b"hello\n")
    assert git_hash(tmp_path / "a") == "ce013625030ba8dba906f756967f9e9ca394464a"
