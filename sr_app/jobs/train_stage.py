"""A recipe's training: pictures, network, the stage that its sections ask for, the preset."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import keras

from sr_app.datasets.store import PictureStore, open_store
from sr_app.jobs.events import Note, Reporter, counter, silent
from sr_app.jobs.preset_writer import write_preset
from sr_app.jobs.train_data import sources
from sr_app.jobs.train_perceptual import train_perceptually
from sr_app.jobs.train_progress import watching
from sr_app.jobs.train_selected import train_on_selected
from sr_app.jobs.train_two_stage import train_in_two_stages
from sr_app.networks.esrn import build_esrn
from sr_app.networks.interpolation import mean_network
from sr_app.networks.presets import Card, load_preset, write_card
from sr_app.recipes.rules import check_sections
from sr_app.recipes.schema import Recipe, recipe_genotype
from sr_app.training.conversion import convert
from sr_app.training.distillation import load_teacher
from sr_app.training.distribution import Distribution, find_distribution
from sr_app.training.losses import loss_named
from sr_app.training.run import train_supervised


def run_recipe(recipe: Recipe, folder: Path, out: Path, reporter: Reporter = silent) -> Card:
    """Train what the recipe's sections ask for in ``folder``; write its preset to ``out``."""
    check_sections(recipe)
    if recipe.selection:
        return run_on_selected(recipe, folder, out, reporter)
    if recipe.two_stage:
        return run_without_pairs(recipe, folder, out, reporter)
    if recipe.widths:
        raise ValueError("a recipe with a [widths] section is for sr-app compress --widths")
    distribution = find_distribution(recipe.training.devices)
    distribution.check_batch(recipe.training.batch)
    store = prepared_store(recipe, reporter) if recipe.training.steps else None
    with distribution.scope():
        network = initial_network(recipe, reporter)
        if store:
            train = train_perceptually if recipe.perceptual else train_faithfully
            watchers = watching(recipe, folder, reporter)
            train(recipe, network, store, folder, distribution, watchers)
    return write_preset(recipe, network, folder, out, reporter)


def train_faithfully(
    recipe: Recipe,
    network: keras.Model,
    store: PictureStore,
    folder: Path,
    distribution: Distribution,
    callbacks: tuple,
) -> None:
    """The training section as plain arguments: on pixels, of a teacher too where one is named."""
    validation = recipe.validation
    train_supervised(
        network,
        store,
        folder,
        loss=loss_named(recipe.training.loss),
        **teacher_of(recipe),
        **recipe.training.schedule(),
        validation=validation.hr if validation else None,
        validation_pictures=validation.pictures if validation else None,
        distribution=distribution,
        callbacks=callbacks,
    )


def teacher_of(recipe: Recipe) -> dict:
    """The distillation section as arguments of the training; none without it."""
    if recipe.distillation is None:
        return {}
    section = recipe.distillation
    teacher = load_teacher(section.teacher, recipe.network.scale)
    return {"teacher": teacher, "teacher_share": section.share, "affinity": section.affinity}


def run_on_selected(recipe: Recipe, folder: Path, out: Path, reporter: Reporter = silent) -> Card:
    """Train on patches of one kind, taught by a preset; the card tells the selection."""
    network = initial_network(recipe, reporter)
    told = train_on_selected(recipe, network, folder, reporter)
    card = write_preset(recipe, network, folder, out, reporter)
    return write_card(replace(card, training={**card.training, "selection": told}))


def run_without_pairs(recipe: Recipe, folder: Path, out: Path, reporter: Reporter = silent) -> Card:
    """Train in two stages; nothing to validate on, for there are no pairs."""
    network = initial_network(recipe, reporter)
    train_in_two_stages(recipe, network, folder, reporter)
    return write_preset(recipe, network, folder, out, reporter)


def initial_network(recipe: Recipe, reporter: Reporter = silent) -> keras.Model:
    """The recipe's network, with the weights of its ``start`` preset where they fit."""
    keras.config.set_dtype_policy(recipe.training.precision)
    keras.utils.set_random_seed(recipe.training.seed)
    network = build_esrn(recipe_genotype(recipe), recipe.network.scale)
    if starts := recipe.starts():
        left = convert(mean_network([load_preset(name) for name in starts]), network)
        new = ", ".join(left) or "nothing"
        reporter(Note(f"started from {' and '.join(starts)}; new: {new}"))
    return network


def prepared_store(recipe: Recipe, reporter: Reporter = silent) -> PictureStore:
    """All pictures of the recipe in one store, prepared the first time."""
    return open_store(
        sources(recipe.data, recipe.network.scale),
        recipe.data.cache,
        scale=recipe.network.scale,
        progress=counter(reporter, "preparing pictures"),
    )
