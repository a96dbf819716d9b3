import os
import subprocess
import sys
from pathlib import Path

import pytest

from sr_app.jobs.train_checks import (
    check_folder,
    check_parts,
    check_pictures,
    check_presets,
    check_trains,
    find_preset,
    missing_results,
)
from sr_app.networks.genotype import Genotype
from sr_app.networks.imported import ImportedGraph
from sr_app.networks.presets import Card, write_card
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
        (
            VALIDATION,
            ("validation.hr=empty",),
            "empty: expected pictures .* Received: none.*or validation = none",
        ),
        (
            VALIDATION,
            ("validation.hr=photos", "validation.lr=empty"),
            "empty: expected pictures .* Received: none",
        ),
        (VALIDATION, ("validation=none",), None),
        (SELECTION, (), "Expected the data folder held"),
        (SELECTION, ("unlabeled=empty",), "empty: expected pictures .* Received: none"),
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


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            (f'from={{preset="esrn_x2", sha256="{"0" * 64}"}}',),
            "with SHA-256 000000000000... to st",
        ),
        (('from={preset="esrn_x2"}', "distillation.teacher=esrn_x2", "scale=3"), "teacher for x3"),
        (('from={preset="nowhere_x2"}', "distillation.teacher=nowhere_x2"), None),
        (('from={preset="esrn_x2"}', "distillation.teacher=esrn_x2"), None),
    ],
)
def test_presets_are_looked_at_first(inputs, models, settings, said) -> None:
    Path("tiny.toml").write_text(TINY)
    recipe = read_recipe("tiny.toml", list(settings))
    if said is None:
        check_presets(recipe, inputs)
        return
    with pytest.raises(ValueError, match=said):
        check_presets(recipe, inputs)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("[distillation]\nteacher = 'brought_x2'", None),
        ("[distillation]\nteacher = 'brought_x2'\naffinity = 0.1", "for distillation.affinity"),
        ("[distillation]\nteacher = 'brought_x2'\nshare = 1\n[selection]\npositives = 'photos'\n"
         "unlabeled = 'photos'", r"for a \[selection\] section"),
        ("[distillation]\nteacher = 'brought_x2'\n[two_stage]\nreal = ['photos']\n"
         "joint_steps = 0\ntranslation_steps = 20", r"for a \[two_stage\] section"),
    ],
)  # fmt: skip
def test_a_teacher_made_elsewhere_teaches_by_its_pictures_alone(inputs, more, said) -> None:
    folder = inputs / "brought_x2"
    folder.mkdir()
    network = ImportedGraph()
    write_card(Card("brought_x2", "B", "", 2, network, receptive_radius=1, folder=folder))
    Path("taught.toml").write_text(TINY + more)
    recipe = read_recipe("taught.toml", [f"distillation.teacher={folder}"])
    if said is None:
        check_presets(recipe, inputs)
        return
    with pytest.raises(ValueError, match=f"teacher with Keras weights {said}. Received: brought"):
        check_presets(recipe, inputs)


def test_a_kind_of_convolution_is_known_before_anything_is_written() -> None:
    check_parts(Genotype.parse("P_2_8_8", conv="ghost"))
    with pytest.raises(ValueError, match="convolution kind among conv, rep.*Received: 'ghots'"):
        check_parts(Genotype.parse("P_2_8_8", conv="ghots"))


def test_a_backend_that_trains_nothing_is_known_before(monkeypatch) -> None:
    check_trains()
    monkeypatch.setattr("sr_app.training.distribution.has_training", lambda: False)
    with pytest.raises(ValueError, match="TensorFlow or JAX. Received: one without"):
        check_trains()


def test_a_backend_that_is_none_is_told_by_its_variable() -> None:
    command = "from sr_app.jobs.train_checks import check_trains; check_trains()"
    environment = {
        **os.environ,
        "KERAS_BACKEND": "nonsense",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    done = subprocess.run(
        [sys.executable, "-c", command],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "ValueError: Expected KERAS_BACKEND to name a backend" in done.stderr.splitlines()[-1]
    assert done.stderr.endswith("nonsense\n")


def test_result_sets_that_are_not_there_are_known_before(inputs: Path) -> None:
    Path("some.toml").write_text(
        TINY + '[results]\nHere = "photos"\nNone = "nowhere"\nHalf = {hr = "photos", lr = "lr"}\n'
    )
    recipe = read_recipe("some.toml")
    assert missing_results(recipe) == {"None": Path("nowhere"), "Half": Path("lr")}
