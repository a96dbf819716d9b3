"""Start a network from another one's weights."""

from __future__ import annotations

import keras


def copy_weights(source: keras.Model, target: keras.Model) -> list[str]:
    """Copy every variable whose path and shape agree; between scales that is all but the tail.

    Returns:
        Paths of the target's variables that found no source and keep their initial values.

    Raises:
        ValueError: if nothing agrees.
    """
    known = {variable.path: variable for variable in source.variables}
    left = []
    for variable in target.variables:
        match = known.get(variable.path)
        if match is None or match.shape != variable.shape:
            left.append(variable.path)
        else:
            variable.assign(match)
    if len(left) == len(target.variables):
        raise ValueError(
            f"Expected {source.name} to share layers with {target.name}. They have none in common"
        )
    return left
