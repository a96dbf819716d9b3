"""Super-resolution without pairs, whole: translators, network, and both together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import keras

from sr_app.datasets.store import PictureStore
from sr_app.datasets.unpaired import UnpairedPatches
from sr_app.networks.patch_critic import build_patch_critic, field_of
from sr_app.networks.translation import build_translator
from sr_app.training.checkpoints import save_weights
from sr_app.training.collaborative import CollaborativeTraining
from sr_app.training.curve import COLUMNS, FINAL
from sr_app.training.fitting import fit_stage
from sr_app.training.learning_rates import ConstantThenLinear
from sr_app.training.optimizers import scheduled_adam
from sr_app.training.schedule import Batches, Schedule
from sr_app.training.translation import UnpairedTranslation

PHASES = ("translation", "joint")
"""Folders of the phases that train translators, in their order."""
TO_REAL, TO_SYNTHETIC = "to_real.weights.h5", "to_synthetic.weights.h5"
TRANSLATION_COLUMNS = (*COLUMNS, *UnpairedTranslation.TERMS)
JOINT_COLUMNS = (*TRANSLATION_COLUMNS, *CollaborativeTraining.TERMS)

CLIP = 50.0
"""Bound on the gradient of translators and critics together."""


@dataclass(frozen=True)
class Crops:
    """Where crops come from, and how many: the arguments of the data sets.

    Args:
        store: HR pictures and their bicubic LR.
        real: real LR pictures, a store of factor 1; None where translators are finished.
        batches: crops of each side in a batch, and the side of the LR crops.
    """

    store: PictureStore
    real: PictureStore | None
    batches: Batches

    def unpaired(self, steps: int, seed: int = 0) -> Callable[[int], UnpairedPatches]:
        """Steps done -> the rest of the batches without pairs; ValueError without real LR."""
        if (real := self.real) is None:
            raise ValueError("Expected real LR pictures to learn without pairs. Received: none")
        return lambda done: UnpairedPatches(
            self.store,
            real,
            patch=self.batches.patch,
            batch=self.batches.batch,
            steps=steps,
            seed=seed,
            first_step=done,
        )


def build_translation(
    *,
    patch: int,
    seed: int = 0,
    kind: str = "residual",
    width: int = 64,
    blocks: int | None = None,
    noise: int = 0,
    colours: str = "free",
    critic: str = "detail",
    critic_width: int = 64,
    field: int | None = None,
) -> UnpairedTranslation:
    """Two translators, two critics and their stage, from plain numbers.

    Args:
        patch: side of the crops.
        seed: of the initial weights.
        kind, width, blocks: of `networks.translation.build_translator`.
        noise: noise channels for the translator to real LR; the other one takes noise away.
        colours: of both translators.
        critic, critic_width, field: of `networks.patch_critic.build_patch_critic`.

    Raises:
        ValueError: for crops that the critics or the translator cannot use.
    """
    if (least := field_of(critic, field)) > patch:
        raise ValueError(
            f"Expected crops of at least the critics' receptive field of {least} pixels. "
            f"Received: patch={patch}"
        )
    if kind == "resnet" and patch % 4:
        raise ValueError(
            "Expected crops of a multiple of 4 pixels for the resnet translator, which halves them "
            f"twice. Received: patch={patch}"
        )
    keras.utils.set_random_seed(seed)
    options = {"width": width, "blocks": blocks, "colours": colours}
    judges = {"width": critic_width, "field": field}
    return UnpairedTranslation(
        build_translator(kind, noise=noise, name="to_real", **options),
        build_translator(kind, name="to_synthetic", **options),
        build_patch_critic(critic, name="real_critic", **judges),
        build_patch_critic(critic, name="synthetic_critic", **judges),
        patch=patch,
    )


def train_translation(
    translation: UnpairedTranslation,
    crops: Crops,
    folder: Path,
    schedule: Schedule,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> None:
    """Stage 1. Adam (0.5, 0.999), constant rate, then a line to zero; clipped over all networks."""
    schedule = replace(schedule, average=None)
    fit_unpaired(translation, translation, crops, folder, schedule, callbacks, TRANSLATION_COLUMNS)


def load_translator(translation: UnpairedTranslation, run: Path) -> None:
    """Give the translator to real LR the weights that a two-stage training in ``run`` ended with.

    Raises:
        ValueError: where there are none.
    """
    places = [run / phase / TO_REAL for phase in PHASES]
    found = [path for path in places if path.is_file()]
    if not found:
        raise ValueError(f"Expected the translators of an ended two-stage training in {run}. None")
    translation.to_real.load_weights(found[-1])


def train_jointly(
    stage: CollaborativeTraining,
    crops: Crops,
    folder: Path,
    schedule: Schedule,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> None:
    """Stage 2, collaborative: all networks, one optimizer; on return they hold averaged weights."""
    fit_unpaired(stage, stage.translation, crops, folder, schedule, callbacks, JOINT_COLUMNS)
    save_weights(stage.network, folder / FINAL)


def fit_unpaired(
    stage: keras.Model,
    translation: UnpairedTranslation,
    crops: Crops,
    folder: Path,
    schedule: Schedule,
    callbacks: Sequence[keras.callbacks.Callback],
    columns: tuple[str, ...],
) -> None:
    """Fit a stage on crops without pairs, and save the translators that it trains."""
    fit_stage(
        stage,
        crops.unpaired(schedule.steps, schedule.seed),
        folder,
        schedule,
        optimizer=adam(schedule),
        callbacks=callbacks,
        columns=columns,
    )
    save_weights(translation.to_real, folder / TO_REAL)
    save_weights(translation.to_synthetic, folder / TO_SYNTHETIC)


def adam(schedule: Schedule) -> keras.optimizers.Adam:
    """CycleGAN's optimizer; the clip is on the gradient of all networks together."""
    rate = ConstantThenLinear(schedule.learning_rate, schedule.steps)
    return scheduled_adam(replace(schedule, gradient_clip=CLIP), rate=rate, betas=(0.5, 0.999))
