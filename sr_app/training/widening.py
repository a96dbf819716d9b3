"""From a widened binary network to a squeezed one: the training before its fine-tuning."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import keras

from sr_app.datasets.store import PictureStore
from sr_app.networks.genotype import Genotype
from sr_app.training.run import train_on_pairs
from sr_app.training.schedule import Batches, Schedule
from sr_app.training.squeezing import SqueezeTraining, check_budget, squeeze


def train_and_squeeze(
    stage: SqueezeTraining,
    genotype: Genotype,
    store: PictureStore,
    folder: Path,
    schedule: Schedule,
    batches: Batches,
    *,
    budget: float,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> tuple[Genotype, keras.Model]:
    """Train a widened network with `SqueezeTraining`, then `squeeze` it.

    Run it again with the same arguments after a kill and it continues from the last epoch; of a
    finished training it gives the same network again. ``train_on_pairs`` fine-tunes it.

    Args:
        stage: of a network of ``training.squeezing.widen``, built after the seed was set.
        genotype: of that network.
        store, folder, schedule, batches, callbacks: as for ``train_on_pairs``.
        budget: ``training.squeezing.body_operations`` that are left at most.

    Returns:
        The squeezed genotype, and its network.

    Raises:
        ValueError: for a budget that cannot be met, or ``steps`` that no ``epoch`` divides.
    """
    check_budget(genotype, budget)  # before hours are spent on it
    train_on_pairs(stage, store, folder, schedule, batches, callbacks=callbacks)
    return squeeze(stage.network, genotype, store.scale, budget)
