"""What the browser is told of pictures, and that it gets tiles of its own results only."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sr_app.image.files import Photo, read_header, read_photo
from sr_app.serving import preview
from sr_app.serving.blend_endpoints import save_ends
from sr_app.serving.preview import write_layer
from sr_app.serving.service import Facts, Files, Look, Result
from sr_app.serving.viewer import ResultStore, show_photo, show_result


def address(path: Path) -> str:
    return f"files/{path.name}"


@pytest.fixture
def result(tmp_path, monkeypatch) -> Result:
    """A picture of 120 x 80, enlarged twice, shown by overviews of at most 5000 pixels."""
    monkeypatch.setattr(preview, "OVERVIEW_PIXELS", 5000)
    folder = tmp_path / "photo-secret"
    folder.mkdir()
    before = Photo(rgb=np.zeros((80, 120, 3), np.float32))
    after = Photo(rgb=np.ones((160, 240, 3), np.float32))
    layers = (
        write_layer("Before", before, folder, side=50),
        write_layer("After", after, folder, side=100),
    )
    facts = Facts((80, 120), (160, 240), 2, "p", 1.0, "png", 8, 100, ())
    return Result(Files(folder / "x_x2.png", layers), facts)


@pytest.fixture
def blended(result) -> Result:
    """The same with a vivid end that is darker by a quarter."""
    folder = result.files.picture.parent
    after = Photo(rgb=np.ones((160, 240, 3), np.float32))
    vivid = replace(after, rgb=np.float32(0.75) * after.rgb)
    ends = save_ends((after, vivid), folder / "x_x2.png", (0.0, 0.0, 1e-4))
    before, faithful = result.files.layers
    layers = (before, replace(faithful, name="Faithful"), write_layer("Vivid", vivid, folder))
    return replace(result, files=Files(folder / "x_x2.png", layers, ends))


def test_a_photo_is_one_layer() -> None:
    state = show_photo(Look(Path("a.png"), 30, 40, "png"), "a.png", address)
    assert state["layers"] == [{"name": "Photo", "url": "files/a.png", "exact": True}]
    assert (state["width"], state["height"]) == (40, 30)


def test_a_result_is_two_layers_in_order(result) -> None:
    state = show_result(result, "x.png", address)
    assert [layer["name"] for layer in state["layers"]] == ["Before", "After"]
    assert [layer["exact"] for layer in state["layers"]] == [False, False]
    assert state["blend"] is None
    assert (state["width"], state["height"], state["token"]) == (240, 160, "photo-secret")
    json.dumps(state)


def test_a_result_of_two_ends_has_a_slider(blended) -> None:
    state = show_result(blended, "x.png", address)
    assert [layer["name"] for layer in state["layers"]] == ["Before", "Faithful", "Vivid"]
    assert state["blend"] == {
        "start": 50,
        "errors": blended.files.ends.errors,
        "turns": False,
    }
    json.dumps(state)


def test_a_position_becomes_a_file_by_token(blended) -> None:
    shelf = ResultStore(address)
    assert shelf.finish(["photo-secret", 30]) is None
    shelf.put(blended)
    made = shelf.finish(["photo-secret", 30])
    assert made == {"url": "files/x_x2_vivid30.png", "name": "x_x2_vivid30.png"}


def test_a_painted_map_becomes_a_file_by_token(blended) -> None:
    shelf = ResultStore(address)
    shelf.put(blended)
    made = shelf.finish(["photo-secret", [1, 3, "AAD/"]])
    assert made["name"].startswith("x_x2_vivid_painted_") and made["url"] == f"files/{made['name']}"
    middle = read_photo(blended.files.picture.with_name(made["name"])).rgb[0, :, 0]
    assert middle[0] == 1 and middle[-1] == pytest.approx(0.75, abs=0.002)
    # Between the centres of the last two cells of 80 pixels the share rises from 0 to 1.
    assert middle[159] == pytest.approx(1 - 0.25 * 0.494, abs=0.003)


def test_the_map_comes_with_its_numbers(blended) -> None:
    shelf = ResultStore(address)
    shelf.put(blended)
    assert shelf.invention(["photo-secret", True]) is None, "too large for eight more runs"
    made = shelf.invention(["photo-secret", False])
    assert made["url"] == "files/invention.png" and made["share"] == 1
    assert made["mean"] == pytest.approx(0.25 * 255, abs=0.01)


@pytest.mark.parametrize(
    "request_",
    [
        None, [], "photo-secret", ["photo-secret"], ["photo-secret", 101], ["photo-secret", -1],
        ["photo-secret", 0.5], ["photo-secret", "30"], ["photo-secret", None], ["other", 30],
        ["../photo-secret", 30], ["photo-secret", [1, 3, "AA"]], ["photo-secret", [4, 4]],
        ["photo-secret", [1, 400, "A" * 534 + "=="]], ["other", [1, 3, "AAAA"]],
        [["photo-secret"], 30], ["photo-secret", 30, 1], [{}, {}],
    ],
)  # fmt: skip
def test_no_other_position_gives_a_file(blended, result, request_) -> None:
    shelf = ResultStore(address)
    shelf.put(blended)
    assert shelf.finish(request_) is None
    assert shelf.invention(request_) is None
    shelf.put(result)
    assert shelf.finish(["photo-secret", 30]) is None, "a result without ends has its file"


def test_after_its_hour_no_file_is_made(blended) -> None:
    shelf = ResultStore(address)
    shelf.put(blended)
    blended.files.ends.vivid.unlink()
    assert shelf.finish(["photo-secret", 30]) is None
    assert shelf.invention(["photo-secret", False]) is None


def test_tiles_are_found_by_token(result) -> None:
    shelf = ResultStore(address)
    assert shelf.tile(["photo-secret", 1, 0, 0]) is None
    shelf.put(result)
    assert shelf.tile(["photo-secret", 1, 2, 1]) == "files/after_2_1.png"
    header = read_header(result.files.picture.with_name("after_2_1.png"))
    assert (header.width, header.height) == (40, 60), "the last tile is what remains"


@pytest.mark.parametrize(
    "request_",
    [
        None, [], "photo-secret", {"token": "photo-secret"}, ["photo-secret", 1, 0],
        ["photo-secret", 2, 0, 0], ["photo-secret", -1, 0, 0], ["photo-secret", 1, 9, 0],
        ["photo-secret", 1, 0, -1], ["../photo-secret", 1, 0, 0], ["photo-secret", "1", 0, 0],
        ["photo-secret", 1, 1e9, 0], ["photo-secret", 1, "../../x", 0],
    ],
)  # fmt: skip
def test_anything_else_gives_nothing(result, request_) -> None:
    shelf = ResultStore(address)
    shelf.put(result)
    assert shelf.tile(request_) is None


def test_after_its_hour_a_tile_is_gone(result) -> None:
    shelf = ResultStore(address)
    shelf.put(result)
    for layer in result.files.layers:
        layer.pixels.unlink()
    assert shelf.tile(["photo-secret", 1, 0, 0]) is None


def test_the_oldest_result_is_forgotten(result) -> None:
    shelf = ResultStore(address, most=1)
    shelf.put(result)
    moved = result.files.picture.parent.with_name("photo-other") / "y.png"
    shelf.put(Result(Files(moved, result.files.layers), result.facts))
    assert shelf.tile(["photo-secret", 1, 0, 0]) is None
    assert shelf.tile(["photo-other", 1, 0, 0]) is not None
