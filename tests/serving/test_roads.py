"""Paths are compared as wholes: no other spelling leads anywhere."""

from __future__ import annotations

import pytest

from sr_app.serving.roads import FILES, LOGIN, PROBES, ROADS, UPLOAD, find_road


def find(path: str, raw: str | None = None, root: str = ""):
    return find_road(path, (path if raw is None else raw).encode(), root)


@pytest.mark.parametrize("road", ROADS, ids=lambda road: road.path)
def test_every_road_is_found_and_nothing_beside_it(road) -> None:
    path = f"{road.path}x" if road.rest else road.path
    assert find(path) is road
    assert (find(road.path) is None) == road.rest, "a folder itself is nothing"
    assert find(f"/x{path}") is None
    assert find(path, root="/photos") is road and find(f"/photos{path}", root="/photos") is road
    if not road.rest and path != "/":
        assert find(f"{path}x") is None and find(f"{path}//") is None


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload/", "/gradio_api/run/upload", "/gradio_api/call/upload",
        "/gradio_api//upload", "//gradio_api/upload", "/Gradio_api/upload", "/gradio_api/UPLOAD",
        "/gradio_api/upload ", "/gradio_api/upload;a=b", "/gradio_api/./upload", "/upload",
        "/gradio_api/x/../upload", "/gradio_api\\upload", "/gradio_api/upload\0", "/page/../login",
        "/gradio_api/queue/status", "/gradio_api/heartbeat/x", "/gradio_api/run/upscale",
        "/gradio_api/call/v2/upscale", "/gradio_api/call/hello",
        "/gradio_api/api/upscale", "/gradio_api/cancel", "/monitoring",
        "/gradio_api/file/etc/hostname", "/gradio_api/run/0", "/gradio_api/proxy=x", "",
        "/pwa_icon/20000",
    ],
)  # fmt: skip
def test_no_other_spelling_and_no_other_road(path) -> None:
    assert find(path) is None


def test_percent_signs_are_for_file_names_alone() -> None:
    assert find("/gradio_api/upload", "/gradio_api/uplo%61d") is None
    assert find("/login", "/%6Cogin") is None
    assert find("/gradio_api/file=/p/my cat.png", "/gradio_api/file=/p/my%20cat.png") is FILES
    assert find("/gradio_api/file=/p/../x", "/gradio_api/file=/p/%2e%2e/x") is None


def test_large_bodies_have_one_road_and_no_login_few() -> None:
    assert [road for road in ROADS if road.most_bytes is None] == [UPLOAD]
    changing = [road for road in ROADS if road.methods == ("POST",) and road.public]
    assert changing == [LOGIN]
    assert set(PROBES) <= set(ROADS)
