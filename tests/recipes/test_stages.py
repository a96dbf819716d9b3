from __future__ import annotations

import pytest

from sr_app.recipes.stages import complete_stages, holders

DATA = {
    "name": "x",
    "data": {"hr": ["a"]},
    "training": {"steps": 20, "batch": 4},
    "stage": [
        {"name": "first"},
        {"name": "second", "from": "first", "training": {"batch": 8}, "perceptual": {}},
        {"name": "mean", "mean": ["first", "second"]},
    ],
}


def test_a_stage_has_what_is_shared_and_changes_it() -> None:
    first, second, mean = complete_stages(DATA)["stages"]
    assert first == {
        "name": "first",
        "folder": "first",
        "data": {"hr": ["a"]},
        "training": {"steps": 20, "batch": 4},
    }
    assert second["training"] == {"steps": 20, "batch": 8} and second["perceptual"] == {}
    assert mean["training"] == {"steps": 0} and mean["data"] == {"hr": ["a"]}


def test_without_stages_there_is_one_in_the_run_itself() -> None:
    (only,) = complete_stages({"name": "x", "from": "y", "training": {"steps": 2}})["stages"]
    assert only == {"name": "training", "from": "y", "training": {"steps": 2}}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"stage": 3}, "tables"),
        ({"stage": {"name": "first"}}, "tables"),
        ({"stage": [{"name": "first"}], "from": "y"}, "not above them"),
    ],
)
def test_what_is_no_recipe_is_named(data, said) -> None:
    with pytest.raises(ValueError, match=said):
        complete_stages(data)


def test_a_change_reaches_the_stages_that_have_the_section() -> None:
    second = DATA["stage"][1]
    assert holders(DATA, "training") == [DATA, second]
    assert holders(DATA, "perceptual") == [second]
    assert holders(DATA, "distillation") == [DATA] and holders(DATA, None) == [DATA]
