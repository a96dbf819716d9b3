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
    """

    def __init__(self, peak: float, steps: int, *, warmup: int = 100, floor: float = 0.01):
        self.peak, self.steps, self.warmup, self.floor = peak, steps, warmup, floor

    def __call__(self, step):
        step = ops.cast(step, "float32")
        rise = ops.minimum(1.0, (step + 1) / max(1, self.warmup))
        fraction = ops.clip((step - self.warmup) / max(1, self.steps - self.warmup), 0.0, 1.0)
        cosine = 0.5 * (1 + ops.cos(math.pi * fraction))
        return self.peak * rise * (self.floor + (1 - self.floor) * cosine)

    def get_config(self):
        return {"peak": self.peak, "steps": self.steps, "warmup": self.warmup, "floor": self.floor}
