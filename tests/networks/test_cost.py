import numpy as np
import pytest

from sr_app.networks.cost import measure_cost
from sr_app.networks.esrn import build_esrn
from sr_app.networks.genotype import EXAMPLE, Genotype


def test_published_example():
    """The example list of the authors' documentation: 516.5K, 520.6K, 111.6 G and 37.6 G."""
    genotype = Genotype.parse(EXAMPLE)
    twice = measure_cost(build_esrn(genotype, 2), 2)
    assert round(twice.weights_without_bias / 1e3, 1) == 516.5
    assert round(twice.parameters / 1e3, 1) == 520.6
    assert round(twice.multiply_adds / 1e9, 1) == 111.6
    assert round(measure_cost(build_esrn(genotype, 4), 4).multiply_adds / 1e9, 1) == 37.6


@pytest.mark.parametrize("conv", ["conv", "rep"])
def test_parameters_agree_with_keras_once_folded(conv):
    genotype = Genotype.parse("P_2_16_16,S_4_8_16", width=16, conv=conv, tail="anchor")
    model = build_esrn(genotype, 2)
    plain = build_esrn(Genotype.parse(str(genotype), width=16, tail="anchor"), 2)
    assert measure_cost(model, 2).parameters == plain.count_params()


@pytest.mark.parametrize("tail", ["published", "anchor", "unshuffled"])
@pytest.mark.parametrize("blocks", ["P_2_8_8,S_2_8_8", "G_3_8_8", "C_1_8_8", "C_2_8_8,P_1_8_8"])
@pytest.mark.parametrize("scale", [2, 3, 4])
def test_receptive_radius_bounds_what_a_pixel_sees(blocks, scale, tail):
    """A changed input pixel moves no output pixel farther away than the radius."""
    around = {"tail": "anchor", "front": "unshuffled"} if tail == "unshuffled" else {"tail": tail}
    if tail == "unshuffled" and "C" in blocks:
        pytest.skip("contextual blocks stand behind a plain front only")
    model = build_esrn(Genotype.parse(blocks, width=8, **around), scale)
    rng = np.random.default_rng(0)
    # Positive weights and inputs: no ReLU closes, so the whole field responds.
    model.set_weights([rng.random(w.shape) * 0.1 for w in model.get_weights()])
    radius = measure_cost(model, scale).receptive_radius
    side = 2 * radius + 6
    seen = 0
    for centre in (side // 2, side // 2 + 1):
        x = np.full((1, side, side, 3), 0.5, "float32")
        moved = x.copy()
        moved[0, centre, centre] = 0.9
        change = np.abs(np.array(model(moved)) - np.array(model(x))).max((0, 2, 3)) > 0
        rows = np.flatnonzero(change) // scale
        assert rows.min() >= centre - radius and rows.max() <= centre + radius
        seen = max(seen, centre - rows.min(), rows.max() - centre)
    assert seen >= radius - 1  # and the bound is tight, but for a half-resolution cell


def test_only_half_resolution_needs_even_sizes():
    assert measure_cost(build_esrn(Genotype.parse("C_4_8_8"), 2), 2).multiple_of == 2
    assert measure_cost(build_esrn(Genotype.parse("S_4_8_8"), 2), 2).multiple_of == 1


@pytest.mark.parametrize("conv", ["conv", "rep"])
def test_an_ordinary_network_multiplies_and_adds_as_often(conv):
    cost = measure_cost(build_esrn(Genotype.parse("P_2_8_8,C_2_8_8", width=8, conv=conv), 2), 2)
    assert cost.multiplications == cost.additions == cost.operations == cost.multiply_adds
    assert cost.binary_operations == 0 and cost.stored_bytes == 4 * cost.parameters
    assert cost.millijoules == pytest.approx(4.6e-9 * cost.multiply_adds, rel=1e-3)


KINDS = ["ghost", "ghost_shift", "versatile", "full_stack", "adder", "binary"]


def body_of(kind):
    """Costs of two 3x3 convolutions of 16 channels: the network with them less the one without."""
    costs = [
        measure_cost(build_esrn(Genotype.parse(blocks, width=16, conv=kind, tail="anchor"), 2), 2)
        for blocks in ("P_4_16_16", "P_2_16_16")
    ]
    return lambda name: getattr(costs[0], name) - getattr(costs[1], name)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_counts_what_its_layers_say(kind):
    figure, plain = body_of(kind), body_of("conv")
    products = plain("multiply_adds")
    assert products == 2 * 9 * 16 * 16 * 640 * 360
    expected = {
        "ghost": (2 * (9 * 16 * 8 + 9 * 8) * 640 * 360,) * 2,
        "ghost_shift": (products / 2,) * 2,
        "versatile": (products / 2 * (1 + 1 / 9),) * 2,
        "full_stack": (products, products / 4),
        "adder": (0, 0),
        "binary": (products, 0),
    }
    assert (figure("multiply_adds"), figure("multiplications")) == expected[kind]
    assert figure("binary_operations") == (products if kind == "binary" else 0)
    assert figure("operations") == figure("multiplications") + figure("binary_operations") / 64
    assert figure("additions") == (2 * products if kind == "adder" else figure("additions"))
    assert figure("stored_bytes") < plain("stored_bytes") or kind == "adder"
    assert figure("millijoules") < plain("millijoules")


@pytest.mark.parametrize("kind", [*KINDS, "conv"])
def test_parameters_are_all_that_is_stored(kind):
    model = build_esrn(Genotype.parse("P_2_8_8,S_1_8_8", width=8, conv=kind), 2)
    kept = [w for w in model.weights if w.name not in ("noise", "phase", "order", "shift")]
    assert measure_cost(model, 2).parameters == sum(int(np.prod(w.shape)) for w in kept)
