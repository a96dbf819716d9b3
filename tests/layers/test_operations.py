import keras
import numpy as np
import pytest

from sr_app.layers.operations import Lowering, Tensor, convolve, expect


def layer(filters=2, side=3, channels=4):
    conv = keras.layers.Conv2D(filters, side, name="conv")
    conv.build((None, None, None, channels))
    return conv, np.asarray(conv.kernel), np.asarray(conv.bias)


def test_names_are_unique_and_the_order_is_carried_out_once_asked():
    graph = Lowering()
    first, second = (graph.add("Relu", "a", ("lr",)) for _ in range(2))
    assert (first.name, second.name) == ("a", "a.2")
    assert graph.plain(first) == "a"
    assert graph.plain(Tensor("a", np.array([1, 0]))) == "a.order"
    assert graph.operations[-1].kind == "Gather"


def test_a_convolution_pads_unless_its_caller_has():
    graph = Lowering()
    convolve(graph, *(layer()[0], Tensor("x"), *layer()[1:]))
    convolve(graph, *(layer()[0], Tensor("x"), *layer()[1:]), padding=False)
    assert [operation.attributes["pads"] for operation in graph.operations] == [[1] * 4, [0] * 4]


def test_an_order_goes_into_the_kernel():
    conv, kernel, bias = layer(1, 1)
    graph = Lowering()
    convolve(graph, conv, Tensor("x", np.array([2, 0, 3, 1])), kernel, bias)
    stored = graph.operations[0].constants[0][0, :, 0, 0]
    # Kernel element k belongs to the graph's channel order[k].
    np.testing.assert_array_equal(stored[[2, 0, 3, 1]], kernel[0, 0, :, 0])


def test_a_refusal_names_layer_setting_and_value():
    with pytest.raises(ValueError, match="'conv': expected strides 1. Received: 2"):
        expect(layer()[0], "strides", 2, 1)
