"""Starting weights of the kinds, against what they must be nearest to."""

import keras
import numpy as np
import pytest
from keras import ops

from sr_app.layers.binary import BinaryConv2D
from sr_app.layers.full_stack import FullStackConv2D
from sr_app.layers.ghost import GhostConv2D
from sr_app.layers.ghost_shift import GhostShiftConv2D, best_direction, central_filters
from sr_app.networks.esrn import build_esrn
from sr_app.networks.genotype import Genotype
from sr_app.training.conversion import convert

RNG = np.random.default_rng(0)
KERNEL = RNG.normal(size=(3, 3, 4, 8), scale=0.2).astype("float32")
BIAS = RNG.normal(size=8).astype("float32")
X = RNG.normal(size=(1, 6, 7, 4)).astype("float32")


def built(layer):
    layer.build((None, None, None, 4))
    return layer


def build(conv, blocks="P_2_8_8", scale=2):
    keras.utils.set_random_seed(1)
    return build_esrn(Genotype.parse(blocks, width=8, conv=conv, tail="anchor"), scale)


def with_noise(model):
    for weight in model.trainable_weights:
        weight.assign(weight + RNG.normal(size=weight.shape, scale=0.1))
    return model


@pytest.mark.parametrize("kinds", [("rep", "conv"), ("conv", "rep"), ("conv", "conv")])
def test_ordinary_networks_become_each_other(kinds):
    source, target = with_noise(build(kinds[0])), build(kinds[1])
    left = convert(source, target)
    assert all(
        path.split("/")[1] in ("expand", "squeeze", "edge_kernel", "edge_scale") for path in left
    )
    picture = RNG.random((1, 5, 6, 3)).astype("float32")
    np.testing.assert_allclose(source(picture), target(picture), atol=1e-4)


def test_the_rest_of_the_network_is_copied_and_what_is_new_is_named():
    source, target = with_noise(build("rep")), build("adder")
    left = convert(source, target)
    assert {path.split("/")[0] for path in left} == {
        "block0_conv0", "block0_conv1", "block0_relu0",
    }  # fmt: skip
    np.testing.assert_array_equal(
        target.get_layer("fusion1").kernel, source.get_layer("fusion1").kernel
    )
    tail = convert(source, build("rep", scale=3))
    assert tail == ["tail0/kernel", "tail0/bias"]


def test_strangers_are_refused():
    with pytest.raises(ValueError, match="none in common"):
        convert(keras.Sequential([keras.Input((None, None, 3))]), build("conv"))
    with pytest.raises(ValueError, match="block0_conv0, a GhostConv2D"):
        convert(build("ghost"), build("full_stack"))


def test_full_stack_starts_at_the_least_squares():
    layer = built(FullStackConv2D(8, 3, sharing=4))
    layer.start_from(KERNEL, BIAS)
    composed, bias = layer.folded()
    best = ((composed - KERNEL) ** 2).sum()
    np.testing.assert_array_equal(bias, BIAS)
    shared = ops.convert_to_numpy(layer.kernel)
    for _ in range(20):  # no other filters are nearer, with these signs or after turning some
        moved = shared + RNG.normal(size=shared.shape, scale=0.02)
        signs = np.where(KERNEL >= 0, 1, -1) * np.where(RNG.random(KERNEL.shape) < 0.02, -1, 1)
        assert ((signs * moved.repeat(4, -1) - KERNEL) ** 2).sum() > best
    assert np.abs(ops.convert_to_numpy(layer.masks)).max() <= 1


def test_binary_starts_at_sign_and_mean():
    layer = built(BinaryConv2D(8, 3))
    assert layer.start_from(KERNEL, BIAS) == [layer.kernel.path, layer.scale.path]
    np.testing.assert_allclose(layer.scale, np.abs(KERNEL).mean((0, 1, 2)), rtol=1e-6)
    np.testing.assert_array_equal(layer.kernel, KERNEL)


def test_a_network_of_pairs_is_found_exactly():
    """Half the filters are copies of the others, at random places: nothing is lost."""
    kept = RNG.normal(size=(3, 3, 4, 4)).astype("float32")
    kernel = np.concatenate([kept, kept], -1)[..., RNG.permutation(8)]
    layer = built(GhostShiftConv2D(8, 3))
    layer.start_from(kernel, np.zeros(8))
    plain = built(keras.layers.Conv2D(8, 3, padding="same"))
    plain.set_weights([kernel, np.zeros(8)])
    assert layer.offset() == (0, 0)
    np.testing.assert_allclose(layer(X), plain(X), atol=1e-5)


@pytest.mark.parametrize("place", range(9))
def test_a_moved_filter_is_a_moved_feature(place):
    """The direction found for kernels moved by one is the one in which the layer moves pixels."""
    rows, columns = divmod(place, 3)
    kept = np.zeros((3, 3, 4, 4), "float32")
    kept[1, 1] = RNG.normal(size=(4, 4))  # in the middle, so that there is room to move
    moved = np.zeros_like(kept)
    moved[rows, columns] = kept[1, 1]
    found, ghosts = best_direction(moved[..., [2, 0, 3, 1]], kept)
    assert found == place and ghosts.tolist() == [2, 0, 3, 1]
    layer = built(GhostShiftConv2D(8, 3))
    layer.kernel.assign(kept)
    layer.shift.assign(np.eye(9)[found].reshape(3, 3))
    plain = built(keras.layers.Conv2D(4, 3, padding="same"))
    plain.set_weights([moved, np.zeros(4)])
    np.testing.assert_allclose(np.array(layer(X))[..., 4:], plain(X), atol=1e-5)


def test_channels_stay_at_their_place_in_groups():
    kernel = RNG.normal(size=(3, 3, 2, 8), scale=0.2).astype("float32")
    layer = built(GhostShiftConv2D(8, 3, groups=2))
    layer.start_from(kernel, BIAS)
    plain = built(keras.layers.Conv2D(8, 3, padding="same", groups=2))
    plain.set_weights([kernel, BIAS])
    kept = ops.convert_to_numpy(layer.order) < layer.intrinsic
    assert kept.sum() == 4 and kept[:4].sum() == 2  # as many of each group
    np.testing.assert_allclose(
        np.array(layer(X))[..., kept], np.array(plain(X))[..., kept], atol=1e-5
    )


def test_clusters_and_directions():
    centres = RNG.normal(size=(3, 3, 2, 2))
    kernel = np.concatenate([centres + RNG.normal(size=(3, 3, 2, 2)) * 0.01 for _ in range(3)], -1)
    chosen = central_filters(kernel, 2)
    assert {index % 2 for index in chosen} == {0, 1}  # one of each cluster
    place, ghosts = best_direction(kernel[..., [3, 2]], kernel[..., [0, 1]])
    assert place == 4 and ghosts.tolist() == [1, 0]


def test_ghosts_that_are_depthwise_copies_are_found():
    """A convolution whose later features are 3x3 correlations of the first ones, at their border
    zeros as well: inside, the ghost convolution is the same."""
    kept = RNG.normal(size=(1, 1, 4, 5)).astype("float32")
    cheap = RNG.normal(size=(3, 3, 5)).astype("float32")
    kernel = np.zeros((3, 3, 4, 9), "float32")
    kernel[1, 1, :, :5] = kept
    kernel[..., 5:] = (cheap[:, :, None] * kept)[..., :4]
    layer, bias = built(GhostConv2D(9, 3)), RNG.normal(size=9).astype("float32")
    layer.start_from(kernel, bias)
    expected = ops.conv(X, kernel, padding="same", data_format="channels_last") + bias
    inside = (slice(None), slice(1, -1), slice(1, -1))
    np.testing.assert_allclose(layer(X)[inside], expected[inside], atol=1e-4)


def test_ghosts_are_no_further_than_nothing():
    """Least squares leave at most the filter itself, and the kept features are as before."""
    layer = built(GhostConv2D(8, 3))
    layer.start_from(KERNEL, BIAS)
    expected = np.asarray(ops.conv(X, KERNEL, padding="same", data_format="channels_last") + BIAS)
    np.testing.assert_allclose(layer(X)[..., :4], expected[..., :4], atol=1e-5)
    noise = RNG.normal(size=(1, 64, 64, 4)).astype("float32")
    made = np.asarray(layer(noise))[..., 4:] - BIAS[4:]
    wanted = np.asarray(
        ops.conv(noise, KERNEL[..., 4:], padding="same", data_format="channels_last")
    )
    assert np.square(made - wanted).mean() < np.square(wanted).mean()


def test_grouped_ghosts_learn_from_the_start():
    layer = GhostConv2D(8, 3, groups=2)
    layer.build((None, None, None, 4))
    assert layer.start_from(KERNEL[:, :, :2], BIAS) == []


@pytest.mark.parametrize("conv", ["rep", "conv"])
def test_a_network_with_more_blocks_begins_as_the_shorter_one(conv):
    source, target = with_noise(build(conv)), build(conv, "P_2_8_8,P_2_8_8,P_3_8_8")
    left = convert(source, target)
    assert {path.split("_")[0] for path in left} == {"block1", "block2"}
    picture = RNG.random((1, 5, 6, 3)).astype("float32")
    np.testing.assert_allclose(source(picture), target(picture), atol=1e-5)


def test_a_network_with_fewer_blocks_takes_no_part_of_the_fusion():
    left = convert(with_noise(build("conv", "P_2_8_8,P_2_8_8")), build("conv"))
    assert left == ["fusion0/kernel"]


def test_a_fusion_of_blocks_of_other_widths_is_not_taken_for_the_shorter_network_s():
    target = build("conv", "P_2_8_16,P_2_8_8")
    left = convert(with_noise(build("conv")), target)
    assert "fusion0/kernel" in left
