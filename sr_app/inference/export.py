"""Export a network to an ONNX file that runs fast, and prove that it computes the same.

Keras' own export gives graphs 3 to 50 times slower, or none; see ``inference.lowering`` for what
this one does instead. The graph is channels first, float32, with dynamic batch, height and width.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import onnx
import onnxruntime
from google.protobuf.message import DecodeError
from onnx import TensorProto, helper, numpy_helper

from sr_app.files.replacement import write_whole
from sr_app.inference.export_comparison import (
    KERAS,
    channels_first,
    check_bound,
    difference,
    run_keras,
    share_of,
)
from sr_app.inference.lowering import lower
from sr_app.layers.operations import INPUT, OUTPUT, Operation

if TYPE_CHECKING:
    import keras

OPSET = 17
IR_VERSION = 8
"""The oldest that hold these operators as they are today: every runtime since 2022 takes them."""

TOLERANCE = 1e-4
"""Largest difference to Keras for values in [0, 1]; sums in another order differ by far less."""


def export_onnx(
    model: keras.Model, path: str | Path, *, scale: int, groups: str = "dense"
) -> float:
    """Write a network as ONNX; the file appears only when it agrees with Keras.

    The same model gives the same bytes. The graph's input ``lr`` is (n, 3, h, w) in [0, 1] with h
    and w multiples of the card's ``multiple_of``, its output ``sr`` (n, 3, scale*h, scale*w), not
    clipped.

    Args:
        model: functional, channels last, as ``build_esrn`` makes it.
        path: of the file to write.
        scale: the network's factor.
        groups: see ``inference.lowering.lower``.

    Returns:
        The largest difference to Keras, as `largest_difference` gives it.

    Raises:
        ValueError: for a layer that has no writer, or when the graph disagrees with Keras.
    """
    path = Path(path)
    data = graph_bytes(lower(model, groups=groups), scale)
    found = largest_difference(model, data, scale)
    check_bound(found, TOLERANCE, KERAS, path)
    write_whole(path, data)
    return found


def graph_bytes(operations: tuple[Operation, ...], scale: int) -> bytes:
    """The operations as a serialised ONNX model."""
    constants: dict[bytes, onnx.TensorProto] = {}  # a shared kernel is stored once
    nodes = []
    for operation in operations:
        names = [constant_name(constants, operation, array) for array in operation.constants]
        nodes.append(
            helper.make_node(
                operation.kind,
                [*operation.inputs, *names],
                [operation.name],
                name=operation.name,
                **operation.attributes,
            )
        )
    graph = helper.make_graph(
        nodes,
        "sr_app",
        [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["n", 3, "h", "w"])],
        [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["n", 3, "H", "W"])],
        list(constants.values()),
    )
    model = helper.make_model(
        graph,
        producer_name="sr_app",
        ir_version=IR_VERSION,
        opset_imports=[helper.make_opsetid("", OPSET)],
    )
    helper.set_model_props(model, {"scale": str(scale)})
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString(deterministic=True)


def constant_name(
    constants: dict[bytes, onnx.TensorProto], operation: Operation, array: np.ndarray
) -> str:
    """Name of the stored constant equal to ``array``; stored now if there is none."""
    key = f"{array.dtype}{array.shape}".encode() + array.tobytes()
    if key not in constants:
        constants[key] = numpy_helper.from_array(array, f"{operation.name}/{len(constants)}")
    return constants[key].name


def read_graph(path: Path) -> tuple[tuple[Operation, ...], int]:
    """What ``graph_bytes`` made a file from: the operations and the factor.

    ValueError for a file that this module did not write.
    """
    try:
        model = onnx.load(path)
        scale = int(next(item.value for item in model.metadata_props if item.key == "scale"))
    except (DecodeError, StopIteration, ValueError) as error:
        raise ValueError(f"{path} is not a graph that was exported here") from error
    arrays = {item.name: numpy_helper.to_array(item) for item in model.graph.initializer}
    operations = tuple(
        Operation(
            node.op_type,
            node.name,
            tuple(name for name in node.input if name not in arrays),
            tuple(arrays[name] for name in node.input if name in arrays),
            {item.name: helper.get_attribute_value(item) for item in node.attribute},
        )
        for node in model.graph.node
    )
    return operations, scale


def interpolate_graphs(first: Path, second: Path, t: float) -> bytes:
    """A graph between two of one network: each weight is ``(1 - t) * first + t * second``.

    ValueError, naming what the graphs do not have in common.
    """
    (ours, scale), (theirs, other) = read_graph(first), read_graph(second)
    alike = [replace(a, constants=()) for a in ours] == [replace(b, constants=()) for b in theirs]
    if not alike or scale != other:
        raise ValueError(f"{first} and {second} are not graphs of the same network")
    mixed = []
    for a, b in zip(ours, theirs, strict=True):
        pairs = zip(a.constants, b.constants, strict=True)
        mixed.append(replace(a, constants=tuple(_between(*pair, t) for pair in pairs)))
    return graph_bytes(tuple(mixed), scale)


def _between(ours: np.ndarray, theirs: np.ndarray, t: float) -> np.ndarray:
    """Weights are interpolated; indices (the order of channels) must be the same."""
    if ours.shape != theirs.shape or ours.dtype != theirs.dtype:
        raise ValueError(f"Expected weights of shape {ours.shape}. Received: {theirs.shape}")
    if ours.dtype == np.float32:
        return (1 - np.float32(t)) * ours + np.float32(t) * theirs
    if not np.array_equal(ours, theirs):
        raise ValueError("Expected the same order of channels in both graphs")
    return ours


def largest_difference(model: keras.Model, data: bytes, scale: int) -> float:
    """`difference` between graph and network on noise in [0, 1].

    ValueError for a network of another scale.
    """
    pictures = np.random.default_rng(0).random((2, 24, 36, 3), np.float32)
    expected = run_keras(model)(pictures)
    if expected.shape != (2, 24 * scale, 36 * scale, 3):
        raise ValueError(f"Expected a network of scale {scale}. Received: output {expected.shape}")
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    return difference(expected, channels_first(session)(pictures), share=share_of(data))
