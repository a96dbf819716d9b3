"""Widening and squeezing on tiny networks: the loss's terms, what is dropped, what stays."""

from dataclasses import replace

import keras
import numpy as np
import pytest
from keras import ops

from sr_app.networks.cost import measure_cost
from sr_app.networks.esrn import build_esrn
from sr_app.networks.genotype import Genotype
from sr_app.training.losses import l1
from sr_app.training.squeezing import (
    SqueezeTraining,
    block_gates,
    body_operations,
    possible_steps,
    squeeze,
    widen,
)

GENOTYPE = Genotype.parse("P_2_4_4,P_2_4_4", width=4, conv="binary", tail="anchor")
RNG = np.random.default_rng(0)
LR = RNG.random((2, 6, 6, 3)).astype("float32")
HR = RNG.random((2, 12, 12, 3)).astype("float32")


def build(genotype):
    keras.utils.set_random_seed(0)
    return build_esrn(genotype, 2)


def ordinary():
    return build(Genotype.parse(str(GENOTYPE), width=4, tail="anchor"))


def noisy(network):
    for weight in network.trainable_weights:
        weight.assign(weight + RNG.normal(size=weight.shape, scale=0.2))
    return network


def test_widened_growth():
    assert str(widen(GENOTYPE, 4)) == "P_2_16_4,P_2_16_4"
    with pytest.raises(ValueError, match="Expected plain blocks"):
        widen(Genotype.parse("P_2_4_4", width=4), 2)
    with pytest.raises(ValueError, match="Expected plain blocks"):
        widen(Genotype.parse("S_2_4_4", width=4, conv="binary"), 2)


@pytest.mark.parametrize("ratio", [1, 2, 4])
def test_operations_agree_with_those_counted(ratio):
    """Per pixel, blocks alone: of two blocks more on the built network."""
    longer = Genotype.parse("P_2_4_4,P_2_4_4,P_2_4_4,P_2_4_4", width=4, conv="binary")
    short, long = (widen(genotype, ratio) for genotype in (GENOTYPE, longer))
    counted = [
        measure_cost(build(Genotype(g.blocks, 4, "binary", "anchor")), 2).operations
        for g in (short, long)
    ]
    joined = 2 * 4 * 4  # the fusion reads two blocks more
    extra = (counted[1] - counted[0]) / (640 * 360) - joined
    assert body_operations(long) - body_operations(short) == pytest.approx(extra, rel=1e-6)


def test_the_loss_is_its_three_terms():
    network, teacher = noisy(build(widen(GENOTYPE, 2))), noisy(ordinary())
    stage = SqueezeTraining(network, teacher, l1, projection=0.3, cost=0.7)
    sr, *inner = stage(LR)
    quantised = stage.quantised(inner)
    _, *wanted = stage.teacher(LR)
    expected = 0.0
    for layer, feature, features in zip(stage.projections, wanted, quantised, strict=True):
        matrix = ops.convert_to_numpy(layer.kernel)[0, 0]
        expected += np.mean((np.array(feature) - np.array(features) @ matrix) ** 2)
    assert float(stage.projection_loss(wanted, quantised)) == pytest.approx(expected, rel=1e-4)
    assert float(stage.gate_cost()) == pytest.approx(1, rel=1e-5)
    whole = float(stage.compute_loss(LR, HR, stage(LR)))
    pixels = np.abs(np.array(sr) - HR).mean()
    assert whole == pytest.approx(pixels + 0.3 * expected + 0.7, rel=1e-4)


def test_what_is_projected_are_the_signs_that_the_next_convolution_takes():
    network, teacher = noisy(build(widen(GENOTYPE, 2))), noisy(ordinary())
    stage = SqueezeTraining(network, teacher, l1)
    _, *inner = stage(LR)
    for index, (real, signs) in enumerate(zip(inner, stage.quantised(inner), strict=True)):
        threshold = ops.convert_to_numpy(network.get_layer(f"block{index}_conv1").threshold)
        expected = np.where(ops.convert_to_numpy(real) + threshold >= 0, 1.0, -1.0)
        assert set(np.unique(expected)) == {-1.0, 1.0}
        np.testing.assert_array_equal(signs, expected)


def test_the_cost_of_a_gate_is_the_same_in_every_layer():
    """Whatever the layers begin with: normalised apart, no block would lose more than another."""
    network = build(widen(GENOTYPE, 2))
    network.get_layer("block1_conv0").scale.assign(np.full(8, 0.9))
    stage = SqueezeTraining(network, noisy(ordinary()), l1)
    assert stage.gate_weights[0] == pytest.approx(stage.gate_weights[1])
    assert float(stage.gate_cost()) == pytest.approx(1, rel=1e-5)


def test_network_and_projections_learn_and_the_teacher_does_not():
    network, teacher = build(widen(GENOTYPE, 2)), noisy(ordinary())
    stage = SqueezeTraining(network, teacher, l1, projection=1.0, cost=1.0)
    stage.compile(keras.optimizers.Adam(1e-2))
    before = teacher.get_weights(), float(stage.gate_cost())
    first, *_, last = stage.fit(LR, HR, epochs=12, verbose=0).history["loss"]
    assert last < first and float(stage.gate_cost()) < before[1]
    for old, new in zip(before[0], teacher.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_the_weakest_channels_go_until_the_budget_holds():
    wide = widen(GENOTYPE, 4)
    network = noisy(build(wide))
    for index in range(2):
        scale = network.get_layer(f"block{index}_conv0").scale
        # Channels 3, 7, 11, 15 are one group of the skip; of each group two are weak.
        weak = np.isin(np.arange(16) // 4, [[0, 2], [1, 3]][index])
        scale.assign(np.where(weak, 1e-4, 0.1))
    budget = body_operations(widen(GENOTYPE, 2))
    smaller, target = squeeze(network, wide, 2, budget)
    assert str(smaller) == "P_2_8_4,P_2_8_4"
    assert body_operations(smaller) <= budget
    for index, strong in enumerate(([1, 3], [0, 2])):
        channels = np.flatnonzero(np.isin(np.arange(16) // 4, strong))
        for name in ("kernel", "bias"):
            whole = ops.convert_to_numpy(getattr(network.get_layer(f"block{index}_in"), name))
            part = ops.convert_to_numpy(getattr(target.get_layer(f"block{index}_in"), name))
            np.testing.assert_array_equal(part, whole[..., channels])
    np.testing.assert_array_equal(
        target.get_layer("tail0").kernel, network.get_layer("tail0").kernel
    )


@pytest.mark.parametrize("ratio", [1.25, 1.5, 2])
def test_a_block_of_weak_gates_loses_more_channels(ratio):
    wide, network = widen(GENOTYPE, 4), build(widen(GENOTYPE, 4))
    for index, gate in enumerate((0.01, 0.1)):
        scale = network.get_layer(f"block{index}_conv0").scale
        scale.assign(gate * (1 + RNG.random(16) / 10))
    blocks = tuple(replace(block, growth=round(ratio * 4)) for block in GENOTYPE.blocks)
    budget = body_operations(replace(GENOTYPE, blocks=blocks))
    smaller, _ = squeeze(network, wide, 2, budget)
    widths = [block.growth for block in smaller.blocks]
    assert widths[0] == 5 and widths[1] >= ratio * 4  # one channel more than the output is left
    assert body_operations(smaller) <= budget


def test_a_controls_gates_stand_for_the_networks():
    wide, network = widen(GENOTYPE, 4), build(widen(GENOTYPE, 4))
    gates = [np.full(16, 1.0), np.full(16, 0.1)]
    smaller, _ = squeeze(network, wide, 2, body_operations(widen(GENOTYPE, 2)), gates=gates)
    assert [block.growth for block in smaller.blocks][1] == 5


def test_a_step_drops_the_weakest_of_its_group_and_keeps_the_groups():
    """The last skip reads the channels that are equal modulo the output."""
    wide, kept = widen(GENOTYPE, 4), [np.arange(16), np.arange(5)]
    gates = [RNG.random(16), np.ones(16)]
    while steps := possible_steps(wide, kept, gates, 1e9):
        ((_, index, left),) = steps  # the other block has nothing to give
        (gone,) = set(kept[0]) - set(left)
        group = kept[0][kept[0] % 4 == (len(kept[0]) - 1) % 4]
        assert index == 0 and gone == group[gates[0][group].argmin()]
        np.testing.assert_array_equal(left % 4, np.arange(len(left)) % 4)
        kept[0] = left
    assert len(kept[0]) == 5


def test_no_block_ends_as_wide_as_its_input():
    """It would have no entry: from 9 channels behind 8 it is 7 at once."""
    genotype = Genotype.parse("P_2_16_4", width=8, conv="binary", tail="anchor")
    gates = np.arange(16) + 1.0
    ((_, _, left),) = possible_steps(genotype, [np.arange(9)], [gates], 1e9)
    np.testing.assert_array_equal(left, [4, 1, 2, 7, 8, 5, 6])


def test_gates_are_of_the_size_that_a_channel_adds():
    """Of a layer twice as strong twice as much; of a block twice as wide, half."""
    network, block = build(widen(GENOTYPE, 4)), widen(GENOTYPE, 4).blocks[0]
    before = block_gates(network, 0, block)
    scale = network.get_layer("block0_conv0").scale
    scale.assign(2 * scale)
    np.testing.assert_allclose(block_gates(network, 0, block), 2 * before, rtol=1e-6)
    value = float(scale[0]) * np.sqrt(9 * 16) / (130 / 64 * 16) / 4
    np.testing.assert_allclose(block_gates(network, 0, block), np.full(16, value), rtol=1e-6)


def test_dropping_what_adds_nothing_changes_nothing():
    """Every channel twice and no residual from inputs that go: the averages stay as they are."""
    wide = widen(GENOTYPE, 4)
    network = noisy(build(wide))
    for index in range(2):
        entry, first, last = (
            network.get_layer(f"block{index}_{part}") for part in ("in", "conv0", "conv1")
        )
        for weight in entry.weights:  # channels 8 to 15 repeat 0 to 7
            half = ops.convert_to_numpy(weight)[..., :8]
            weight.assign(np.concatenate([half, half], -1))
        for layer in (first, last):
            for name in ("scale", "shift_in", "shift_out"):
                getattr(layer, name).assign(0 * getattr(layer, name))
        first.scale.assign(np.arange(16) < 8)  # what is kept: the first halves
        first.slope.assign(np.zeros(16))
        first.shift_in.assign(np.full(16, 1e3))  # and its activation never opens
    _, target = squeeze(network, wide, 2, body_operations(widen(GENOTYPE, 2)))
    np.testing.assert_allclose(target(LR), network(LR), atol=1e-5)


def test_the_residual_keeps_its_size():
    """The alignment divides by the width; a narrower layer must not add more for that."""
    wide = widen(GENOTYPE, 4)
    network = noisy(build(wide))
    _, target = squeeze(network, wide, 2, body_operations(widen(GENOTYPE, 3)))
    for name in ("block0_conv1", "block1_conv1"):
        ours, theirs = target.get_layer(name), network.get_layer(name)
        np.testing.assert_allclose(
            ops.convert_to_numpy(ours.scale) / ours.divisor(),
            ops.convert_to_numpy(theirs.scale) / theirs.divisor(),
            rtol=1e-5,
        )


def test_impossible_demands_are_refused():
    wide = widen(GENOTYPE, 4)
    network = build(wide)
    with pytest.raises(ValueError, match="Expected a budget of at least"):
        squeeze(network, wide, 2, 1.0)
    with pytest.raises(ValueError, match="wider than their output"):
        squeeze(network, Genotype.parse("P_2_8_8", width=4, conv="binary"), 2, 1.0)
    with pytest.raises(ValueError, match="at least two convolutions"):
        block_gates(network, 0, Genotype.parse("P_1_8_8").blocks[0])
