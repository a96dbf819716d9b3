"""A model used as a fixed function inside the training of another one."""

from __future__ import annotations

import keras
from keras import ops


def frozen_call(model: keras.Model, x):
    """``model(x)`` whose gradients reach ``x`` but not the model.

    So one loss can hold both sides of a game: a critic held in the generator's terms, the
    generator's picture detached in the critic's. Adam keeps its moments per variable, and one
    optimizer is two.
    """
    weights = [ops.stop_gradient(variable.value) for variable in model.trainable_variables]
    others = [variable.value for variable in model.non_trainable_variables]
    return model.stateless_call(weights, others, x)[0]
