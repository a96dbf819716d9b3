"""From a widened binary network to a squeezed one: the training before its fine-tuning."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import keras

from sr_app.datasets.patches import PairedPatches
from sr_app.datasets.store import PictureStore
from sr_app.networks.genotype import Genotype
from sr_app.training.checkpoints import save_weights
from sr_app.training.fitting import fit_stage
from sr_app.training.optimizers import averaged_adam
from sr_app.training.run import FINAL
from sr_app.training.schedules import WarmupCosine
from sr_app.training.squeezing import SqueezeTraining, check_budget, squeeze


def train_and_squeeze(
    network: keras.Model,
    genotype: Genotype,
    teacher: keras.Model,
    store: PictureStore,
    folder: Path,
    *,
    budget: float,
    loss: Callable,
    projection: float = 0.1,
    cost: float = 1e-3,
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
    callbacks: tuple[keras.callbacks.Callback, ...] = (),
) -> tuple[Genotype, keras.Model]:
    """Train a widened network with :class:`SqueezeTraining`, then :func:`squeeze` it.

    Run it again with the same arguments after a kill and it continues from the last epoch; of a
    finished training it gives the same network again. ``train_supervised`` fine-tunes it.

    Args:
        network, genotype: of ``training.squeezing.widened``.
        teacher: of ordinary convolutions, with as many blocks and convolutions.
        store, folder, steps to callbacks: as for ``train_supervised``.
        budget: ``training.squeezing.body_operations`` that are left at most.
        loss, projection, cost: of :class:`SqueezeTraining`.

    Returns:
        The squeezed genotype, and its network.

    Raises:
        ValueError: for a budget that cannot be met, or ``steps`` that no ``epoch`` divides.
    """
    check_budget(genotype, budget)  # before hours are spent on it
    keras.utils.set_random_seed(seed)  # of the projections too
    stage = SqueezeTraining(network, teacher, loss, projection=projection, cost=cost)
    fit_stage(
        stage,
        lambda done: PairedPatches(
            store, patch=patch, batch=batch, steps=steps, seed=seed, first_step=done
        ),
        folder,
        optimizer=averaged_adam(
            WarmupCosine(learning_rate, steps, warmup=warmup),
            average=average,
            gradient_clip=gradient_clip,
        ),
        steps=steps,
        epoch=epoch,
        seed=seed,
        steps_per_execution=steps_per_execution,
        jit=jit,
        callbacks=callbacks,
    )
    save_weights(network, folder / FINAL)
    return squeeze(network, genotype, store.scale, budget)
