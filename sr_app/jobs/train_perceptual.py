"""A recipe with a perceptual section, as the objects of its training."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import keras

from sr_app.datasets.store import PictureStore
from sr_app.networks.critics import build_critic
from sr_app.networks.features import has_weights, load_distance, mean_distance, own_distance
from sr_app.networks.presets import load_preset
from sr_app.recipes.schema import Recipe
from sr_app.training.distribution import Distribution
from sr_app.training.losses import loss_named
from sr_app.training.perceptual import LossWeights, PerceptualTraining
from sr_app.training.run import train_perceptual
from sr_app.training.validation import Validation, highest_psnr, lowest_lpips


def perceptual_stage(recipe: Recipe, network: keras.Model) -> PerceptualTraining:
    """Network, critic and losses of the recipe."""

    section = recipe.perceptual
    return PerceptualTraining(
        network,
        build_critic(section.critic_width),
        pixel_loss=loss_named(recipe.training.loss),
        feature_loss=feature_loss(recipe),
        nearest=section.nearest,
        weights=LossWeights(
            section.pixel_weight, section.feature_weight, section.adversarial_weight
        ),
    )


def feature_loss(recipe: Recipe) -> Callable:
    """The mean distance by the recipe's feature networks, or by the start preset's own features."""

    section = recipe.perceptual
    if section.features is not None:
        return mean_distance(
            load_distance(name, section.features, depths=section.depths)
            for name in section.networks
        )
    if not recipe.starts():
        raise ValueError("a perceptual recipe needs perceptual.features, or a start preset")
    return own_distance(load_preset(recipe.starts()[0]))


def train_perceptually(
    recipe: Recipe,
    network: keras.Model,
    store: PictureStore,
    folder: Path,
    distribution: Distribution,
    callbacks: tuple,
) -> None:
    """Train on pixels, features and a critic, on one device.

    The step with the best LPIPS is kept where the weights of LPIPS are, elsewhere the last one.
    """

    if distribution.replicas > 1:
        raise ValueError("a perceptual training runs on one device: set training.devices=one")
    judged = has_weights("squeeze")
    train_perceptual(
        perceptual_stage(recipe, network),
        store,
        folder,
        critic_rate=recipe.perceptual.critic_rate,
        **recipe.training.schedule(),
        validation=validation_of(recipe, network, folder, judged=judged),
        keep_best=judged,
        callbacks=callbacks,
    )


def validation_of(
    recipe: Recipe, network: keras.Model, folder: Path, *, judged: bool
) -> Validation | None:
    """The recipe's validation: PSNR and SSIM, and with ``judged`` LPIPS, which then ranks."""

    if recipe.validation is None:
        return None
    return Validation(
        network,
        recipe.validation.hr,
        scale=recipe.network.scale,
        folder=folder,
        steps=recipe.training.epoch,
        pictures=recipe.validation.pictures,
        metrics=("psnr", "ssim", "lpips") if judged else ("psnr", "ssim"),
        rank=lowest_lpips(recipe.perceptual.budget) if judged else highest_psnr,
    )
