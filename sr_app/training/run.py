"""Whole trainings from plain arguments: resumable, validated, logged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import keras

from sr_app.datasets.patches import PairedPatches
from sr_app.datasets.store import PictureStore
from sr_app.training.checkpoints import BEST, save_weights
from sr_app.training.curve import COLUMNS, PERCEPTUAL
from sr_app.training.distillation import PlainDistillation
from sr_app.training.distribution import Distribution
from sr_app.training.fitting import fit_stage
from sr_app.training.optimizers import averaged_adam
from sr_app.training.perceptual import PerceptualTraining
from sr_app.training.schedules import WarmupCosine
from sr_app.training.supervised import SupervisedTraining
from sr_app.training.validation import Validation

FINAL = "final.weights.h5"


def train_supervised(
    network: keras.Model,
    store: PictureStore,
    folder: Path,
    *,
    loss: Callable,
    teacher: keras.Model | None = None,
    teacher_share: float = 1.0,
    affinity: float = 0.0,
    steps: int,
    batch: int = 16,
    patch: int = 48,
    learning_rate: float = 1e-3,
    warmup: int = 100,
    average: float | None = 0.999,
    gradient_clip: float | None = None,
    seed: int = 0,
    epoch: int = 500,
    steps_per_execution: int = 1,
    jit: bool | str = "auto",
    validation: Path | None = None,
    validation_pictures: int | None = None,
    distribution: Distribution = Distribution(),
    callbacks: tuple[keras.callbacks.Callback, ...] = (),
) -> None:
    """Train ``network`` in place; on return it holds the averaged weights.

    Run it again with the same arguments after a kill and it continues from the last epoch with the
    batches that the uninterrupted run would have seen.

    Args:
        network: of ``networks.esrn.build_esrn``.
        store: prepared pairs.
        folder: for ``last``, ``best`` and ``final`` weights, ``curve.csv``.
        loss: ``(sr, hr) -> scalar``.
        teacher, teacher_share, affinity: a network to learn from, its share of the loss and the
            factor of the features' term, as ``training.distillation.PlainDistillation``; without
            one the HR alone counts.
        steps: optimizer steps in all, a multiple of ``epoch``.
        batch, patch: samples per step; side of the LR crop in pixels.
        learning_rate, warmup: peak of the cosine and steps of the linear rise.
        average: momentum of the weights' moving average, or None.
        gradient_clip: bound on the gradient's global norm, or None.
        epoch: steps between checkpoints and validations.
        steps_per_execution: optimizer steps per call of the compiled function.
        jit: compile the step with XLA; "auto" leaves it to Keras.
        validation, validation_pictures: folder of HR pictures, or None; how many of them.
        distribution: over devices; ``network`` was built, and this is called, inside its scope.
        callbacks: further ones (progress bar, TensorBoard); they see ``val_psnr`` in the logs.

    Raises:
        ValueError: if ``steps`` is not a multiple of ``epoch``, or ``batch`` not of the devices.
    """
    distribution.check_batch(batch)
    optimizer = averaged_adam(
        WarmupCosine(learning_rate, steps, warmup=warmup),
        average=average,
        gradient_clip=gradient_clip,
    )
    watchers = list(callbacks)
    if validation is not None:
        watchers.insert(
            0,
            Validation(
                network,
                validation,
                scale=store.scale,
                folder=folder,
                steps=epoch,
                pictures=validation_pictures,
            ),
        )
    loss = distribution.shared(loss)
    fit_stage(
        PlainDistillation(network, teacher, loss, share=teacher_share, affinity=affinity)
        if teacher
        else SupervisedTraining(network, loss),
        lambda done: PairedPatches(
            store, patch=patch, batch=batch, steps=steps, seed=seed, first_step=done
        ),
        folder,
        optimizer=optimizer,
        steps=steps,
        epoch=epoch,
        seed=seed,
        steps_per_execution=steps_per_execution,
        jit=jit,
        callbacks=watchers,
    )
    save_weights(network, folder / FINAL)


def train_perceptual(
    stage: PerceptualTraining,
    store: PictureStore,
    folder: Path,
    *,
    steps: int,
    batch: int = 4,
    patch: int = 24,
    learning_rate: float = 1e-4,
    critic_rate: float = 1.0,
    warmup: int = 100,
    average: float | None = 0.99,
    gradient_clip: float | None = None,
    seed: int = 0,
    epoch: int = 250,
    steps_per_execution: int = 1,
    jit: bool | str = "auto",
    validation: Validation | None = None,
    keep_best: bool = True,
    callbacks: tuple[keras.callbacks.Callback, ...] = (),
) -> None:
    """Train a stage whose network was trained on pixels before.

    On return the network holds averaged weights: the best ones, or the last.
    Arguments as in :func:`train_supervised`, and:

    Args:
        stage: network, critic and losses.
        critic_rate: the critic's learning rate in multiples of the network's.
        validation: what scores and ranks the network, or None.
        keep_best: end with the weights that the validation ranks highest.
    """
    optimizer = averaged_adam(
        WarmupCosine(learning_rate, steps, warmup=warmup),
        average=average,
        gradient_clip=gradient_clip,
        betas=(0.9, 0.99),  # the critic moves what the network is asked for
        rates={"critic": critic_rate},
    )
    fit_stage(
        stage,
        lambda done: PairedPatches(
            store, patch=patch, batch=batch, steps=steps, seed=seed, first_step=done
        ),
        folder,
        optimizer=optimizer,
        steps=steps,
        epoch=epoch,
        seed=seed,
        steps_per_execution=steps_per_execution,
        jit=jit,
        callbacks=(*([validation] if validation else []), *callbacks),
        columns=(*COLUMNS, *PERCEPTUAL),
    )
    if validation is not None and keep_best:
        stage.network.load_weights(folder / BEST)
    save_weights(stage.network, folder / FINAL)
