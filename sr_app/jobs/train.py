"""Training as a job: a recipe -> a preset, resumed where an earlier run was ended."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sr_app.files.extras import require
from sr_app.files.quiet import quiet_start
from sr_app.jobs.events import Finished, Note, Reporter, silent
from sr_app.jobs.run_folder import begun, kept_recipe, read_facts
from sr_app.jobs.train_checks import checked, find_preset, found_run, missing_results
from sr_app.jobs.train_so_far import finish, held, present_branch, told
from sr_app.recipes.overrides import with_seed
from sr_app.recipes.schema import Recipe, read_recipe
from sr_app.recipes.sections import PresetStart, Section, TrainingSection
from sr_app.recipes.stage_sections import Stage, TwoStageSection

if TYPE_CHECKING:
    from sr_app.networks.presets import Card


def train(
    recipe: str | Path,
    *,
    settings: Sequence[str] | None = None,
    seed: int | None = None,
    runs: str | Path = "runs",
    out: str | Path | None = None,
    stage: str | None = None,
    from_best: bool = False,
    resume_from: str | Path | None = None,
    at_step: int | None = None,
    reporter: Reporter = silent,
) -> Card | None:
    """Train a network as a recipe says, stage by stage, and write it as a preset.

    Checkpoints lie in ``runs/NAME/STAGE``; called again after a kill it continues there. A preset
    that a stage needs and that is not there is trained first, by the shipped recipe of its name.
    Recipe, pictures and destination are checked before Keras is imported or anything is written.

    Args:
        recipe: a TOML file or the name of a shipped recipe.
        settings: changes, ``key=value``, of all stages, or ``STAGE.key=value``.
        seed: of the training; the recipe's if not given.
        runs: folder of all runs.
        out: folder of the preset, ``runs/NAME/preset/NAME`` if not given.
        stage: train this one alone; those that it starts from have ended before.
        from_best: train the stages after the one in training from its best weights so far, in
            ``runs/NAME/from_best/STAGE_STEP``, where their preset lies if ``out`` is not given. The
            one in training is left as it is. What was begun so and has made no preset yet is gone
            on with first, whatever the best is by then.
        resume_from, at_step: a preset, and how many steps of the stage are behind its weights: the
            training goes on there where its checkpoint is lost, with the rest of the batches and
            of the cosine. Adam's moments begin anew, the rate rises over ``warmup`` steps. Once is
            enough: the run remembers it.
        reporter: called with counts, notes and points of the learning curve.

    Returns:
        The preset's card; None after a single stage while others are left.

    Raises:
        ValueError: for a faulty recipe, missing data, or a run of another recipe in the folder.
        FloatingPointError: if the training diverged.
    """
    require("keras")
    runs = Path(runs)
    chosen = read_recipe(str(recipe), with_seed(settings, seed))
    if (resume_from is None) != (at_step is None):
        raise ValueError("a preset to resume from and its step go together: give both, or neither")
    if resume_from is not None and at_step is not None:
        chosen = resume_stage(chosen, stage, str(resume_from), at_step)
        if from_best:
            raise ValueError("Expected a preset to resume from or the best so far. Received: both")
    run = runs / chosen.name
    chosen = resume_as_before(chosen, run)
    if stage is not None:
        chosen.stage(stage)
    if from_best:
        present_branch(chosen, run, stage)
    made = Path(out) if out else run / "preset" / chosen.name
    order = checked(chosen, runs, made)
    for first in order[:-1]:
        reporter(Note(f"{chosen.name} needs the preset {first.name}: training it first"))
        place = runs / first.name
        run_checked(first, runs, place / "preset" / first.name, None, reporter)
    if from_best:
        card = run_from_best(chosen, runs, made if out else None, stage, reporter)
    else:
        card = run_checked(chosen, runs, made, stage, reporter)
    reporter(Finished(card))
    return card


def run_from_best(
    recipe: Recipe, runs: Path, out: Path | None, stage: str | None, reporter: Reporter
) -> Card | None:
    """As `run_checked`, the stages after the one in training; the preset lies beside them if
    ``out`` is None."""
    run = runs / recipe.name
    with held(recipe, run, stage) as branch:
        reporter(Note(told(branch, run)))
        place = branch.folder
        out = out or place / "preset" / recipe.name
        card = run_checked(recipe, runs, out, stage, reporter, folder=place)
        if card is not None:
            finish(branch, card.folder)
    return card


def resume_stage(recipe: Recipe, name: str | None, preset: str, step: int) -> Recipe:
    """The recipe with a stage that goes on from a preset's weights at a step."""
    trained = [stage.name for stage in recipe.stages if stage.training.steps]
    if name is None and len(trained) > 1:
        known = ", ".join(trained)
        raise ValueError(f"Expected the stage that is resumed, one of {known}. Received: none")
    stage = recipe.stage(name or trained[0])
    if step < 1:
        raise ValueError(f"Expected a step of 1 or more to resume at. Received: {step}")
    training = stage.training.model_copy(update={"first_step": step})
    return with_stage(recipe, stage, (PresetStart(preset=preset),), training)


def resume_as_before(recipe: Recipe, folder: Path) -> Recipe:
    """The recipe with the resumed stages that its run in ``folder`` was begun with."""
    kept = kept_recipe(folder, Recipe)
    names = [stage.name for stage in recipe.stages]
    for stage in kept.stages if kept else ():
        if stage.training.first_step and stage.name in names:
            own = recipe.stage(stage.name)
            if not own.training.first_step:
                first = {"first_step": stage.training.first_step}
                training = own.training.model_copy(update=first)
                recipe = with_stage(recipe, own, stage.start, training)
    return recipe


def with_stage(recipe: Recipe, stage: Stage, start: tuple, training: TrainingSection) -> Recipe:
    """The recipe with another start and training of a stage."""
    other = stage.model_copy(update={"start": start, "training": training})
    stages = tuple(other if one is stage else one for one in recipe.stages)
    return recipe.model_copy(update={"stages": stages})


def run_checked(
    recipe: Recipe,
    runs: Path,
    out: Path,
    stage: str | None,
    reporter: Reporter,
    *,
    folder: Path | None = None,
) -> Card | None:
    """Train all stages or one; the preset is written once all have ended.

    folder: of the run, ``runs/NAME`` if not given.
    """
    with quiet_start():
        from sr_app.jobs.train_stage import run_recipe, run_stage

    folder, ready = folder or runs / recipe.name, with_preset_folders(recipe, runs)
    if missing := missing_results(recipe):
        places = ", ".join(f"{name} ({folder})" for name, folder in missing.items())
        reporter(Note(f"not measured at the end, for there is no such folder: {places}"))
    with begun(recipe, folder):
        if stage is not None:
            run_stage(ready, ready.stage(stage), folder, reporter)
            left = [one.name for one in recipe.stages if read_facts(folder / one.folder) is None]
            if left:
                reporter(Note(f"stage {stage} has ended; left: {', '.join(left)}"))
                return None
        return run_recipe(ready, folder, out, reporter)


def with_preset_folders(recipe: Recipe, runs: Path) -> Recipe:
    """The recipe with folders in place of the names of presets that earlier runs have made."""
    names = [stage.name for stage in recipe.stages]
    stages = tuple(stage_with_preset_folders(stage, runs, names) for stage in recipe.stages)
    source = preset_folder(recipe.compressed_from, runs) if recipe.compressed_from else None
    return recipe.model_copy(update={"stages": stages, "compressed_from": source})


def preset_folder(name: str, runs: Path) -> str:
    """The folder of a preset that lies below ``runs``; any other name as it is."""
    place = find_preset(name, runs)
    return str(place) if place and runs in place.parents else name


def stage_with_preset_folders(stage: Stage, runs: Path, names: Sequence[str]) -> Stage:
    """A stage with folders of presets and of another run's translators that lie below ``runs``.

    names: of the recipe's own stages.
    """
    starts = tuple(
        start.model_copy(update={"preset": preset_folder(start.preset, runs)})
        if isinstance(start, PresetStart)
        else start
        for start in stage.start
    )
    changed: dict[str, Section] = {
        section.NAME: section.with_teachers(lambda name: preset_folder(name, runs))
        for section in stage.own_sections()
    }
    two = stage.section(TwoStageSection)
    if two and two.translators and two.translators not in names:
        place = str(found_run(two.translators, runs))
        changed[two.NAME] = two.model_copy(update={"translators": place})
    return stage.model_copy(update={"start": starts, **changed})
