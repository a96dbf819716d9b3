from __future__ import annotations

import pytest

from sr_app.cli.train_report import duration, status_line
from sr_app.jobs.train_status import Part


@pytest.mark.parametrize(("seconds", "words"), [(42, "42 s"), (1000, "17 min"), (12600, "3.5 h")])
def test_durations_are_read_at_a_glance(seconds, words):
    assert duration(seconds) == words


def test_a_stage_that_is_to_come_says_no_more_than_its_steps():
    part = Part("last", "to come", 0, 2000, 0.0, None, {}, None)
    assert status_line(part) == "last         to come, step 0 of 2,000"
