"""A tab's state: results are found by photo and settings, refusals are counted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sr_app.serving.service import Look
from sr_app.serving.session import Chosen, Entry, Session, Settings

CHOSEN = Chosen(Path("a.png"), "cat.png", Look(Path("a.png"), 30, 40, "png"))


def test_results_are_found_by_photo_and_settings(result) -> None:
    entry = Entry(result, CHOSEN, Settings(4))
    session = Session("me", 0.0, entries=[entry])
    assert session.find(Path("a.png"), Settings(4)) is entry
    assert session.find(Path("b.png"), Settings(4)) is None
    assert session.find(Path("a.png"), replace(Settings(4), consistent=True)) is None
    assert session.entry("photo-secret") is entry and session.entry(None) is None


def test_every_refusal_has_a_number_and_every_word_a_serial() -> None:
    session = Session("me", 0.0)
    session.refuse("too large")
    session.refuse("too large")
    assert session.alert == (2, "too large") and session.status == ("refused", "too large")
    session.tell("note", "Cancelled")
    assert session.alert[0] == 2 and session.serial == 4


def test_a_photo_has_the_size_that_was_seen() -> None:
    assert CHOSEN.size == (30, 40)
