"""A recipe with a two_stage section, as the objects and phases of its training."""

from __future__ import annotations

from pathlib import Path

import keras

from sr_app.datasets.ntire import existing
from sr_app.datasets.store import open_store
from sr_app.datasets.synthetic_lr import split_halves
from sr_app.image.files import find_photos
from sr_app.jobs.events import Reporter, counter, silent
from sr_app.jobs.train_data import sources
from sr_app.jobs.train_progress import ReportSteps, tensorboard
from sr_app.recipes.schema import Stage
from sr_app.training.losses import loss_named
from sr_app.training.run import train_supervised
from sr_app.training.translation import UnpairedTranslation
from sr_app.training.two_stage import (
    Crops,
    Fitting,
    build_translation,
    train_indirect,
    train_jointly,
    train_translation,
)

SETTINGS = ("loss", "learning_rate", "warmup", "average", "gradient_clip")


def train_in_two_stages(
    stage: Stage, network: keras.Model, folder: Path, reporter: Reporter = silent
) -> None:
    """Translation only, super-resolution only, jointly: each in a folder of its own.

    A phase of no steps is left out; a finished one is only loaded.
    """
    section = stage.two_stage
    crops, fitting = prepared_crops(stage, reporter), prepared_fitting(stage, folder, reporter)
    translation = initial_translation(stage)
    train_translation(
        translation,
        crops,
        folder / "translation",
        fitting,
        steps=section.translation_steps,
        learning_rate=section.translation_rate,
    )
    train_network(stage, network, translation, crops, fitting, folder / "super_resolution")
    train_together(stage, network, translation, crops, fitting, folder / "joint")


def initial_translation(stage: Stage) -> UnpairedTranslation:
    """The recipe's translators and critics, untrained."""
    section, settings = stage.two_stage, stage.training
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
    stage: Stage,
    network: keras.Model,
    translation: UnpairedTranslation,
    crops: Crops,
    fitting: Fitting,
    folder: Path,
) -> None:
    """Super-resolution only, on what the recipe says: translated LR, or bicubic as published."""
    settings = stage.training
    options = settings.model_dump(include=set(SETTINGS) - {"loss"})
    options["loss"] = loss_named(settings.loss)
    if stage.two_stage.super_resolution_on == "translated":
        options |= {"steps": settings.steps, "doubt": stage.two_stage.doubt}
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
    stage: Stage,
    network: keras.Model,
    translation: UnpairedTranslation,
    crops: Crops,
    fitting: Fitting,
    folder: Path,
) -> None:
    """The collaborative phase, if it has steps."""
    section, settings = stage.two_stage, stage.training
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


def prepared_fitting(stage: Stage, folder: Path, reporter: Reporter) -> Fitting:
    """Epochs, speed, and a count for each phase."""
    settings = stage.training

    def watch(phase: str, steps: int) -> list:
        bars = [ReportSteps(reporter, steps, settings.epoch, what=phase)]
        return bars + [tensorboard(folder / "events" / phase)] * settings.tensorboard

    return Fitting(settings.epoch, settings.steps_per_execution, settings.jit, watch)


def prepared_crops(stage: Stage, reporter: Reporter = silent) -> Crops:
    """HR with its bicubic LR, and the real LR, each in a store of its own."""
    section, settings, cache = stage.two_stage, stage.training, stage.data.cache
    hr = [path for path, _ in sources(stage.data, stage.network.scale)]
    real = [path for folder in section.real for path in find_photos(existing(folder))]
    if section.halves:
        hr, real = split_halves(hr, real)
    stores = []
    for paths, scale in ((hr, stage.network.scale), (real, 1)):
        pairs = [(path, None) for path in paths]
        what = "preparing pictures" if scale > 1 else "preparing real pictures"
        stores.append(open_store(pairs, cache, scale=scale, progress=counter(reporter, what)))
    return Crops(*stores, settings.patch, settings.batch, settings.seed)
