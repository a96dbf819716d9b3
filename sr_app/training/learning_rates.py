"""Learning rates over time."""

from __future__ import annotations

import math

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="sr_app")
class WarmupCosine(keras.optimizers.schedules.LearningRateSchedule):
    """Linear warm-up, then half a cosine down to ``floor * peak`` (Loshchilov, Hutter, 2017).

    Args:
        peak: highest learning rate.
        steps: of the whole training.
        warmup: steps of the linear rise.
        floor: last rate as a fraction of the peak.
        first_step: steps done before with another optimizer, whose moments are lost: the cosine
            goes on there, and the linear rise is repeated from there.
    """

    def __init__(
        self,
        peak: float,
        steps: int,
        *,
        warmup: int = 100,
        floor: float = 0.01,
        first_step: int = 0,
    ):
        self.peak, self.steps, self.warmup, self.floor = peak, steps, warmup, floor
        self.first_step = first_step

    def __call__(self, step):
        step = ops.cast(step, "float32")
        rise = ops.minimum(1.0, (step - self.first_step + 1) / max(1, self.warmup))
        fraction = ops.clip((step - self.warmup) / max(1, self.steps - self.warmup), 0.0, 1.0)
        cosine = 0.5 * (1 + ops.cos(math.pi * fraction))
        return self.peak * rise * (self.floor + (1 - self.floor) * cosine)

    def get_config(self):
        names = ("peak", "steps", "warmup", "floor", "first_step")
        return {name: getattr(self, name) for name in names}


@keras.saving.register_keras_serializable(package="sr_app")
class ConstantThenLinear(keras.optimizers.schedules.LearningRateSchedule):
    """Constant for half of the steps, then a straight line down to 0 (Zhu et al., ICCV 2017).

    Args:
        rate: of the constant half.
        steps: of the whole training.
    """

    def __init__(self, rate: float, steps: int):
        self.rate, self.steps = rate, steps

    def __call__(self, step):
        left = (self.steps - ops.cast(step, "float32")) / max(1, self.steps * 0.5)
        return self.rate * ops.clip(left, 0.0, 1.0)

    def get_config(self):
        return {"rate": self.rate, "steps": self.steps}
