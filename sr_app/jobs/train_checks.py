"""What is looked at before a training begins: nothing is written, and Keras comes last."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from sr_app.datasets.ntire import existing
from sr_app.files.nearest import did_you_mean
from sr_app.files.quiet import quiet_start
from sr_app.image.files import some_photos
from sr_app.jobs.run_folder import FACTS, check_run, read_facts
from sr_app.jobs.train_data import sources
from sr_app.networks.families import family_of
from sr_app.networks.presets import CARD, Card, digest, find_folder, read_card
from sr_app.recipes.plan import plan
from sr_app.recipes.rules import check_recipe
from sr_app.recipes.schema import Recipe
from sr_app.recipes.sections import PresetStart
from sr_app.recipes.stage_sections import (
    DistillationSection,
    SelectionSection,
    Stage,
    TwoStageSection,
)


def checked(recipe: Recipe, runs: Path, out: Path) -> tuple[Recipe, ...]:
    """The recipes to train, ``recipe`` the last; ValueError for what could not be trained."""
    check_recipe(recipe)
    order = plan(recipe, lambda name: find_preset(name, runs) is not None)
    for one in order:
        check_recipe(one)
        check_pictures(one)
        check_presets(one, runs)
        check_resumed(one, runs)
        check_translators(one, runs, {other.name for other in order} - {one.name})
        check_run(one, runs / one.name)
        check_folder(runs / one.name)
    check_folder(out)
    for stage in (stage for one in order for stage in one.stages):
        check_parts(stage.network.described())
    check_trains()
    return order


def check_pictures(recipe: Recipe) -> None:
    """ValueError for a stage whose pictures or perceptual weights are not there."""
    for stage in recipe.stages:
        own = list(stage.own_sections())
        if stage.training.steps or not all(section.PAIRS for section in own):
            found = sources(stage.data, stage.network.scale)
            if not found and all(section.NEEDS_HR for section in own):
                raise ValueError("Expected pictures in data.hr or data.div2k. Received: none")
            check_validation(stage)
            for folder in (folder for section in own for folder in section.pictures()):
                some_photos(existing(folder), "pictures")
        for section in own:
            section.check_files()


def missing_results(recipe: Recipe) -> dict[str, Path]:
    """The recipe's result sets whose folders are not there, each with the first missing one."""
    folders = {
        name: (pictures,) if isinstance(pictures, Path) else (pictures.hr, pictures.lr)
        for name, pictures in recipe.results.items()
    }
    missing = {
        name: [folder for folder in those if folder and not folder.is_dir()]
        for name, those in folders.items()
    }
    return {name: those[0] for name, those in missing.items() if those}


def check_validation(stage: Stage) -> None:
    """ValueError for a validation without pictures; it says how to do without."""
    if stage.validation is None:
        return
    try:
        for folder in filter(None, (stage.validation.hr, stage.validation.lr)):
            some_photos(existing(folder), "pictures")
    except ValueError as error:
        raise ValueError(
            f"{error}. The training chooses its best step by them: set validation.hr to a folder "
            "of yours, or validation = none to train without"
        ) from error


def check_presets(recipe: Recipe, runs: Path) -> None:
    """ValueError for a preset that is there but not the one that a stage can begin with."""
    for stage in recipe.stages:
        for start in stage.start:
            if isinstance(start, PresetStart) and (place := find_preset(start.preset, runs)):
                check_start(start, read_card(place))
        for name in (name for section in stage.own_sections() for name in section.teachers()):
            card = read_card(place) if (place := find_preset(name, runs)) else None
            if card:
                check_teacher(stage, card)


def check_teacher(stage: Stage, card: Card) -> None:
    """ValueError for a teacher of another factor, or one that only its file knows where the
    teaching is more than its pictures of the crops."""
    if card.scale != stage.network.scale:
        raise ValueError(
            f"Expected a teacher for x{stage.network.scale}. Received: {card.name}, x{card.scale}"
        )
    if family_of(card.network).HAS_WEIGHTS:
        return
    distillation = stage.section(DistillationSection)
    reasons = {
        "distillation.affinity": distillation and distillation.affinity,
        "a [selection] section": stage.section(SelectionSection),
        "a [two_stage] section": stage.section(TwoStageSection),
    }
    if wanting := next((what for what, given in reasons.items() if given), None):
        raise ValueError(
            f"Expected a teacher with Keras weights for {wanting}. Received: {card.name}, made "
            "elsewhere, which teaches by its pictures of the crops alone"
        )


def check_start(start: PresetStart, card: Card) -> None:
    """ValueError for a preset without Keras weights, or whose weights are of another digest."""
    if not family_of(card.network).HAS_WEIGHTS:
        raise ValueError(
            f"Expected a preset with Keras weights to start from. Received: {card.name}, made "
            "elsewhere"
        )
    found = digest(card.file(card.weights)) if start.sha256 else None
    if start.sha256 != found:
        raise ValueError(
            f"Expected weights of {card.name} with SHA-256 {str(start.sha256)[:12]}... to start "
            f"from. Received: {str(found)[:12]}..."
        )


def check_trains() -> None:
    """ValueError where Keras runs on a backend that trains nothing, or is told to run on none."""
    unknown, trains = "", False
    with quiet_start():
        try:
            from sr_app.training.distribution import has_training

            trains = has_training()
        except ValueError as error:  # Keras names the backend, and not what chooses it
            unknown = str(error)
    if unknown:
        raise ValueError(f"Expected KERAS_BACKEND to name a backend of Keras. Received: {unknown}")
    if not trains:
        raise ValueError(
            "Expected a backend of Keras that trains, TensorFlow or JAX. Received: one without"
        )


def check_parts(network: object) -> None:
    """ValueError for a part of a network that its family does not know, Keras asked if need be."""
    wrong = None
    with quiet_start():
        try:
            family_of(network).check_parts(network)
        except ValueError as error:  # not in there, where it would bring Keras' notices along
            wrong = error
    if wrong:
        raise wrong


def check_resumed(recipe: Recipe, runs: Path) -> None:
    """ValueError for a stage that goes on from a preset which is not there, or of another net."""
    for stage in recipe.stages:
        for name in stage.presets() if stage.training.first_step else ():
            card = read_card(find_preset(name, runs) or name)
            if (card.network, card.scale) != (stage.network.described(), stage.network.scale):
                raise ValueError(
                    f"Expected a preset of the network of {recipe.name} to go on from. "
                    f"Received: {card.name}"
                )


def translators_folder(stage: Stage, run: Path) -> Path:
    """Folder of the training whose translators a stage uses: a stage of its run, or a path."""
    name = stage.required(TwoStageSection).translators or ""
    return run / name if (run / name / FACTS).is_file() else Path(name)


def check_translators(recipe: Recipe, runs: Path, ready: Collection[str]) -> None:
    """ValueError for a stage whose translators are of no training that has ended or comes before.

    Args:
        ready: names of recipes that are trained before this one.
    """
    earlier: list[str] = []
    for stage in recipe.stages:
        two = stage.section(TwoStageSection)
        name = two.translators if two else None
        if name is not None and name not in {*earlier, *ready}:
            facts = read_facts(found_run(name, runs)) or {}
            if not facts.get("two_stage"):
                raise ValueError(
                    "Expected two_stage.translators of an earlier stage, or of a two-stage "
                    f"training that has ended in {runs}. Received: {name!r}."
                    f"{did_you_mean(name, earlier)}"
                )
        earlier += [stage.name] * bool(two and stage.folder)


def found_run(name: str, runs: Path) -> Path:
    """The folder of a run by its recipe's name, or a folder as it is named."""
    return runs / name if (runs / name).is_dir() else Path(name)


def check_folder(folder: Path) -> None:
    """ValueError if a folder cannot be made, or what is there is no folder."""
    place = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not place.is_dir():
        raise ValueError(f"Expected a folder to write to. Received: {folder}, and {place} is none")


def find_preset(name: str, runs: Path) -> Path | None:
    """The folder of a preset: on the search path, or made by a run below ``runs``; None if not."""
    made = runs / name / "preset" / name
    try:
        return find_folder(name)
    except ValueError:
        return made if (made / CARD).is_file() else None
