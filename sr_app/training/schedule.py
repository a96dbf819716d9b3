"""A training's schedule and its batches, as values that are passed on whole."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Batches:
    """What a step sees.

    Args:
        batch: samples per step.
        patch: side of the LR crop in pixels.
    """

    batch: int = 16
    patch: int = 48


@dataclass(frozen=True)
class Schedule:
    """How long a training is, and how it moves.

    Args:
        steps: optimizer steps in all, a multiple of ``epoch``.
        epoch: steps between checkpoints and validations.
        learning_rate, warmup: peak of the cosine, and steps of the linear rise before it.
        floor: last rate as a fraction of the peak.
        betas: of Adam's moments.
        average: momentum of the weights' moving average, or None.
        gradient_clip: bound on the gradient's global norm, or None.
        seed: of initial weights and batches.
        steps_per_execution: optimizer steps per call of the compiled function.
        jit: compile the step with XLA; "auto" leaves it to Keras.
        first_step: steps that the weights have behind them already, without Adam's moments: the
            cosine and the batches go on there, and the rate rises again over ``warmup`` steps.
    """

    steps: int
    epoch: int = 500
    learning_rate: float = 1e-3
    warmup: int = 100
    floor: float = 0.01
    betas: tuple[float, float] = (0.9, 0.999)
    average: float | None = 0.999
    gradient_clip: float | None = None
    seed: int = 0
    steps_per_execution: int = 1
    jit: bool | str = "auto"
    first_step: int = 0
