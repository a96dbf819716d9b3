"""What the page's scripts call, over HTTP."""

from __future__ import annotations

import json

import pytest

from sr_app.networks.card import STUDY
from sr_app.networks.presets import list_presets
from tests.serving.conftest import Site

pytestmark = pytest.mark.slow  # importing Gradio takes some eight seconds


def call(site: Site, name: str, value: object) -> tuple[int, object]:
    """What one of the page's own functions answers."""
    parts = json.loads(site.get("/config")[2])["components"]
    (stage,) = [part["id"] for part in parts if part["props"].get("elem_id") == "stage"]
    request = {"session_hash": "me", "component_id": stage, "fn_name": name, "data": value}
    return site.post("/gradio_api/component_server", request)


def test_the_browser_begins_with_what_can_be_chosen(site) -> None:
    status, answer = call(site, "hello", None)
    options = answer["options"]
    assert status == 200 and answer["view"]["photo"] is None
    assert [kind["key"] for kind in options["kinds"]] == ["clean", "real"]
    assert [one["key"] for one in options["formats"]][:2] == ["png", "jpeg"]
    assert len(options["examples"]) == 4 and options["side"] == 512
    speeds = [f"esrn_{size}_x{factor}" for size in "lms" for factor in (2, 4)]
    assert [one["key"] for one in options["presets"]] == sorted([*speeds, "esrn_p_x3"])
    assert set(options["licences"][0]["titles"]) == {
        card.title for card in list_presets() if card.purpose != STUDY
    }


def test_actions_reach_the_controller(site) -> None:
    token = call(site, "hello", None)[1]["view"]["session"]
    view = call(site, "act", [token, "example", 0, 1])[1]
    assert view["session"] == token and view["photo"]["name"] == "chelsea.png"
    url = view["photo"]["layers"][0]["url"]
    assert site.get(f"/{url}")[0] == 200
    assert call(site, "act", "nonsense")[1]["session"] != token
    for name in ("tile", "finish", "invention", "naturalness"):
        assert call(site, name, ["photo-guess", 0, 0, 0])[1] is None
    assert call(site, "close", None)[0] == 404, "no other function can be called"
