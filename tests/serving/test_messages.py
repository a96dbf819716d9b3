"""The page's words: numbers in people's units, plain text, nothing that reassures falsely."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sr_app.inference.goal import CLEAN, REAL
from sr_app.serving import messages
from sr_app.serving.jobs import Step
from sr_app.serving.service import Facts

FACTS = Facts(
    before=(300, 451), after=(1200, 1804), preset="esrn_x4", vivid=None, seconds=3.44,
    own_format="jpeg", bits=16, notes=(),
)  # fmt: skip


def test_the_line_of_facts_has_no_jargon() -> None:
    text = messages.done(FACTS)
    assert text == "1804 × 1200 px, made in 3.4 s"
    assert messages.done(replace(FACTS, seconds=33.4)).endswith("in 33 s")


def test_networks_are_named_in_the_details() -> None:
    assert dict(messages.details(FACTS))["Network"] == "esrn_x4"
    named = dict(messages.details(replace(FACTS, vivid="other_vivid")))
    assert named == {"Network": "esrn_x4 and other_vivid", "Depth": "16 bits per channel"}


def test_naturalness_comes_with_its_warning() -> None:
    text = messages.naturalness((("interpolated", 7.26), ("Faithful", 6.0), ("Vivid", 3.94)))
    assert "interpolated 7.3, faithful 6.0, vivid 3.9. It can prefer invented" in text
    assert "too small" in messages.naturalness(None)


def test_time_left_is_said_and_not_invented() -> None:
    text = messages.running(Step(12, 48, 9.2, 0.25))
    assert text == "Enlarging, part 13 of 48 · about 9 s left"
    assert "left" not in messages.running(Step(0, 48))


def test_after_the_last_part_the_time_goes_on() -> None:
    assert messages.running(Step(48, 48, 4.2, 0.9)) == "Writing the result · about 4 s left"


def test_waiting_says_how_many_come_first() -> None:
    assert messages.running(Step(0, 0)) == messages.waiting(0) == "Opening the photo …"
    assert "1 photo before yours" in messages.waiting(1)
    assert "3 photos before yours" in messages.waiting(3)


def test_settings_in_a_few_words() -> None:
    assert messages.settings("4×", CLEAN, None, False) == "4×, clean and sharp"
    assert messages.settings("2×", REAL, None, True) == "2×, noisy, soft or compressed, consistent"
    assert messages.settings("2×", CLEAN, "esrn_s_x2", False) == "2×, network esrn_s_x2"
    text = messages.other_settings("2×, clean and sharp", "4×, clean and sharp")
    assert "made with: 2×" in text and "Enlarge again for: 4×" in text


def test_captions() -> None:
    assert messages.made("3×", False) == "3×"
    assert messages.made("3×", True) == "3×, consistent"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "1 s"), (3.4, "3 s"), (90, "2 min"), (4800, "1 h 20 min")]
)  # fmt: skip
def test_durations(seconds, text) -> None:
    assert messages.duration(seconds) == text


def test_sizes_before_and_after() -> None:
    assert messages.arrow((300, 451), (1200, 1804)) == "451 × 300 → 1804 × 1200 px, 2.2 MP"
