"""What the page offers, and that nothing else can be set."""

from __future__ import annotations

import json

import pytest

from sr_app.serving import choices
from sr_app.serving.choices import can_enlarge, is_choice, list_choices
from sr_app.serving.limits import Limits

pytestmark = pytest.mark.usefixtures("stand_in")


def test_what_is_offered() -> None:
    offered = list_choices(Limits())
    assert offered["scales"] == [2, 3, 4]
    assert [kind["key"] for kind in offered["kinds"]] == ["clean", "real"]
    names = [one["key"] for one in offered["presets"]]
    assert "broken" in names and "odd" not in names, "studies are not for photos"
    assert "esrn_x2" not in names, "factor and kind choose it"
    titles = ["The esrn_x2", "The broken", "The huge", "The fault"]
    assert offered["licences"] == [{"titles": titles, "terms": "Apache-2.0"}]
    assert {"image/*", ".tif", ".heic"} <= set(offered["accept"].split(","))
    assert offered["most_bytes"] == Limits().file_bytes and offered["side"] == 512
    assert {one["key"] for one in offered["sizes"]} >= {"times", "wide", "a4"}
    json.dumps(offered)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("scale", 4, True), ("scale", 5, False), ("scale", "2", False), ("scale", True, False),
        ("purpose", "real", True), ("purpose", "vivid", False), ("purpose", [], False),
        ("preset", None, True), ("preset", "esrn_x2", True), ("preset", "/etc", False),
        ("purpose", "auto", False), ("size", ["wide", 1920], True), ("size", ["wide", 1], False),
        ("consistent", True, True), ("consistent", 1, False), ("folder", "/", False),
    ],
)  # fmt: skip
def test_only_what_is_offered_can_be_set(name, value, expected) -> None:
    assert is_choice(name, value) is expected


def test_a_list_may_have_the_kind_that_is_proposed_for_each() -> None:
    assert is_choice("purpose", "auto", several=True)


def test_a_kind_without_a_network_is_not_offered(monkeypatch) -> None:
    monkeypatch.setattr(choices, "default_presets", lambda purpose: [2] * (purpose == "clean"))
    assert [kind["key"] for kind in list_choices(Limits())["kinds"]] == ["clean"]
    assert can_enlarge("clean") and not is_choice("purpose", "real")
