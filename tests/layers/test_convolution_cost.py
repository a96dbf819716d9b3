"""Published ratios of the kinds, on a layer of 64 -> 64 channels."""

import pytest

from sr_app.layers.convolution import convolution

PRODUCTS = 9 * 64 * 64


def cost(kind, **options):
    layer = type(convolution(kind, 64, 3))(64, 3, **options)
    layer.build((None, None, None, 64))
    return layer.cost()


def test_ghost_saves_its_theoretical_ratio():
    """Of GhostNet, section 3.2, where copies are as large as filters: s c / (s + c - 1)."""
    for ratio in (2, 4):
        expected = ratio * 64 / (ratio + 64 - 1)
        assert PRODUCTS / cost("ghost", ratio=ratio).products == pytest.approx(expected)


def test_a_shift_costs_nothing():
    assert cost("ghost_shift").products == PRODUCTS / 2
    assert cost("ghost_shift").reach == 2


@pytest.mark.parametrize("sharing, ratio", [(4, 3.556), (8, 6.4), (64, 21.33)])
def test_full_stack_files_shrink_by_32s_over_32_plus_s(sharing, ratio):
    figures = cost("full_stack", sharing=sharing)
    assert 32 * PRODUCTS / (32 * figures.weights + figures.bits) == pytest.approx(ratio, abs=1e-2)
    assert figures.multiplications == PRODUCTS / sharing
    assert figures.additions == figures.products == PRODUCTS  # no time is saved


def test_versatile_stores_and_multiplies_less():
    figures = cost("versatile")
    assert figures.weights == PRODUCTS / 2
    assert figures.products == PRODUCTS / 2 + 64 * 32  # 3x3 and 1x1 by the same filters


def test_adders_do_not_multiply():
    """Two additions for a multiplication and an addition."""
    figures = cost("adder")
    assert (figures.multiplications, figures.additions) == (0, 2 * PRODUCTS)
    assert figures.weights == PRODUCTS


def test_binary_is_one_bit():
    figures = cost("binary")
    assert (figures.bits, figures.binary, figures.weights) == (PRODUCTS, PRODUCTS, 0)
    assert figures.products == PRODUCTS  # of the exported graph: no faster
