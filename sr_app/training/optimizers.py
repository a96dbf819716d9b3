"""Optimizers whose learning rate depends on the variable."""

from __future__ import annotations

from collections.abc import Mapping

import keras


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
