"""What the browser is told of a photo and of a result."""

from __future__ import annotations

import json
from pathlib import Path

from sr_app.serving.service import Look
from sr_app.serving.viewer import show_photo, show_result


def address(path: Path) -> str:
    return f"files/{path.name}"


def test_a_photo_is_one_layer() -> None:
    state = show_photo(Look(Path("a.png"), 30, 40, "png"), "a.png", address)
    assert state["layers"] == [{"name": "Photo", "url": "files/a.png", "exact": True}]
    assert (state["width"], state["height"]) == (40, 30)


def test_a_result_is_two_layers_in_order(result) -> None:
    state = show_result(result, "x.png", address, 50)
    assert [layer["name"] for layer in state["layers"]] == ["Before", "After"]
    assert [layer["exact"] for layer in state["layers"]] == [False, False]
    assert state["blend"] is None
    assert (state["width"], state["height"], state["token"]) == (240, 160, "photo-secret")
    json.dumps(state)


def test_a_result_of_two_ends_has_a_slider(blended) -> None:
    state = show_result(blended, "x.png", address, 50)
    assert [layer["name"] for layer in state["layers"]] == ["Before", "Faithful", "Vivid"]
    assert state["blend"].pop("invented") == [0.0] * 13 + [1.0] * 88, "8 levels of 64 and more"
    assert state["blend"] == {"start": 50, "turns": False}
    assert state["errors"] == (0.0, 0.0, 1e-4)
    json.dumps(state)
