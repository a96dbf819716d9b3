"""Factors, sizes and the presets that reach them. Reads cards only."""

from __future__ import annotations

import json

import pytest

from sr_app.inference.goal import DEFAULT_SCALE, Goal, preset_for, vivid_twin
from sr_app.networks import presets
from sr_app.networks.card import vivid_end
from sr_app.networks.genotype import Genotype
from sr_app.networks.presets import Card, read_card


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """Function: only presets of these names are to be found, cards without weights."""

    def fill(*names: str) -> None:
        for name in names:
            scale = int(name.split("_x")[1][0])
            purpose = "vivid" if name.endswith("_vivid") else "clean"
            vivid = "esrn_x4_vivid" if name == "esrn_p_x4" else None
            network = Genotype.parse("P_2_8_8" if "_p_" in name else "P_1_8_8")
            card = Card(name, "", "", scale, network, purpose, vivid)
            (tmp_path / name).mkdir()
            (tmp_path / name / presets.CARD).write_text(json.dumps(card.to_json()))

    monkeypatch.setattr(presets, "search_path", lambda: [tmp_path])
    return fill


@pytest.mark.parametrize(
    ("scale", "expected"),
    [(1, "x2"), (1.5, "x2"), (2, "x2"), (2.1, "x4"), (3, "x4"), (4, "x4"), (7, "x4")],
)
def test_the_own_preset_or_the_next_larger_or_the_largest(shelf, scale, expected):
    shelf("esrn_x4", "esrn_x2", "esrn_x3_jpeg", "other_x3")
    assert preset_for(scale) == f"esrn_{expected}"


def test_a_purpose_has_presets_of_its_own(shelf):
    shelf("esrn_x2", "esrn_x4", "esrn_x4_real")
    assert Goal(scale=2).preset_for(10, 10) == "esrn_x2"
    assert Goal(scale=2, purpose="real").preset_for(10, 10) == "esrn_x4_real"  # to be shrunk
    assert preset_for(16, "real") == "esrn_x4_real"


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ({"purpose": "dirty"}, r"among clean, real.*'dirty'"),
        ({"purpose": "real"}, r"esrn_x2_real, esrn_x3_real, esrn_x4_real.*Found none"),
        ({"purpose": "real", "preset": "esrn_x2"}, r"Received: both, esrn_x2 and real"),
    ],
)
def test_a_purpose_that_cannot_be_had_is_told(shelf, wish, expected):
    shelf("esrn_x2")
    with pytest.raises(ValueError, match=expected):
        Goal(**wish).preset_for(10, 10)


def test_a_factor_with_its_own_preset_gets_it(shelf):
    shelf("esrn_x2", "esrn_x3", "esrn_x4")
    assert preset_for(3) == "esrn_x3"


def test_the_better_of_two_defaults_is_taken_where_it_will_do(shelf):
    shelf("esrn_x2", "esrn_x4", "esrn_p_x4", "esrn_x4_vivid")
    assert [preset_for(scale) for scale in (2, 3, 4)] == ["esrn_x2", "esrn_p_x4", "esrn_p_x4"]
    assert preset_for(4, twin=True) == "esrn_p_x4", "its card names the vivid end"
    assert preset_for(4, twin=True, alike=True) == "esrn_x4", "weights of one network are mixed"
    assert vivid_end(read_card("esrn_p_x4")) == vivid_end(read_card("esrn_x4")) == "esrn_x4_vivid"


def test_no_preset_is_its_own_vivid_end():
    card = Card("p", "", "", 4, Genotype.parse("P_1_8_8"), "vivid", "p")
    with pytest.raises(ValueError, match="vivid end of p. Received: itself"):
        vivid_twin(card)


def test_without_presets_the_error_says_where_they_are_looked_for(shelf):
    with pytest.raises(ValueError, match=r"esrn_p_x2.*SR_APP_MODELS"):
        preset_for(2)


def test_the_preset_of_a_size_reaches_the_larger_factor(shelf):
    shelf("esrn_x2", "esrn_x4")
    assert Goal(size=(200, 300)).preset_for(100, 100) == "esrn_x4"
    assert Goal(size=(200, 50)).preset_for(100, 100) == "esrn_x2"
    assert Goal(size=(20, 50)).preset_for(100, 100) == "esrn_x2"


def test_a_named_preset_is_taken_as_it_is(shelf):
    assert Goal(scale=4, preset="mine").preset_for(10, 10) == "mine"


@pytest.mark.parametrize(
    ("goal", "expected"),
    [
        (Goal(), (10 * DEFAULT_SCALE, 15 * DEFAULT_SCALE)),
        (Goal(preset="p"), (40, 60)),
        (Goal(scale=3), (30, 45)),
        (Goal(scale=1.5), (15, 23)),  # 22.5 rounds half up
        (Goal(scale=3, preset="p"), (30, 45)),
        (Goal(size=(7, 8)), (7, 8)),
    ],
)
def test_size_of_the_result(goal, expected):
    card = Card("p", "", "", 4, Genotype.parse("P_1_8_8"))
    assert goal.size_for(10, 15, card) == expected


def test_a_size_is_no_farther_than_the_largest_factor():
    card = Card("p", "", "", 4, Genotype.parse("P_1_8_8"))
    assert Goal(size=(160, 240)).size_for(10, 15, card) == (160, 240)
    for size in ((161, 240), (160, 241), (999_999, 999_999)):
        with pytest.raises(ValueError, match=rf"photo's, 240x160. Received: {size[1]}x{size[0]}"):
            Goal(size=size).size_for(10, 15, card)


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ({"scale": 2, "size": (5, 5)}, "Received: both"),
        ({"size": (True, 5)}, "whole numbers of 1 or more"),
        ({"scale": 0.5}, "from 1 to 16"),
        ({"scale": 17}, "Received: 17"),
        ({"scale": float("nan")}, "from 1 to 16"),
        ({"scale": True}, "from 1 to 16"),
        ({"preset": 5}, "name or folder. Received: 5"),
        ({"scale": "2"}, "Received: '2'"),
        ({"size": (0, 5)}, "of 1 or more"),
        ({"size": 800}, "whole numbers"),
        ({"size": (10.5, 20)}, "whole numbers"),
        ({"size": (10.0, float("nan"))}, "whole numbers"),
    ],
)
def test_wishes_out_of_range_are_refused(wish, message):
    with pytest.raises(ValueError, match=message):
        Goal(**wish)
