"""The page's words: numbers in people's units, and nothing from outside as HTML."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sr_app.serving import messages
from sr_app.serving.jobs import Step
from sr_app.serving.service import Facts

FACTS = Facts(
    before=(300, 451), after=(1200, 1804), scale=4, preset="esrn_x4", seconds=3.44, format="png",
    bits=16, bytes=9_140_000, notes=(),
)  # fmt: skip
EVIL = "<img src=x onerror=alert(1)>"


def test_facts_name_sizes_time_preset_and_file() -> None:
    text = messages.done(FACTS)
    for part in ("451 × 300", "1804 × 1200 px", "3.4 s", "esrn_x4", "PNG, 16 bit, 9.1 MB"):
        assert part in text, part


def test_a_file_not_yet_written_has_no_size() -> None:
    waiting = replace(FACTS, bytes=None)
    assert "16 bit" in messages.done(waiting) and "MB" not in messages.done(waiting)
    assert messages.download(waiting) == "Download PNG"
    assert messages.download(FACTS) == "Download PNG (9.1 MB)"


@pytest.mark.parametrize(
    ("decibel", "text"),
    [
        (float("inf"), "true to the photo (99 dB)"),
        (45, "true to the photo (45 dB)"),
        (44.9, "close to the photo (45 dB)"),
        (31.2, "not quite true to the photo (31 dB)"),
    ],
)
def test_consistency_is_said_in_words(decibel, text) -> None:
    assert messages.agreement(decibel) == text
    assert text in messages.done(replace(FACTS, consistency=decibel))


def test_naturalness_comes_with_its_warning() -> None:
    assert "NIQE" not in messages.done(FACTS)
    values = (("interpolated", 7.26), ("Faithful", 6.0), ("Vivid", 3.94))
    text = messages.done(replace(FACTS, naturalness=values))
    assert "interpolated 7.3, faithful 6.0, vivid 3.9. It can prefer invented" in text


def test_notes_are_shown_and_announced() -> None:
    text = messages.done(replace(FACTS, notes=("JPEG holds 8 bits: written with 8",)))
    assert "JPEG holds 8 bits" in text and text.count('role="status"') == 2


@pytest.mark.parametrize(
    "piece",
    [
        messages.refused(EVIL),
        messages.noted([EVIL]),
        messages.done(replace(FACTS, preset=EVIL)),
        messages.done(replace(FACTS, notes=(EVIL,))),
    ],
)
def test_what_came_from_outside_is_text(piece) -> None:
    assert "<img" not in piece and "&lt;img" in piece


def test_a_refusal_is_announced_at_once() -> None:
    assert 'role="alert"' in messages.refused("too large")


def test_the_bar_can_be_read_by_machines() -> None:
    bar = messages.running(Step(done=12, total=48, left=9.2))
    assert 'role="progressbar"' in bar and 'aria-valuenow="25"' in bar
    assert "Tile 13 of 48 · about 9 s left" in bar


def test_no_time_left_is_invented() -> None:
    assert "left" not in messages.running(Step(0, 48, None))


def test_after_the_last_tile_the_file_is_written() -> None:
    assert "Writing the file" in messages.running(Step(48, 48, 0.0))


def test_before_the_first_tile_no_share_is_claimed() -> None:
    for bar in (messages.running(Step(0, 0)), messages.waiting(0), messages.waiting(2)):
        assert "aria-valuenow" not in bar


def test_waiting_says_how_many_come_first() -> None:
    assert "1 photo before yours" in messages.waiting(1)
    assert "3 photos before yours" in messages.waiting(3)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "1 s"), (3.4, "3 s"), (90, "2 min"), (4800, "1 h 20 min")]
)  # fmt: skip
def test_durations(seconds, text) -> None:
    assert messages.duration(seconds) == text


def test_durations_that_were_measured_have_tenths() -> None:
    assert messages.duration(3.44, exact=True) == "3.4 s"
    assert messages.duration(33.4, exact=True) == "33 s"


def test_file_sizes() -> None:
    assert [messages.file_size(n) for n in (10, 45_300, 120_000, 9_140_000)] == [
        "1 kB", "45 kB", "0.1 MB", "9.1 MB",
    ]  # fmt: skip


def test_about_names_every_licence_and_the_limits() -> None:
    text = messages.about(
        [("esrn_x2", "Apache-2.0"), ("esrn_x4", "Apache-2.0"), ("b", "CC-BY-4.0")]
    )
    assert "esrn_x2, esrn_x4: Apache-2.0; b: CC-BY-4.0" in text
    for limit in ("evidence", "medical", "faces"):
        assert limit in text
    assert "Licences of the networks" not in messages.about([])
