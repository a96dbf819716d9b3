"""The stages of a recipe, one after another: pictures, network, training; then the preset."""

from __future__ import annotations

from pathlib import Path

import keras

from sr_app.jobs.events import Note, Reporter, silent
from sr_app.jobs.preset_writer import write_preset
from sr_app.jobs.run_folder import read_facts, write_facts
from sr_app.jobs.train_data import prepared_store
from sr_app.jobs.train_facts import as_made, stage_facts, starts_in_words
from sr_app.jobs.train_perceptual import train_perceptually, validation_of
from sr_app.jobs.train_progress import watching
from sr_app.jobs.train_selected import train_on_selected
from sr_app.jobs.train_two_stage import train_in_two_stages
from sr_app.jobs.train_widths import (
    check_widths,
    find_widths,
    first_part,
    second_part,
    squeezed_network,
    with_network,
)
from sr_app.networks.families import build_network
from sr_app.networks.interpolation import mean_network
from sr_app.networks.presets import Card, digest, load_preset, read_card
from sr_app.recipes.rules import check_recipe
from sr_app.recipes.schema import Recipe, Stage
from sr_app.recipes.sections import PresetStart, given
from sr_app.training.checkpoints import save_weights
from sr_app.training.conversion import convert
from sr_app.training.distillation import PlainDistillation, load_teacher
from sr_app.training.distribution import Distribution, find_distribution
from sr_app.training.losses import loss_named
from sr_app.training.run import FINAL, Source, train_on_pairs
from sr_app.training.supervised import SupervisedTraining


def run_recipe(recipe: Recipe, folder: Path, out: Path, reporter: Reporter = silent) -> Card:
    """Train or resume every stage in the run's ``folder``; write the preset to ``out``."""
    check_recipe(recipe)
    network = None
    for stage in recipe.stages:
        network = run_stage(recipe, stage, folder, reporter)
    return write_preset(recipe, network, folder, out, reporter)


def run_stage(recipe: Recipe, stage: Stage, run: Path, reporter: Reporter = silent) -> keras.Model:
    """The network of a stage: trained in its folder of the ``run``, or loaded if that is done.

    Raises:
        ValueError: if a stage that it starts from has not ended.
    """
    folder = run / stage.folder
    if read_facts(folder) is not None:
        return ended_network(stage, run)
    if stage.folder:
        steps = f"{stage.training.steps} steps" if stage.training.steps else "no steps"
        reporter(Note(f"stage {stage.name}: {steps}"))
    distribution = find_distribution(stage.training.devices)
    distribution.check_batch(stage.training.batch)
    train = train_with_widths if stage.widths else train_as_asked
    with distribution.scope():
        made, network, told = train(recipe, stage, run, distribution, reporter)
    folder.mkdir(parents=True, exist_ok=True)
    save_weights(network, folder / FINAL)
    write_facts(folder, {"network": made.network.model_dump(), **stage_facts(made, folder), **told})
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
    recipe: Recipe, stage: Stage, run: Path, distribution: Distribution, reporter: Reporter
) -> tuple[Stage, keras.Model, dict]:
    """The training that the sections ask for; a stage of no steps is what it starts from.

    Returns:
        (stage, network, what the card says beyond the settings).
    """
    folder, told = run / stage.folder, {}
    plain = stage.training.steps and not (stage.selection or stage.two_stage)
    store = prepared_store(stage, reporter) if plain else None
    network = initial_network(recipe, stage, run, reporter)
    watchers = watching(stage, folder, reporter)
    own = stage.start and stage.perceptual and stage.perceptual.features is None
    start = started(recipe, stage.start[0], run) if own else None
    if stage.selection:
        told["selection"] = train_on_selected(recipe.name, stage, network, folder, reporter)
    elif stage.two_stage:
        train_in_two_stages(stage, network, folder, reporter, start=start)
    elif store and stage.perceptual:
        train_perceptually(stage, network, store, folder, distribution, watchers, start)
    elif store:
        train_faithfully(stage, network, store, folder, distribution, watchers)
    return stage, network, told


def train_with_widths(
    recipe: Recipe, stage: Stage, run: Path, distribution: Distribution, reporter: Reporter
) -> tuple[Stage, keras.Model, dict]:
    """The training of a stage whose widths are searched, or widened and squeezed, first."""
    check_widths(stage)
    folder, asked = run / stage.folder, given(stage.widths).model_dump()
    if given(stage.widths).way == "search":
        genotype, told = find_widths(stage, folder / "search", reporter)
        made = with_network(stage, genotype)
        _, network, _ = train_as_asked(recipe, made, run, distribution, reporter)
        return made, network, {"widths": {**asked, **told}}
    store = prepared_store(stage, reporter)
    wide = initial_network(recipe, first_part(stage), run, reporter)
    teacher = load_teacher(stage.presets()[0], stage.network.scale)
    genotype, network, told = squeezed_network(
        stage, wide, teacher, store, folder / "widened", reporter
    )
    made = second_part(stage, genotype)
    train_faithfully(made, network, store, folder, distribution, watching(made, folder, reporter))
    return made, network, {"widths": {**asked, **told}}


def train_faithfully(
    stage: Stage,
    network: keras.Model,
    store: Source,
    folder: Path,
    distribution: Distribution,
    callbacks: tuple,
) -> None:
    """Train on pixels; on a teacher's too where one is named."""
    train_on_pairs(
        faithful_stage(stage, network, distribution),
        store,
        folder,
        stage.training.schedule(),
        stage.training.batches(),
        validation=validation_of(stage, network, folder, judged=False),
        callbacks=callbacks,
    )


def faithful_stage(
    stage: Stage, network: keras.Model, distribution: Distribution
) -> SupervisedTraining | PlainDistillation:
    """Network and loss; of a distillation section the teacher too."""
    loss, section = distribution.shared(loss_named(stage.training.loss)), stage.distillation
    if section is None:
        return SupervisedTraining(network, loss)
    teacher = load_teacher(section.teacher, stage.network.scale)
    return PlainDistillation(network, teacher, loss, share=section.share, affinity=section.affinity)


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
    card = read_card(start.preset)
    found = digest(card.file(card.weights))
    if start.sha256 not in (None, found):
        raise ValueError(
            f"Expected weights of {card.name} with SHA-256 {start.sha256[:12]}... to start from. "
            f"Received: {found[:12]}..."
        )
    return load_preset(start.preset)
