"""What is looked at before a training begins: nothing is written, and Keras is not needed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from sr_app.datasets.ntire import existing
from sr_app.files.nearest import did_you_mean
from sr_app.image.files import find_photos
from sr_app.jobs.run_folder import FACTS, read_facts
from sr_app.jobs.train_data import sources
from sr_app.networks.presets import CARD, find_folder, read_card
from sr_app.recipes.schema import Recipe, Stage
from sr_app.recipes.sections import given


def check_pictures(recipe: Recipe) -> None:
    """ValueError for a stage whose pictures or perceptual weights are not there."""
    for stage in recipe.stages:
        if stage.training.steps or stage.two_stage:
            found = sources(stage.data, stage.network.scale)
            if not found and not stage.selection:
                raise ValueError("Expected pictures in data.hr or data.div2k. Received: none")
            for folder in picture_folders(stage):
                if not find_photos(existing(folder)):
                    raise ValueError(f"Expected pictures in {folder}. Received: none")
        features = stage.perceptual.features if stage.perceptual else None
        if features is not None and not features.is_dir():
            raise ValueError(
                f"Expected the folder {features} of perceptual weights. Prepare it once by: "
                "sr-app data prepare perceptual"
            )


def picture_folders(stage: Stage) -> Iterator[Path]:
    """Folders of a stage that must hold pictures, beside those of its data section."""
    if stage.validation:
        yield stage.validation.hr
    if stage.selection:
        yield from (stage.selection.positives, stage.selection.unlabeled)
    if stage.two_stage:
        yield from stage.two_stage.real


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
    name = given(stage.two_stage).translators or ""
    return run / name if (run / name / FACTS).is_file() else Path(name)


def check_translators(recipe: Recipe, runs: Path, ready: Collection[str]) -> None:
    """ValueError for a stage whose translators are of no training that has ended or comes before.

    Args:
        ready: names of recipes that are trained before this one.
    """
    earlier: list[str] = []
    for stage in recipe.stages:
        name = stage.two_stage.translators if stage.two_stage else None
        if name is not None and name not in {*earlier, *ready}:
            facts = read_facts(found_run(name, runs)) or {}
            if not facts.get("two_stage"):
                raise ValueError(
                    "Expected two_stage.translators of an earlier stage, or of a two-stage "
                    f"training that has ended in {runs}. Received: {name!r}."
                    f"{did_you_mean(name, earlier)}"
                )
        earlier += [stage.name] * bool(stage.two_stage and stage.folder)


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
