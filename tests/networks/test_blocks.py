"""Block formulas of the published code, checked on the built layers."""

import keras
import numpy as np
import pytest

from sr_app.layers.convolution import CONVOLUTIONS, holds_skip
from sr_app.networks.blocks import apply_block, layers_of_blocks, place_of
from sr_app.networks.cost import measure_cost
from sr_app.networks.genotype import Block
from sr_app.networks.graph import walk

SIZES = [(4, 16, 16), (6, 24, 32), (8, 8, 48), (8, 32, 32)]


def published_weights(block):
    """Weights without bias and without the wrapper's adapters (methods of Song et al., 2020)."""
    c, g, out = block.convolutions, block.growth, block.out
    if block.kind == "G":
        return 9 * g**2 * (3.5 + (c + 4) * (c - 3) / 8) + (c + 1) * g * out
    last = (c + 1) * g * out
    return g**2 * (9 * c + (c + 2) * (c - 1) / 2) + (last / 4 if block.kind == "C" else last)


def published_multiply_adds(block):
    """At x2 for a 1280x720 output, without the adapters."""
    c, g, out = block.convolutions, block.growth, block.out
    if block.kind != "C":
        return published_weights(block) * 640 * 360
    return g**2 * (27 * c + (c + 2) * (c - 1) / 2) * 320 * 180 + (c + 1) * g * out / 4 * 640 * 360


def alone(block, channels, conv="conv"):
    inputs = keras.Input((None, None, channels))
    return keras.Model(inputs, apply_block(inputs, block, conv=conv, name="b"))


@pytest.mark.parametrize("kind", "SGC")
@pytest.mark.parametrize("numbers", SIZES)
def test_published_formulas_hold_exactly(kind, numbers):
    block = Block(kind, *numbers)
    cost = measure_cost(alone(block, block.growth), 2)
    shortcut = block.growth * block.out if block.out != block.growth else 0
    assert cost.weights_without_bias == published_weights(block) + shortcut
    assert cost.multiply_adds == published_multiply_adds(block) + shortcut * 640 * 360


@pytest.mark.parametrize("kind", "SGCP")
@pytest.mark.parametrize("channels, adapters", [(16, 16 * 24 + 16 * 32), (24, 0), (32, 32 * 24)])
def test_adapters_are_counted(kind, channels, adapters):
    """In == growth needs no entry, Out == In or Out == growth no projection on the shortcut."""
    block = Block(kind, 4, 24, 32)
    entered = measure_cost(alone(Block(kind, 4, 24, 24), 24), 2).weights_without_bias
    widened = measure_cost(alone(block, channels), 2).weights_without_bias
    body = widened - adapters - (24 * 32 if channels == 24 else 0)
    last = {"S": 5 * 24, "G": 5 * 24, "C": 5 * 24 // 4, "P": 9 * 24}[kind]
    assert body - entered == last * (32 - 24)


@pytest.mark.parametrize("kind", "SGCP")
def test_zero_body_leaves_the_shortcut(kind):
    """No activation after the addition and no residual scaling: a zero body is the identity."""
    model = alone(Block(kind, 4, 8, 8), 8)
    model.set_weights([np.zeros(w.shape) for w in model.get_weights()])
    x = np.random.default_rng(0).normal(size=(1, 6, 4, 8)).astype("float32")
    np.testing.assert_array_equal(model(x), x)


def test_contextual_convolutions_are_applied_three_times():
    steps = walk(alone(Block("C", 4, 8, 8), 8))
    uses = [step.layer.name for step in steps if step.layer.name.startswith("b_conv")]
    assert {name: uses.count(name) for name in uses} == {f"b_conv{i}": 3 for i in range(4)}


def test_group_sizes_grow_to_four():
    steps = walk(alone(Block("G", 8, 8, 8), 8))
    groups = [s.layer.groups for s in steps if s.layer.name.startswith("b_conv")]
    assert groups == [1, 2, 2, 4, 4, 4, 4, 4]


@pytest.mark.parametrize("conv", sorted(CONVOLUTIONS))
@pytest.mark.parametrize("kind", "SGCP")
def test_every_convolution_fits_every_block(kind, conv):
    """Width 12 in growth 8: groups, shuffles, half resolution and adapters all occur."""
    model = alone(Block(kind, 3, 8, 12), 12, conv)
    x = np.random.default_rng(0).normal(size=(1, 6, 4, 12)).astype("float32")
    assert np.isfinite(np.array(model(x))).all() and model(x).shape == (1, 6, 4, 12)


@pytest.mark.parametrize("conv", sorted(filter(holds_skip, CONVOLUTIONS)))
def test_a_chain_that_holds_its_shortcut_is_not_doubled(conv):
    """Two convolutions whose residuals are zero are the identity, not twice the input."""
    model = alone(Block("P", 2, 8, 8), 8, conv)
    for weight in model.trainable_weights:
        if weight.name in ("scale", "gamma"):
            weight.assign(np.zeros(weight.shape))
    x = np.random.default_rng(0).random((1, 6, 4, 8)).astype("float32")
    np.testing.assert_allclose(model(x), x, atol=1e-5)


def test_layers_of_blocks_are_found_by_what_they_do():
    from sr_app.networks.esrn import build_esrn
    from sr_app.networks.genotype import Genotype

    genotype = Genotype.parse("P_3_8_8,S_2_12_8,C_1_8_8,P_1_8_8", width=8)
    found = layers_of_blocks(build_esrn(genotype, 2))
    assert [block.entry is None for block in found] == [True, False, True, True]
    assert [len(block.convolutions) for block in found] == [3, 2, 1, 1]
    # None behind a plain block's last; a contextual convolution is followed three times.
    assert [len(block.activations) for block in found] == [2, 2, 3, 0]
    filters = [[layer.filters for layer in block.convolutions] for block in found]
    assert filters == [[8, 8, 8], [12, 12], [8], [8]]
    assert place_of("block12_conv1/kernel") == (12, "conv1") and place_of("tail0/kernel") is None
