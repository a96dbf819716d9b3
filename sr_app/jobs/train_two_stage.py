"""A recipe with a two_stage section, as the objects and phases of its training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import keras

from sr_app.datasets.ntire import existing
from sr_app.datasets.store import PictureStore
from sr_app.datasets.synthetic_lr import split_halves
from sr_app.image.files import find_photos
from sr_app.jobs.events import Reporter, silent
from sr_app.jobs.run_folder import read_facts
from sr_app.jobs.train_checks import translators_folder
from sr_app.jobs.train_data import prepared, sources
from sr_app.jobs.train_pairs import perceptual_stage
from sr_app.jobs.train_progress import ReportSteps, tensorboard
from sr_app.recipes.stage_sections import (
    DistillationSection,
    PerceptualSection,
    Stage,
    TwoStageSection,
)
from sr_app.training.collaborative import CollaborativeTraining, IndirectTraining
from sr_app.training.curve import COLUMNS
from sr_app.training.distillation import load_teacher
from sr_app.training.indirect import IndirectDistillation, IndirectPerceptual, TranslatedLr
from sr_app.training.losses import loss_named
from sr_app.training.perceptual import PERCEPTUAL_COLUMNS, perceptual_adam
from sr_app.training.run import train_on_pairs
from sr_app.training.supervised import SupervisedTraining
from sr_app.training.translation import UnpairedTranslation
from sr_app.training.two_stage import (
    Crops,
    build_translation,
    load_translator,
    train_jointly,
    train_translation,
)


def train_in_two_stages(
    stage: Stage,
    network: keras.Model,
    folder: Path,
    reporter: Reporter = silent,
    *,
    start: keras.Model | None = None,
) -> None:
    """Translation only, super-resolution only, jointly: each in a folder of its own.

    A phase of no steps is left out; a finished one is only loaded. Where the stage names finished
    translators, super-resolution is all there is.

    Args:
        start: whose own features a perceptual loss sees, if no others are named.
    """
    section, schedule = stage.required(TwoStageSection), stage.training.schedule()

    def watch(phase: str, steps: int) -> list[keras.callbacks.Callback]:
        bars = [ReportSteps(reporter, steps, schedule.epoch, what=phase)]
        return bars + [tensorboard(folder / "events" / phase)] * stage.training.tensorboard

    place, watchers = folder / "super_resolution", watch("super-resolution", schedule.steps)
    crops = prepared_crops(stage, reporter)
    if section.translators:
        to_real = finished_translator(stage, folder)
        train_network(stage, network, to_real, crops, place, watchers, start=start)
        return
    first = watch("translation", section.translation_steps)
    translation = train_translators(stage, crops, folder / "translation", first)
    train_network(stage, network, translation.to_real, crops, place, watchers, start=start)
    if section.joint_steps:
        last = watch("joint", section.joint_steps)
        train_together(stage, network, translation, crops, folder / "joint", last)


def train_translators(
    stage: Stage,
    crops: Crops,
    folder: Path,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> UnpairedTranslation:
    """Translation only."""
    section, translation = stage.required(TwoStageSection), initial_translation(stage)
    schedule = replace(
        stage.training.schedule(),
        steps=section.translation_steps,
        learning_rate=section.translation_rate,
    )
    train_translation(translation, crops, folder, schedule, callbacks)
    return translation


def initial_translation(stage: Stage) -> UnpairedTranslation:
    section, settings = stage.required(TwoStageSection), stage.training
    return build_translation(
        patch=settings.patch,
        seed=settings.seed,
        kind=section.translator,
        width=section.translator_width,
        blocks=section.translator_blocks,
        noise=section.translator_noise,
        colours=section.translator_colours,
        critic=section.critic,
        critic_width=section.critic_width,
        field=section.critic_field,
    )


def finished_translator(stage: Stage, folder: Path) -> keras.Model:
    """The translator to real LR of the two-stage training that the stage names.

    Args:
        folder: the stage's own, beside that of an earlier stage.

    Raises:
        ValueError: if that training has not ended.
    """
    place = translators_folder(stage, folder.parent if stage.folder else folder)
    facts = read_facts(place) or {}
    if not facts.get("two_stage"):
        raise ValueError(
            f"Expected a two-stage training that has ended in {place}, for its translators: train "
            "it first. Received: none"
        )
    made = stage.model_copy(
        update={"two_stage": TwoStageSection.model_validate(facts["two_stage"])}
    )
    translation = initial_translation(made)
    load_translator(translation, place)
    return translation.to_real


def train_network(
    stage: Stage,
    network: keras.Model,
    to_real: keras.Model,
    crops: Crops,
    folder: Path,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    *,
    start: keras.Model | None = None,
) -> None:
    """Super-resolution only, on what the recipe says: translated LR, or bicubic as published."""
    settings, optimizer, columns = stage.training, None, COLUMNS
    if perceptual := stage.section(PerceptualSection):
        optimizer = perceptual_adam(settings.schedule(), perceptual.critic_rate)
        columns = PERCEPTUAL_COLUMNS
    train_on_pairs(
        network_stage(stage, network, to_real, start),
        crops.store,
        folder,
        settings.schedule(),
        crops.batches,
        optimizer=optimizer,
        callbacks=callbacks,
        columns=columns,
    )
    to_real.trainable = True


def network_stage(
    stage: Stage, network: keras.Model, to_real: keras.Model, start: keras.Model | None = None
) -> keras.Model:
    """The network with its loss: on pixels, perceptual, or a teacher's."""
    section, loss = stage.required(TwoStageSection), loss_named(stage.training.loss)
    if section.super_resolution_on == "bicubic":
        return SupervisedTraining(network, loss)
    if stage.section(PerceptualSection):
        translated = TranslatedLr(to_real, section.doubt)
        kind = partial(IndirectPerceptual, translated=translated)
        return perceptual_stage(stage, network, start, kind=kind)
    if distillation := stage.section(DistillationSection):
        return IndirectDistillation(
            network,
            load_teacher(distillation.teacher, stage.network.scale),
            loss=loss,
            translated=TranslatedLr(to_real, section.doubt),
            share=distillation.share,
            affinity=distillation.affinity,
        )
    return IndirectTraining(network, to_real, loss, doubt=section.doubt)


def train_together(
    stage: Stage,
    network: keras.Model,
    translation: UnpairedTranslation,
    crops: Crops,
    folder: Path,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> None:
    """Translators and network jointly."""
    section = stage.required(TwoStageSection)
    together = CollaborativeTraining(
        translation,
        network,
        loss_named(stage.training.loss),
        collaboration=section.collaboration,
        sr_weight=section.super_resolution_weight,
        doubt=section.doubt,
    )
    schedule = replace(
        stage.training.schedule(), steps=section.joint_steps, learning_rate=section.joint_rate
    )
    train_jointly(together, crops, folder, schedule, callbacks)


def prepared_crops(stage: Stage, reporter: Reporter = silent) -> Crops:
    """HR with its bicubic LR, and the real LR, each in a store of its own.

    No real LR where translators are finished.
    """
    section, cache = stage.required(TwoStageSection), stage.data.cache
    hr = [path for path, _ in sources(stage.data, stage.network.scale)]
    real = [path for folder in section.real for path in find_photos(existing(folder))]
    if section.halves:
        hr, real = split_halves(hr, real, in_order=section.halves == "in_order")

    def store(paths: Sequence[Path], scale: int, what: str) -> PictureStore:
        pairs = [(path, None) for path in paths]
        return prepared(pairs, cache, scale=scale, reporter=reporter, what=what)

    synthetic = store(hr, stage.network.scale, "preparing pictures")
    own = None if section.translators else store(real, 1, "preparing real pictures")
    return Crops(synthetic, own, stage.training.batches())
