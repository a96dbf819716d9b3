"""Later stages from the best weights so far of one in training, which is none the wiser."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from sr_app.jobs.events import CurvePoint, Note
from sr_app.jobs.run_folder import keep_recipe, write_facts
from sr_app.jobs.train import train
from sr_app.jobs.train_so_far import Branch, begin, best_step, branches, held, present_branch, told
from sr_app.recipes.schema import Recipe, read_recipe
from tests.jobs.test_train import RECIPE

STAGES = """
[[stage]]
name = "long"
[stage.training]
steps = 8
average = 0.5
[[stage]]
name = "cooled"
from = "long"
[stage.training]
average = 0.5
learning_rate = 1e-2
"""


class Killed(BaseException):
    """As a kill: no error that anybody handles."""


def killing(step: int, heard: list | None = None):
    """A reporter that ends the process, as it were, at a step."""

    def report(event) -> None:
        if heard is not None:
            heard.append(event)
        if isinstance(event, CurvePoint) and event.step == step:
            raise Killed

    return report


@pytest.fixture
def recipe(inputs: Path) -> Recipe:
    Path("told.toml").write_text(RECIPE + STAGES)
    return read_recipe("told.toml")


def validated(run: Path, stage: str, step: int) -> None:
    """What a stage in training has after a validation, of a run that began before."""
    (run / stage).mkdir(parents=True, exist_ok=True)
    (run / stage / "best.weights.h5").write_bytes(b"weights %d" % step)
    (run / stage / "best.json").write_text(json.dumps({"step": step, "psnr": 30.0}))
    with (run / stage / "curve.csv").open("a") as curve:
        curve.write("step,seconds,loss,val_psnr\n" if not curve.tell() else "")
        curve.write(f"{step},{step * 1.5},0.1,30.0\n")


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "from_best" not in path.parts
    }


@pytest.mark.slow
def test_a_preset_from_a_training_that_then_goes_on_as_if_nothing_had_been(recipe) -> None:
    """Killed after step 4 of 8, the later stage is trained, killed and trained; then the rest."""
    from sr_app.jobs.train_stage import ended_network
    from sr_app.networks.presets import load_preset

    with pytest.raises(Killed):
        train("told.toml", reporter=killing(6))
    run, before = Path("runs/told_x2"), bytes_of(Path("runs/told_x2"))
    shutil.copytree(run, Path("alone/told_x2"))
    step = best_step(recipe.stage("long"), run)
    folder = run / "from_best" / f"long_{step}"
    with pytest.raises(Killed):
        train("told.toml", stage="cooled", from_best=True, reporter=killing(4))
    heard = []
    card = train("told.toml", stage="cooled", from_best=True, reporter=heard.append)
    assert card is not None and card.folder == folder / "preset/told_x2"
    assert [event.step for event in heard if isinstance(event, CurvePoint)] == [4]
    assert bytes_of(run) == before
    earlier = card.training["earlier_stages"]
    assert [(one["stage"], one["taken_at_step"], one["steps"]) for one in earlier] == [
        ("long", step, 8)
    ]
    assert card.training["start"] == "long" and "taken_at_step" not in card.training
    assert (folder / "long/final.weights.h5").read_bytes() == before["long/best.weights.h5"]
    ends = []
    for runs in ("runs", "alone"):
        assert train("told.toml", stage="long", runs=runs) is None
        ends.append(ended_network(recipe.stage("long"), Path(runs, "told_x2")).get_weights())
    for one, other in zip(*ends, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)
    cooled = load_preset(card.folder).get_weights()
    assert any(np.abs(one - other).max() > 1e-3 for one, other in zip(ends[0], cooled, strict=True))


def test_an_unfinished_branch_comes_first_and_a_finished_one_is_not_written_over(recipe) -> None:
    run = Path("runs/told_x2")
    validated(run, "long", 2)
    first = present_branch(recipe, run, "cooled")
    assert first == Branch(recipe.stage("long"), 2, run / "from_best/long_2")
    assert told(first, run).startswith(f"from long at step 2 of 8, in {first.folder}: long itself")
    assert not first.folder.exists()
    with held(recipe, run, "cooled") as branch:
        assert branch == first
    validated(run, "long", 6)
    assert present_branch(recipe, run, None) == first
    assert "The best is now step 6: delete that folder to begin" in told(first, run)
    facts = run / "long/facts.json"
    facts.write_text("{}")
    assert present_branch(recipe, run, "cooled") == first and "long has ended" in told(first, run)
    facts.unlink()
    (first.folder / "preset.json").write_text("{}")
    assert present_branch(recipe, run, None).folder == run / "from_best/long_6"
    assert branches(recipe, run) == (first,)


def test_a_branch_has_what_has_ended_and_the_taken_stage_up_to_its_step(recipe) -> None:
    three = read_recipe("told.toml", ["cooled.steps=6"])
    names = ("early", "long", "cooled")
    stages = (recipe.stages[0], *three.stages)
    updated = [
        one.model_copy(update={"name": n, "folder": n})
        for one, n in zip(stages, names, strict=True)
    ]
    three = three.model_copy(update={"stages": tuple(updated)})
    run = Path("runs/told_x2")
    (run / "early").mkdir(parents=True)
    (run / "early/final.weights.h5").write_bytes(b"early")
    write_facts(run / "early", {"steps": 8})
    validated(run, "long", 2)
    validated(run, "long", 4)
    (run / "long/best.json").write_text('{"step": 2}')
    before = bytes_of(run)
    with held(three, run, "cooled") as branch:
        pass
    assert (branch.stage.name, branch.step, bytes_of(run)) == ("long", 2, before)
    made = sorted(p.relative_to(branch.folder).as_posix() for p in branch.folder.rglob("*.*"))
    assert made == [
        "early/facts.json", "early/final.weights.h5", "long/facts.json", "long/final.weights.h5",
        "recipe.json",
    ]  # fmt: skip
    facts = json.loads((branch.folder / "long/facts.json").read_text())
    assert (facts["taken_at_step"], facts["steps"], facts["wall_seconds"]) == (2, 8, 3.0)
    assert [point["step"] for point in facts["curve"]] == [2]


def test_a_best_that_is_replaced_meanwhile_is_not_told_as_the_other(recipe) -> None:
    run = Path("runs/told_x2")
    validated(run, "long", 2)
    branch = present_branch(recipe, run, None)
    validated(run, "long", 4)
    branch.folder.parent.mkdir()
    with pytest.raises(ValueError, match="at step 2. Received: one of just now"):
        begin(branch, recipe, run)
    assert branches(recipe, run) == ()


def test_what_cannot_be_taken_is_refused_and_nothing_written(recipe) -> None:
    run = Path("runs/told_x2")
    keep_recipe(recipe, run)
    for options, said in (
        ({"stage": "cooled"}, "validated weights of the stage in .*long. Received: none"),
        ({"stage": "long"}, "a stage after long, the first .* Received: long$"),
        ({"stage": "cold"}, "among long, cooled. Received: 'cold'"),
        ({"resume_from": "esrn_x2", "at_step": 2, "stage": "long"}, "Received: both"),
    ):
        with pytest.raises(ValueError, match=said):
            train("told.toml", from_best=True, **options)
    validated(run, "long", 2)
    with pytest.raises(ValueError, match="holds a run of another recipe"):
        train("told.toml", settings=["cooled.steps=6"], from_best=True)
    write_facts(run / "long", {})
    with pytest.raises(ValueError, match="after cooled, .* Received: none. That one is the last"):
        train("told.toml", from_best=True)
    write_facts(run / "cooled", {})
    with pytest.raises(ValueError, match="under way. Received: an ended one"):
        train("told.toml", from_best=True)
    assert not (run / "from_best").exists()


def test_two_processes_do_not_have_the_branches_at_once(recipe) -> None:
    run = Path("runs/told_x2")
    validated(run, "long", 2)
    other = held(recipe, run, None)
    with held(recipe, run, None), pytest.raises(ValueError, match="by another process"):
        other.__enter__()


def test_a_note_says_which_step_is_taken(recipe, monkeypatch) -> None:
    from sr_app.jobs import train as job

    validated(Path("runs/told_x2"), "long", 2)
    monkeypatch.setattr(job, "run_checked", lambda *given, folder: None)
    heard: list = []
    assert train("told.toml", from_best=True, reporter=heard.append) is None
    assert isinstance(heard[0], Note) and heard[0].text.startswith("from long at step 2 of 8, in")
    assert not Path("runs/told_x2/from_best/long_2/preset.json").exists()
