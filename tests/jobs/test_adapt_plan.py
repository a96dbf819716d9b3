from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from sr_app.jobs.adapt_plan import lasting, make_recipe, make_vivid, recorded_steps, steps_in
from sr_app.networks.genotype import Genotype
from sr_app.networks.presets import Card

PACE = (0.1, 0.2, 0.4)  # seconds of a step: translation, network, joint


def test_the_time_is_shared_out_in_whole_epochs():
    """60 minutes: 200 steps of 0.7 s each, then 35, 25 and 40 % of the other 3460 s."""
    assert steps_in(60, PACE) == (12300, 4500, 3650)
    assert steps_in(200 * 0.7 / 60, PACE) == (200, 200, 200)


def test_the_vivid_end_has_two_fifths_of_what_is_left():
    """60 minutes: 200 steps of 1.7 s each; 1,304 of the other 3,260 s are 1,304 steps of 1 s."""
    both = (*PACE, 1.0)
    assert steps_in(60, both) == (7000, 2600, 2150, 1500)
    with pytest.raises(ValueError, match="6 minutes.*less for the faithful end alone"):
        steps_in(3, both)


def test_few_steps_rise_and_forget_in_time():
    """A quarter of 100 steps rises; the average spans a fifth of them. Of many the recipe's own."""
    own = {"warmup": 50, "average": 0.998}
    assert [lasting(own, n, 50, 0)["warmup"] for n in (100, 4000)] == [25, 50]
    assert [lasting(own, n, 50, 0)["average"] for n in (10, 100, 40000)] == [0.5, 0.8, 0.998]


def test_too_little_time_is_refused_with_what_is_needed():
    """200 * 0.7 s = 2.3 minutes."""
    with pytest.raises(ValueError, match="up to 3 minutes.*Received: 2 minutes"):
        steps_in(2, PACE)


def test_a_run_goes_on_with_its_own_steps_and_no_others(tmp_path):
    assert recorded_steps(tmp_path, 60) is None
    (tmp_path / "steps.json").write_text('{"minutes": 60, "steps": [200, 250, 300]}')
    assert recorded_steps(tmp_path, 60) == (200, 250, 300)
    with pytest.raises(ValueError, match="a run of 60 minutes.*Received: 20"):
        recorded_steps(tmp_path, 20)


@pytest.mark.parametrize(
    "text, fault",
    [
        ("[]", "Expected a table"),
        ('{"steps": [200, 250, 300]}', "Expected minutes"),
        ('{"minutes": [60], "steps": [200, 250, 300]}', "Expected minutes .* number of 0 or more"),
        ('{"minutes": 60, "steps": [200, -1, 300]}', "Expected steps .* 3 or 4 phases"),
    ],
)
def test_a_faulty_plan_is_one_line_with_its_file(text, fault, tmp_path):
    (tmp_path / "steps.json").write_text(text)
    with pytest.raises(ValueError, match=f"steps.json: {fault}"):
        recorded_steps(tmp_path, 60)


def test_both_ends_keep_the_border_of_the_preset_that_they_start_from():
    card = Card("a_x2", "A", "", 2, Genotype.parse("P_2_8_8", tail="anchor"), border=6)
    source = SimpleNamespace(chosen=SimpleNamespace(paths=["a"], noisy=False), clean="c", real="r")
    recipe = make_recipe(card, source, Path("runs"), "my_x2", (2, 2, 2), 0, 2)
    vivid = make_vivid(recipe, Path("runs"), Path("my_x2"), 2, 2, 0, None)
    assert (recipe.border, vivid.border) == (6, 6)
