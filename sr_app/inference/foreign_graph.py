"""ONNX files made elsewhere: read, refused where they are no such network, freed of their size."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import TopologicalSorter
from itertools import pairwise
from math import prod
from pathlib import Path, PurePath

import numpy as np
import onnx
from google.protobuf.message import DecodeError, EncodeError
from onnx import TensorProto, helper, inliner, numpy_helper, version_converter

from sr_app.files.rules import check_length
from sr_app.inference.runtime import line_of
from sr_app.networks.licences import LICENCE

LARGEST_FILE = 512 << 20
"""Bytes of a file that is read at all."""

OLDEST, NEWEST = 11, onnx.defs.onnx_opset_version()
"""Opset below which a graph is converted, as the operators put around it are of this one, and above
which nothing is known of its operators."""

APART = 4
"""Version of the format from which on weights need not be listed among the inputs."""

TYPES: dict[int, str] = {
    TensorProto.FLOAT: "float32",
    TensorProto.FLOAT16: "float16",
    TensorProto.DOUBLE: "float64",
    TensorProto.UINT8: "uint8",
}
"""What a picture may be made of."""

DOMAINS = frozenset({"", "ai.onnx", "ai.onnx.ml", "com.microsoft"})
"""Operators that ONNX Runtime has itself; others would need a library of their own."""

FOR_ONE_PROCESSOR = "com.microsoft.nchwc"
"""Operators whose weights lie as one kind of processor wants them: wrong, unsaid, on another."""

LICENCES = (LICENCE, "license", "licence")
"""Keys under which files state their licence; the first is ONNX's own."""

LONGEST_NAME = 120
"""Letters of a licence's name or address."""

UNREADABLE = (
    RuntimeError,
    ValueError,
    EncodeError,
    onnx.checker.ValidationError,
    onnx.shape_inference.InferenceError,
    version_converter.ConvertError,
)
"""What ONNX raises for a graph that it cannot convert."""

Dimensions = tuple[int | None, ...]


def read_foreign(path: Path, named: PurePath | None = None) -> onnx.ModelProto:
    """The graph of a file, whole in itself, of standard operators, one tensor in and one out.

    Args:
        named: what messages call the file, if not by its path.

    Raises:
        ValueError: one line that says what is expected instead.
        OSError: if the file cannot be read.
    """
    check_length(path, LARGEST_FILE, named)
    return parse_foreign(path.read_bytes(), named or path)


def parse_foreign(data: bytes, path: PurePath) -> onnx.ModelProto:
    """The graph of a file's content; ``path`` is for messages alone."""
    try:
        model = onnx.load_model_from_string(data)
    except DecodeError:
        model = onnx.ModelProto()
    if not model.graph.node or not model.opset_import:
        raise ValueError(f"{path}: expected an ONNX graph. Received: a file that holds none")
    if any(tensor.data_location == TensorProto.EXTERNAL for tensor in tensors(model)):
        raise ValueError(f"{path}: expected all weights in this file. Received: external data")
    if opset(model) > NEWEST:
        raise ValueError(f"{path}: expected an opset up to {NEWEST}. Received: {opset(model)}")
    stated = model.metadata_props[:]
    try:
        model = inliner.inline_local_functions(model) if model.functions else model
        model = converted(model)
        sort_nodes(model.graph)
        drop_constant_inputs(model)
        drop_other_outputs(model)
    except UNREADABLE as error:
        raise ValueError(
            f"{path}: expected a graph that ONNX can read. Received: {line_of(error)}"
        ) from None
    if any(node.domain == FOR_ONE_PROCESSOR for node in nodes(model.graph)):
        raise ValueError(
            f"{path}: expected a graph for any processor. Received: one that ONNX Runtime made for "
            "one kind: save it again with ORT_ENABLE_EXTENDED, not ORT_ENABLE_ALL"
        )
    domains = sorted({node.domain for node in nodes(model.graph)} - DOMAINS)
    if domains:
        kinds = sorted({node.op_type for node in nodes(model.graph) if node.domain in domains})
        raise ValueError(
            f"{path}: expected operators of ONNX or ONNX Runtime. Received: "
            f"{', '.join(map(ascii, kinds[:4]))} of {', '.join(map(ascii, domains[:4]))}"
        )
    complete_ends(model)
    check_ends(model, path)
    del model.metadata_props[:]
    model.metadata_props.extend(stated)
    return model


def stated_licence(model: onnx.ModelProto) -> str | None:
    """What the file says of its licence, if that is a name or an address, not a whole text."""
    for item in model.metadata_props:
        words = item.value.strip()
        if item.key.lower() in LICENCES and words.isprintable() and 0 < len(words) <= LONGEST_NAME:
            return words
    return None


def converted(model: onnx.ModelProto) -> onnx.ModelProto:
    """The graph in an opset that is not older than `OLDEST`."""
    if opset(model) >= OLDEST:
        return model
    model.ir_version = max(model.ir_version, APART)
    return version_converter.convert_version(model, OLDEST + 2)


def sort_nodes(graph: onnx.GraphProto) -> None:
    """Put each node behind those that make its inputs, as inside of other operators it has to be;
    some converters to float16 put theirs at the end."""
    maker = {name: at for at, node in enumerate(graph.node) for name in node.output}
    needs = {
        at: {maker[name] for name in every_input(node) if name in maker}
        for at, node in enumerate(graph.node)
    }
    if any(before >= at for at, others in needs.items() for before in others):
        order = [graph.node[at] for at in TopologicalSorter(needs).static_order()]
        made = onnx.GraphProto(node=order)
        del graph.node[:]
        graph.node.extend(made.node)


def every_input(node: onnx.NodeProto) -> Iterator[str]:
    """Names that a node takes, and those that the nodes inside of it do."""
    yield from node.input
    for attribute in node.attribute:
        for inner in (attribute.g, *attribute.graphs):
            for each in nodes(inner):
                yield from each.input


def opset(model: onnx.ModelProto) -> int:
    """Version of the standard operators."""
    return max((e.version for e in model.opset_import if e.domain in ("", "ai.onnx")), default=0)


def check_ends(model: onnx.ModelProto, path: PurePath) -> None:
    """ValueError unless there is one input and one output, of four dimensions, of pixels."""
    for ends, what in ((model.graph.input, "input"), (model.graph.output, "output")):
        if len(ends) != 1:
            names = ", ".join(ascii(end.name) for end in ends[:6]) or "none"
            raise ValueError(f"{path}: expected one {what}, a picture. Received: {names}")
        tensor = ends[0].type.tensor_type
        if tensor.elem_type not in TYPES:
            raise ValueError(
                f"{path}: expected an {what} of {', '.join(TYPES.values())}. "
                f"Received: {TensorProto.DataType.Name(tensor.elem_type)}"
            )
        if what == "input" and len(dimensions(model)) != 4:
            raise ValueError(
                f"{path}: expected pictures in a tensor of four dimensions. "
                f"Received: {len(dimensions(model))}"
            )


def drop_constant_inputs(model: onnx.ModelProto) -> None:
    """Old graphs list their weights among the inputs too."""
    weights = {tensor.name for tensor in model.graph.initializer}
    kept = [item for item in model.graph.input if item.name not in weights]
    del model.graph.input[:]
    model.graph.input.extend(kept)


def drop_other_outputs(model: onnx.ModelProto) -> None:
    """Outputs that do not depend on the picture, or are no pixels, where another is left."""
    if any(not end.type.WhichOneof("value") for end in model.graph.output):  # nothing is said
        told = onnx.shape_inference.infer_shapes(model).graph.output
        for end, other in zip(model.graph.output, told, strict=True):
            end.type.CopyFrom(other.type)
    seen = {end.name for end in model.graph.input}
    for node in model.graph.node:
        if not seen.isdisjoint(every_input(node)):
            seen.update(node.output)
    pictures = [
        end
        for end in model.graph.output
        if end.name in seen and end.type.tensor_type.elem_type in TYPES
    ]
    if pictures:
        del model.graph.output[:]
        model.graph.output.extend(pictures)


def alone(model: onnx.ModelProto) -> onnx.ModelProto:
    """The graph for one picture, which goes in as many times as it takes pictures at once."""
    made = onnx.ModelProto()
    made.CopyFrom(model)
    graph, first = made.graph, numpy_helper.from_array(np.zeros(1, np.int64), "alone/first")
    taken, given = graph.input[0], graph.output[0]
    several = ["alone/in"] * (dimensions(model)[0] or 1)
    graph.node.insert(0, helper.make_node("Concat", several, [taken.name], axis=0))
    graph.node.append(helper.make_node("Gather", [given.name, first.name], ["alone/out"], axis=0))
    graph.initializer.append(first)
    for end, name in ((taken, "alone/in"), (given, "alone/out")):
        end.name, end.type.tensor_type.shape.dim[0].dim_value = name, 1
    return made


def complete_ends(model: onnx.ModelProto) -> None:
    """Give an end of two or three dimensions, as of one picture alone, those that it lacks."""
    graph = model.graph
    for ends in (graph.input, graph.output):
        for end in ends:
            if not end.type.tensor_type.HasField("shape"):  # nothing is said
                every = (onnx.TensorShapeProto.Dimension() for _ in range(4))
                end.type.tensor_type.shape.dim.extend(every)
        lacking = 4 - len(ends[0].type.tensor_type.shape.dim) if len(ends) == 1 else 0
        if lacking not in (1, 2):
            continue
        name, whole = ends[0].name, f"{ends[0].name}/whole"
        number = numpy_helper.from_array(np.array(0), f"{whole}/first")
        ones = numpy_helper.from_array(np.ones(lacking, np.int64), f"{whole}/ones")
        if ends is graph.input:
            names = [whole, *(f"{whole}/{axis}" for axis in range(1, lacking)), name]
            for taken, given in reversed(list(pairwise(names))):
                graph.node.insert(0, helper.make_node("Gather", [taken, number.name], [given]))
            graph.initializer.append(number)
        else:
            shape, every = f"{whole}/shape", f"{whole}/every"
            graph.node.append(helper.make_node("Shape", [name], [shape]))
            graph.node.append(helper.make_node("Concat", [ones.name, shape], [every], axis=0))
            graph.node.append(helper.make_node("Reshape", [name, every], [whole]))
            graph.initializer.append(ones)
        known = [onnx.TensorShapeProto.Dimension(dim_value=1) for _ in range(lacking)]
        dims = ends[0].type.tensor_type.shape.dim
        known.extend(dims)
        del dims[:]
        dims.extend(known)
        ends[0].name = whole


def dimensions(model: onnx.ModelProto) -> Dimensions:
    """Dimensions of the input; None where any number will do."""
    shape = model.graph.input[0].type.tensor_type.shape
    return tuple(
        each.dim_value if each.HasField("dim_value") and each.dim_value > 0 else None
        for each in shape.dim
    )


def relaxed(model: onnx.ModelProto, channel_axis: int) -> onnx.ModelProto:
    """The graph for any number of pictures of any size, as far as its inside allows it."""
    free = onnx.ModelProto()
    free.CopyFrom(model)
    for axis, each in enumerate(free.graph.input[0].type.tensor_type.shape.dim):
        if axis != channel_axis:
            each.Clear()
            each.dim_param = f"any_{axis}"
    given = free.graph.output[0].type.tensor_type.shape.dim
    del given[:]
    given.extend(onnx.TensorShapeProto.Dimension() for _ in range(4))
    del free.graph.value_info[:]
    return free


def nodes(graph: onnx.GraphProto) -> Iterator[onnx.NodeProto]:
    """All of a graph, those inside of others too."""
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            for inner in (attribute.g, *attribute.graphs):
                yield from nodes(inner)


def tensors(model: onnx.ModelProto) -> Iterator[onnx.TensorProto]:
    """Stored tensors, wherever they lie."""
    yield from model.graph.initializer
    for sparse in model.graph.sparse_initializer:
        yield from (sparse.values, sparse.indices)
    inside = [node for function in model.functions for node in function.node]
    for node in (*nodes(model.graph), *inside):
        for attribute in node.attribute:
            yield from (attribute.t, *attribute.tensors)
            for inner in (attribute.g, *attribute.graphs):
                yield from inner.initializer


def parameter_count(model: onnx.ModelProto) -> int:
    """Floating-point numbers that are stored."""
    kinds = (TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.DOUBLE, TensorProto.BFLOAT16)
    return sum(prod(each.dims) for each in tensors(model) if each.data_type in kinds and each.dims)


def widest(model: onnx.ModelProto, shape: tuple[int, ...]) -> int:
    """Numbers in the largest tensor of a run on this shape; 0 where it cannot be told unrun."""
    sized = onnx.ModelProto()
    sized.CopyFrom(model)
    for value, each in zip(shape, sized.graph.input[0].type.tensor_type.shape.dim, strict=True):
        each.Clear()
        each.dim_value = value
    try:
        known = onnx.shape_inference.infer_shapes(sized).graph.value_info
    except (RuntimeError, onnx.shape_inference.InferenceError):
        return 0
    shapes = (item.type.tensor_type.shape.dim for item in known)
    return max((prod(each.dim_value for each in dims) for dims in shapes if dims), default=0)


def serialised(model: onnx.ModelProto) -> bytes:
    """The bytes of a graph; the same graph gives the same."""
    return model.SerializeToString(deterministic=True)
