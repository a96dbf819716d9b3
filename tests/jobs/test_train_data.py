from dataclasses import replace
from pathlib import Path

import pytest

from sr_app.datasets.store import DegradedStore, PictureStore
from sr_app.datasets.targets import TargetStore
from sr_app.jobs.events import Note
from sr_app.jobs.targets import TargetPlan, prepare_targets
from sr_app.jobs.train import train
from sr_app.jobs.train_data import prepared, prepared_store, sources
from sr_app.networks.presets import read_card
from sr_app.recipes.schema import read_recipe
from sr_app.recipes.sections import DataSection


def test_folders_of_hr_come_with_their_twins(inputs: Path, run) -> None:
    run("degrade", "photos", "mild", "--kind", "mild", "--scale", "2")
    cat, coffee = Path("photos/cat.png"), Path("photos/coffee.png")
    alone = sources(DataSection(hr=["photos"]), 2)
    assert alone == ((cat, None), (coffee, None))
    found = sources(DataSection(hr=["photos"], twins=["mild"]), 2)
    assert found[:2] == alone
    assert [(hr, lr.parent) for hr, lr in found[2:]] == [
        (cat, Path("mild")),
        (coffee, Path("mild")),
    ]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Expected the data folder .*nowhere"):
        sources(DataSection(hr=[tmp_path / "nowhere"]), 2)


def test_what_is_left_out_is_a_note_each_time(inputs: Path, tmp_path: Path) -> None:
    Path("photos/broken.png").write_bytes(b"no picture")
    pairs = sources(DataSection(hr=["photos"]), 2)
    for _ in range(2):
        events = []
        store = prepared(pairs, tmp_path, scale=2, reporter=events.append)
        (note,) = (event for event in events if isinstance(event, Note))
        assert note.text.startswith("left out of the training: photos/broken.png: ")
        assert len(store) == 3 and len(store.left_out) == 1


TAUGHT = """
name = "taught_x2"
title = "Taught"
description = "For a test"
purpose = "real_vivid"
[network]
scale = 2
blocks = ["P_2_8_8"]
width = 8
tail = "anchor"
front = "unshuffled"
[data]
cache = "cache"
[training]
steps = 2
epoch = 2
batch = 2
patch = 8
warmup = 1
[[stage]]
name = "faithful"
[stage.data]
hr = ["photos"]
degrade = "practical"
[[stage]]
name = "taught"
from = "faithful"
[stage.data]
targets = ["targets"]
[[stage]]
name = "vivid"
from = "taught"
[stage.data]
targets = ["targets", "more", "drawn"]
[stage.training]
loss = "l1_even_8"
patch = 16
[stage.perceptual]
adversarial_weight = 0
truth = 0.5
nearest = 2.0
"""


@pytest.fixture
def taught(inputs: Path, models, monkeypatch) -> str:
    """A recipe of three stages, and targets that a random network made of two photos."""
    plan = TargetPlan("esrn_x2", kind="practical", crops=2, side=16, margin=4)
    prepare_targets([Path("photos")], Path("targets"), plan)
    prepare_targets([Path("photos")], Path("more"), replace(plan, seed=1))
    truth = TargetPlan("truth", kind="practical", crops=2, side=16, margin=4, scale=2)
    prepare_targets([Path("photos")], Path("drawn"), truth)
    Path("taught.toml").write_text(TAUGHT)
    return "taught.toml"


def test_degraded_pictures_then_a_teacher_s_targets_make_a_preset(taught: str) -> None:
    faithful, plain, vivid = read_recipe(taught).stages
    assert isinstance(prepared_store(faithful), DegradedStore)
    assert isinstance(prepared_store(plain), PictureStore)
    assert isinstance(prepared_store(vivid), TargetStore)
    card = train(taught)
    told = read_card(card.folder).training
    assert told["data"] == ["targets", "more", "drawn"] and told["earlier_stages"][0]["data"] == [
        "photos"
    ]
    assert told["earlier_stages"][0]["degrade"] == "practical"
    assert told["perceptual"]["truth"] == 0.5 and card.graph
    assert [teacher["name"] for teacher in told["teachers"]] == ["esrn_x2"]


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("faithful.data.twins=['mild']", "leave data.twins"),
        ("taught.data.degrade=practical", "pairs already"),
        ("vivid.data.hr=['photos']", "no other pictures"),
        ("faithful.data.degrade=practicle", "Expected a kind among"),
        ("taught.data.targets=['nowhere']", "data prepare targets"),
    ],
)
def test_what_does_not_go_together_is_refused_and_leaves_nothing(
    taught: str, setting: str, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        train(taught, settings=[setting])
    assert not Path("runs").exists()
