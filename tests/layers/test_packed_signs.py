"""Signs take one bit in a graph's file, and the kernel that a runtime folds from them is theirs."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from sr_app.inference.export import graph_bytes
from sr_app.inference.lowering import lower
from sr_app.layers.operations import Lowering
from sr_app.layers.packed_signs import unpacked
from sr_app.networks.esrn import build_esrn
from sr_app.networks.genotype import Genotype


def computed(graph: Lowering, name: str) -> np.ndarray:
    """What the operations say that a tensor is."""
    nodes, constants = [], []
    for operation in graph.operations:
        names = [f"{operation.name}/{index}" for index in range(len(operation.constants))]
        pairs = zip(operation.constants, names, strict=True)
        constants += [numpy_helper.from_array(array, one) for array, one in pairs]
        nodes.append(
            helper.make_node(
                operation.kind,
                [*operation.inputs, *names],
                [operation.name],
                **operation.attributes,
            )
        )
    result = helper.make_tensor_value_info(name, TensorProto.FLOAT, None)
    model = helper.make_model(
        helper.make_graph(nodes, "signs", [], [result], constants),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=8,
    )
    session = onnxruntime.InferenceSession(model.SerializeToString())
    return session.run(None, {})[0]


@pytest.mark.parametrize("shape", [(4, 2, 3, 3), (3, 1, 5, 3, 3), (1, 1, 1, 1), (2, 4, 1, 1)])
def test_the_signs_come_back(shape):
    """Also where their number is no multiple of eight."""
    signs = np.random.default_rng(0).choice([-1, 1], shape)
    graph = Lowering()
    np.testing.assert_array_equal(computed(graph, unpacked(graph, "kernel", signs)), signs)
    stored = sum(array.nbytes for op in graph.operations for array in op.constants[:1])
    assert stored < signs.size / 8 + 90  # the bits, and a few small constants


@pytest.mark.parametrize(("conv", "share"), [("full_stack", 32 * 4 / (32 + 4)), ("binary", 32)])
def test_a_graph_is_smaller_by_what_the_method_says(conv, share):
    """The body's kernels alone: shared by s = 4 and a bit for each weight, or a bit alone."""
    genotypes = [
        Genotype.parse("P_2_48_48,P_2_48_48", width=48, conv=kind, tail="anchor")
        for kind in (conv, "conv")
    ]
    packed, plain = (len(graph_bytes(lower(build_esrn(one, 2)), 2)) for one in genotypes)
    body = 4 * (4 * 9 * 48 * 48)  # bytes of four convolutions
    overhead = 4 * 2000  # names, nodes, activations
    assert packed <= plain - body + body / share + overhead
    assert packed > plain - body
