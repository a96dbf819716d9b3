"""The stages of a recipe, one after another: pictures, network, training; then the preset."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import keras

from sr_app.jobs.events import Note, Reporter, silent
from sr_app.jobs.hardware import lacks_bfloat16
from sr_app.jobs.preset_writer import write_preset
from sr_app.jobs.run_folder import read_facts, write_facts
from sr_app.jobs.train_checks import check_start
from sr_app.jobs.train_data import prepared_store
from sr_app.jobs.train_facts import as_made, stage_facts, starts_in_words
from sr_app.jobs.train_pairs import Parts, train_pairs
from sr_app.jobs.train_progress import watching
from sr_app.jobs.train_selected import train_on_selected
from sr_app.jobs.train_two_stage import train_in_two_stages
from sr_app.jobs.train_widths import (
    find_widths,
    first_part,
    second_part,
    squeezed_network,
    with_network,
)
from sr_app.networks.families import build_network
from sr_app.networks.interpolation import mean_network
from sr_app.networks.presets import Card, load_preset, read_card
from sr_app.recipes.rules import check_recipe
from sr_app.recipes.schema import Recipe
from sr_app.recipes.sections import PresetStart
from sr_app.recipes.stage_section import StageSection
from sr_app.recipes.stage_sections import (
    PerceptualSection,
    SelectionSection,
    Stage,
    TwoStageSection,
    WidthsSection,
)
from sr_app.training.checkpoints import save_weights
from sr_app.training.conversion import convert
from sr_app.training.curve import FINAL
from sr_app.training.distillation import load_teacher
from sr_app.training.distribution import find_distribution
from sr_app.training.losses import loss_named

NO_BFLOAT16 = (
    "this processor has no bfloat16, which is then the slowest: precision=float32 and jit=true "
    "take a fifth of the time"
)


def run_recipe(recipe: Recipe, folder: Path, out: Path, reporter: Reporter = silent) -> Card:
    """Train or resume every stage in the run's ``folder``; write the preset to ``out``."""
    check_recipe(recipe)
    for stage in recipe.stages:  # of the last one too, before the first is trained
        find_distribution(stage.training.devices).check_batch(stage.training.batch)
    network = None
    for stage in recipe.stages:
        network = run_stage(recipe, stage, folder, reporter)
    return write_preset(recipe, network, folder, out, reporter)


def run_stage(recipe: Recipe, stage: Stage, run: Path, reporter: Reporter = silent) -> keras.Model:
    """The network of a stage: trained in its folder of the ``run``, or loaded if that is done;
    ValueError if a stage that it starts from has not ended."""
    folder = run / stage.folder
    if read_facts(folder) is not None:
        return ended_network(stage, run)
    if stage.folder:
        steps = f"{stage.training.steps} steps" if stage.training.steps else "no steps"
        reporter(Note(f"stage {stage.name}: {steps}"))
    if stage.training.precision == "mixed_bfloat16" and lacks_bfloat16():
        reporter(Note(NO_BFLOAT16))
    distribution = find_distribution(stage.training.devices)
    distribution.check_batch(stage.training.batch)
    train = train_with_widths if stage.section(WidthsSection) else train_as_asked
    with distribution.scope():
        trained, network, facts = train(recipe, stage, run, reporter)
    folder.mkdir(parents=True, exist_ok=True)
    save_weights(network, folder / FINAL)
    write_facts(
        folder, {"network": trained.network.model_dump(), **stage_facts(trained, folder), **facts}
    )
    return network


def ended_network(stage: Stage, run: Path) -> keras.Model:
    """The network of a stage, with the weights that its training ended with."""
    folder = run / stage.folder
    facts = read_facts(folder)
    if facts is None:
        raise ValueError(f"Expected the stage {stage.name} to have ended: train it first")
    keras.config.set_dtype_policy(stage.training.precision)
    made = as_made(stage, facts)
    network = build_network(made.network.described(), made.network.scale)
    network.load_weights(folder / FINAL)
    return network


def train_as_asked(
    recipe: Recipe, stage: Stage, run: Path, reporter: Reporter
) -> tuple[Stage, keras.Model, dict]:
    """The training that the sections ask for; a stage of no steps is what it starts from.

    Returns:
        (stage, network, what the card says beyond the settings).
    """
    folder = run / stage.folder
    kinds = [type(section) for section in stage.own_sections()]
    in_phases = next((IN_PHASES[kind] for kind in kinds if kind in IN_PHASES), None)
    store = prepared_store(stage, reporter) if stage.training.steps and not in_phases else None
    network = initial_network(recipe, stage, run, reporter)
    parts = stage_parts(recipe, stage, network, run)
    if in_phases:
        return stage, network, in_phases(parts, folder, reporter)
    if store:
        train_pairs(parts, store, folder, watching(stage, folder, reporter))
    return stage, network, {}


def in_two_stages(parts: Parts, folder: Path, reporter: Reporter) -> dict:
    """Translation, super-resolution, both together."""
    section = parts.stage.section(PerceptualSection)
    start = parts.start() if section and section.features is None else None
    train_in_two_stages(parts.stage, parts.network, folder, reporter, start=start)
    return {}


def on_selected(parts: Parts, folder: Path, reporter: Reporter) -> dict:
    """A teacher's pictures of one kind."""
    return {"selection": train_on_selected(parts.stage, parts.network, folder, reporter)}


IN_PHASES: dict[type[StageSection], Callable[[Parts, Path, Reporter], dict]] = {
    TwoStageSection: in_two_stages,
    SelectionSection: on_selected,
}
"""Section -> a training that prepares its own data, in its own phases; returns what cards tell."""


def stage_parts(recipe: Recipe, stage: Stage, network: keras.Model, run: Path) -> Parts:
    """What a training is made of."""

    def start() -> keras.Model | None:
        return started(recipe, stage.start[0], run) if stage.start else None

    return Parts(stage, network, start, loss_named(stage.training.loss))


def train_with_widths(
    recipe: Recipe, stage: Stage, run: Path, reporter: Reporter
) -> tuple[Stage, keras.Model, dict]:
    """The training of a stage whose widths are searched, or widened and squeezed, first."""
    section, folder = stage.required(WidthsSection), run / stage.folder
    settings = section.model_dump()
    if section.way == "search":
        genotype, widths = find_widths(stage, folder / "search", reporter)
        made = with_network(stage, genotype)
        _, network, _ = train_as_asked(recipe, made, run, reporter)
        return made, network, {"widths": {**settings, **widths}}
    store = prepared_store(stage, reporter)
    wide = initial_network(recipe, first_part(stage), run, reporter)
    teacher = load_teacher(stage.presets()[0], stage.network.scale)
    genotype, network, widths = squeezed_network(
        stage, wide, teacher, store, folder / "widened", reporter
    )
    made = second_part(stage, genotype)
    parts = stage_parts(recipe, made, network, run)
    train_pairs(parts, store, folder, watching(made, folder, reporter))
    return made, network, {"widths": {**settings, **widths}}


def initial_network(
    recipe: Recipe, stage: Stage, run: Path, reporter: Reporter = silent
) -> keras.Model:
    """The stage's network, with the weights of what it starts from where they fit.

    One of other layers or another factor lends what fits (``training.conversion``); several lend
    the mean of their weights. The random weights depend on the seed alone.
    """
    sources = [started(recipe, start, run) for start in (*stage.mean, *stage.start)]
    keras.config.set_dtype_policy(stage.training.precision)
    keras.utils.set_random_seed(stage.training.seed)
    network = build_network(stage.network.described(), stage.network.scale)
    if sources:
        left = convert(mean_network(sources), network)
        names = starts_in_words(stage)
        names = names if isinstance(names, str) else " and ".join(names or ())
        reporter(Note(f"started from {names}; new: {', '.join(left) or 'nothing'}"))
    return network


def started(recipe: Recipe, start: str | PresetStart, run: Path) -> keras.Model:
    """The network of an earlier stage or a preset; the preset's weights are those of its digest."""
    if isinstance(start, str):
        return ended_network(recipe.stage(start), run)
    check_start(start, read_card(start.preset))
    return load_preset(start.preset)
