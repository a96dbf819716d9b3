"""Operations of lowered networks, layer type by layer type."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from sr_app.inference.lowering import lower, why_not_exported
from sr_app.layers.channel_shuffle import ChannelShuffle
from sr_app.layers.convolution import CONVOLUTIONS
from sr_app.layers.operations import Lowering, dense_kernel


def model_of(*layers, channels: int = 4) -> keras.Model:
    picture = keras.Input((None, None, channels))
    x = picture
    for layer in layers:
        x = layer(x)
    return keras.Model(picture, x)


def kinds(model: keras.Model, **options) -> list[str]:
    return [operation.kind for operation in lower(model, **options)]


def test_a_dense_kernel_is_block_diagonal():
    kernel = np.arange(1, 13, dtype=np.float32).reshape(4, 3, 1, 1)
    dense = dense_kernel(kernel, 2)
    assert dense.shape == (4, 6, 1, 1)
    assert np.array_equal(dense[:2, :3], kernel[:2]) and np.array_equal(dense[2:, 3:], kernel[2:])
    assert not dense[:2, 3:].any() and not dense[2:, :3].any()


def test_a_shuffle_disappears_into_the_convolution():
    conv = keras.layers.Conv2D(1, 1)
    (operation,) = lower(model_of(ChannelShuffle(2), conv))
    assert operation.kind == "Conv" and operation.name == "sr"
    # Shuffled channels are 0, 2, 1, 3: the kernel's rows move with them.
    kernel = np.asarray(conv.kernel)[0, 0, :, 0]
    assert np.array_equal(operation.constants[0][0, :, 0, 0], kernel[[0, 2, 1, 3]])


def test_two_shuffles_are_one_order_and_a_relu_lets_it_pass():
    assert kinds(
        model_of(
            ChannelShuffle(2),
            keras.layers.ReLU(),
            ChannelShuffle(3),
            keras.layers.Conv2D(2, 1),
            channels=6,
        )
    ) == ["Relu", "Conv"]


def test_a_shuffle_without_a_convolution_is_a_gather():
    assert kinds(model_of(ChannelShuffle(2))) == ["Gather"]


def test_native_groups_keep_their_kernel():
    conv = keras.layers.Conv2D(4, 3, groups=2, padding="same")
    (native,) = lower(model_of(conv), groups="native")
    (dense,) = lower(model_of(conv), groups="dense")
    assert native.attributes["group"] == 2 and native.constants[0].shape == (4, 2, 3, 3)
    assert dense.attributes["group"] == 1 and dense.constants[0].shape == (4, 4, 3, 3)


def test_a_shared_layer_is_applied_twice_under_two_names():
    picture = keras.Input((None, None, 4))
    conv = keras.layers.Conv2D(4, 3, padding="same", name="shared")
    operations = lower(keras.Model(picture, keras.layers.ReLU()(conv(conv(picture)))))
    assert [operation.name for operation in operations] == ["shared", "shared.2", "sr"]
    assert operations[1].inputs == ("shared",)


def test_an_unknown_layer_is_named():
    with pytest.raises(ValueError, match=r"layer 'odd'.*type Softmax.*lower\(\).*Conv2D"):
        lower(model_of(keras.layers.Softmax(name="odd")))


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (keras.layers.Conv2D(4, 3, padding="valid", name="c"), "'c': expected padding same"),
        (keras.layers.Conv2D(4, 3, strides=2, padding="same", name="c"), "expected strides"),
        (keras.layers.Conv2D(4, 2, padding="same", name="c"), "odd side"),
        (keras.layers.Conv2D(4, 1, activation="gelu", name="c"), "Received: gelu"),
        (keras.layers.ReLU(max_value=6, name="r"), "'r': expected max_value None"),
        (keras.layers.Activation("gelu", name="a"), "'a': expected activation .*Received: gelu"),
        (keras.layers.ReLU(negative_slope=0.1), "negative_slope"),
        (keras.layers.AveragePooling2D(3, strides=2), "strides"),
    ],
)
def test_settings_that_a_writer_does_not_know_are_refused(layer, message):
    with pytest.raises(ValueError, match=message):
        lower(model_of(layer))


def test_an_unknown_way_with_groups_is_refused():
    with pytest.raises(ValueError, match="dense or native"):
        Lowering("sparse")


def test_every_layer_type_of_the_family_has_a_writer(random_network):
    networks = [random_network(), random_network(tail="published", conv="conv")]
    networks += [random_network("P_2_8_8", conv=conv) for conv in CONVOLUTIONS]
    networks += [random_network("P_2_8_8", front="unshuffled")]
    for network in networks:
        assert why_not_exported(network) or lower(network)[-1].name == "sr"


def test_a_layer_that_stays_in_keras_says_so(random_network):
    network = random_network("P_2_8_8", conv="adder")
    with pytest.raises(ValueError, match=r"layer 'block0_conv0'.*runtime keras"):
        lower(network)
    assert "runtime keras" in why_not_exported(network)
    assert why_not_exported(random_network("P_2_8_8", conv="binary")) is None
