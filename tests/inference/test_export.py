"""Exported graphs compute what Keras computes, and are written whole or not at all."""

from __future__ import annotations

import keras
import numpy as np
import onnx
import onnxruntime
import pytest

from sr_app.inference import export
from sr_app.inference.export import export_onnx, graph_bytes, largest_difference
from sr_app.inference.lowering import lower
from sr_app.layers.operations import GROUPS

MIXED = "S_2_8_12,G_5_8_16,C_2_8_8,P_2_8_8"


def run(path, pictures: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (result,) = session.run(None, {"lr": pictures.transpose(0, 3, 1, 2)})
    return result.transpose(0, 2, 3, 1)


@pytest.mark.parametrize("groups", GROUPS)
@pytest.mark.parametrize("tail", ["anchor", "published"])
@pytest.mark.parametrize("scale", [2, 3, 4])
def test_equals_keras_to_1e_4(random_network, tmp_path, scale, tail, groups):
    model = random_network(MIXED, scale, tail=tail)
    export_onnx(model, tmp_path / "model.onnx", scale=scale, groups=groups)
    pictures = np.random.default_rng(1).random((3, 10, 46, 3), np.float32)
    expected = np.asarray(model(pictures))
    received = run(tmp_path / "model.onnx", pictures)
    assert received.shape == (3, 10 * scale, 46 * scale, 3)
    # float32 rounding is 6e-8; some ten sums deep 1e-6 of the largest value is usual.
    assert np.abs(received - expected).max() <= 1e-4 * max(1, np.abs(expected).max())


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_an_unshuffled_front_equals_keras(random_network, tmp_path, scale):
    model = random_network("P_2_8_8,S_2_8_8", scale, front="unshuffled")
    export_onnx(model, tmp_path / "model.onnx", scale=scale)
    pictures = np.random.default_rng(1).random((2, 10, 14, 3), np.float32)
    expected = np.asarray(model(pictures))
    received = run(tmp_path / "model.onnx", pictures)
    assert np.abs(received - expected).max() <= 1e-4 * max(1, np.abs(expected).max())


@pytest.mark.parametrize("skeleton", ["dense", "plain"])
@pytest.mark.parametrize("activation", ["silu", "prelu"])
def test_activations_and_skeletons_equal_keras(random_network, tmp_path, activation, skeleton):
    model = random_network("A_3_8_8,S_2_8_8,P_3_8_8", activation=activation, skeleton=skeleton)
    export_onnx(model, tmp_path / "model.onnx", scale=2)
    pictures = np.random.default_rng(1).random((2, 10, 13, 3), np.float32)
    expected = np.asarray(model(pictures))
    received = run(tmp_path / "model.onnx", pictures)
    assert np.abs(received - expected).max() <= 1e-4 * max(1, np.abs(expected).max())


def test_a_network_without_half_resolution_takes_any_size(random_network, tmp_path):
    model = random_network("S_2_8_8,P_2_8_8", 2)
    export_onnx(model, tmp_path / "model.onnx", scale=2)
    for shape in ((1, 1, 1, 3), (1, 7, 1, 3), (2, 5, 11, 3)):
        pictures = np.random.default_rng(2).random(shape, np.float32)
        assert np.allclose(run(tmp_path / "model.onnx", pictures), model(pictures), atol=1e-4)


def test_the_same_network_gives_the_same_bytes(random_network, tmp_path):
    random_network().save_weights(tmp_path / "model.weights.h5")
    again = random_network.__wrapped__()  # built anew
    again.load_weights(tmp_path / "model.weights.h5")
    for number, model in enumerate((random_network(), again)):
        export_onnx(model, tmp_path / f"{number}.onnx", scale=2)
    assert (tmp_path / "0.onnx").read_bytes() == (tmp_path / "1.onnx").read_bytes()


def test_a_shared_kernel_is_stored_once(random_network):
    model = random_network("C_1_8_8", 2)
    graph = onnx.load_from_string(graph_bytes(lower(model), 2)).graph
    readers = [node.input[1] for node in graph.node if node.name.startswith("block0_conv0")]
    assert len(readers) == 3 and len(set(readers)) == 1
    assert len(graph.initializer) == len({bytes(item.raw_data) for item in graph.initializer})


def test_a_graph_that_disagrees_is_not_written(random_network, tmp_path, monkeypatch):
    def wrong(model, **options):
        first, *rest = lower(model, **options)
        kernel, bias = first.constants
        return (type(first)(**{**vars(first), "constants": (kernel, bias + 0.01)}), *rest)

    monkeypatch.setattr(export, "lower", wrong)
    target = tmp_path / "model.onnx"
    target.write_bytes(b"the old one")
    with pytest.raises(ValueError, match="differs from Keras by"):
        export_onnx(random_network(), target, scale=2)
    assert target.read_bytes() == b"the old one"
    assert list(tmp_path.iterdir()) == [target]


def test_nan_never_counts_as_agreement(random_network):
    model = random_network("P_1_8_8", 2)
    data = graph_bytes(lower(model), 2)
    broken = keras.models.clone_model(model)
    for weight in broken.weights:
        weight.assign(np.full(weight.shape, np.nan, np.float32))
    with pytest.raises(ValueError, match="finite numbers"):
        largest_difference(broken, data, 2)


def test_a_wrong_scale_is_refused(random_network, tmp_path):
    with pytest.raises(ValueError, match="scale 3"):
        export_onnx(random_network(), tmp_path / "model.onnx", scale=3)
    assert not list(tmp_path.iterdir())


def test_the_file_says_what_it_is(random_network, tmp_path):
    export_onnx(random_network(), tmp_path / "deep" / "model.onnx", scale=2)
    model = onnx.load(tmp_path / "deep" / "model.onnx")
    assert model.opset_import[0].version == export.OPSET
    assert model.ir_version == export.IR_VERSION
    assert {item.key: item.value for item in model.metadata_props} == {"scale": "2"}
    (put,) = model.graph.input
    assert [d.dim_param or d.dim_value for d in put.type.tensor_type.shape.dim] == [
        "n",
        3,
        "h",
        "w",
    ]
