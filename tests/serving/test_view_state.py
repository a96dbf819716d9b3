"""What the browser is told of a session: one JSON value, with the next step in it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from sr_app.serving.limits import Limits
from sr_app.serving.service import Look
from sr_app.serving.session import Chosen, Entry, Session, Settings
from sr_app.serving.view_state import make_view


@pytest.fixture
def session(blended) -> Session:
    path = Path("secret/x.png")
    chosen = Chosen(path, "my cat.png", Look(path, 80, 120, "png", ("animated",)))
    entry = Entry(blended, chosen, Settings(2))
    return Session("me", 0.0, chosen, entries=[entry], shown="photo-secret", status=("done", ""))


def view(session: Session, *, slider: bool = True, work: dict | None = None, pixels: int = 10**8):
    limits = Limits(output_pixels=pixels)
    return make_view(
        session, work=work, slider=slider, left={}, limits=limits, address=lambda path: path.name
    )


def test_an_empty_page_has_nothing_to_press() -> None:
    empty = view(Session("me", 0.0))
    assert empty["photo"] is None and not empty["go"]["enabled"] and empty["target"]["text"] == ""
    assert empty["results"] == [] and empty["shown"] is None
    json.dumps(empty)


def test_after_a_result_its_download_is_the_next_step(session) -> None:
    seen = view(session)
    assert seen["go"] == {"enabled": True, "primary": False} and seen["again"] == ""
    (one,) = seen["results"]
    assert (one["name"], one["made"]) == ("my cat.png", "2×") and one[
        "facts"
    ] == "240 × 160 px, made in 1.0 s"
    assert one["source"] == "secret/x.png" and one["thumbnail"] == "thumbnail.png"
    assert one["details"][0] == ("Network", "p and p_vivid") and one["own"] == "png"
    assert seen["photo"]["notes"] == ("animated",)
    json.dumps(seen)


def test_other_settings_say_that_the_picture_is_to_be_made_again(session) -> None:
    session.settings = replace(session.settings, scale=4)
    seen = view(session)
    assert (
        seen["go"]["primary"] and "2×, clean and sharp" in seen["again"] and "4×" in seen["again"]
    )
    assert seen["shown"] == "photo-secret", "and the last result stays where it is"


def test_a_result_of_another_photo_says_nothing_of_the_settings(session) -> None:
    other = Path("secret/y.png")
    session.chosen = Chosen(other, "y.png", Look(other, 80, 120, "png"))
    session.settings = Settings(4)
    assert view(session)["again"] == "" and view(session)["go"]["primary"]


def test_whether_there_will_be_a_slider_is_said_before(session) -> None:
    assert "With a slider" in view(session)["target"]["slider"]
    assert "Faithful only" in view(session, slider=False)["target"]["slider"]


def test_what_would_be_too_large_cannot_be_pressed(session) -> None:
    seen = view(session, pixels=1000)
    assert not seen["target"]["fits"] and "too large" in seen["target"]["text"]
    assert not seen["go"]["enabled"]
