"""A stage in training as it stands, its best weights so far, and later stages begun from them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sr_app.files.json_table import write_table
from sr_app.files.quiet import quiet_start
from sr_app.files.replacement import temporary_folder, write_whole
from sr_app.jobs.run_folder import keep_recipe, read_facts, working_in, write_facts
from sr_app.recipes.schema import Recipe
from sr_app.recipes.stage_sections import Stage, WidthsSection
from sr_app.training.curve import BEST, FINAL, read_best

BRANCHES = "from_best"
"""Folder of a run for its branches."""
MADE = "preset.json"
"""Of a branch: where the preset lies that it has made."""


@dataclass(frozen=True)
class Branch:
    """Later stages of a run that began before an earlier one had ended.

    Args:
        stage: the earlier one, which counts as ended in the branch.
        step: of its weights there.
        folder: as a run's, with the stages before, which have ended, too.
    """

    stage: Stage
    step: int
    folder: Path

    def unfinished(self) -> bool:
        """Whether it has begun and made no preset yet."""
        return self.folder.is_dir() and not (self.folder / MADE).is_file()


def in_training(recipe: Recipe, run: Path) -> Stage:
    """The first stage that has not ended; ValueError if there is none."""
    for stage in recipe.stages:
        if read_facts(run / stage.folder) is None:
            return stage
    raise ValueError(f"Expected a training of {recipe.name} under way. Received: an ended one")


def best_step(stage: Stage, run: Path) -> int:
    """The step of the best weights so far of a stage in training; ValueError without any, or where
    its network is not known yet."""
    folder = run / stage.folder
    best = read_best(folder)
    if best is None:
        raise ValueError(
            f"Expected validated weights of the stage in {folder}. Received: none, which come with "
            "the first epoch of a stage that has a validation"
        )
    if stage.section(WidthsSection):
        raise ValueError(
            f"Expected a stage of a given network. Received: {stage.name}, whose widths are "
            "searched: they are known at its end"
        )
    step = best.get("step")
    if not isinstance(step, int):
        raise ValueError(f"{folder / BEST}: expected a step. Received: {step!r}")
    return step


def check_step(stage: Stage, run: Path, step: int) -> None:
    """ValueError if the best weights are of another step: the training wrote them in between."""
    if best_step(stage, run) != step:
        raise ValueError(
            f"Expected {stage.name} to have its best at step {step:,}. Received: one of just now: "
            "start this again"
        )


def branches(recipe: Recipe, run: Path) -> tuple[Branch, ...]:
    """Those of a run, by stage and step."""
    found = []
    for stage in recipe.stages:
        for folder in (run / BRANCHES).glob(f"{stage.name}_*"):
            step = folder.name.removeprefix(f"{stage.name}_")
            if step.isdecimal():
                found.append(Branch(stage, int(step), folder))
    return tuple(sorted(found, key=lambda one: (recipe.stages.index(one.stage), one.step)))


def present_branch(recipe: Recipe, run: Path, name: str | None) -> Branch:
    """The branch that is gone on with: an unfinished one, or that of the best weights so far of the
    stage in training; nothing is written.

    name: of the stage that is to be trained, if it is one alone.

    Raises:
        ValueError: where no stage is in training, it has no validated weights, or none comes after.
    """
    for branch in reversed(branches(recipe, run)):
        if branch.unfinished() and comes_after(branch.stage, recipe, name):
            return branch
    stage = in_training(recipe, run)
    if not comes_after(stage, recipe, name):
        last = ". That one is the last: train it as usual, or take a snapshot"
        raise ValueError(
            f"Expected a stage after {stage.name}, the first of {recipe.name} that has not ended. "
            f"Received: {name or 'none'}{last * (stage is recipe.stages[-1])}"
        )
    step = best_step(stage, run)
    return Branch(stage, step, run / BRANCHES / f"{stage.name}_{step}")


def comes_after(stage: Stage, recipe: Recipe, name: str | None) -> bool:
    """Whether a stage of this name, or any if it is None, comes after the other one."""
    later = [one.name for one in recipe.stages[recipe.stages.index(stage) + 1 :]]
    return name in later if name else bool(later)


def told(branch: Branch, run: Path) -> str:
    """What is gone on with, in a line."""
    stage, step = branch.stage, best_step(branch.stage, run)
    words = f"from {stage.name} at step {branch.step:,} of {stage.training.steps:,}, in "
    ended = read_facts(run / stage.folder) is not None
    if step == branch.step and not ended:
        return f"{words}{branch.folder}: {stage.name} itself is left as it is"
    now = f"{stage.name} has ended" if ended else f"The best is now step {step:,}"
    return (
        f"going on {words}{branch.folder}, where no preset is made yet. {now}: delete that folder "
        "to begin from there"
    )


@contextmanager
def held(recipe: Recipe, run: Path, name: str | None) -> Iterator[Branch]:
    """Have the branches of a run alone, and the present one begun; the run's own stages are read.
    ValueError as `present_branch` has it, or if another process has them."""
    with working_in(run / BRANCHES):
        branch = present_branch(recipe, run, name)
        if not branch.folder.is_dir():
            begin(branch, recipe, run)
        yield branch


def begin(branch: Branch, recipe: Recipe, run: Path) -> None:
    """Make a branch's folder: recipe, the stages that have ended, and the one that counts so."""
    stage = branch.stage
    with temporary_folder(branch.folder) as place:
        write_whole(place / stage.folder / FINAL, (run / stage.folder / BEST).read_bytes())
        check_step(stage, run, branch.step)
        keep_recipe(recipe, place)
        for ended in recipe.stages[: recipe.stages.index(stage)]:
            shutil.copytree(run / ended.folder, place / ended.folder)
        with quiet_start():
            from sr_app.jobs.train_facts import facts_so_far
        facts = facts_so_far(stage, run / stage.folder, branch.step)
        write_facts(place / stage.folder, facts)
        place.rename(branch.folder)


def finish(branch: Branch, preset: Path) -> None:
    """Say that a branch has made its preset."""
    write_table(branch.folder / MADE, {"preset": str(preset)})
