"""Super-resolution without pairs, whole: translators, network, and both together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import keras

from sr_app.datasets.patches import PairedPatches
from sr_app.datasets.store import PictureStore
from sr_app.datasets.unpaired import UnpairedPatches
from sr_app.networks.patch_critic import build_patch_critic, field_of
from sr_app.networks.translation import build_translator
from sr_app.training.checkpoints import save_weights
from sr_app.training.collaborative import CollaborativeTraining, IndirectTraining
from sr_app.training.curve import COLUMNS
from sr_app.training.fitting import fit_stage
from sr_app.training.optimizers import averaged_adam
from sr_app.training.run import FINAL
from sr_app.training.schedules import ConstantThenLinear, WarmupCosine
from sr_app.training.translation import UnpairedTranslation

TO_REAL, TO_SYNTHETIC = "to_real.weights.h5", "to_synthetic.weights.h5"
TRANSLATION_COLUMNS = (*COLUMNS, *UnpairedTranslation.TERMS)
JOINT_COLUMNS = (*TRANSLATION_COLUMNS, *CollaborativeTraining.TERMS)

Watch = Callable[[str, int], Sequence[keras.callbacks.Callback]]


@dataclass(frozen=True)
class Crops:
    """Where crops come from, and how many: the arguments of the data sets.

    Args:
        store: HR pictures and their bicubic LR.
        real: real LR pictures, a store of factor 1.
        patch, batch: side of LR crops in pixels; crops of each side in a batch.
        seed: of the whole training.
    """

    store: PictureStore
    real: PictureStore
    patch: int = 32
    batch: int = 16
    seed: int = 0

    def unpaired(self, steps: int) -> Callable[[int], UnpairedPatches]:
        """Steps done -> the rest of the batches without pairs."""
        options = {"patch": self.patch, "batch": self.batch, "steps": steps, "seed": self.seed}
        return lambda done: UnpairedPatches(self.store, self.real, **options, first_step=done)

    def paired(self, steps: int) -> Callable[[int], PairedPatches]:
        """Steps done -> the rest of the batches of synthetic LR and HR."""
        return lambda done: PairedPatches(
            self.store,
            patch=self.patch,
            batch=self.batch,
            steps=steps,
            seed=self.seed,
            first_step=done,
        )


@dataclass(frozen=True)
class Fitting:
    """What `fitting.fit_stage` is told in every phase.

    watch: (name of the phase, its steps) -> callbacks, such as a progress bar.
    """

    epoch: int = 500
    steps_per_execution: int = 1
    jit: bool | str = "auto"
    watch: Watch = lambda phase, steps: ()

    def options(self, phase: str, steps: int, seed: int) -> dict:
        """Keyword arguments."""
        return {
            "steps": steps,
            "epoch": self.epoch,
            "seed": seed,
            "steps_per_execution": self.steps_per_execution,
            "jit": self.jit,
            "callbacks": self.watch(phase, steps),
        }


def build_translation(
    *,
    patch: int,
    seed: int = 0,
    kind: str = "residual",
    width: int = 64,
    blocks: int | None = None,
    noise: int = 0,
    critic: str = "detail",
    critic_width: int = 64,
    field: int | None = None,
) -> UnpairedTranslation:
    """Two translators, two critics and their stage, from plain numbers.

    Args:
        patch: side of the crops.
        seed: of the initial weights.
        kind, width, blocks: of `networks.translation.build_translator`.
        noise: planes of chance for the translator to real LR; the other one takes noise away.
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
    options = {"width": width, "blocks": blocks}
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
    fitting: Fitting,
    *,
    steps: int,
    learning_rate: float = 2e-4,
    gradient_clip: float = 50.0,
) -> None:
    """Stage 1. Adam (0.5, 0.999), constant rate, then a line to zero; clipped over all networks."""
    fit_stage(
        translation,
        crops.unpaired(steps),
        folder,
        optimizer=adam(learning_rate, steps, gradient_clip),
        columns=TRANSLATION_COLUMNS,
        **fitting.options("translation", steps, crops.seed),
    )
    save_translators(translation, folder)


def train_indirect(
    network: keras.Model,
    to_real: keras.Model,
    crops: Crops,
    folder: Path,
    fitting: Fitting,
    *,
    loss: Callable,
    steps: int,
    learning_rate: float = 1e-3,
    warmup: int = 100,
    average: float | None = 0.999,
    gradient_clip: float | None = None,
    doubt: float = 0.0,
) -> None:
    """Stage 2: the network alone, on translated LR; arguments as `run.train_supervised`, and
    ``doubt`` of `collaborative.IndirectTraining`."""
    optimizer = averaged_adam(
        WarmupCosine(learning_rate, steps, warmup=warmup),
        average=average,
        gradient_clip=gradient_clip,
    )
    fit_stage(
        IndirectTraining(network, to_real, loss, doubt=doubt),
        crops.paired(steps),
        folder,
        optimizer=optimizer,
        **fitting.options("super-resolution", steps, crops.seed),
    )
    to_real.trainable = True
    save_weights(network, folder / FINAL)


def train_jointly(
    translation: UnpairedTranslation,
    network: keras.Model,
    crops: Crops,
    folder: Path,
    fitting: Fitting,
    *,
    loss: Callable,
    steps: int,
    learning_rate: float = 1e-4,
    collaboration: float = 1000.0,
    sr_weight: float = 1.0,
    average: float | None = 0.999,
    gradient_clip: float = 50.0,
    doubt: float = 0.0,
) -> None:
    """Stage 2, collaborative: all networks, one optimizer; on return they hold averaged weights."""
    fit_stage(
        CollaborativeTraining(
            translation,
            network,
            loss,
            collaboration=collaboration,
            sr_weight=sr_weight,
            doubt=doubt,
        ),
        crops.unpaired(steps),
        folder,
        optimizer=adam(learning_rate, steps, gradient_clip, average),
        columns=JOINT_COLUMNS,
        **fitting.options("joint", steps, crops.seed),
    )
    save_translators(translation, folder)
    save_weights(network, folder / FINAL)


def adam(
    rate: float, steps: int, clip: float, average: float | None = None
) -> keras.optimizers.Adam:
    """CycleGAN's optimizer; the clip is on the gradient of all networks together."""
    schedule = ConstantThenLinear(rate, steps)
    return averaged_adam(schedule, average=average, gradient_clip=clip, betas=(0.5, 0.999))


def save_translators(translation: UnpairedTranslation, folder: Path) -> None:
    """The two translators' weights, beside the stage's checkpoints."""
    save_weights(translation.to_real, folder / TO_REAL)
    save_weights(translation.to_synthetic, folder / TO_SYNTHETIC)
