from __future__ import annotations

from dataclasses import replace

import pytest

from sr_app.cli.train_report import card_line, duration, status_line
from sr_app.jobs.train_status import Part
from sr_app.networks.genotype import Genotype
from sr_app.networks.presets import Card


@pytest.mark.parametrize(("seconds", "words"), [(42, "42 s"), (1000, "17 min"), (12600, "3.5 h")])
def test_durations_are_read_at_a_glance(seconds, words):
    assert duration(seconds) == words


def test_a_stage_that_is_to_come_says_no_more_than_its_steps():
    part = Part("last", "to come", 0, 2000, 0.0, None, {}, None)
    assert status_line(part) == "last         to come, step 0 of 2,000"


def test_a_trained_preset_is_a_line_with_its_figures(tmp_path):
    network = Genotype.parse("P_2_8_8", width=8)
    results = {"Set5": {"psnr": 30.2912, "ssim": 0.88851, "protocol": "y"}, "own": None}
    card = Card("a_x2", "A", "B.", 2, network, parameters=16636, folder=tmp_path, results=results)
    line = f"{tmp_path}: 16,636 parameters, Set5 30.29 dB / 0.8885 (y), own not measured"
    assert card_line(card) == line
    assert card_line(replace(card, results={})).endswith("parameters, no results asked")
