"""A functional model as a list of steps, for counting costs and for writing other graphs."""

from __future__ import annotations

from dataclasses import dataclass

import keras


@dataclass(frozen=True)
class Step:
    """One application of a layer. Tensors are numbered; a shared layer has several steps.

    Args:
        layer: the Keras layer (an ``InputLayer`` for the model's input).
        inputs: numbers of the tensors that go in, in the order of the call.
        output: number of the tensor that comes out.
        channels: channels of that tensor.
    """

    layer: keras.layers.Layer
    inputs: tuple[int, ...]
    output: int
    channels: int


def walk(model: keras.Model) -> tuple[Step, ...]:
    """The steps of a functional model, each after those it depends on.

    Raises:
        ValueError: for a model that is not functional, or has several inputs or outputs.
    """
    if not hasattr(model, "_nodes_by_depth"):
        raise ValueError(f"Expected a functional keras.Model. Received: {type(model).__name__}")
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise ValueError(
            "Expected a model with one input and one output. "
            f"Received: {len(model.inputs)} and {len(model.outputs)}"
        )
    numbers: dict[int, int] = {}
    steps = []
    for depth in sorted(model._nodes_by_depth, reverse=True):
        for node in model._nodes_by_depth[depth]:
            inputs = tuple(numbers[id(tensor)] for tensor in node.arguments.keras_tensors)
            (output,) = node.outputs
            numbers[id(output)] = len(numbers)
            steps.append(Step(node.operation, inputs, numbers[id(output)], output.shape[-1]))
    # The model's own input is the only InputLayer; the last step makes its output.
    if numbers[id(model.outputs[0])] != steps[-1].output:
        raise ValueError("Expected the output to be the last step of the model")
    return tuple(steps)
