from pathlib import Path

import pytest

from sr_app.jobs.train_checks import check_folder, check_pictures, find_preset
from sr_app.recipes.schema import read_recipe

TINY = (Path(__file__).parents[1] / "recipes" / "tiny.toml").read_text()
VALIDATION = '[validation]\nhr = "held"\n'
SELECTION = '[selection]\npositives = "photos"\nunlabeled = "held"\n'


@pytest.mark.parametrize(
    ("more", "settings", "said"),
    [
        ("", (), None),
        ("", ('data.hr=["nowhere"]',), "Expected the data folder nowhere"),
        ("", ("data.hr=[]",), "Expected pictures in data.hr or data.div2k"),
        (VALIDATION, (), "Expected the data folder held"),
        (VALIDATION, ("validation.hr=empty",), "Expected pictures in empty. Received: none"),
        (SELECTION, (), "Expected the data folder held"),
        (SELECTION, ("unlabeled=empty",), "Expected pictures in empty. Received: none"),
        ("[perceptual]\n", ("features=nowhere",), "sr-app data prepare perceptual"),
        ("[perceptual]\n", ("features=none",), None),
    ],
)
def test_pictures_are_looked_for_first(inputs, more, settings, said) -> None:
    Path("tiny.toml").write_text(TINY + more)
    Path("empty").mkdir()
    recipe = read_recipe("tiny.toml", list(settings))
    if said is None:
        check_pictures(recipe)
        return
    with pytest.raises(ValueError, match=said):
        check_pictures(recipe)


def test_a_destination_below_a_file_is_refused(tmp_path) -> None:
    check_folder(tmp_path / "a" / "b")
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "preset"):
        with pytest.raises(ValueError, match="Expected a folder to write to"):
            check_folder(place)


def test_a_preset_is_found_by_name_or_where_a_run_has_made_it(models, tmp_path) -> None:
    assert find_preset("esrn_x2", tmp_path) == models / "esrn_x2"
    assert find_preset("mine_x2", tmp_path) is None
    made = tmp_path / "mine_x2" / "preset" / "mine_x2"
    made.mkdir(parents=True)
    (made / "card.json").write_text("{}")
    assert find_preset("mine_x2", tmp_path) == made
