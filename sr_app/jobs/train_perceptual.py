"""A recipe with a perceptual section, as the objects of its training."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import keras

from sr_app.networks.critics import build_critic
from sr_app.networks.features import has_weights, load_distance, own_distance, summed_distance
from sr_app.recipes.schema import Stage
from sr_app.recipes.sections import given
from sr_app.training.curve import COLUMNS, PERCEPTUAL
from sr_app.training.distribution import Distribution
from sr_app.training.losses import loss_named
from sr_app.training.perceptual import (
    LossWeights,
    PerceptualTraining,
    TaughtPerceptualTraining,
    perceptual_adam,
)
from sr_app.training.run import Source, train_on_pairs
from sr_app.training.validation import Validation, highest_psnr, lowest_lpips


def perceptual_stage(
    stage: Stage,
    network: keras.Model,
    start: keras.Model | None,
    *,
    kind: Callable[..., PerceptualTraining] = PerceptualTraining,
) -> PerceptualTraining:
    """Network, critic and losses of the stage; of a kind, where targets do not ask for theirs."""
    section = given(stage.perceptual)
    if stage.data.targets:
        kind = partial(TaughtPerceptualTraining, truth=section.truth, seed=stage.training.seed)
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
    section = given(stage.perceptual)
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


def train_perceptually(
    stage: Stage,
    network: keras.Model,
    store: Source,
    folder: Path,
    distribution: Distribution,
    callbacks: tuple,
    start: keras.Model | None = None,
) -> None:
    """Train on pixels, features and a critic, on one device.

    The step with the best LPIPS is kept where the weights of LPIPS are, elsewhere the last one.
    """
    if distribution.replicas > 1:
        raise ValueError("a perceptual training runs on one device: set training.devices=one")
    judged = has_weights("squeeze")
    schedule = stage.training.schedule()
    train_on_pairs(
        perceptual_stage(stage, network, start),
        store,
        folder,
        schedule,
        stage.training.batches(),
        optimizer=perceptual_adam(schedule, given(stage.perceptual).critic_rate),
        validation=validation_of(stage, network, folder, judged=judged),
        keep_best=judged,
        callbacks=callbacks,
        columns=(*COLUMNS, *PERCEPTUAL),
    )


def validation_of(
    stage: Stage, network: keras.Model, folder: Path, *, judged: bool
) -> Validation | None:
    """The recipe's validation: PSNR and SSIM, and with ``judged`` LPIPS, which then ranks."""
    if stage.validation is None:
        return None
    return Validation(
        network,
        given(stage.validation).hr,
        scale=stage.network.scale,
        folder=folder,
        steps=stage.training.epoch,
        pictures=given(stage.validation).pictures,
        metrics=("psnr", "ssim", "lpips") if judged else ("psnr", "ssim"),
        rank=lowest_lpips(given(stage.perceptual).budget) if judged else highest_psnr,
    )
