"""Adam as the trainings use it: averaged weights, a bounded gradient, rates for some variables."""

from __future__ import annotations

from collections.abc import Mapping

import keras
from keras import ops

from sr_app.training.learning_rates import WarmupCosine
from sr_app.training.schedule import Schedule


def scheduled_adam(
    schedule: Schedule,
    *,
    rate: keras.optimizers.schedules.LearningRateSchedule | None = None,
    betas: tuple[float, float] | None = None,
    rates: Mapping[str, float] | None = None,
) -> keras.optimizers.Adam:
    """A new Adam of a schedule, which keeps a moving average of the weights beside them.

    Where the schedule begins at a later step Adam's moments are those of no step, and their bias
    is corrected from there (`LateStart`).

    Args:
        rate, betas: the schedule's own if None.
        rates: factors on the learning rate as in `RatedAdam`, or None.
    """
    betas = betas or schedule.betas
    rate = rate or WarmupCosine(
        schedule.learning_rate,
        schedule.steps,
        warmup=schedule.warmup,
        floor=schedule.floor,
        first_step=schedule.first_step,
    )
    rate = LateStart(rate, schedule.first_step, betas) if schedule.first_step else rate
    options = {
        "beta_1": betas[0],
        "beta_2": betas[1],
        "use_ema": schedule.average is not None,
        "ema_momentum": schedule.average or 0.99,  # Keras wants a number even where none is kept
        "global_clipnorm": schedule.gradient_clip,
    }
    if rates is None:
        return keras.optimizers.Adam(rate, **options)
    return RatedAdam(rate, rates=rates, **options)


@keras.saving.register_keras_serializable(package="sr_app")
class LateStart(keras.optimizers.schedules.LearningRateSchedule):
    """A rate times Adam's correction of the moments' bias as if ``first_step`` were step 0.

    Adam (Kingma, Ba, 2015, section 3) divides by ``1 - beta ** t``. At a late t that is 1, while
    moments that are empty there want it counted from there: without it the first steps would be
    up to seven times too long.
    """

    def __init__(
        self,
        rate: keras.optimizers.schedules.LearningRateSchedule,
        first_step: int,
        betas: tuple[float, float],
    ):
        self.rate, self.first_step, self.betas = rate, first_step, betas

    def __call__(self, step):
        late = ops.cast(step, "float32")
        return self.rate(step) * (
            self.correction(late - self.first_step + 1) / self.correction(late + 1)
        )

    def correction(self, count):
        """``sqrt(1 - beta_2 ** t) / (1 - beta_1 ** t)``."""
        first, second = self.betas
        return ops.sqrt(1 - ops.power(second, count)) / (1 - ops.power(first, count))

    def get_config(self):
        rate = keras.optimizers.schedules.serialize(self.rate)
        return {"rate": rate, "first_step": self.first_step, "betas": self.betas}

    @classmethod
    def from_config(cls, config):
        rate = keras.optimizers.schedules.deserialize(config["rate"])
        return cls(rate, config["first_step"], tuple(config["betas"]))


class RatedAdam(keras.optimizers.Adam):
    """Adam (Kingma, Ba, 2015) with a factor on the learning rate for some variables.

    Adam keeps its moments per variable, so one of these is the two optimizers of an adversarial
    training.

    Args:
        learning_rate: number or schedule, as in ``keras.optimizers.Adam``.
        rates: start of a layer's name -> factor for its variables; 1 where none fits.
    """

    def __init__(self, learning_rate, *, rates: Mapping[str, float], **adam_options):
        super().__init__(learning_rate, **adam_options)
        self.rates = dict(rates)

    def update_step(self, gradient, variable, learning_rate):
        # A backend may hand over its own variable, which has no path.
        path = self._trainable_variables[self._get_variable_index(variable)].path
        super().update_step(gradient, variable, learning_rate * self.rate(path))

    def rate(self, path: str) -> float:
        """The factor of a variable."""
        fitting = (
            rate
            for start, rate in self.rates.items()
            if any(part.startswith(start) for part in path.split("/"))
        )
        return next(fitting, 1.0)

    def get_config(self):
        return {**super().get_config(), "rates": self.rates}


class VisitedAdam(keras.optimizers.Adam):
    """Adam (Kingma, Ba, 2015) for weights of which every step trains a part.

    A weight whose gradient is zero stays as it is, and so do its moments: plain Adam would move it
    on by them, and let them fade. Their bias is corrected by the weight's own steps.
    """

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self.visits = [
            self.add_variable_from_reference(variable, name="visits") for variable in variables
        ]

    def update_step(self, gradient, variable, learning_rate):
        index = self._get_variable_index(variable)
        visited = ops.cast(ops.not_equal(gradient, 0), "float32")
        first, second, visits = self._momentums[index], self._velocities[index], self.visits[index]
        self.assign_add(visits, visited)
        self.assign_add(first, visited * (1 - self.beta_1) * (gradient - first))
        self.assign_add(second, visited * (1 - self.beta_2) * (ops.square(gradient) - second))
        count = ops.maximum(visits, 1.0)
        bias, spread = (1 - ops.power(beta, count) for beta in (self.beta_1, self.beta_2))
        step = learning_rate * ops.sqrt(spread) / bias * first / (ops.sqrt(second) + self.epsilon)
        self.assign_sub(variable, visited * step)
