"""Trainings on pairs, one for each section of a recipe that has them: a stage's objects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import keras

from sr_app.inference.upscaler import Upscaler
from sr_app.networks.critics import build_critic
from sr_app.networks.families import family_of
from sr_app.networks.features import has_weights, load_distance, own_distance, summed_distance
from sr_app.networks.presets import read_card
from sr_app.recipes.stage_section import StageSection
from sr_app.recipes.stage_sections import DistillationSection, PerceptualSection, Stage
from sr_app.training.curve import COLUMNS
from sr_app.training.distillation import PlainDistillation, load_teacher
from sr_app.training.losses import loss_named
from sr_app.training.perceptual import (
    PERCEPTUAL_COLUMNS,
    LossWeights,
    PerceptualTraining,
    TeacherPerceptualTraining,
    perceptual_adam,
)
from sr_app.training.run import Store, Teacher, train_on_pairs
from sr_app.training.supervised import SupervisedTraining
from sr_app.training.validation import Validation, highest_psnr, lowest_lpips


@dataclass(frozen=True)
class Parts:
    """What a training on pairs is made of.

    Args:
        stage: of the recipe.
        network: that is trained; ``start`` gives the one that it starts from, or None.
        loss: of pixels, ``(sr, hr) -> scalar``.
    """

    stage: Stage
    network: keras.Model
    start: Callable[[], keras.Model | None]
    loss: Callable


@dataclass(frozen=True)
class Training:
    """A stage that is ready to be trained.

    Args:
        model: a ``keras.Model`` with ``compute_loss`` and the ``network``.
        optimizer: Adam at the schedule's rate if None.
        columns: of the learning curve, where the model's metrics add some.
        teacher: whose pictures the batches bring, where the model has none of its own.
        budget: dB of PSNR that the kept step may lose against the start; it has the lowest LPIPS
            then, where the weights of LPIPS are. None keeps the last step.
    """

    model: keras.Model
    optimizer: keras.optimizers.Optimizer | None = None
    columns: tuple[str, ...] = COLUMNS
    budget: float | None = None
    teacher: Teacher | None = None


def supervised(parts: Parts) -> Training:
    """Pixels alone: a stage without a section of its own."""
    return Training(SupervisedTraining(parts.network, parts.loss))


def distilled(parts: Parts) -> Training:
    """Pixels and a teacher's: inside the step, or, of one that only its file knows, by a runtime;
    ValueError for a teacher that cannot be run, or an affinity to one without features."""
    section = parts.stage.required(DistillationSection)
    inside, outside = None, None
    if family_of(read_card(section.teacher).network).HAS_WEIGHTS:
        inside = load_teacher(section.teacher, parts.stage.network.scale)
    else:
        outside = Upscaler.from_preset(section.teacher)
    model = PlainDistillation(
        parts.network, inside, parts.loss, share=section.share, affinity=section.affinity
    )
    return Training(model, teacher=outside)


def perceptual(parts: Parts) -> Training:
    """Pixels, features and a critic, on one device."""
    stage, section = parts.stage, parts.stage.required(PerceptualSection)
    start = parts.start() if section.features is None else None  # before the critic: seeds
    optimizer = perceptual_adam(stage.training.schedule(), section.critic_rate)
    model = perceptual_stage(stage, parts.network, start)
    return Training(model, optimizer, PERCEPTUAL_COLUMNS, section.budget)


def perceptual_stage(
    stage: Stage,
    network: keras.Model,
    start: keras.Model | None,
    *,
    kind: Callable[..., PerceptualTraining] = PerceptualTraining,
) -> PerceptualTraining:
    """Network, critic and losses of the stage; of a kind, where targets do not ask for theirs."""
    section = stage.required(PerceptualSection)
    if stage.data.targets:
        kind = partial(TeacherPerceptualTraining, truth=section.truth, seed=stage.training.seed)
    return kind(
        network,
        build_critic(section.critic_width),
        pixel_loss=loss_named(stage.training.loss),
        feature_loss=feature_loss(stage, start),
        nearest=section.nearest,
        weights=LossWeights(
            section.pixel_weight, section.feature_weight, section.adversarial_weight
        ),
    )


def feature_loss(stage: Stage, start: keras.Model | None) -> Callable:
    """The distance by the stage's feature networks, or by the own features of its start."""
    section = stage.required(PerceptualSection)
    if section.features is not None:
        return summed_distance(
            [
                load_distance(name, section.features, depths=section.depths)
                for name in section.networks
            ],
            section.network_weights,
            section.network_shares,
            seed=stage.training.seed,
        )
    if start is None:
        raise ValueError("a perceptual recipe needs perceptual.features, or a start preset")
    return own_distance(start)


ON_PAIRS: dict[type[StageSection], Callable[[Parts], Training]] = {
    PerceptualSection: perceptual,
    DistillationSection: distilled,
}
"""Section of ``recipes.stage_sections`` -> how its objects are made."""


def train_pairs(parts: Parts, store: Store, folder: Path, callbacks: tuple) -> None:
    """Train a stage on pairs, as the first section that it has says."""
    stage = parts.stage
    kind = next((type(section) for section in stage.own_sections()), None)
    training = (ON_PAIRS[kind] if kind else supervised)(parts)
    budget = training.budget if has_weights("squeeze") else None
    train_on_pairs(
        training.model,
        store,
        folder,
        stage.training.schedule(),
        stage.training.batches(),
        optimizer=training.optimizer,
        validation=validation_of(stage, parts.network, folder, budget),
        keep_best=budget is not None,
        callbacks=callbacks,
        columns=training.columns,
        teacher=training.teacher,
    )


def validation_of(
    stage: Stage, network: keras.Model, folder: Path, budget: float | None = None
) -> Validation | None:
    """The recipe's validation: PSNR and SSIM; with a ``budget`` LPIPS, which then ranks."""
    section = stage.validation
    if section is None:
        return None
    return Validation(
        network,
        section.hr,
        lr=section.lr,
        scale=stage.network.scale,
        folder=folder,
        steps=stage.training.epoch,
        pictures=section.pictures,
        metrics=("psnr", "ssim") if budget is None else ("psnr", "ssim", "lpips"),
        rank=highest_psnr if budget is None else lowest_lpips(budget),
    )
