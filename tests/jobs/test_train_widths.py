"""Widths by search and by squeezing, from the option to a card; what they refuse."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import keras
import pytest
import skimage.data

from sr_app import write_photo
from sr_app.image.files import Photo
from sr_app.jobs.compress_recipe import widths_settings
from sr_app.networks.esrn import build_esrn
from sr_app.networks.genotype import Genotype
from sr_app.networks.presets import Card, load_preset, read_card, save_preset
from sr_app.recipes.rules import check_sections, check_steps
from sr_app.recipes.schema import read_recipe
from sr_app.recipes.stage_sections import Stage, WidthsSection
from sr_app.training.squeezing import body_operations, widen

if TYPE_CHECKING:
    from tests.cli.conftest import Run

TINY = (Path(__file__).parents[1] / "recipes" / "tiny.toml").read_text()
BODY = Genotype.parse("P_2_8_8", width=8, tail="anchor")


@pytest.fixture
def preset(tmp_path: Path, monkeypatch) -> Path:
    """A small network of ordinary convolutions, one photo in ``photos`` and one in ``held``."""
    monkeypatch.chdir(tmp_path)
    for name, pixels in {"photos": skimage.data.coffee(), "held": skimage.data.chelsea()}.items():
        Path(name).mkdir()
        part = (pixels[100:164, 100:164] / 255).astype("float32")
        write_photo(Photo(rgb=part), Path(name) / "a.png")
    (tmp_path / "tiny.toml").write_text(TINY)
    keras.utils.set_random_seed(0)
    card = Card("a_x2", "A", "B.", 2, BODY, folder=tmp_path / "a_x2")
    save_preset(build_esrn(BODY, 2), card)
    return card.folder


def command(preset: Path, way: str, *settings: str) -> list:
    out = preset.parent / f"a_x2_{way}"
    arguments = ["compress", preset, "--conv", "binary", "--widths", way, "--out", out]
    arguments += ["--recipe", "tiny.toml", "--runs", "runs"]
    given = (
        "steps=4",
        "epoch=2",
        "batch=1",
        "patch=8",
        "warmup=1",
        "jit=false",
        "cache=cache",
        *settings,
    )
    return arguments + [part for setting in given for part in ("--set", setting)]


@pytest.mark.slow
def test_squeezed_widths_from_preset_to_card(run: Run, preset: Path) -> None:
    arguments = command(preset, "squeeze", "validation.hr=held")
    run(*arguments)
    made = read_card(preset.parent / "a_x2_squeeze")
    assert str(made.genotype) == "P_2_16_8" and made.genotype.conv == "binary"
    budget = body_operations(widen(replace(BODY, conv="binary"), 2))
    assert made.training["widths"]["body_operations_per_pixel"] <= budget
    assert made.training["widths"]["widened_steps"] == 2 and made.training["steps"] == 2
    facts = made.compression
    assert facts["stored_bytes"][1] != facts["stored_bytes"][0]
    before, after = facts["validation"]["psnr"]
    assert facts["validation"]["change_db"] == pytest.approx(after - before, abs=2e-4)
    assert load_preset(made.folder).output_shape == (None, None, None, 3)
    widened_state = (Path("runs") / "a_x2_squeeze" / "widened" / "last.weights.h5").stat()
    run(*arguments)  # finished: only loaded
    assert read_card(made.folder).sha256[made.weights] == made.sha256[made.weights]
    again = (Path("runs") / "a_x2_squeeze" / "widened" / "last.weights.h5").stat()
    assert again.st_mtime_ns == widened_state.st_mtime_ns


@pytest.mark.slow
def test_searched_widths_stay_within_the_budget(run: Run, preset: Path) -> None:
    settings = ("population=2", "generations=1", "candidate_steps=1", "widths.slack=0.9")
    arguments = command(preset, "search", "validation.hr=held", *settings)
    run(*arguments)
    made = read_card(preset.parent / "a_x2_search")
    told = made.training["widths"]
    low, high = told["operations"]
    assert low <= made.compression["operations"][1] <= high
    assert told["candidates"] >= 2 and 5 < told["validation_psnr"] < 50
    archive = Path("runs/a_x2_search/search/finished.jsonl")
    lines = archive.read_text()
    run(*arguments)
    assert archive.read_text() == lines  # nothing was scored twice


def stage(tmp_path: Path, conv: str = "binary", blocks: str = "P_2_8_8", **widths) -> Stage:
    (tmp_path / "tiny.toml").write_text(TINY)
    settings = [f"network.conv={conv}", f'blocks=["{blocks}"]', "epoch=5"]
    settings += ['from={preset="a_x2"}']
    settings += [f"widths.{name}={value}" for name, value in widths.items()]
    return read_recipe(str(tmp_path / "tiny.toml"), settings).stages[0]


def test_the_widened_network_has_its_share_of_the_steps_in_whole_epochs(tmp_path) -> None:
    stages = [stage(tmp_path, way="squeeze", share=share) for share in (0.3, 0.5)]
    steps = [one.required(WidthsSection).widened_steps(one.training) for one in stages]
    assert steps == [5, 10]  # of 20 in epochs of 5: 6 and 10


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"way": "squeeze", "ratio": 4}, "widths.widest above widths.ratio. Received: 4 and 4"),
        ({"way": "squeeze", "share": 0.1}, "training.steps of two epochs or more"),
        ({"way": "search"}, "set validation.hr"),
        ({"way": "squeeze", "blocks": "S_2_8_8"}, "Expected plain blocks"),
        ({"way": "squeeze", "conv": "ghost"}, "binary convolutions"),
    ],
)
def test_what_could_not_be_trained_is_refused_first(tmp_path, facts, expected) -> None:
    with pytest.raises(ValueError, match=expected):
        check_sections(chosen := stage(tmp_path, **facts))
        check_steps(chosen)


def test_the_option_is_a_setting() -> None:
    assert widths_settings(None, "ghost") == []
    assert widths_settings("search", "binary") == ["widths.way=search"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--conv", "ghost", "--widths", "search"], "widths with conv = binary"),
        (["--conv", "binary", "--widths", "grow"], "widths among search, squeeze"),
        (["--student", "P_2_8_8", "--widths", "search"], "not with a student"),
    ],
)
def test_widths_that_make_no_sense_are_one_clear_line(
    run: Run, preset, arguments, expected
) -> None:
    result = run("compress", preset, *arguments, "--recipe", "tiny.toml", "--out", "b_x2", code=2)
    assert expected in result.stderr and len(result.stderr.splitlines()) == 1
