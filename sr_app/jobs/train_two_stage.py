"""A recipe with a two_stage section, as the objects and phases of its training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import keras

from sr_app.datasets.ntire import existing
from sr_app.datasets.synthetic_lr import split_halves
from sr_app.image.files import find_photos
from sr_app.jobs.events import Reporter, silent
from sr_app.jobs.train_data import prepared, sources
from sr_app.jobs.train_progress import ReportSteps, tensorboard
from sr_app.recipes.schema import Stage
from sr_app.recipes.sections import given
from sr_app.training.collaborative import CollaborativeTraining, IndirectTraining
from sr_app.training.losses import loss_named
from sr_app.training.run import train_on_pairs
from sr_app.training.supervised import SupervisedTraining
from sr_app.training.translation import UnpairedTranslation
from sr_app.training.two_stage import (
    Crops,
    build_translation,
    train_indirect,
    train_jointly,
    train_translation,
)


def train_in_two_stages(
    stage: Stage, network: keras.Model, folder: Path, reporter: Reporter = silent
) -> None:
    """Translation only, super-resolution only, jointly: each in a folder of its own.

    A phase of no steps is left out; a finished one is only loaded.
    """
    section, schedule = given(stage.two_stage), stage.training.schedule()
    crops, translation = prepared_crops(stage, reporter), initial_translation(stage)

    def watch(phase: str, steps: int) -> list[keras.callbacks.Callback]:
        bars = [ReportSteps(reporter, steps, schedule.epoch, what=phase)]
        return bars + [tensorboard(folder / "events" / phase)] * stage.training.tensorboard

    first = replace(
        schedule, steps=section.translation_steps, learning_rate=section.translation_rate
    )
    last = replace(schedule, steps=section.joint_steps, learning_rate=section.joint_rate)
    watchers = watch("translation", first.steps)
    train_translation(translation, crops, folder / "translation", first, watchers)
    watchers = watch("super-resolution", schedule.steps)
    train_network(stage, network, translation, crops, folder / "super_resolution", watchers)
    if last.steps:
        together = joint_stage(stage, network, translation)
        train_jointly(together, crops, folder / "joint", last, watch("joint", last.steps))


def initial_translation(stage: Stage) -> UnpairedTranslation:
    """The recipe's translators and critics, untrained."""
    section, settings = given(stage.two_stage), stage.training
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
    folder: Path,
    callbacks: Sequence[keras.callbacks.Callback],
) -> None:
    """Super-resolution only, on what the recipe says: translated LR, or bicubic as published."""
    section, schedule = given(stage.two_stage), stage.training.schedule()
    loss = loss_named(stage.training.loss)
    if section.super_resolution_on == "translated":
        indirect = IndirectTraining(network, translation.to_real, loss, doubt=section.doubt)
        train_indirect(indirect, crops, folder, schedule, callbacks)
        return
    direct = SupervisedTraining(network, loss)
    train_on_pairs(direct, crops.store, folder, schedule, crops.batches, callbacks=callbacks)


def joint_stage(
    stage: Stage, network: keras.Model, translation: UnpairedTranslation
) -> CollaborativeTraining:
    """Translators, critics and network in one stage."""
    section = given(stage.two_stage)
    return CollaborativeTraining(
        translation,
        network,
        loss_named(stage.training.loss),
        collaboration=section.collaboration,
        sr_weight=section.super_resolution_weight,
        doubt=section.doubt,
    )


def prepared_crops(stage: Stage, reporter: Reporter = silent) -> Crops:
    """HR with its bicubic LR, and the real LR, each in a store of its own."""
    section, cache = given(stage.two_stage), stage.data.cache
    hr = [path for path, _ in sources(stage.data, stage.network.scale)]
    real = [path for folder in section.real for path in find_photos(existing(folder))]
    if section.halves:
        hr, real = split_halves(hr, real)
    stores = []
    for paths, scale in ((hr, stage.network.scale), (real, 1)):
        pairs = [(path, None) for path in paths]
        what = "preparing pictures" if scale > 1 else "preparing real pictures"
        stores.append(prepared(pairs, cache, scale=scale, reporter=reporter, what=what))
    synthetic, own = stores
    return Crops(synthetic, own, stage.training.batches())
