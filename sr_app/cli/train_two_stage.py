"""A recipe with a two_stage section, as the objects and phases of its training."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

    from sr_app.cli.recipes import Recipe
    from sr_app.training.translation import UnpairedTranslation
    from sr_app.training.two_stage import Crops, Fitting

SETTINGS = ("loss", "learning_rate", "warmup", "average", "gradient_clip")


def train_in_two_stages(recipe: Recipe, network: keras.Model, folder: Path) -> None:
    """Translation only, super-resolution only, jointly: each in a folder of its own.

    A phase of no steps is left out; a finished one is only loaded.
    """
    from sr_app.training.two_stage import train_translation

    section = recipe.two_stage
    crops, fitting = prepared_crops(recipe), prepared_fitting(recipe, folder)
    translation = initial_translation(recipe)
    train_translation(
        translation,
        crops,
        folder / "translation",
        fitting,
        steps=section.translation_steps,
        learning_rate=section.translation_rate,
    )
    train_network(recipe, network, translation, crops, fitting, folder / "super_resolution")
    train_together(recipe, network, translation, crops, fitting, folder / "joint")


def initial_translation(recipe: Recipe) -> UnpairedTranslation:
    """The recipe's translators and critics, untrained."""
    from sr_app.training.two_stage import build_translation

    section, settings = recipe.two_stage, recipe.training
    return build_translation(
        patch=settings.patch,
        seed=settings.seed,
        kind=section.translator,
        width=section.translator_width,
        blocks=section.translator_blocks,
        noise=section.translator_noise,
        critic=section.critic,
        critic_width=section.critic_width,
        field=section.critic_field,
    )


def train_network(
    recipe: Recipe,
    network: keras.Model,
    translation: UnpairedTranslation,
    crops: Crops,
    fitting: Fitting,
    folder: Path,
) -> None:
    """Super-resolution only, on what the recipe says: translated LR, or bicubic as published."""
    from sr_app.training.losses import loss_named
    from sr_app.training.run import train_supervised
    from sr_app.training.two_stage import train_indirect

    settings = recipe.training
    options = settings.model_dump(include=set(SETTINGS) - {"loss"})
    options["loss"] = loss_named(settings.loss)
    if recipe.two_stage.super_resolution_on == "translated":
        options |= {"steps": settings.steps, "doubt": recipe.two_stage.doubt}
        train_indirect(network, translation.to_real, crops, folder, fitting, **options)
        return
    train_supervised(
        network,
        crops.store,
        folder,
        **options,
        batch=crops.batch,
        patch=crops.patch,
        **fitting.options("super-resolution", settings.steps, crops.seed),
    )


def train_together(
    recipe: Recipe,
    network: keras.Model,
    translation: UnpairedTranslation,
    crops: Crops,
    fitting: Fitting,
    folder: Path,
) -> None:
    """The collaborative phase, if it has steps."""
    from sr_app.training.losses import loss_named
    from sr_app.training.two_stage import train_jointly

    section, settings = recipe.two_stage, recipe.training
    if not section.joint_steps:
        return
    train_jointly(
        translation,
        network,
        crops,
        folder,
        fitting,
        loss=loss_named(settings.loss),
        steps=section.joint_steps,
        learning_rate=section.joint_rate,
        collaboration=section.collaboration,
        sr_weight=section.super_resolution_weight,
        average=settings.average,
        doubt=section.doubt,
    )


def prepared_fitting(recipe: Recipe, folder: Path) -> Fitting:
    """Epochs, speed, and a bar for each phase."""
    from sr_app.cli.train_progress import TrainingBar, tensorboard
    from sr_app.training.two_stage import Fitting

    settings = recipe.training

    def watch(phase: str, steps: int) -> list:
        bars = [TrainingBar(steps, settings.epoch, text=phase)]
        return bars + [tensorboard(folder / "events" / phase)] * settings.tensorboard

    return Fitting(settings.epoch, settings.steps_per_execution, settings.jit, watch)


def prepared_crops(recipe: Recipe) -> Crops:
    """HR with its bicubic LR, and the real LR, each in a store of its own."""
    from sr_app.cli.progress import progress_bar
    from sr_app.datasets.ntire import existing
    from sr_app.datasets.store import open_store
    from sr_app.datasets.synthetic_lr import split_halves
    from sr_app.image.files import find_photos
    from sr_app.training.two_stage import Crops

    section, settings, cache = recipe.two_stage, recipe.training, recipe.data.cache
    hr = [path for path, _ in recipe.data.sources(recipe.network.scale)]
    real = [path for folder in section.real for path in find_photos(existing(folder))]
    if section.halves:
        hr, real = split_halves(hr, real)
    stores = []
    for paths, scale in ((hr, recipe.network.scale), (real, 1)):
        with progress_bar("preparing pictures") as progress:
            sources = [(path, None) for path in paths]
            stores.append(open_store(sources, cache, scale=scale, progress=progress))
    return Crops(*stores, settings.patch, settings.batch, settings.seed)
